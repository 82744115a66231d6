"""The one field where everything begins: an address to add, or a pasted list."""

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from clearline.domain.problem import InputError
from clearline.host.target_list import is_list
from clearline.ui.viewmodels.plan import PlanModel
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.labels import Label, set_problem

HINT_MARGIN = 24
FEWEST_LETTERS = 26
_CONTROL = Qt.KeyboardModifier.ControlModifier


class AddressField(QLineEdit):
    """A line that notices a pasted list instead of gluing its lines together."""

    list_pasted = Signal(str)
    diagnose_asked = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Paste: a list goes its own way. Ctrl+Enter: diagnose."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() & _CONTROL:
            self.diagnose_asked.emit()
            return
        if event.matches(QKeySequence.StandardKey.Paste) and self.take(QGuiApplication.clipboard().mimeData()):
            return
        super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        """An address must be seen while it is typed."""
        hint = super().minimumSizeHint()
        return QSize(self.fontMetrics().horizontalAdvance("0" * FEWEST_LETTERS), hint.height())

    def take(self, data: QMimeData | None) -> bool:
        """Take a list from the clipboard; False for anything else."""
        if data is None or not data.hasText() or not is_list(data.text()):
            return False
        self.list_pasted.emit(data.text())
        return True


class AddressBar(QWidget):
    """Enter adds, Ctrl+Enter diagnoses without adding. What cannot be used stays, with a sentence under it."""

    added = Signal(str)
    """Id of the target that was added, or was there already."""
    list_pasted = Signal(str)
    diagnose_asked = Signal(object)
    """A Target of the address that was typed; None stands for the selected one: nothing was typed."""

    def __init__(self, plans: PlanModel, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plans = plans
        self._words = words
        self.field = AddressField(self)
        self.field.setClearButtonEnabled(True)
        self.add_button = QPushButton(self)
        self.add_button.setProperty("primary", True)
        self.diagnose_button = QPushButton(self)
        self.problem = Label("problem", wrap=True)
        self.problem.hide()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.add_button)
        row.addWidget(self.diagnose_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(row)
        column.addWidget(self.problem)
        self.field.returnPressed.connect(self.add)
        self.field.textEdited.connect(self._forgive)
        self.field.list_pasted.connect(self.list_pasted)
        self.add_button.clicked.connect(self.add)
        self.diagnose_button.clicked.connect(self.diagnose)
        self.field.diagnose_asked.connect(self.diagnose)
        self._set_texts()

    def focus(self) -> None:
        """Put the cursor here and select what is there."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def add(self) -> None:
        """Add what is typed, or say why not and keep it."""
        try:
            target = self._plans.add(self.field.text())
        except InputError as error:
            self._complain(self._words.texts.problem(error.problems[0]))
            return
        self.field.clear()
        self._forgive()
        self.added.emit(target.id)

    def diagnose(self) -> None:
        """Diagnose what is typed without adding it; the selected target where nothing is."""
        if not self.field.text().strip():
            self.diagnose_asked.emit(None)
            return
        try:
            target = self._plans.read(self.field.text())
        except InputError as error:
            self._complain(self._words.texts.problem(error.problems[0]))
            return
        self._forgive()
        self.diagnose_asked.emit(target)

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow field has a short hint."""
        super().resizeEvent(event)
        self._set_hint()

    def _complain(self, sentence: str) -> None:
        set_problem(self.field, True)
        self.problem.say(sentence)
        self.problem.show()
        self.field.setAccessibleDescription(sentence)

    def _forgive(self) -> None:
        set_problem(self.field, False)
        self.problem.hide()
        self.field.setAccessibleDescription("")

    def _set_hint(self) -> None:
        """As much of a hint as there is room for."""
        hint = self.tr("Type or paste a host, URL or host:port, then Enter   (Ctrl+L)")
        if self.field.fontMetrics().horizontalAdvance(hint) + HINT_MARGIN > self.field.width():
            hint = self.tr("Host, URL or host:port")
        if hint != self.field.placeholderText():
            self.field.setPlaceholderText(hint)

    def _set_texts(self) -> None:
        self._set_hint()
        self.field.setAccessibleName(self.tr("Address to test"))
        self.field.setToolTip(
            self.tr(
                "https://host/path or host:port, or a pasted list (Ctrl+L).\n"
                "Also h3, tcp, tls, banner, ws, wss, udp, dns, ntp, beat (a long connection), icmp, path, mtu with ://"
            )
        )
        self.diagnose_button.setText(self.tr("Diagnose"))
        self.diagnose_button.setToolTip(
            self.tr(
                "Find out what is wrong: with the typed address (Ctrl+Enter), else with the selected target (Ctrl+D)"
            )
        )
        self.add_button.setText(self.tr("Add"))
        self.add_button.setToolTip(self.tr("Add this target and start checking it (Enter)"))
