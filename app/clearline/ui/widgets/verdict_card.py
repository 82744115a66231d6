"""The card of a verdict: what is wrong in two sentences, how sure that is, what to do, whom to call."""

from html import escape

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from clearline.ui.icons import StatusShape
from clearline.ui.viewmodels.diagnosis_words import DiagnosisPage, Fact
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.tips import plain_tip
from clearline.ui.widgets.labels import Label

MOST_FACTS = 5


class FactLabel(QLabel):
    """A bold beginning and plain words after it, escaped: they may hold what a server said."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def show_fact(self, fact: Fact) -> None:
        """Show this."""
        text = f"<b>{escape(fact.name)}</b> {escape(fact.said)}"
        if text != self.text():
            self.setText(text)
            self.setToolTip(plain_tip(fact.tip))


class VerdictCard(QFrame):
    """Shows the verdict of a DiagnosisPage."""

    copy_asked = Signal()
    report_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape = StatusShape(theme)
        self.title = Label(factor=1.12, bold=True, wrap=True)
        self.meaning = Label(wrap=True)
        self._since = Label(bold=True, wrap=True)
        self._facts = [FactLabel(self) for _ in range(MOST_FACTS)]
        self.copy, self.report = QPushButton(), QPushButton()
        self.copy.clicked.connect(self.copy_asked)
        self.report.clicked.connect(self.report_asked)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.copy)
        buttons.addWidget(self.report)
        buttons.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(7)
        head.addWidget(self._shape, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.title, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(11, 9, 11, 10)
        column.setSpacing(5)
        column.addLayout(head)
        column.addWidget(self.meaning)
        column.addWidget(self._since)
        for fact in self._facts:
            column.addWidget(fact)
        column.addLayout(buttons)
        self._set_texts()

    def show_page(self, page: DiagnosisPage) -> None:
        """Show this verdict."""
        if self.property("verdict") != page.tone:
            self.setProperty("verdict", page.tone)
            self.style().unpolish(self)
            self.style().polish(self)
        self._shape.show_status(page.status)
        self.title.say(page.title)
        self.meaning.setVisible(bool(page.meaning))
        self.meaning.say(page.meaning)
        self._since.setVisible(bool(page.since))
        self._since.say(page.since)
        for at, label in enumerate(self._facts):
            label.setVisible(at < len(page.facts))
            if at < len(page.facts):
                label.show_fact(page.facts[at])
        self.copy.setVisible(bool(page.facts) and not page.is_running)
        self.report.setVisible(not page.is_running)
        self.setAccessibleName(f"{page.title} {page.meaning}")

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
        super().changeEvent(event)

    def _set_texts(self) -> None:
        self.copy.setText(self.tr("Copy for the ticket"))
        self.copy.setToolTip(self.tr("Copy what was found, when, from where and to where; secrets are masked"))
        self.report.setText(self.tr("Report…"))
        self.report.setToolTip(self.tr("A report of this diagnosis and of its outage, to look at before it leaves"))
