"""Two to six targets over one another: their latencies as lines on one scale, their failures as rows below."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clearline.ui.plots.compare_lane import Compared, CompareItem
from clearline.ui.plots.export import GraphData
from clearline.ui.plots.graph_actions import GraphActions, log_text
from clearline.ui.plots.graph_view import GraphView
from clearline.ui.plots.lane import Shown
from clearline.ui.plots.lane_stack import LaneStack
from clearline.ui.plots.read_out import nearest_attempt, took_words
from clearline.ui.plots.target_table import target_data
from clearline.ui.plots.ticks import clock_text
from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.series_slice import SeriesSlice, check_runs
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.time_axis import TimeAxis
from clearline.ui.viewmodels.words import Words, translate

FEWEST, MOST = 2, 6
TOKENS = ("phase_connect", "slow", "marker", "up", "down", "phase_tls")
DRAW_EVERY_MS = 250


class CompareView(GraphView):
    """The graph with its legend. Hidden unless two to six targets are named."""

    def __init__(
        self,
        store: SeriesStore,
        axis: TimeAxis,
        theme: Theme,
        words: Words | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(store, axis, theme, words, parent)
        self._ids: tuple[str, ...] = ()
        self._parts: list[SeriesSlice] = []
        self.stack = LaneStack(axis, self._theme, self._words)
        self.lane = self.stack.add_lane(CompareItem)
        self.scale = self.stack.add_scale()
        self.setMinimumHeight(150)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.legend)
        layout.addWidget(self.stack, 1)
        self.setFocusProxy(self.stack)
        self.actions_of_graph = GraphActions(self, self.data, self._words)
        self.log_action = self.actions_of_graph.add_toggle(log_text, "G", self.set_log)
        self._follow()
        self.hide()

    @property
    def target_ids(self) -> list[str]:
        """Those compared."""
        return list(self._ids)

    def show_targets(self, target_ids: Sequence[str]) -> None:
        """Compare these; fewer than two or more than six are not compared."""
        self._ids = tuple(target_ids) if FEWEST <= len(target_ids) <= MOST else ()
        self._drawn = ()
        self.lane.item.y_range.reset()
        self.setVisible(bool(self._ids))
        self.draw_frame()

    def set_log(self, is_log: bool) -> None:
        """Choose the scale: logarithmic, or from zero."""
        self.lane.item.is_log = is_log
        self.log_action.setChecked(is_log)
        self.lane.item.renew()
        self.lane.heading.update()

    def draw_frame(self) -> None:
        """Draw what changed since the last frame; nothing while hidden."""
        if not self.isVisible() or not self._ids:
            return
        axis, store = self._axis, self._store
        pixel_s = axis.length_s / max(1.0, self.lane.box.rect().width())
        several = [store.series(target_id) for target_id in self._ids]
        key = (
            self._ids,
            tuple(series.revision for series in several),
            round(axis.to_s / pixel_s),
            round(axis.length_s, 6),
            self.lane.box.rect().width(),
            self.lane.box.rect().height(),
        )
        if key == self._drawn:
            return
        self._drawn = key
        self._since_draw.start()
        self.scale.show_range(axis.from_s, axis.to_s, store.wall_s)
        self._parts = [series.slice(axis.from_s, axis.to_s) for series in several]
        compared = [
            Compared(series.label, token, self._shown(part))
            for series, token, part in zip(several, TOKENS, self._parts, strict=False)
        ]
        self.lane.box.setXRange(axis.from_s, axis.to_s, padding=0.0)
        self.lane.item.show_several(compared)
        self.lane.heading.update()
        self.legend.show_entries([(one.token, f"{place} {one.label}") for place, one in enumerate(compared, 1)])
        self.stack.setAccessibleDescription(self.summary())
        self._cursor_changed()

    def summary(self) -> str:
        """Each target's median and share of failures, the slowest first."""
        said = []
        for median, label, share in sorted(self._figures(), key=lambda row: -(row[0] or 0.0)):
            text = translate("Plots", "{0}: median {1}, {2} failed.")
            said.append(text.format(label, self._words.latency(median), self._words.percent(share)))
        return " ".join(said)

    def columns(self) -> list[str]:
        """Headings of `rows`."""
        return [translate("Plots", "Target"), translate("Plots", "Median"), translate("Plots", "Failed")]

    def rows(self) -> list[list[str]]:
        """The table twin: a row per target."""
        words = self._words
        return [[label, words.latency(median), words.percent(share)] for median, label, share in self._figures()]

    def data(self) -> GraphData:
        """Every visible attempt of all of them, by target."""
        tables = [target_data(self._store, one, self._axis.from_s, self._axis.to_s) for one in self._ids]
        return GraphData(tables[0].header if tables else [], [row for table in tables for row in table.rows])

    def _shown(self, part: SeriesSlice) -> Shown:
        axis = self._axis
        runs = check_runs(part, axis.now_s)
        return Shown(axis.from_s, axis.to_s, axis.now_s, part, runs, ticks=self.scale.ticks, is_live=axis.is_live)

    def _figures(self) -> list[tuple[float | None, str, float | None]]:
        found = []
        for target_id, part in zip(self._ids, self._parts, strict=False):
            good = part.latencies()
            count, failed = part.count()
            median = float(np.median(good)) if len(good) else None
            found.append((median, self._store.series(target_id).label, failed / count if count else None))
        return found

    def _frame(self) -> None:
        if self._is_due(DRAW_EVERY_MS):
            self.draw_frame()

    def _cursor_changed(self) -> None:
        at_s, crosshair = self._axis.cursor_s, self.stack.crosshair
        if not self.isVisible() or at_s is None or not self._axis.from_s <= at_s <= self._axis.to_s:
            crosshair.vanish()
            return
        lines = [clock_text(at_s, self._store.wall_s)]
        for number, (target_id, part) in enumerate(zip(self._ids, self._parts, strict=False), 1):
            place = nearest_attempt(part, at_s)
            said = translate("Plots", "nothing measured")
            if place is not None and abs(part.attempts["started_s"][place] - at_s) <= 1.5 * part.interval_s:
                is_ok = bool(part.attempts["ok"][place])
                took = took_words(part, place, self._words)
                said = took if is_ok else translate("Plots", "failed after {0}").format(took)
            lines.append(f"{number} {self._store.series(target_id).label} · {said}")
        crosshair.show_at(self.lane.box.mapToScene(self.lane.item.x_of(at_s), 0.0).x(), lines)

    def _recolour(self) -> None:
        self.stack.recolour()
        self.legend.update()

    def _retranslate(self) -> None:
        title = translate("Plots", "Latencies of the selected targets over one another")
        self.setWindowTitle(title)
        self.stack.setAccessibleName(title)
        self._drawn = ()
        self.stack.recolour()
        self.draw_frame()
