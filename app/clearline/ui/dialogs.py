"""Questions: a target's settings, a pasted list, a line of text, yes or no; opened, never run modally in a loop."""

import asyncio

import msgspec
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from clearline.domain.plan import INTERVAL_RANGE_S
from clearline.domain.problem import InputError
from clearline.domain.proxy import SYSTEM
from clearline.domain.target import Probe, Target, mask_secrets
from clearline.ui.viewmodels.paste import PastedLine, read_list
from clearline.ui.viewmodels.plan import PlanModel
from clearline.ui.viewmodels.profile import NumberSpec
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.labels import Label, set_problem
from clearline.ui.widgets.number_field import NumberBox

translate = QCoreApplication.translate


async def answer(dialog: QDialog) -> bool:
    """Open a dialog and wait for its end. A modal exec() would lose other tasks' wake-ups."""
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def finish(result: int) -> None:
        if not ended.done():
            ended.set_result(result)

    dialog.finished.connect(finish)
    dialog.open()
    try:
        return await ended == QDialog.DialogCode.Accepted
    finally:
        dialog.finished.disconnect(finish)
        dialog.hide()
        dialog.deleteLater()


class Question(QDialog):
    """A title, some widgets, and two buttons that say what they do."""

    def __init__(self, title: str, accept: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.column = QVBoxLayout(self)
        self.column.setSpacing(8)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setText(accept)
        ok.setProperty("primary", True)
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(translate("Question", "Cancel"))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def finish_layout(self) -> None:
        """Put the buttons below all that was added."""
        self.column.addWidget(self.buttons)


class Confirmation(Question):
    """Yes, by a button that names the deed, or cancel."""

    def __init__(self, title: str, sentence: str, deed: str, parent: QWidget | None = None) -> None:
        super().__init__(title, deed, parent)
        told = Label(wrap=True)
        told.say(sentence)
        told.setMinimumWidth(320)
        self.column.addWidget(told)
        self.finish_layout()


class TextQuestion(Question):
    """One line of text."""

    def __init__(self, title: str, label: str, deed: str, parent: QWidget | None = None) -> None:
        super().__init__(title, deed, parent)
        self.field = QLineEdit()
        self.field.setMinimumWidth(340)
        self.field.setAccessibleName(label)
        told = Label()
        told.say(label)
        told.setBuddy(self.field)
        self.column.addWidget(told)
        self.column.addWidget(self.field)
        self.finish_layout()

    @property
    def text(self) -> str:
        """What was typed, without blanks around it."""
        return self.field.text().strip()


class ChoiceQuestion(Question):
    """One of several named things."""

    def __init__(
        self, title: str, label: str, choices: list[tuple[str, str]], deed: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(title, deed, parent)
        self.field = QComboBox()
        self.field.setMinimumWidth(340)
        self.field.setAccessibleName(label)
        for value, text in choices:
            self.field.addItem(text, value)
        told = Label(wrap=True)
        told.say(label)
        self.column.addWidget(told)
        self.column.addWidget(self.field)
        self.finish_layout()

    @property
    def value(self) -> str:
        """What was chosen."""
        return str(self.field.currentData())


_PROXIED = (Probe.TLS, Probe.HTTP, Probe.WS, Probe.BANNER)


class TargetDialog(Question):
    """Everything about one target; what is wrong is said under its field and nothing is lost."""

    def __init__(self, target: Target, plans: PlanModel, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(translate("TargetDialog", "Edit target"), translate("TargetDialog", "Save"), parent)
        self._target = target
        self._plans = plans
        self._words = words
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.address = self._line(translate("TargetDialog", "Address"), target.address)
        self.address.setMinimumWidth(360)
        self.name = self._line(translate("TargetDialog", "Name"), target.name)
        self.group = QComboBox()
        self.group.setEditable(True)
        self.group.addItems(["", *plans.groups])
        self.group.setCurrentText(target.group)
        self._row(translate("TargetDialog", "Group"), self.group)
        self.profile = QComboBox()
        for profile in plans.plan.profiles:
            self.profile.addItem(words.profile(profile.name), profile.name)
        self.profile.setCurrentIndex(max(0, self.profile.findData(target.profile)))
        self._row(translate("TargetDialog", "Profile"), self.profile)
        low, high = INTERVAL_RANGE_S
        self.pace = NumberBox(NumberSpec("interval_s", low, high, "s", is_whole=False), " s")
        self.pace.show_number(plans.plan.interval_of(target))
        self._row(translate("TargetDialog", "Check every"), self.pace)
        self.via = self._line(translate("TargetDialog", "Connect to this address instead"), target.via or "")
        self.via.setPlaceholderText(translate("TargetDialog", "As the name says"))
        self.proxy = self._line(translate("TargetDialog", "Proxy"), "" if target.proxy == SYSTEM else target.proxy)
        self.proxy.setPlaceholderText(translate("TargetDialog", "As the system says; none, or http://host:port"))
        self._form.setRowVisible(self.proxy, target.probe in _PROXIED)
        self.sni = self._line(translate("TargetDialog", "Name asked for in TLS"), target.sni)
        self.sni.setPlaceholderText(translate("TargetDialog", "As the address says"))
        self._form.setRowVisible(self.sni, target.probe in (Probe.TLS, Probe.HTTP))
        self.follow = QCheckBox(translate("TargetDialog", "Follow redirects"))
        self.follow.setChecked(target.follow)
        self.follow.setVisible(target.probe is Probe.HTTP)
        self._form.addRow("", self.follow)
        self.verify = QCheckBox(translate("TargetDialog", "Check the certificate"))
        self.verify.setChecked(target.verify)
        self.verify.setVisible(target.probe in (Probe.TLS, Probe.HTTP))
        self._form.addRow("", self.verify)
        self.problem = Label("problem", wrap=True)
        self.problem.hide()
        self.column.addLayout(self._form)
        self.column.addWidget(self.problem)
        self.finish_layout()

    @property
    def edited(self) -> Target:
        """The target as the fields say."""
        pace = self.pace.value()
        follows = self._target.interval_s is None and pace == self._plans.plan.interval_s
        return msgspec.structs.replace(
            self._target,
            address=self.address.text(),
            name=self.name.text().strip(),
            group=self.group.currentText().strip(),
            profile=str(self.profile.currentData()),
            interval_s=None if follows else pace,
            via=self.via.text().strip() or None,
            verify=self.verify.isChecked(),
            proxy=self.proxy.text().strip() or SYSTEM,
            sni=self.sni.text().strip(),
            follow=self.follow.isChecked(),
        )

    def accept(self) -> None:
        """Save, or say what is wrong and stay."""
        try:
            self._plans.edit(self.edited)
        except InputError as error:
            self.problem.say("\n".join(self._words.texts.problem(problem) for problem in error.problems))
            self.problem.show()
            set_problem(self.address, any(problem.code.startswith("address.") for problem in error.problems))
            return
        super().accept()

    def _line(self, label: str, text: str) -> QLineEdit:
        field = QLineEdit(text)
        self._row(label, field)
        return field

    def _row(self, label: str, field: QWidget) -> None:
        field.setAccessibleName(label)
        told = Label()
        told.say(label)
        told.setBuddy(field)
        self._form.addRow(told, field)


class PasteDialog(Question):
    """A list of targets, with what each line became or why it was refused, before anything is added."""

    def __init__(self, text: str, plans: PlanModel, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(translate("PasteDialog", "Add a list of targets"), translate("PasteDialog", "Add"), parent)
        self._plans = plans
        self._words = words
        self._theme = theme
        self.lines: list[PastedLine] = []
        lead = Label("muted", wrap=True)
        lead.say(
            translate(
                "PasteDialog",
                "One target a line: an address, or address, name and group separated by commas, semicolons or tabs.\n"
                "Lines of a hosts file work too. [Group] begins a group, # a comment.",
            )
        )
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(translate("PasteDialog", "Targets, one a line"))
        self.text.setTabChangesFocus(True)
        self.text.setPlainText(text)
        self.table = QTableWidget(0, 3)
        self.table.setAccessibleName(translate("PasteDialog", "What each line becomes"))
        self.table.setHorizontalHeaderLabels(
            [
                translate("PasteDialog", "Line"),
                translate("PasteDialog", "What was written"),
                translate("PasteDialog", "What it becomes"),
            ]
        )
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.setWordWrap(True)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.table.setColumnWidth(1, 220)
        self.count = Label(bold=True)
        for widget, stretch in ((lead, 0), (self.text, 2), (self.count, 0), (self.table, 3)):
            self.column.addWidget(widget, stretch)
        self.finish_layout()
        self.resize(760, 560)
        self.text.textChanged.connect(self.preview)
        self.preview()

    def preview(self) -> None:
        """Read the list again."""
        self.lines = read_list(self.text.toPlainText(), self._plans.plan.targets)
        self.table.setRowCount(len(self.lines))
        for row, line in enumerate(self.lines):
            self._show(row, line)
        self.table.resizeRowsToContents()
        good = sum(line.is_new for line in self.lines)
        known = sum(line.is_known for line in self.lines)
        bad = sum(line.problem is not None for line in self.lines)
        self.count.say(
            translate("PasteDialog", "New: {good}. Already there: {known}. Cannot be used: {bad}.").format(
                good=good, known=known, bad=bad
            )
        )
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(good > 0)

    def accept(self) -> None:
        """Add the targets that can be used."""
        self._plans.add_all(line.target for line in self.lines if line.is_new and line.target)
        super().accept()

    def _show(self, row: int, line: PastedLine) -> None:
        if line.problem is not None:
            became, tone = self._words.texts.problem(line.problem), "text_down"
        elif line.is_known:
            became, tone = translate("PasteDialog", "is there already"), "text_muted"
        else:
            target = line.target
            parts = (target.shown, target.name, target.group) if target else ()
            became, tone = "  ·  ".join(part for part in parts if part), "text"
        for place, text in enumerate((str(line.number), mask_secrets(line.text), became)):
            item = QTableWidgetItem(text)
            item.setForeground(QColor(self._theme.color(tone if place == 2 else "text_muted")))
            item.setToolTip(text)
            self.table.setItem(row, place, item)


def open_dialog(title: str, folder: str, pattern: str, parent: QWidget | None = None) -> QFileDialog:
    """Asks for a file that is there."""
    dialog = QFileDialog(parent, title, folder, pattern)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return dialog


def save_dialog(title: str, path: str, pattern: str, suffix: str, parent: QWidget | None = None) -> QFileDialog:
    """Asks where to save."""
    dialog = QFileDialog(parent, title, path, pattern)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix)
    return dialog
