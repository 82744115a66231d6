"""What is shown before there is anything to show: three ways to begin."""

from collections.abc import Sequence
from pathlib import PurePath

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from clearline.ui.viewmodels.tips import plain_tip
from clearline.ui.widgets.labels import Label

WIDTH = 440
MOST_RECENT = 4


class RecentButton(QPushButton):
    """A file opened lately; its place as the tooltip."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = ""
        self.setFlat(True)
        self.setProperty("link", True)
        self.clicked.connect(self._clicked)

    def show_path(self, path: str) -> None:
        """Lead to this file."""
        self._path = path
        name = PurePath(path).name
        self.setText(name.replace("&", "&&"))
        self.setAccessibleName(name)
        self.setToolTip(plain_tip(path))

    def _clicked(self) -> None:
        self.chosen.emit(self._path)


class EmptyState(QWidget):
    """Test something now, open the practice lab, open a session."""

    test_asked = Signal()
    lab_asked = Signal()
    session_asked = Signal()
    recent_chosen = Signal(str)
    """The path of a session or plan opened lately."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = Label(factor=1.5, bold=True, wrap=True)
        self._lead = Label("muted", wrap=True)
        self._choices: list[tuple[QPushButton, Label]] = []
        inner = QWidget(self)
        inner.setMaximumWidth(WIDTH)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._title)
        column.addWidget(self._lead)
        for signal in (self.test_asked, self.lab_asked, self.session_asked):
            button = QPushButton()
            told = Label("muted", wrap=True)
            column.addSpacing(12)
            column.addWidget(button)
            column.addWidget(told)
            button.clicked.connect(signal)
            self._choices.append((button, told))
        self._choices[0][0].setProperty("primary", True)
        self._recent = Label("muted")
        self._recent.hide()
        self._links = [RecentButton(inner) for _ in range(MOST_RECENT)]
        column.addSpacing(14)
        column.addWidget(self._recent)
        for link in self._links:
            link.hide()
            link.chosen.connect(self.recent_chosen)
            column.addWidget(link)
        # Without an alignment: with one, wrapped text would get the height of its first guess.
        centre = QHBoxLayout()
        centre.addStretch(1)
        # As wide as it may be, and narrower where the window is.
        centre.addWidget(inner, 100)
        centre.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addLayout(centre)
        outer.addStretch(3)
        self._set_texts()

    def offer(self, paths: Sequence[str]) -> None:
        """Offer these files opened lately, the latest first."""
        self._recent.setVisible(bool(paths))
        for at, link in enumerate(self._links):
            link.setVisible(at < len(paths))
            if at < len(paths):
                link.show_path(paths[at])

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
        super().changeEvent(event)

    def _set_texts(self) -> None:
        self._title.say(self.tr("Find out where a connection breaks"))
        self._lead.say(
            self.tr("Type an address above. Clearline keeps checking it, shows every step and records the proof.")
        )
        self._recent.say(self.tr("Opened lately"))
        said = (
            (
                self.tr("Test something now"),
                self.tr("A website, a server and its port, or a whole list pasted at once."),
            ),
            (
                self.tr("Open the practice lab"),
                self.tr("Broken services made on this computer, to see what each fault looks like."),
            ),
            (self.tr("Open a session…"), self.tr("A recording made here or sent by somebody else.")),
        )
        for (button, told), (text, sentence) in zip(self._choices, said, strict=True):
            button.setText(text)
            button.setToolTip(sentence)
            button.setAccessibleDescription(sentence)
            told.say(sentence)
