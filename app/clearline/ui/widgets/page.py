"""A view that takes the place of the columns for a while: a title, what it holds, and the way back."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from clearline.ui.widgets.labels import Label, Panel


class Page(QWidget):
    """Escape and the button lead back. `opened` and `left` follow what is on screen."""

    opened = Signal()
    left = Signal()
    back_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = Label(factor=1.4, bold=True)
        self.back = QPushButton()
        self.tools = QHBoxLayout()
        self.tools.setSpacing(8)
        panel = Panel()
        self.column = QVBoxLayout(panel)
        self.column.setContentsMargins(14, 10, 14, 12)
        self.column.setSpacing(8)
        top = QHBoxLayout()
        top.addWidget(self.title)
        top.addStretch(1)
        top.addWidget(self.back)
        self.column.addLayout(top)
        self.column.addLayout(self.tools)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 6, 12, 0)
        outer.addWidget(panel)
        self.back.clicked.connect(self.back_asked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leads back."""
        if event.key() == Qt.Key.Key_Escape:
            self.back_asked.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tell when it comes on screen and when it goes."""
        if event.type() == QEvent.Type.Show:
            self.opened.emit()
        elif event.type() == QEvent.Type.Hide:
            self.left.emit()
        elif event.type() == QEvent.Type.LanguageChange:
            self.set_texts()
        return super().event(event)

    def html(self) -> str:
        """What it holds as rich text, where that is how it prints best."""
        return ""

    def set_texts(self) -> None:
        """Say everything in the language in force."""
        self.back.setText(self.tr("Back"))
        self.back.setToolTip(self.tr("Back to the targets (Esc)"))
