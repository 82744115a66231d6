"""Two to six targets over one another: their latencies as lines on one scale, their failures as rows below."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clearline.ui.plots.backend import pg
from clearline.ui.plots.decimation import segments, thin
from clearline.ui.plots.export import GraphData
from clearline.ui.plots.graph_actions import GraphActions, log_text
from clearline.ui.plots.lane import LaneBox, LaneItem, Shown
from clearline.ui.plots.lane_stack import LaneStack
from clearline.ui.plots.latency_lane import pieces_of
from clearline.ui.plots.legend import Legend
from clearline.ui.plots.plot_theme import PlotTheme
from clearline.ui.plots.read_out import nearest_attempt, took_words
from clearline.ui.plots.target_table import target_data
from clearline.ui.plots.ticks import clock_text, log_ticks, value_ticks
from clearline.ui.plots.y_range import YRange
from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.series_slice import SeriesSlice, check_runs, measured
from clearline.ui.viewmodels.series_state import FAILING
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.time_axis import TimeAxis
from clearline.ui.viewmodels.words import Words, translate

FEWEST, MOST = 2, 6
TOKENS = ("phase_connect", "slow", "marker", "up", "down", "phase_tls")
DRAW_EVERY_MS = 250
ROW_PX = 7.0
"""Of the failures of one target."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One target of several."""

    label: str
    token: str
    shown: Shown


