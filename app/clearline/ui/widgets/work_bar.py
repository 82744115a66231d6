"""What is under way in a thread, how far it is, and the way to stop it; else what went wrong, or a note."""

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from clearline.ui.viewmodels.words import Words
from clearline.ui.viewmodels.work import WorkModel
from clearline.ui.widgets.labels import Label

POLL_MS = 100


class WorkBar(QWidget):
    """Follows a WorkModel."""

    def __init__(self, model: WorkModel, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._words = words
        self._note = ""
        self.told = Label("muted", wrap=True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(180)
        self.cancel = QPushButton()
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self._show_share)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.told, 1)
        row.addWidget(self.bar)
        row.addWidget(self.cancel)
        self.cancel.clicked.connect(model.cancel)
        model.changed.connect(self.follow)
        self._set_texts()

    def note(self, text: str) -> None:
        """Said while nothing is under way and nothing is wrong."""
        self._note = text
        self.follow()

    def follow(self) -> None:
        """Show what the model does."""
        work, problem = self._model.work, self._model.problem
        self.bar.setVisible(work is not None)
        self.cancel.setVisible(work is not None)
        if (work is not None) != self._poll.isActive():
            (self._poll.start if work is not None else self._poll.stop)()
        self._show_share()
        self.told.set_tone("down" if problem else "muted")
        if problem is not None:
            self.told.say(self._words.texts.problem(problem))
        else:
            self.told.say(self.tr("Reading the session…") if work is not None else self._note)

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
        super().changeEvent(event)

    def _show_share(self) -> None:
        if self._model.work is not None:
            self.bar.setValue(round(self._model.work.share * 1000))

    def _set_texts(self) -> None:
        self.cancel.setText(self.tr("Cancel"))
        self.bar.setAccessibleName(self.tr("Progress"))
        self.follow()
