"""A strip across the window that says something once, without stopping anybody: what happened and what can be done."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from clearline.ui.widgets.labels import Label

Way = tuple[Callable[[], str], Callable[[], None]]
"""What a button says, and what it does."""


class NoticeBar(QFrame):
    """Shows one notice at a time; a newer one takes its place. Escape and the last button put it away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("banner", True)
        self._sentence: Callable[[], str] | None = None
        self._ways: list[Way] = []
        self._buttons: list[QPushButton] = []
        self._text = Label(wrap=True)
        self.away = QPushButton()
        self.away.clicked.connect(self._put_away)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 5, 6, 5)
        self._row.addWidget(self._text, 1)
        self._row.addWidget(self.away)
        self.hide()

    def tell(self, sentence: Callable[[], str], ways: Sequence[Way] = ()) -> None:
        """Say this, with buttons for what can be done about it; asked for again when the language changes."""
        for button in self._buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self._sentence, self._ways, self._buttons = sentence, list(ways), []
        for place, (_, deed) in enumerate(self._ways, 1):
            button = QPushButton(self)
            button.clicked.connect(deed)
            button.clicked.connect(self._put_away)
            self._row.insertWidget(place, button)
            self._buttons.append(button)
        self._set_texts()
        self.show()

    @property
    def text(self) -> str:
        """What is said now."""
        return self._text.text()

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
        super().changeEvent(event)

    def _put_away(self) -> None:
        self.hide()

    def _set_texts(self) -> None:
        self.away.setText(self.tr("Close"))
        self.away.setToolTip(self.tr("Put this notice away"))
        if self._sentence is not None:
            self._text.say(self._sentence())
        for button, (text, _) in zip(self._buttons, self._ways, strict=True):
            button.setText(text())
            button.setToolTip(text())
