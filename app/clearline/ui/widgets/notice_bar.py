"""A strip across the window that says something once, without stopping anybody: what happened and what can be done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from clearline.ui.viewmodels.tips import plain_tip
from clearline.ui.widgets.labels import Label

Way = tuple[Callable[[], str], Callable[[], None]]
"""What a button says, and what it does."""


@dataclass
class _Notice:
    """What is said, and the ways that nobody has gone yet."""

    sentence: Callable[[], str]
    ways: list[Way]

    @property
    def deeds(self) -> list[Callable[[], None]]:
        """What its buttons do."""
        return [deed for _, deed in self.ways]


class _WayButton(QPushButton):
    """Goes one way, and tells that it was gone."""

    gone = Signal(object)

    def __init__(self, way: Way, parent: QWidget) -> None:
        super().__init__(parent)
        self.way = way
        self.clicked.connect(self._go)

    def _go(self) -> None:
        self.way[1]()
        self.gone.emit(self)


class NoticeBar(QFrame):
    """Shows the newest notice until it is put away, with Escape or the last button, or each of its ways was gone.

    The one before shows again then, unless the newer offered the same ways: it took its place.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("banner", True)
        self._notices: list[_Notice] = []
        self._buttons: list[_WayButton] = []
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
        told = _Notice(sentence, list(ways))
        self._notices = [*(each for each in self._notices if each.deeds != told.deeds), told]
        self._show_newest()

    @property
    def text(self) -> str:
        """What is said now."""
        return self._text.text()

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape puts it away."""
        if event.key() == Qt.Key.Key_Escape:
            self._put_away()
        else:
            super().keyPressEvent(event)

    def _show_newest(self) -> None:
        for button in list(self._buttons):
            self._take_out(button)
        for place, way in enumerate(self._notices[-1].ways if self._notices else (), 1):
            button = _WayButton(way, self)
            button.gone.connect(self._was_gone)
            self._row.insertWidget(place, button)
            self._buttons.append(button)
        self._set_texts()
        self.setVisible(bool(self._notices))

    def _was_gone(self, button: _WayButton) -> None:
        # The deed may have told a newer notice: it is this way's own that has one less now.
        for notice in [each for each in self._notices if button.way in each.ways]:
            notice.ways.remove(button.way)
            if not notice.ways:
                self._notices.remove(notice)
                self._show_newest()
        if button in self._buttons:
            self._take_out(button)

    def _take_out(self, button: _WayButton) -> None:
        self._buttons.remove(button)
        self._row.removeWidget(button)
        button.hide()
        button.deleteLater()

    def _put_away(self) -> None:
        del self._notices[-1:]
        self._show_newest()

    def _set_texts(self) -> None:
        self.away.setText(self.tr("Close"))
        self.away.setToolTip(self.tr("Put this notice away"))
        if self._notices:
            self._text.say(self._notices[-1].sentence())
        for button in self._buttons:
            button.setText(button.way[0]())
            button.setToolTip(plain_tip(button.text()))
