"""Evidence of the last attempt, folded away until somebody wants it; and the same request as a curl command."""

import re
from html import escape

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from clearline.domain.event import AttemptEnded
from clearline.domain.target import Probe
from clearline.ui.viewmodels.evidence import evidence
from clearline.ui.viewmodels.target_state import TargetState
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.labels import scaled

RAW_HEIGHT = 150
LONG_WORD = re.compile(r"(\S{22})(?=\S)")
BREAK = "\u200b"
"""Lets an address be broken, which would else make the column as wide as itself."""


class EvidencePanel(QWidget):
    """Shows Evidence; reads it only while it is unfolded, and only when there is another attempt."""

    curl_asked = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._state: TargetState | None = None
        self._shown: tuple[AttemptEnded | None, int] | None = None
        self.fold = QToolButton()
        self.fold.setCheckable(True)
        self.fold.setAutoRaise(True)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setFont(scaled(self.font(), 1.0, bold=True))
        self.curl = QPushButton()
        self.facts = QLabel()
        self.facts.setTextFormat(Qt.TextFormat.RichText)
        self.facts.setWordWrap(True)
        self.raw = QPlainTextEdit()
        self.raw.setReadOnly(True)
        self.raw.setFixedHeight(RAW_HEIGHT)
        self.raw.setFont(scaled(self.font(), 0.88))
        head = QHBoxLayout()
        head.addWidget(self.fold)
        head.addStretch(1)
        head.addWidget(self.curl)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addLayout(head)
        column.addWidget(self.facts)
        column.addWidget(self.raw)
        self.fold.toggled.connect(self._folded)
        self.curl.clicked.connect(self.curl_asked)
        self._folded(False)
        self._set_texts()

    def show_target(self, state: TargetState | None) -> None:
        """Show what is known of this target; nothing where none or several are selected."""
        self._state = state
        self.setVisible(state is not None)
        if state is None:
            return
        self.curl.setVisible(state.target.probe in (Probe.HTTP, Probe.H3))
        seen = (state.last_attempt, state.statistics.late)
        if not self.fold.isChecked() or seen == self._shown:
            return
        self._shown = seen
        found = evidence(state, self._words)
        lines = [f"<b>{escape(fact.name)}</b> {escape(_breakable(fact.told))}" for fact in found.facts]
        self.facts.setText("<br>".join(lines) or escape(self.tr("Nothing was tested yet.")))
        if found.raw != self.raw.toPlainText():
            self.raw.setPlainText(found.raw)
        self.raw.setVisible(bool(found.raw))

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
        super().changeEvent(event)

    def _folded(self, is_open: bool) -> None:
        self.fold.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self.facts.setVisible(is_open)
        self.raw.setVisible(is_open)
        self._shown = None
        self.show_target(self._state)

    def _set_texts(self) -> None:
        self.fold.setText(self.tr("Evidence"))
        self.fold.setToolTip(self.tr("What the last attempt saw: way, encryption, answers; and as it was recorded"))
        self.curl.setText(self.tr("Copy as curl"))
        self.curl.setToolTip(self.tr("Copy this request as a curl command; secrets are masked"))
        self.raw.setAccessibleName(self.tr("The last attempt as it was recorded"))
        self._shown = None
        if self._state is not None:
            self.show_target(self._state)


def _breakable(text: str) -> str:
    return LONG_WORD.sub(lambda found: found[1] + BREAK, text)
