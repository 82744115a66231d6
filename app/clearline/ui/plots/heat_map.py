"""Targets × time by state: an image in a view box, row names at its left, letters in segments wide enough for one."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QScrollBar,
    QWidget,
)

from clearline.ui.plots.backend import pg
from clearline.ui.plots.crosshair import Crosshair
from clearline.ui.plots.heat_grid import HeatGrid, column_seconds
from clearline.ui.plots.heat_rows import GAP_PX, SCROLL_FROM, TALLEST_LINES, HeatNames, HeatOverlay, HeatRows
from clearline.ui.plots.lane import LaneBox
from clearline.ui.plots.lane_stack import FONT_SHARE
from clearline.ui.plots.plot_theme import PlotTheme
from clearline.ui.plots.time_keys import move_by_key
from clearline.ui.plots.time_scale import TimeScale
from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.series_state import FAILING, State
from clearline.ui.viewmodels.time_axis import TimeAxis

COLUMN_PX = 3.0
SLICES = 16
"""Of a row, from above, where cells are filled in part."""
LEAST_SHARE = 0.25
"""So much of a cell is filled at least: one failed check of an hour must be seen."""


class HeatBox(LaneBox):
    """The view box of the heat map: the wheel scrolls rows where there are more than fit, else it zooms."""

    def __init__(self, axis: TimeAxis, rows: HeatRows) -> None:
        super().__init__(axis)
        self._rows = rows
        self.invertY(True)

    def wheelEvent(self, ev: Any, axis: int | None = None) -> None:
        """Ctrl zooms always."""
        bar = self._rows.bar
        is_zoom = ev.modifiers() & Qt.KeyboardModifier.ControlModifier or bar.maximum() == 0
        if is_zoom or ev.orientation() == Qt.Orientation.Horizontal:
            super().wheelEvent(ev, axis)
            return
        bar.setValue(bar.value() - round(ev.delta() / 120.0 * 3))
        ev.accept()

    def mouseClickEvent(self, ev: Any) -> None:
        """Clicks are the heat map's: they pick."""
        ev.ignore()


class _HeatGraphics(pg.GraphicsView):
    """The graphics view; its keys and its resizing are the heat map's."""

    resized = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__(None, background=None)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Rows fit differently."""
        super().resizeEvent(event)
        self.resized.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left to the heat map."""
        event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        """No moment is under the pointer any more."""
        super().leaveEvent(event)
        self.left.emit()


