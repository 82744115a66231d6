"""Which rows of the heat map are on screen, their names, and what is painted over its cells."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QGraphicsObject, QScrollBar, QStyleOptionGraphicsItem, QWidget

from clearline.ui.plots.backend import pg
from clearline.ui.plots.heat_grid import HeatGrid, segments_of
from clearline.ui.plots.lane import LaneBox
from clearline.ui.plots.plot_theme import PlotTheme
from clearline.ui.viewmodels.series_spans import Marker
from clearline.ui.viewmodels.series_state import State
from clearline.ui.viewmodels.time_axis import TimeAxis

SCROLL_FROM = 20
"""More rows than this have a fixed height and scroll."""
ROW_LINES = 1.55
"""Height of a scrolling row in lines of text."""
TALLEST_LINES = 3.0
GAP_PX = 3.0
MARKER_PX = 140.0
"""The words of a marker take no more room."""
WIDEST_NAMES = 0.3
MOSTLY = 0.6
"""From this share of a cell on its letter lies on the colour of what failed."""
HATCH_FROM_PX = 26.0
"""Narrower stretches in which nothing was sent are only paler."""


class HeatRows:
    """Which rows are on screen, and where."""

    def __init__(self, bar: QScrollBar) -> None:
        self.bar = bar
        self.count = 0
        self.row_px = 20.0
        self.marked = -1
        """The row the keyboard is on; -1 before it was used."""

    @property
    def top(self) -> int:
        """The first row on screen."""
        return self.bar.value()

    def fit(self, count: int, height_px: float, line_px: float) -> None:
        """Rows share the room up to 20 of them; more have a fixed height and scroll."""
        self.count = count
        if not count:
            return
        if count <= SCROLL_FROM:
            self.row_px = max(line_px * 1.1, min(height_px / count, line_px * TALLEST_LINES))
        else:
            self.row_px = line_px * ROW_LINES
        fitting = max(1, int(height_px / self.row_px))
        self.bar.setPageStep(fitting)
        self.bar.setMaximum(max(0, count - fitting))
        self.bar.setVisible(count > fitting)

    def row_at(self, y_px: float) -> int:
        """The row at a height; -1 where there is none."""
        row = self.top + math.floor(y_px / self.row_px)
        return row if 0 <= row < self.count and y_px >= 0 else -1

    def rect_of(self, row: int, width_px: float) -> QRectF:
        """Where a row is drawn, without the gap below it."""
        return QRectF(0.0, (row - self.top) * self.row_px, width_px, self.row_px - GAP_PX)


class HeatOverlay(QGraphicsObject):
    """Over the image: gaps between rows, letters of failing layers, the row the keyboard is on."""

    def __init__(self, box: LaneBox, rows: HeatRows, grid: HeatGrid, axis: TimeAxis, theme: PlotTheme) -> None:
        super().__init__(box)
        self._box, self._rows, self._grid, self._axis, self._theme = box, rows, grid, axis, theme
        self.markers: tuple[Marker, ...] = ()
        self.setZValue(5)
        box.sigResized.connect(self._resized)

    def boundingRect(self) -> QRectF:
        """The whole box."""
        return QRectF(self._box.rect())

    def letters(self) -> list[tuple[int, str, QRectF]]:
        """Row, letter and place of each letter that fits."""
        return [(row, letter, cell) for row, letter, cell, *_ in self._letters()]

    def _letters(self) -> list[tuple[int, str, QRectF, State, float]]:
        metrics = QFontMetricsF(self.scene().font())
        width = self._box.rect().width()
        pixel = width / self._axis.length_s
        found = []
        top = self._rows.top
        shares = self._grid.shares(slice(top, top + self._rows.bar.pageStep()))
        for row in range(top, min(self._rows.count, top + self._rows.bar.pageStep())):
            if row >= len(self._grid.cells):
                break
            strip = self._rows.rect_of(row, width)
            for low, high, state in segments_of(self._grid.cells[row]):
                layer = state.layer
                if layer is None:
                    continue
                left = (self._grid.from_s + low * self._grid.column_s - self._axis.from_s) * pixel
                cell = QRectF(left, strip.top(), (high - low) * self._grid.column_s * pixel, strip.height())
                cell = cell.intersected(strip)
                if metrics.horizontalAdvance(layer.letter) + 3.0 <= cell.width():
                    found.append((row, layer.letter, cell, state, float(shares[row - top, low:high].mean())))
        return found

    def show_markers(self, markers: Sequence[Marker]) -> None:
        """Draw a line through all rows at each of these moments."""
        self.markers = tuple(markers)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Gaps, letters, markers, mark."""
        del option, widget
        rows, width = self._rows, self._box.rect().width()
        ground = self._theme.color("plot_background")
        for row in range(rows.top, min(rows.count, rows.top + rows.bar.pageStep() + 1)):
            strip = rows.rect_of(row, width)
            painter.fillRect(QRectF(0.0, strip.bottom(), width, GAP_PX), ground)
        # A row that is cut has no name beside it: it is shown once it is scrolled to.
        whole = min(rows.bar.pageStep(), rows.count - rows.top) * rows.row_px
        painter.fillRect(QRectF(0.0, whole - GAP_PX, width, self._box.rect().height() - whole + GAP_PX + 1.0), ground)
        painter.setFont(self.scene().font())
        for _, letter, cell, state, share in self._letters():
            if state.is_held and share == 1.0 and cell.width() >= HATCH_FROM_PX:
                painter.fillRect(cell, self._theme.hatch(state))
                plate = QRectF(0.0, 0.0, cell.height(), cell.height()).translated(cell.topLeft())
                plate.moveCenter(cell.center())
                painter.fillRect(plate, self._theme.state(state))
            painter.setPen(self._theme.text_on_state(state if share >= MOSTLY else State.UP))
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, letter)
        self._draw_markers(painter, min(whole, self._box.rect().height()))
        if 0 <= rows.marked < rows.count:
            painter.setPen(self._theme.pen("focus"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rows.rect_of(rows.marked, width).adjusted(0.5, 0.5, -0.5, -0.5))

    def _draw_markers(self, painter: QPainter, height: float) -> None:
        metrics = QFontMetricsF(self.scene().font())
        width = self._box.rect().width()
        for marker in self.markers:
            x = round((marker.at_s - self._axis.from_s) / self._axis.length_s * width) + 0.5
            painter.setPen(self._theme.pen("marker"))
            painter.drawLine(QPointF(x, 0.0), QPointF(x, height))
            text = metrics.elidedText(marker.text, Qt.TextElideMode.ElideRight, MARKER_PX)
            wide = metrics.horizontalAdvance(text) + 8.0
            flag = QRectF(x if x + wide < width else x - wide, 0.0, wide, metrics.height())
            painter.fillRect(flag, self._theme.color("marker"))
            painter.setPen(self._theme.color("plot_background"))
            painter.drawText(flag, Qt.AlignmentFlag.AlignCenter, text)

    def _resized(self) -> None:
        self.prepareGeometryChange()
        self.update()


class HeatNames(pg.GraphicsWidget):
    """Names of the rows on screen, right-aligned, cut with … where they do not fit."""

    def __init__(self, rows: HeatRows, theme: PlotTheme) -> None:
        super().__init__()
        self._rows, self._theme = rows, theme
        self.names: list[str] = []

    def fit(self, view_width: float) -> None:
        """As wide as the longest name, up to a share of the view."""
        metrics = QFontMetricsF(self.scene().font())
        wanted = max((metrics.horizontalAdvance(name) for name in self.names), default=20.0) + 9.0
        width = min(wanted, view_width * WIDEST_NAMES)
        self.setMinimumWidth(width)
        self.setMaximumWidth(width)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """One line a row."""
        del option, widget
        rows, width = self._rows, self.rect().width() - 8.0
        painter.setFont(self.scene().font())
        metrics = QFontMetricsF(self.scene().font())
        for row in range(rows.top, min(rows.count, rows.top + rows.bar.pageStep())):
            painter.setPen(self._theme.color("text" if row != rows.marked else "accent"))
            text = metrics.elidedText(self.names[row], Qt.TextElideMode.ElideRight, width)
            strip = rows.rect_of(row, width)
            painter.drawText(strip, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
