"""Shows a picture of ours that is drawn anew for the width it is given, sharp at any scale."""

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

NARROWEST = 300


class SvgView(QWidget):
    """As wide as its place; its height follows from the picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._renderer = QSvgRenderer(self)
        self._draw: Callable[[float], str] | None = None
        self._width = 0
        self.setMinimumWidth(NARROWEST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_picture(self, draw: Callable[[float], str]) -> None:
        """From now on show what this gives for a width in pixels, as SVG."""
        self._draw = draw
        self._redraw()

    def sizeHint(self) -> QSize:
        """The size it was drawn for."""
        return self._renderer.defaultSize()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw it for another width."""
        super().resizeEvent(event)
        if self.width() != self._width:
            self._redraw()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Put it there."""
        del event
        size = self._renderer.defaultSize()
        if self._draw is not None and not size.isEmpty():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._renderer.render(painter, QRectF(0.0, 0.0, size.width(), size.height()))

    def _redraw(self) -> None:
        if self._draw is None:
            return
        self._width = self.width()
        self._renderer.load(QByteArray(self._draw(float(max(NARROWEST, self._width))).encode()))
        self.setFixedHeight(self._renderer.defaultSize().height())
        self.update()


def scrolled(view: SvgView) -> QScrollArea:
    """A place for a picture that may be higher than the window; the arrows scroll it."""
    inner = QWidget()
    inner.setObjectName("scrolled")
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 4, 10, 0)
    column.addWidget(view)
    column.addStretch(1)
    area = QScrollArea()
    area.setWidget(inner)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    return area
