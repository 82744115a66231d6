"""Draws the shapes of states; as code they stay sharp at any scale and take the colours of any theme."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QIcon, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from clearline.host import resources
from clearline.ui.painted import Painted
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.theme import Theme

SHAPE_SIZE = 11.0


def app_icon() -> QIcon:
    """The icon of the application."""
    return QIcon(str(resources.path("icons", "clearline.svg")))


def paint_status(painter: QPainter, status: Status, center: QPointF, color: QColor, size: float = SHAPE_SIZE) -> None:
    """Draw the shape of a state: ● up, ▲ slow, ◐ half-open, ✕ down, ○ paused, ? unknown."""
    half = size / 2
    box = QRectF(center.x() - half, center.y() - half, size, size)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(color, size / 7)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(color))
    match status:
        case Status.UP:
            painter.drawEllipse(box.adjusted(0.5, 0.5, -0.5, -0.5))
        case Status.SLOW:
            top, left, right = QPointF(center.x(), box.top()), box.bottomLeft(), box.bottomRight()
            painter.drawPolygon(QPolygonF([top, right - QPointF(0, 1), left - QPointF(0, 1)]))
        case Status.HALF_OPEN:
            painter.drawPie(box.adjusted(0.5, 0.5, -0.5, -0.5), 90 * 16, 180 * 16)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen)
            painter.drawEllipse(box.adjusted(0.8, 0.8, -0.8, -0.8))
        case Status.DOWN:
            pen.setWidthF(size / 5)
            painter.setPen(pen)
            inner = box.adjusted(1.2, 1.2, -1.2, -1.2)
            painter.drawLine(inner.topLeft(), inner.bottomRight())
            painter.drawLine(inner.topRight(), inner.bottomLeft())
        case Status.PAUSED:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen)
            painter.drawEllipse(box.adjusted(0.8, 0.8, -0.8, -0.8))
        case Status.UNKNOWN:
            font = QFont(painter.font())
            font.setBold(True)
            painter.setFont(font)
            painter.setPen(color)
            painter.drawText(box.adjusted(-4, -4, 4, 4), Qt.AlignmentFlag.AlignCenter, "?")
    painter.restore()


class StatusShape(Painted):
    """A state's shape as a small picture beside words; the words carry its meaning."""

    def __init__(self, theme: Theme, status: Status = Status.UNKNOWN, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._status = status
        self.setFixedSize(QSize(16, 16))
        theme.changed.connect(self.redraw)

    def show_status(self, status: Status) -> None:
        """Draw this state."""
        if status is not self._status:
            self._status = status
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the shape."""
        painter = QPainter(self)
        center = QPointF(self.rect().center()) + QPointF(0.5, 0.5)
        paint_status(painter, self._status, center, self._theme.color(self._status.color_token))
        painter.end()
