"""What is wrong: a verdict in words, the next step, whom to pass it to, and the ladder of steps."""

from html import escape

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from clearline.ui.icons import StatusShape
from clearline.ui.viewmodels.explain import Explanation, Paragraph, Step
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.widgets.elided_label import ElidedLabel
from clearline.ui.widgets.labels import Label

MOST_STEPS = 8
MOST_PARAGRAPHS = 8


class StepRow(QWidget):
    """One rung: shape, name, detail."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape = StatusShape(theme)
        self._name = Label()
        self._detail = ElidedLabel("muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._shape)
        row.addWidget(self._name)
        row.addWidget(self._detail, 1)

    def show_step(self, step: Step) -> None:
        """Show this step."""
        self._shape.show_status(step.status)
        self._name.say(step.name)
        self._detail.say(step.detail)


class ParagraphRow(QLabel):
    """A bold beginning and plain words after it; a click leads to its target."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self._target_id = ""

    def show_paragraph(self, paragraph: Paragraph) -> None:
        """Show this paragraph. Names and sentences are escaped: they may come from a plan somebody sent."""
        bold = f"<b>{escape(paragraph.bold)}</b> " if paragraph.bold else ""
        text = bold + escape(paragraph.plain)
        if text != self.text():
            self.setText(text)
        self._target_id = paragraph.target_id
        leads = bool(paragraph.target_id)
        self.setCursor(Qt.CursorShape.PointingHandCursor if leads else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Go to the target it is about."""
        if self._target_id:
            self.chosen.emit(self._target_id)


class ExplainPanel(QWidget):
    """Shows an Explanation; only what changed is laid out again."""

    target_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Explanation | None = None
        self._heading = Label(bold=True)
        self._shape = StatusShape(theme)
        self._headline = Label(bold=True, wrap=True)
        self._paragraphs = [ParagraphRow(self) for _ in range(MOST_PARAGRAPHS)]
        self._next = Label("muted", wrap=True)
        self._steps = [StepRow(theme, self) for _ in range(MOST_STEPS)]
        self._technical = Label("muted", 0.88, wrap=True)
        self._technical.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addWidget(self._heading)
        verdict = QHBoxLayout()
        verdict.setSpacing(6)
        verdict.addWidget(self._shape, 0, Qt.AlignmentFlag.AlignTop)
        verdict.addWidget(self._headline, 1)
        column.addLayout(verdict)
        for paragraph in self._paragraphs:
            paragraph.chosen.connect(self.target_chosen)
            column.addWidget(paragraph)
        column.addWidget(self._next)
        for step in self._steps:
            column.addWidget(step)
        column.addWidget(self._technical)
        # Whatever is laid out before anything is explained takes no room.
        for row in (*self._paragraphs, self._next, *self._steps, self._technical):
            row.hide()
        self._set_texts()

    def show_explanation(self, explanation: Explanation) -> None:
        """Show this; the same again costs nothing."""
        if explanation == self._shown:
            return
        self._shown = explanation
        self._shape.show_status(explanation.status)
        self._headline.say(explanation.headline)
        for at, row in enumerate(self._paragraphs):
            row.setVisible(at < len(explanation.paragraphs))
            if at < len(explanation.paragraphs):
                row.show_paragraph(explanation.paragraphs[at])
        self._next.setVisible(bool(explanation.next_step))
        self._next.say(explanation.next_step)
        for place, step in enumerate(self._steps):
            step.setVisible(place < len(explanation.steps))
            if place < len(explanation.steps):
                step.show_step(explanation.steps[place])
        self._technical.setVisible(bool(explanation.technical))
        self._technical.say(explanation.technical)

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
        super().changeEvent(event)

    def _set_texts(self) -> None:
        self._heading.say(self.tr("What is wrong"))
        self._technical.setAccessibleName(self.tr("Technical kind and evidence"))
