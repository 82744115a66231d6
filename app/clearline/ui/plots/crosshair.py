"""One line through all lanes at the moment under the pointer, with what happened then in words beside it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QGraphicsItem, QGraphicsObject, QStyleOptionGraphicsItem, QWidget

from clearline.ui.plots.plot_theme import PlotTheme

PADDING_PX = 7.0


class Crosshair(QGraphicsObject):
    """Drawn over the whole scene. It never takes the mouse: clicks go to the lanes below."""

    def __init__(self, theme: PlotTheme, lanes: Callable[[], Sequence[QRectF]]) -> None:
        super().__init__()
        self._theme = theme
        self._lanes = lanes
        self._x_px: float | None = None
        self._y_px: float | None = None
        self._lines: list[str] = []
        self._rect = QRectF()
        self.setZValue(1e6)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents, enabled=False)

    @property
    def lines(self) -> list[str]:
        """The words beside the line."""
        return list(self._lines)

    def show_at(self, x_px: float, lines: list[str], y_px: float | None = None) -> None:
        """Draw at this place of the scene; the words below `y_px`, else near the top."""
        self._x_px, self._y_px, self._lines = x_px, y_px, lines
        self._relay()

    def vanish(self) -> None:
        """Draw nothing."""
        if self._x_px is not None:
            self._x_px, self._lines = None, []
            self._relay()

    def boundingRect(self) -> QRectF:
        """The line and the words."""
        return self._rect

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """A line in each lane, then the words on a plate."""
        del option, widget
        if self._x_px is None:
            return
        painter.setPen(self._theme.pen("plot_cursor"))
        x = round(self._x_px) + 0.5
        for lane in self._lanes():
            painter.drawLine(QPointF(x, lane.top()), QPointF(x, lane.bottom()))
        plate = self._plate()
        if plate.isEmpty():
            return
        painter.setFont(self.scene().font())
        painter.setBrush(self._theme.color("tooltip"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawRoundedRect(plate, 4.0, 4.0)
        painter.setPen(self._theme.color("text_on_tooltip"))
        line = QFontMetricsF(self.scene().font()).height()
        for row, text in enumerate(self._lines):
            at = QPointF(plate.left() + PADDING_PX, plate.top() + PADDING_PX * 0.7 + row * line)
            painter.drawText(QRectF(at.x(), at.y(), plate.width(), line), Qt.AlignmentFlag.AlignLeft, text)

    def _plate(self) -> QRectF:
        lanes = self._lanes()
        if self._x_px is None or not self._lines or not lanes:
            return QRectF()
        metrics = QFontMetricsF(self.scene().font())
        wide = max(metrics.horizontalAdvance(text) for text in self._lines) + 2 * PADDING_PX
        high = len(self._lines) * metrics.height() + 1.4 * PADDING_PX
        left = self._x_px + 10.0
        if left + wide > lanes[0].right():
            left = max(lanes[0].left(), self._x_px - 10.0 - wide)
        top = lanes[0].top() + 22.0 if self._y_px is None else max(lanes[0].top(), self._y_px)
        if top + high > lanes[-1].bottom():
            top = lanes[-1].bottom() - high
        return QRectF(left, top, wide, high)

    def _relay(self) -> None:
        """Only what was and what will be drawn is painted again."""
        self.prepareGeometryChange()
        if self._x_px is None:
            self._rect = QRectF()
            return
        lanes = self._lanes()
        line = QRectF(self._x_px - 2.0, lanes[0].top(), 4.0, lanes[-1].bottom() - lanes[0].top()) if lanes else QRectF()
        self._rect = line.united(self._plate()).adjusted(-1, -1, 1, 1)
        self.update()
