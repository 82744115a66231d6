"""One sentence for many failures, above the graphs: hidden while nothing fails together."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from clearline.diagnosis.watched import TogetherText
from clearline.ui.icons import StatusShape
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.widgets.labels import Label


class TogetherCard(QFrame):
    """Shows a TogetherText."""

    diagnose_asked = Signal(str)
    """The id of the target that stands for all."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("verdict", "down")
        self._shown: TogetherText | None = None
        self.title = Label(factor=1.12, bold=True, wrap=True)
        self.meaning = Label(wrap=True)
        self.action = Label(wrap=True)
        self.button = QPushButton()
        self.button.clicked.connect(self._clicked)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        for label in (self.title, self.meaning, self.action):
            texts.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(11, 8, 11, 8)
        row.setSpacing(9)
        row.addWidget(StatusShape(theme, Status.DOWN), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._set_texts()
        self.hide()

    def show_text(self, text: TogetherText | None) -> None:
        """Say this; nothing for None."""
        if text != self._shown:
            self._shown = text
            if text is not None:
                self.title.say(text.title)
                self.meaning.say(text.meaning)
                self.action.say(text.action)
                self.setAccessibleName(f"{text.title} {text.meaning}")
            self.setVisible(text is not None)

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
        super().changeEvent(event)

    def _clicked(self) -> None:
        if self._shown is not None:
            self.diagnose_asked.emit(self._shown.target_id)

    def _set_texts(self) -> None:
        self.button.setText(self.tr("Diagnose one"))
        self.button.setToolTip(self.tr("Diagnose one of these targets: it stands for all"))
