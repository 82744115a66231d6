"""Labels by their place in the hierarchy: title, heading, plain, muted; and a panel to hold them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QLabel, QWidget


def scaled(font: QFont, factor: float, *, bold: bool = False) -> QFont:
    """A copy of a font, larger or smaller; whatever unit the desktop gave its size in."""
    copy = QFont(font)
    if font.pointSizeF() > 0:
        copy.setPointSizeF(font.pointSizeF() * factor)
    else:
        copy.setPixelSize(max(1, round(font.pixelSize() * factor)))
    copy.setBold(bold)
    return copy


class Label(QLabel):
    """Plain text only: what is shown may come from the network."""

    def __init__(
        self,
        tone: str = "",
        factor: float = 1.0,
        *,
        bold: bool = False,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if factor != 1.0 or bold:
            self.setFont(scaled(self.font(), factor, bold=bold))
        if tone:
            self.setProperty("tone", tone)

    def say(self, text: str) -> None:
        """Show this text; the same text costs nothing."""
        if text != self.text():
            self.setText(text)

    def set_tone(self, tone: str) -> None:
        """Show it in another tone of the style sheet."""
        if tone != self.property("tone"):
            self.setProperty("tone", tone)
            self.style().unpolish(self)
            self.style().polish(self)


class Panel(QFrame):
    """A white surface with a thin rounded border."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        self.setFrameShape(QFrame.Shape.NoFrame)


def rule(parent: QWidget | None = None) -> QFrame:
    """A thin line between two parts of a panel."""
    line = QFrame(parent)
    line.setProperty("rule", True)
    line.setFixedHeight(1)
    return line


def set_problem(widget: QWidget, has_problem: bool) -> None:
    """Mark a field as wrong, or well again."""
    if bool(widget.property("problem")) != has_problem:
        widget.setProperty("problem", has_problem)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
