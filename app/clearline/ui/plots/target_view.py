"""The graphs of one target over one time axis: latency, breaker, retries, failing layer, tester, whole session."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clearline.ui.plots.breaker_lane import BreakerItem
from clearline.ui.plots.export import GraphData
from clearline.ui.plots.graph_actions import GraphActions, histogram_text, log_text, table_text
from clearline.ui.plots.graph_view import GraphView
from clearline.ui.plots.histogram import Histogram
from clearline.ui.plots.lab_lane import LabItem
from clearline.ui.plots.lane import Shown
from clearline.ui.plots.lane_stack import LaneStack
from clearline.ui.plots.latency_lane import LatencyItem
from clearline.ui.plots.layer_lane import LayerItem
from clearline.ui.plots.limit_line import limit_hint, why
from clearline.ui.plots.navigator import NavigatorBox, NavigatorItem, NavigatorRegion
from clearline.ui.plots.network_lane import NetworkItem
from clearline.ui.plots.plot_theme import PHASE_TOKENS
from clearline.ui.plots.read_out import moment_lines, phase_word
from clearline.ui.plots.retry_lane import RetryItem
from clearline.ui.plots.table_panel import MOST_ROWS, TablePanel
from clearline.ui.plots.target_reading import read_shown, target_summary
from clearline.ui.plots.target_table import target_columns, target_data, target_rows
from clearline.ui.plots.tester_lane import TesterItem
from clearline.ui.viewmodels.series import SeriesStore, TargetSeries
from clearline.ui.viewmodels.series_slice import PHASES, check_runs
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.time_axis import TimeAxis
from clearline.ui.viewmodels.words import Words, translate

NAVIGATOR_EVERY_S = 1.0
"""The whole session is read again at most this often, in session seconds, or when it is moved."""
SUMMARY_EVERY_S = 1.0
DRAW_EVERY_MS = 150
"""While only new samples arrive."""


class TargetView(GraphView):
    """Graphs of one target. Draws on the time axis's frames while visible, and only if anything changed."""

    def __init__(
        self,
        store: SeriesStore,
        axis: TimeAxis,
        theme: Theme,
        words: Words | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(store, axis, theme, words, parent)
        self._target_id = ""
        self._breaker_key = ""
        self._navigated_s = -NAVIGATOR_EVERY_S
        self._navigated: tuple[object, ...] = ()
        self._summarised_s = -SUMMARY_EVERY_S
        self.stack = LaneStack(axis, self._theme, self._words)
        line = self.stack.line_px()
        self.latency = self.stack.add_lane(LatencyItem)
        self.lab = self.stack.add_lane(LabItem, line + 4.0)
        self.breaker = self.stack.add_lane(BreakerItem, line + 10.0)
        self.retry = self.stack.add_lane(RetryItem, 60.0)
        self.layer = self.stack.add_lane(LayerItem, line + 8.0)
        self.tester = self.stack.add_lane(TesterItem, line + 2.0)
        self.network = self.stack.add_lane(NetworkItem, line + 2.0)
        self.scale = self.stack.add_scale()
        self.navigator = self.stack.add_lane(NavigatorItem, 3 * line, NavigatorBox(axis))
        self.navigator_scale = self.stack.add_scale(two_rows=False)
        self.region = NavigatorRegion(axis, self._theme)
        self.navigator.box.addItem(self.region, ignoreBounds=True)
        self.histogram = Histogram(self._theme, self._words)
        self.table = TablePanel(self._read_table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.legend)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.histogram)
        layout.addWidget(self.table)
        self.setFocusProxy(self.stack)
        self.actions_of_graph = GraphActions(self, self.data, self._words)
        self.log_action = self.actions_of_graph.add_toggle(log_text, "G", self.set_log)
        self.histogram_action = self.actions_of_graph.add_toggle(histogram_text, "H", self._show_histogram)
        self.table_action = self.actions_of_graph.add_toggle(table_text, "T", self._show_table)
        self.table.closed.connect(self._hide_table)
        axis.live_changed.connect(self._show_legend)
        self._follow()

    @property
    def target_id(self) -> str:
        """The target on show; empty before the first."""
        return self._target_id

    @property
    def is_log(self) -> bool:
        """Is the latency scale logarithmic?"""
        return self.latency.item.is_log

    def set_log(self, is_log: bool) -> None:
        """Choose the latency scale: logarithmic, or from zero."""
        if is_log != self.latency.item.is_log:
            self.latency.item.is_log = is_log
            self.latency.heading.update()
            self.log_action.setChecked(is_log)
            self._drawn = ()
            self.draw_frame()

    def _show_histogram(self, is_shown: bool) -> None:
        self.histogram.setVisible(is_shown)
        self._drawn = ()
        self.draw_frame()

    def _show_table(self, is_shown: bool) -> None:
        self.table.setVisible(is_shown)
        (self.table if is_shown else self.stack).setFocus()

    def _hide_table(self) -> None:
        self.table_action.setChecked(False)

    def _read_table(self) -> tuple[list[str], list[list[str]]]:
        if not self._target_id:
            return self.columns(), []
        axis = self._axis
        rows = target_rows(self._store, self._target_id, axis.from_s, axis.to_s, self._words, MOST_ROWS)
        return self.columns(), rows

    def show_target(self, target_id: str, breaker_key: str) -> None:
        """Show this target from now on, and the breaker that stands before it."""
        if (target_id, breaker_key) == (self._target_id, self._breaker_key):
            return
        self._target_id, self._breaker_key = target_id, breaker_key
        self.latency.item.y_range.reset()
        self._drawn = self._navigated = ()
        self._axis.set_cursor(None)
        self.draw_frame()

    def draw_frame(self) -> None:
        """Draw what changed since the last frame; nothing while hidden."""
        if not self.isVisible() or not self._target_id:
            return
        series = self._store.series(self._target_id)
        axis = self._axis
        pixel_s = axis.length_s / max(1.0, self.latency.box.rect().width())
        key = (
            self._target_id,
            series.revision,
            self._store.outside_revision,
            self._store.plan_revision,
            round(axis.to_s / pixel_s),
            round(axis.now_s / pixel_s),
            round(axis.length_s, 6),
            self.latency.box.rect().width(),
        )
        if key == self._drawn:
            return
        self._drawn = key
        self._since_draw.start()
        self.frames_drawn += 1
        self._draw_lanes(series)
        self._draw_navigator(series)
        self._summarise(series)
        self._cursor_changed()

    def read_out(self) -> str:
        """What the crosshair says, as one text; empty without a pointer."""
        return "\n".join(self.stack.crosshair.lines)

    def limit_why(self) -> str:
        """Why the adaptive time limit is what it is at the right edge; empty where none adapts."""
        limit = self._store.limit_at(self._breaker_key, min(self._axis.to_s, self._axis.now_s))
        return why(limit, self._words) if limit is not None else ""

    def summary(self) -> str:
        """What the graphs show now, in two or three sentences."""
        if not self._target_id:
            return translate("Plots", "No target is selected.")
        percentiles = self.latency.item.percentiles
        return target_summary(self._store, self._target_id, self._breaker_key, self._axis, percentiles, self._words)

    def columns(self) -> list[str]:
        """Headings of `rows`."""
        return target_columns(self._words)

    def rows(self) -> list[list[str]]:
        """The table twin of the graphs: visible attempts and slots not sent, or roll-ups of them, oldest first."""
        if not self._target_id:
            return []
        axis = self._axis
        return target_rows(self._store, self._target_id, axis.from_s, axis.to_s, self._words)

    def data(self) -> GraphData:
        """What is on screen as plain figures."""
        if not self._target_id:
            return GraphData([], [])
        axis = self._axis
        return target_data(self._store, self._target_id, axis.from_s, axis.to_s)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer pixels: labels fit differently."""
        super().resizeEvent(event)
        self._drawn = self._navigated = ()

    def _frame(self) -> None:
        """Twelve times a second; new samples are drawn six times, a window moved by hand is drawn at once."""
        if self._is_due(DRAW_EVERY_MS):
            self.draw_frame()

    def _draw_lanes(self, series: TargetSeries) -> None:
        axis, store = self._axis, self._store
        self.scale.show_range(axis.from_s, axis.to_s, store.wall_s)
        self.stack.show_lane(self.lab, is_shown=bool(store.lab))
        self.stack.show_lane(self.network, is_shown=bool(store.network))
        self._fit_rows(series)
        pixel_s = axis.length_s / max(1.0, self.tester.box.rect().width())
        shown = read_shown(store, series, self._breaker_key, axis, pixel_s, self.scale.ticks)
        for lane in (self.latency, self.lab, self.breaker, self.retry, self.layer, self.tester, self.network):
            lane.box.setXRange(axis.from_s, axis.to_s, padding=0.0)
            lane.item.show_data(shown)
        self.latency.heading.update()
        if self.histogram.isVisible():
            self.histogram.show_values(shown.part.latencies(), is_log=self.is_log)
        self._show_legend()

    def _fit_rows(self, series: TargetSeries) -> None:
        """As many rows as the profile allows attempts."""
        item = self.retry.item
        profile = self._store.plan.profile(series.target.profile) if series.target is not None else None
        if profile is not None:
            item.attempts_allowed = profile.retry.attempts
        if self.retry.box.minimumHeight() != item.needed_px:
            self.stack.set_height(self.retry, item.needed_px)
            self.retry.heading.update()

    def _draw_navigator(self, series: TargetSeries) -> None:
        axis, item = self._axis, self.navigator.item
        end_s = max(axis.now_s, axis.to_s)
        key = (self._target_id, self._theme.revision, self.navigator.box.rect().width(), self._store.wall_s)
        if key == self._navigated and abs(axis.now_s - self._navigated_s) < max(NAVIGATOR_EVERY_S, end_s / 2000):
            return
        self._navigated, self._navigated_s = key, axis.now_s
        self.navigator_scale.show_range(0.0, end_s, self._store.wall_s)
        part = series.slice(0.0, end_s)
        runs = check_runs(part, axis.now_s)
        self.navigator.box.setXRange(0.0, end_s, padding=0.0)
        item.read(series, end_s)
        item.show_data(Shown(0.0, end_s, axis.now_s, part, runs, ticks=self.navigator_scale.ticks))
        self.region.setBounds((0.0, end_s))
        self.region.follow(axis.from_s, axis.to_s)

    def _summarise(self, series: TargetSeries) -> None:
        del series
        if abs(self._axis.now_s - self._summarised_s) >= SUMMARY_EVERY_S:
            self._summarised_s = self._axis.now_s
            self.stack.setAccessibleDescription(self.summary())
            self.table.refresh()
            self.summary_changed.emit()

    def _show_legend(self) -> None:
        entries = [
            (PHASE_TOKENS[number], phase_word(PHASES[number], self._words)) for number in self.latency.item.phases
        ]
        note = "" if self._axis.is_live else translate("Plots", "Not live. Double-click to follow again.")
        self.legend.show_entries(entries, note)

    def _range_changed(self, from_s: float, to_s: float) -> None:
        super()._range_changed(from_s, to_s)
        if not self._axis.is_live:
            self.table.refresh()

    def _cursor_changed(self) -> None:
        at_s, crosshair = self._axis.cursor_s, self.stack.crosshair
        shown = self.latency.item.shown
        if at_s is None or shown is None or not self._target_id or not shown.from_s <= at_s <= shown.to_s:
            crosshair.vanish()
            return
        hints = [lane.item.hint(at_s) for lane in (self.lab, self.breaker, self.tester, self.network)]
        if (limit := self._store.limit_at(self._breaker_key, at_s)) is not None:
            hints.append(limit_hint(limit, self._words))
        series = self._store.series(self._target_id)
        lines = moment_lines(self._store, series, shown.part, at_s, hints, self._words)
        x = self.latency.box.mapToScene(self.latency.item.x_of(at_s), 0.0).x()
        crosshair.show_at(x, lines)

    def _recolour(self) -> None:
        self.region.recolour()
        self.stack.recolour()
        self.legend.update()

    def _retranslate(self) -> None:
        title = translate("Plots", "Graphs of the selected target over time")
        self.setWindowTitle(title)
        self.stack.setAccessibleName(title)
        self.table.setAccessibleName(translate("Plots", "What the graphs show, as a table"))
        self._show_legend()
        self.stack.recolour()
