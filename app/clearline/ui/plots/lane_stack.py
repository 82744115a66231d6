"""Lanes under one another on one time axis: headings, boxes, time scale and the crosshair through all of them."""

from PySide6.QtCore import QEvent, QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QKeyEvent
from PySide6.QtWidgets import QWidget

from clearline.ui.plots.backend import pg
from clearline.ui.plots.crosshair import Crosshair
from clearline.ui.plots.lane import Item_co, Lane, LaneBox, LaneHeading, LaneItem
from clearline.ui.plots.plot_theme import PlotTheme
from clearline.ui.plots.time_keys import move_by_key
from clearline.ui.plots.time_scale import TimeScale
from clearline.ui.viewmodels.time_axis import TimeAxis
from clearline.ui.viewmodels.words import Words

GAP_PX = 5.0
FONT_SHARE = 0.9


class LaneStack(pg.GraphicsView):
    """The graphics view that holds the lanes."""

    def __init__(self, axis: TimeAxis, theme: PlotTheme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self._axis = axis
        self._theme = theme
        self._words = words
        self.lanes: list[Lane[LaneItem]] = []
        self.scales: list[TimeScale] = []
        self._layout = pg.GraphicsLayout()
        self._layout.setContentsMargins(0, 0, 2, 0)
        self._layout.layout.setHorizontalSpacing(0.0)
        self._layout.layout.setVerticalSpacing(GAP_PX)
        self.setCentralItem(self._layout)
        self.crosshair = Crosshair(theme, self._lane_rects)
        self.scene().addItem(self.crosshair)
        self._row = 0
        self.scene().sigMouseMoved.connect(self._mouse_moved)
        self._fit_font()

    def add_lane(
        self, kind: type[Item_co], height_px: float | None = None, box: LaneBox | None = None
    ) -> Lane[Item_co]:
        """A lane below the others; without a height it takes what is left."""
        box = box or LaneBox(self._axis)
        item = kind(box, self._theme, self._words)
        lane = Lane(box, item, LaneHeading(item, self._theme))
        self._layout.addItem(lane.heading, self._row, 0)
        self._layout.addItem(box, self._row, 1)
        self._row += 1
        self.lanes.append(lane)
        if height_px is not None:
            self.set_height(lane, height_px)
        self._fit_headings()
        return lane

    def add_scale(self, *, two_rows: bool = True) -> TimeScale:
        """A time scale below the lanes so far."""
        scale = TimeScale(self._theme, two_rows=two_rows)
        self._layout.addItem(scale, self._row, 1)
        self._row += 1
        self.scales.append(scale)
        scale.fit()
        return scale

    def set_height(self, lane: Lane[LaneItem], height_px: float) -> None:
        """Give a lane this height."""
        for part in (lane.box, lane.heading):
            part.setMinimumHeight(height_px)
            part.setMaximumHeight(height_px)
            part.setPreferredHeight(height_px)

    def show_lane(self, lane: Lane[LaneItem], *, is_shown: bool) -> None:
        """Show a lane or leave it out; one that is left out takes no room."""
        for part in (lane.box, lane.heading):
            part.setVisible(is_shown)

    def line_px(self) -> float:
        """Height of a line of text in the lanes."""
        return float(QFontMetricsF(self.scene().font()).height())

    def recolour(self) -> None:
        """Draw all again: the theme, the language or the font changed."""
        # pyqtgraph keeps the ground as a picture, in the colour it had.
        self.resetCachedContent()
        self._fit_headings()
        for lane in self.lanes:
            lane.item.renew()
            lane.heading.update()
        for scale in self.scales:
            scale.update()
        self.crosshair.update()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "lanes"):
            self._fit_font()
            for scale in self.scales:
                scale.fit()
            self.recolour()

    def leaveEvent(self, event: QEvent) -> None:
        """No moment is under the pointer any more."""
        super().leaveEvent(event)
        self._axis.set_cursor(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, + and - zoom, Home and End go to the beginning and to live."""
        event.setAccepted(move_by_key(self._axis, event.key()))

    def _lane_rects(self) -> list[QRectF]:
        return [
            lane.box.mapRectToScene(lane.box.rect())
            for lane in self.lanes
            if lane.box.shares_axis and lane.box.isVisible()
        ]

    def _mouse_moved(self, at: QPointF) -> None:
        if not self.lanes:
            return
        first = self.lanes[0].box
        inside = first.mapFromScene(at)
        if 0.0 <= inside.x() <= first.rect().width() and at.y() <= self._lane_rects()[-1].bottom():
            self._axis.set_cursor(first.seconds_at(inside.x()))
        else:
            self._axis.set_cursor(None)

    def _fit_font(self) -> None:
        font = self.font()
        if font.pointSizeF() > 0:
            font.setPointSizeF(font.pointSizeF() * FONT_SHARE)
        self.scene().setFont(font)

    def _fit_headings(self) -> None:
        metrics = QFontMetricsF(self.scene().font())
        texts = [text for lane in self.lanes for _, text in lane.item.headings()]
        width = max(metrics.horizontalAdvance(text) for text in ["0 000 ms", *texts]) + 9.0
        for lane in self.lanes:
            lane.heading.setMinimumWidth(width)
            lane.heading.setMaximumWidth(width)
