"""The whole session in one small graph, with the visible window as a region that can be moved and resized."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from clearline.ui.plots.backend import pg
from clearline.ui.plots.decimation import segments, thin
from clearline.ui.plots.lane import LaneBox, LaneItem, Shown
from clearline.ui.plots.plot_theme import PlotTheme
from clearline.ui.viewmodels.series import TargetSeries
from clearline.ui.viewmodels.series_slice import GAP_INTERVALS, measured
from clearline.ui.viewmodels.series_state import FAILING
from clearline.ui.viewmodels.time_axis import TimeAxis
from clearline.ui.viewmodels.words import Words, translate

SINGLE_ATTEMPTS = 4_000
"""Up to so many attempts are drawn one by one, more from roll-ups of 10 s or 5 min."""


class NavigatorBox(LaneBox):
    """The box of the navigator: it shows the whole session, and a click beside the region brings the region there."""

    shares_axis = False

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        """Dragging is the region's."""
        del axis
        ev.ignore()

    def mouseClickEvent(self, ev: Any) -> None:
        """A click shows that moment; a double click is live."""
        if ev.double():
            self._axis.return_to_live()
        else:
            low, high = self.viewRange()[0]
            at_s = low + ev.pos().x() / max(1.0, self.rect().width()) * (high - low)
            half = self._axis.length_s / 2
            self._axis.show(at_s - half, at_s + half)
        ev.accept()


class NavigatorItem(LaneItem):
    """Latency of the whole session as a line, failures as bands."""

    def __init__(self, box: LaneBox, theme: PlotTheme, words: Words) -> None:
        super().__init__(box, theme, words)
        self._lines: list[QPolygonF] = []
        self._times: NDArray[np.float64] = np.empty(0)
        self._values: NDArray[np.float64] = np.empty(0)
        self._piece: NDArray[np.intp] = np.empty(0, np.intp)

    def headings(self) -> list[tuple[float, str]]:
        """Its name."""
        return [(self.height / 2, translate("Plots", "Session"))]

    def getData(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Session seconds and latency in ms of what is drawn."""
        return self._times, self._values

    def read(self, series: TargetSeries, to_s: float) -> None:
        """Take the latency of the whole session from where it is shortest to read."""
        if series.attempts.total <= SINGLE_ATTEMPTS and not series.attempts.dropped:
            rows = series.attempts.part(0, len(series.attempts))
            good = measured(rows)
            self._times, self._values = rows["started_s"][good], rows["total_ms"][good].astype(np.float64)
            gap = GAP_INTERVALS * series.interval_s
            order = np.argsort(self._times, kind="stable")
            self._times, self._values = self._times[order], self._values[order]
        else:
            long = series.short if to_s <= series.short.capacity * series.short.span_s else series.long
            rows = long.part(0.0, to_s)
            good = rows["count"] > 0
            self._times = rows["start_s"][good] + long.span_s / 2
            self._values = (rows["sum"][good] / rows["count"][good]).astype(np.float64)
            gap = long.span_s * 1.5
        breaks = np.diff(self._times, prepend=self._times[:1]) > gap
        self._piece = np.cumsum(breaks)

    def prepare(self, shown: Shown) -> None:
        """Scale to the room there is; the greatest 1 % may touch the top."""
        self._lines = []
        if not len(self._times):
            return
        top = max(float(np.percentile(self._values, 99)) * 1.1, 1e-6)
        x = (self._times - shown.from_s) / (shown.to_s - shown.from_s) * self.width
        rows = thin(x, self._values)
        y = self.height - 2.0 - np.clip(self._values[rows] / top, 0.0, 1.0) * (self.height - 6.0)
        # As in the latency lane: a break narrower than a pixel is none.
        wide = np.diff(x[rows], prepend=x[rows][:1]) >= 1.5
        piece = np.cumsum((np.diff(self._piece[rows], prepend=self._piece[rows][:1]) > 0) & wide)
        for low, high in segments(piece):
            xs, ys = x[rows][low:high], y[low:high]
            if high - low == 1:
                xs, ys = np.array([xs[0], xs[0] + 1.0]), np.repeat(ys, 2)
            self._lines.append(pg.functions.arrayToQPolygonF(xs, ys))

    def draw(self, painter: QPainter, shown: Shown) -> None:
        """Bands, then the line."""
        band = self.theme.color("failure_band")
        for left, right, _ in self.state_bars(shown.runs, FAILING):
            painter.fillRect(QRectF(left, 0.0, max(1.0, right - left), self.height), band)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self.theme.pen("plot_line"))
        for line in self._lines:
            painter.drawPolyline(line)


class NavigatorRegion(pg.LinearRegionItem):
    """The visible window inside the session; moving it moves the time axis, and the other way round."""

    def __init__(self, axis: TimeAxis, theme: PlotTheme) -> None:
        super().__init__(values=(axis.from_s, axis.to_s), swapMode="block")
        self._axis = axis
        self._theme = theme
        self._is_following = False
        self.setZValue(10)
        self.recolour()
        self.sigRegionChanged.connect(self._moved)
        axis.range_changed.connect(self.follow)

    def recolour(self) -> None:
        """Take the colours in force."""
        self.setBrush(pg.mkBrush(self._theme.faded("plot_region_edge", 48)))
        self.setHoverBrush(pg.mkBrush(self._theme.faded("plot_region_edge", 84)))
        for line in self.lines:
            line.setPen(self._theme.pen("plot_region_edge"))
            line.setHoverPen(pg.mkPen(self._theme.color("accent"), width=3))
        self.update()

    def follow(self, from_s: float, to_s: float) -> None:
        """The time axis moved."""
        self._is_following = True
        self.setRegion((from_s, to_s))
        self._is_following = False

    def _moved(self) -> None:
        if not self._is_following:
            self._axis.show(*self.getRegion())
            self.follow(self._axis.from_s, self._axis.to_s)