class CompareItem(LaneItem):
    """Lines with a number at their right end, and rows of failures with the same number."""

    def __init__(self, box: LaneBox, theme: PlotTheme, words: Words) -> None:
        super().__init__(box, theme, words)
        self.is_log = False
        self.y_range = YRange()
        self._low_ms = 0.1
        self._several: list[Compared] = []
        self._lines: list[list[QPolygonF]] = []
        self._ends: list[tuple[int, float]] = []
        self._points: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []

    @property
    def foot_px(self) -> float:
        """Height of the rows of failures."""
        return ROW_PX * len(self._several) + 4.0

    def points(self, place: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Drawn seconds and milliseconds of a target."""
        return self._points[place]

    def show_several(self, several: list[Compared]) -> None:
        """Draw these from now on."""
        self._several = several
        if several:
            self.show_data(several[0].shown)

    def headings(self) -> list[tuple[float, str]]:
        """Milliseconds; the unit stands at the topmost."""
        ticks = self._ticks()
        number = self.words.texts.number
        named = [(value, number(value, 0 if value >= 10 or value == int(value) else 1)) for value in ticks]
        return [
            (
                float(self._y_px(np.array([value]))[0]),
                translate("Plots", "{0} ms").format(text) if value == ticks[-1] else text,
            )
            for value, text in named
        ]

    def prepare(self, shown: Shown) -> None:
        """Thin each line to what a pixel can show."""
        all_ms = [one.shown.part.latencies() for one in self._several]
        self.y_range.update(np.concatenate(all_ms) if all_ms else np.empty(0), shown.now_s)
        positive = np.concatenate(all_ms) if all_ms else np.empty(0)
        positive = positive[positive > 0]
        self._low_ms = 10.0 ** np.floor(np.log10(float(positive.min()))) if len(positive) else 0.1
        self._low_ms = min(self._low_ms, self.y_range.top_ms / 10)
        self._lines, self._ends, self._points = [], [], []
        for number, one in enumerate(self._several, 1):
            attempts = one.shown.part.attempts
            good = measured(attempts)
            at_s, total = attempts["started_s"][good], attempts["total_ms"][good].astype(np.float64)
            x = (at_s - shown.from_s) / (shown.to_s - shown.from_s) * self.width
            rows = thin(x, total)
            piece = pieces_of(one.shown, at_s, total, self.width)[rows]
            xs, ys = x[rows], self._y_px(total[rows])
            lines = []
            for low, high in segments(piece):
                part = slice(low, high)
                line_x = xs[part] if high - low > 1 else np.array([xs[low] - 1.0, xs[low] + 1.0])
                line_y = ys[part] if high - low > 1 else np.repeat(ys[low], 2)
                lines.append(pg.functions.arrayToQPolygonF(line_x, line_y))
            self._lines.append(lines)
            self._points.append((at_s[rows], total[rows]))
            seen = np.flatnonzero(xs <= self.width)
            if len(seen):
                self._ends.append((number, float(ys[seen[-1]])))

    def draw(self, painter: QPainter, shown: Shown) -> None:
        """Grid, failures, lines, numbers."""
        del shown
        painter.setPen(self.theme.pen("plot_grid"))
        for y in self._y_px(np.array(self._ticks())).tolist():
            painter.drawLine(QPointF(0.0, round(y) - 0.5), QPointF(self.width, round(y) - 0.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for one, lines in zip(self._several, self._lines, strict=False):
            painter.setPen(self.theme.pen(one.token))
            for line in lines:
                painter.drawPolyline(line)
        top = self.height - self.foot_px + 4.0
        for row, one in enumerate(self._several):
            color = self.theme.color(one.token)
            for left, right, state in _bars(self, one.shown):
                area = QRectF(left, top + row * ROW_PX, max(2.0, right - left), ROW_PX - 2.0)
                painter.fillRect(area, self.theme.tint(one.token, 0.5) if state else color)
        self._draw_numbers(painter)

    def _draw_numbers(self, painter: QPainter) -> None:
        """At the ends of the lines, moved apart where these meet."""
        metrics = self.metrics()
        high = metrics.height()
        below = 0.0
        for number, y in sorted(self._ends, key=lambda end: end[1]):
            text = str(number)
            wide = metrics.horizontalAdvance(text) + 8.0
            top = max(below, y - high / 2)
            plate = QRectF(self.width - wide, top, wide, high)
            painter.fillRect(plate, self.theme.color("plot_background"))
            painter.setPen(self.theme.pen(self._several[number - 1].token))
            painter.drawRect(plate.adjusted(0.5, 0.5, -0.5, -0.5))
            painter.setPen(self.theme.color("text"))
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
            below = top + high + 1.0

    def _ticks(self) -> list[float]:
        top = self.y_range.top_ms
        if not top:
            return []
        return log_ticks(self._low_ms, top) if self.is_log else value_ticks(top, max(2, min(6, int(self.height / 42))))

    def _y_px(self, values_ms: NDArray[Any]) -> NDArray[np.float64]:
        top = max(self.y_range.top_ms, 1e-9)
        if self.is_log:
            share = np.log10(np.maximum(values_ms, self._low_ms) / self._low_ms) / np.log10(top / self._low_ms)
        else:
            share = values_ms / top
        room = max(1.0, self.height - self.foot_px - 6.0)
        found: NDArray[np.float64] = self.height - self.foot_px - np.clip(share, 0.0, 1.0) * room
        return found


def _bars(item: CompareItem, shown: Shown) -> list[tuple[float, float, bool]]:
    """Left, right and whether nothing was sent, of the failures of a target."""
    return [(left, right, state.is_held) for left, right, state in item.state_bars(shown.runs, FAILING)]


class CompareView(QWidget):
    """The graph with its legend. Hidden unless two to six targets are named."""

    def __init__(
        self,
        store: SeriesStore,
        axis: TimeAxis,
        theme: Theme,
        words: Words | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._axis = store, axis
        self._words = words if words is not None else Words(parent=self)
        self._theme = PlotTheme(theme, self)
        self._ids: tuple[str, ...] = ()
        self._parts: list[SeriesSlice] = []
        self._drawn: tuple[object, ...] = ()
        self._since_draw = QElapsedTimer()
        self.legend = Legend(self._theme)
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
        self._theme.changed.connect(self._recolour)
        self._words.changed.connect(self._retranslate)
        axis.frame.connect(self._frame)
        axis.range_changed.connect(self._range_changed)
        axis.cursor_changed.connect(self._cursor_changed)
        self._retranslate()
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

    def showEvent(self, event: QShowEvent) -> None:
        """Frames are needed from now on."""
        super().showEvent(event)
        self._drawn = ()
        if not self._axis.is_running:
            self._axis.run(self._store.live_now)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

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
        if not self._since_draw.isValid() or self._since_draw.elapsed() >= DRAW_EVERY_MS:
            self.draw_frame()

    def _range_changed(self, from_s: float, to_s: float) -> None:
        del from_s, to_s
        if not self._axis.is_live:
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