class HeatMap(QWidget):
    """The heat map with its scroll bar and time scale."""

    picked = Signal(str, float)
    """A target's id and a moment in session seconds."""

    def __init__(self, store: SeriesStore, axis: TimeAxis, theme: PlotTheme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._axis, self._theme = store, axis, theme
        self._targets: list[str] = []
        self.hovered_row = -1
        """The row under the pointer; -1 without one."""
        self.grid = HeatGrid()
        self.has_parts = False
        """Is there a cell on screen of which only some checks failed?"""
        self.bar = QScrollBar(Qt.Orientation.Vertical)
        self.rows = HeatRows(self.bar)
        self.view = _HeatGraphics()
        layout = pg.GraphicsLayout()
        layout.setContentsMargins(0, 0, 2, 0)
        layout.layout.setHorizontalSpacing(0.0)
        layout.layout.setVerticalSpacing(2.0)
        self.view.setCentralItem(layout)
        self.names = HeatNames(self.rows, theme)
        self.box = HeatBox(axis, self.rows)
        self.scale = TimeScale(theme)
        layout.addItem(self.names, 0, 0)
        layout.addItem(self.box, 0, 1)
        layout.addItem(self.scale, 1, 1)
        self.image = pg.ImageItem(autoDownsample=False)
        self.box.addItem(self.image, ignoreBounds=True)
        self.overlay = HeatOverlay(self.box, self.rows, self.grid, axis, theme)
        self.crosshair = Crosshair(theme, self._box_rects)
        self.view.scene().addItem(self.crosshair)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.view, 1)
        row.addWidget(self.bar)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.view.setFocusProxy(self)
        self.bar.valueChanged.connect(self._scrolled)
        self.view.resized.connect(self._fit)
        self.view.left.connect(self._left)
        self.view.scene().sigMouseMoved.connect(self._mouse_moved)
        self.view.scene().sigMouseClicked.connect(self._clicked)
        self.setMinimumHeight(120)
        self.fit_font()
        self.recolour()

    @property
    def target_ids(self) -> list[str]:
        """Rows, from the top."""
        return list(self._targets)

    def column_s(self) -> float:
        """How long one column is at this width and span."""
        return column_seconds(self._axis.length_s, int(self.box.rect().width() / COLUMN_PX))

    def show_targets(self, target_ids: list[str], names: list[str]) -> None:
        """Show these rows."""
        if target_ids == self._targets and names == self.names.names:
            return
        self._targets, self.names.names = list(target_ids), list(names)
        self.rows.marked = -1
        self._fit()

    def draw(self) -> None:
        """Bring cells, ranges and labels up to date."""
        axis = self._axis
        self.scale.show_range(axis.from_s, axis.to_s, self._store.wall_s)
        self._place_rows()
        rows = range(self.rows.top, self.rows.top + self.bar.pageStep() + 1)
        self.grid.show(self._store, self._targets, axis.from_s, axis.to_s, self.column_s(), rows)
        seen = slice(rows.start, min(len(self._targets), rows.stop))
        picture = self._picture(seen)
        if picture.size:
            self.image.setImage(picture, autoLevels=False, levels=None, lut=self._table)
            length_s = self.grid.to_s - self.grid.from_s
            self.image.setRect(QRectF(self.grid.from_s, seen.start, length_s, seen.stop - seen.start))
        self.image.setVisible(bool(picture.size))
        self.box.setXRange(axis.from_s, axis.to_s, padding=0.0)
        self.overlay.show_markers([one for one in self._store.markers if axis.from_s <= one.at_s <= axis.to_s])
        self.overlay.update()

    def recolour(self) -> None:
        """Take the colours in force."""
        # pyqtgraph keeps the ground as a picture, in the colour it had.
        self.view.resetCachedContent()
        self._table = np.zeros((256, 4), np.uint8)
        for state in State:
            color = self._theme.state(state)
            self._table[state] = (color.red(), color.green(), color.blue(), 255)
        self.image.setLookupTable(self._table)
        self.overlay.update()
        self.names.update()
        self.scale.update()

    def state_at(self, row: int, at_s: float) -> State:
        """What a cell shows; NOTHING outside."""
        column = self._column(row, at_s)
        return State.NOTHING if column is None else State(int(self.grid.cells[row, column]))

    def share_at(self, row: int, at_s: float) -> float:
        """Which share of a cell's checks failed; 1 where it holds none of its own, 0 outside."""
        column = self._column(row, at_s)
        return 0.0 if column is None else float(self.grid.shares(slice(row, row + 1))[0, column])

    def _column(self, row: int, at_s: float) -> int | None:
        """The place of a moment's cell in its row; None outside."""
        column = math.floor(at_s / self.grid.column_s) - self.grid.first
        return column if 0 <= row < len(self.grid.cells) and 0 <= column < self.grid.cells.shape[1] else None

    def _picture(self, rows: slice) -> NDArray[np.uint8]:
        """The cells of these rows; where some of a cell's checks failed, it is filled by their share, from below."""
        cells, share = self.grid.cells[rows], self.grid.shares(rows)
        is_part = (cells >= FAILING) & (share < 1.0)
        self.has_parts = bool(is_part.any())
        if not self.has_parts:
            return cells
        room = SLICES - round(SLICES * GAP_PX / self.rows.row_px)
        filled = np.maximum(LEAST_SHARE * room, share * room).round()
        is_well = is_part[:, None, :] & (np.arange(SLICES)[None, :, None] < (room - filled)[:, None, :])
        picture = np.where(is_well, np.uint8(State.UP), cells[:, None, :])
        return picture.reshape(len(cells) * SLICES, cells.shape[1])

    def fit_font(self) -> None:
        """Take the font in force."""
        font = self.font()
        if font.pointSizeF() > 0:
            font.setPointSizeF(font.pointSizeF() * FONT_SHARE)
        self.view.scene().setFont(font)
        self.scale.fit()
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose a row, Enter opens it, Left and Right move in time, + and - zoom, End and L are live."""
        rows, axis = self.rows, self._axis
        match event.key():
            case Qt.Key.Key_Down:
                self._mark(min(rows.count - 1, rows.marked + 1))
            case Qt.Key.Key_Up:
                self._mark(max(0, rows.marked - 1))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if 0 <= rows.marked < len(self._targets):
                self.picked.emit(self._targets[rows.marked], axis.cursor_s or min(axis.now_s, axis.to_s))
            case key:
                event.setAccepted(move_by_key(axis, key))
                return
        event.accept()

    def _mark(self, row: int) -> None:
        self.rows.marked = row
        if row < self.rows.top:
            self.bar.setValue(row)
        elif row >= self.rows.top + self.bar.pageStep():
            self.bar.setValue(row - self.bar.pageStep() + 1)
        self.overlay.update()
        self.names.update()

    def _fit(self) -> None:
        line = QFontMetricsF(self.view.scene().font()).height()
        height = self.view.height() - self.scale.minimumHeight() - 2.0
        self.rows.fit(len(self._targets), height, line)
        count = max(1, len(self._targets))
        tallest = count * (line * TALLEST_LINES if count <= SCROLL_FROM else self.rows.row_px)
        # Few targets leave the room to what is below, not to an empty graph.
        self.setMaximumHeight(math.ceil(tallest + self.scale.minimumHeight()) + 2)
        self.names.fit(self.view.width())
        self._place_rows()

    def _place_rows(self) -> None:
        rows = self.rows
        visible = max(1.0, self.box.rect().height() / rows.row_px)
        self.box.setYRange(rows.top, rows.top + visible, padding=0.0)

    def _scrolled(self) -> None:
        self.draw()
        self.names.update()

    def _mouse_moved(self, at: QPointF) -> None:
        inside = self.box.mapFromScene(at)
        row = self.rows.row_at(inside.y())
        if row >= 0 and 0.0 <= inside.x() <= self.box.rect().width() and inside.y() <= self.box.rect().height():
            self.hovered_row = row
            self._axis.set_cursor(self.box.seconds_at(inside.x()))
        else:
            self._left()

    def _box_rects(self) -> list[QRectF]:
        return [self.box.mapRectToScene(self.box.rect())]

    def _left(self) -> None:
        self.hovered_row = -1
        self._axis.set_cursor(None)

    def _clicked(self, ev: Any) -> None:
        """A click beside a name picks the target now; one on the map picks the moment, too."""
        if ev.button() != Qt.MouseButton.LeftButton or ev.double():
            return
        inside = self.box.mapFromScene(ev.scenePos())
        row = self.rows.row_at(inside.y())
        if row < 0 or not 0.0 <= inside.y() <= self.box.rect().height():
            return
        at_s = self.box.seconds_at(inside.x()) if inside.x() >= 0.0 else min(self._axis.now_s, self._axis.to_s)
        self.picked.emit(self._targets[row], at_s)
