"""A label that shortens its text to the room it has, with the whole text as its tooltip."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clearline.ui.viewmodels.tips import plain_tip
from clearline.ui.widgets.labels import Label


class ElidedLabel(Label):
    """One line; the end, or another part, gives way to an ellipsis."""

    def __init__(
        self,
        tone: str = "",
        factor: float = 1.0,
        *,
        bold: bool = False,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        between: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`between` parts that are shown whole or not at all, the last gives way first."""
        super().__init__(tone, factor, bold=bold, parent=parent)
        self._mode = mode
        self._between = between
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """A few letters are enough."""
        return QSize(self.fontMetrics().horizontalAdvance("mmm…"), super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        """The whole text, with a pixel to spare for rounding."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 3, super().sizeHint().height())

    def say(self, text: str) -> None:
        """Show this text, with all of it as the tooltip."""
        if text != self.text():
            self.setText(text)
            self.setToolTip(plain_tip(text))
            self.updateGeometry()

    def whole_parts(self) -> str:
        """The text, without the parts at its end that have no room."""
        text, advance = self.text(), self.fontMetrics().horizontalAdvance
        parts = text.split(self._between) if self._between else [text]
        while len(parts) > 1 and advance(text) > self.width():
            parts.pop()
            text = self._between.join((*parts, "…"))
        return text

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write what fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.whole_parts(), self._mode, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()
