"""What is shown before there is anything to show: three ways to begin."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from clearline.ui.widgets.labels import Label

WIDTH = 440


class EmptyState(QWidget):
    """Test something now, open the practice lab, open a session."""

    test_asked = Signal()
    lab_asked = Signal()
    session_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = Label(factor=1.5, bold=True, wrap=True)
        self._lead = Label("muted", wrap=True)
        self._choices: list[tuple[QPushButton, Label]] = []
        inner = QWidget(self)
        inner.setFixedWidth(WIDTH)
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
        # Without an alignment: with one, wrapped text would get the height of its first guess.
        centre = QHBoxLayout()
        centre.addStretch(1)
        centre.addWidget(inner)
        centre.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addLayout(centre)
        outer.addStretch(3)
        self._set_texts()

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
