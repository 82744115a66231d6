"""The lines of several targets on one scale, and their failures as rows below."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from clearline.ui.plots.backend import pg
from clearline.ui.plots.decimation import segments, spaced, thin
from clearline.ui.plots.lane import LaneBox, LaneItem, Shown
from clearline.ui.plots.latency_lane import MARK_PX, pieces_of
from clearline.ui.plots.plot_theme import PlotTheme
from clearline.ui.plots.y_range import YRange
from clearline.ui.viewmodels.series_slice import measured
from clearline.ui.viewmodels.series_state import FAILING
from clearline.ui.viewmodels.words import Words, translate

ROW_PX = 7.0
"""Of the failures of one target."""
HEAD_PX = 10.0
"""Room above the scale for marks of values that lie above it."""
LINE_PX = 1.0


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
        self._several: list[Compared] = []
        self._lines: list[list[QPolygonF]] = []
        self._ends: list[tuple[int, float]] = []
        self._points: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
        self._spikes: list[list[float]] = []

    def spikes(self, place: int) -> list[float]:
        """Where values of a target lie above the scale, in pixels from the left."""
        return list(self._spikes[place])

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
        self._lines, self._ends, self._points, self._spikes = [], [], [], []
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
            above = xs[self.y_range.is_above(total[rows])]
            self._spikes.append(above[spaced(above, 2 * MARK_PX + 1.0)].tolist())
            seen = np.flatnonzero(xs <= self.width)
            if len(seen):
                self._ends.append((number, float(ys[seen[-1]])))

    def draw(self, painter: QPainter, shown: Shown) -> None:
        """Grid, lines, marks of what lies above the scale, failures, numbers."""
        del shown
        painter.setPen(self.theme.pen("plot_grid"))
        for y in self._y_px(np.array(self._ticks())).tolist():
            painter.drawLine(QPointF(0.0, round(y) - 0.5), QPointF(self.width, round(y) - 0.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for one, lines in zip(self._several, self._lines, strict=False):
            pen = QPen(self.theme.pen(one.token))
            # Of a picture with small pixels one is too thin to tell colours apart.
            pen.setWidthF(LINE_PX if painter.device().devicePixelRatio() < 1.5 else 2 * LINE_PX)
            painter.setPen(pen)
            for line in lines:
                painter.drawPolyline(line)
        self._draw_spikes(painter)
        top = self.height - self.foot_px + 4.0
        for row, one in enumerate(self._several):
            color = self.theme.color(one.token)
            for left, right, state in _bars(self, one.shown):
                area = QRectF(left, top + row * ROW_PX, max(2.0, right - left), ROW_PX - 2.0)
                painter.fillRect(area, self.theme.tint(one.token, 0.5) if state else color)
        self._draw_numbers(painter)

    def _draw_spikes(self, painter: QPainter) -> None:
        """▲ where the scale ends below a value, in the colour of its line."""
        painter.setPen(Qt.PenStyle.NoPen)
        for one, spikes in zip(self._several, self._spikes, strict=False):
            painter.setBrush(self.theme.color(one.token))
            for x in spikes:
                painter.drawPolygon(
                    [QPointF(x - MARK_PX, HEAD_PX - 1.0), QPointF(x + MARK_PX, HEAD_PX - 1.0), QPointF(x, 1.0)]
                )
        painter.setBrush(Qt.BrushStyle.NoBrush)

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
        return self.y_range.ticks(max(2, min(6, int(self.height / 42))), is_log=self.is_log)

    def _y_px(self, values_ms: NDArray[Any]) -> NDArray[np.float64]:
        share = self.y_range.shares(values_ms, is_log=self.is_log)
        room = max(1.0, self.height - self.foot_px - HEAD_PX)
        found: NDArray[np.float64] = self.height - self.foot_px - share * room
        return found


def _bars(item: CompareItem, shown: Shown) -> list[tuple[float, float, bool]]:
    """Left, right and whether nothing was sent, of the failures of a target."""
    return [(left, right, state.is_held) for left, right, state in item.state_bars(shown.runs, FAILING)]
