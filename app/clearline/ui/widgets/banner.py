"""A strip above the columns that says what kind of session this is and how to leave it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QWidget

from clearline.ui.widgets.labels import Label


class Banner(QFrame):
    """A sentence, the way out, and how far something has come."""

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("banner", True)
        self._text = Label(wrap=True)
        self._progress = QProgressBar()
        self._progress.setRange(0, 1000)
        self._progress.setTextVisible(False)
        self._progress.setFixedWidth(140)
        self._progress.hide()
        self.leave = QPushButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 6, 5)
        row.addWidget(self._text, 1)
        row.addWidget(self._progress)
        row.addWidget(self.leave)
        self.leave.clicked.connect(self.left)
        self.hide()

    def show_text(self, text: str, way_out: str) -> None:
        """Say this, with a button that leads out; without one there is none."""
        self._text.say(text)
        self.leave.setText(way_out)
        self.leave.setToolTip(way_out)
        self.leave.setVisible(bool(way_out))
        self.show()

    def show_progress(self, share: float | None) -> None:
        """How far it has come, 0 to 1; None when done."""
        self._progress.setVisible(share is not None)
        if share is not None:
            self._progress.setValue(round(share * 1000))
            self._progress.setAccessibleName(self.tr("Progress"))
