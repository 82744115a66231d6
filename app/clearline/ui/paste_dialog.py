"""A list of targets: what each line became, or why it was refused, before anything is added."""

import msgspec
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from clearline.domain.tags import show_tags
from clearline.domain.target import mask_secrets
from clearline.host.monitor_files import is_monitor_file, needs_addresses, read_monitor_file
from clearline.host.target_list import PastedLine, read_list
from clearline.ui.dialogs import Question
from clearline.ui.viewmodels.plan import PlanModel
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.tips import plain_tip
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.labels import Label

translate = QCoreApplication.translate


class BegunList(msgspec.Struct, frozen=True):
    """What the fields of the dialog hold."""

    text: str
    addresses: str = ""


class PasteDialog(Question):
    """A list of targets, with what each line became or why it was refused, before anything is added."""

    def __init__(
        self,
        text: str,
        plans: PlanModel,
        words: Words,
        theme: Theme,
        parent: QWidget | None = None,
        begun: "BegunList | None" = None,
    ) -> None:
        """Without a text it begins with what a crash cut short."""
        begun = begun if begun is not None and not text.strip() else BegunList(text)
        super().__init__(translate("PasteDialog", "Add a list of targets"), translate("PasteDialog", "Add"), parent)
        self._plans = plans
        self._words = words
        self._theme = theme
        self.lines: list[PastedLine] = []
        lead = Label("muted", wrap=True)
        lead.say(
            translate(
                "PasteDialog",
                "One target a line: an address, or address, name, group and tags separated by commas, semicolons or "
                "tabs.\nA hosts file works too, and the modules of a blackbox_exporter. [Group] begins a group, # a "
                "comment.",
            )
        )
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(translate("PasteDialog", "Targets, one a line"))
        self.text.setTabChangesFocus(True)
        self.text.setPlainText(begun.text)
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
        self.addresses = QLineEdit(begun.addresses)
        self.addresses.setAccessibleName(translate("PasteDialog", "Addresses for the modules"))
        self.addresses.setPlaceholderText(translate("PasteDialog", "Addresses that the modules are to test"))
        for widget, stretch in ((lead, 0), (self.text, 2), (self.addresses, 0), (self.count, 0), (self.table, 3)):
            self.column.addWidget(widget, stretch)
        self.finish_layout()
        self.resize(760, 560)
        self.text.textChanged.connect(self.preview)
        self.addresses.textChanged.connect(self.preview)
        self.preview()

    def preview(self) -> None:
        """Read the list again."""
        text, present = self.text.toPlainText(), self._plans.plan.targets
        self._tell()
        self.addresses.setVisible(needs_addresses(text))
        if is_monitor_file(text):
            self.lines = read_monitor_file(text, present, self.addresses.text())
        else:
            self.lines = read_list(text, present)
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
        chosen = [line for line in self.lines if line.is_new]
        profiles = {line.profile.name: line.profile for line in chosen if line.profile}
        self._plans.add_all((line.target for line in chosen if line.target), profiles.values())
        super().accept()

    def showEvent(self, event: QShowEvent) -> None:
        """What it begins with is worth keeping, too: a file may be gone, a clipboard is."""
        super().showEvent(event)
        self._tell()

    def _tell(self) -> None:
        begun = BegunList(self.text.toPlainText(), self.addresses.text())
        self.typed.emit(msgspec.json.encode(begun).decode() if begun.text.strip() else "")

    def _show(self, row: int, line: PastedLine) -> None:
        if line.problem is not None:
            became, tone = self._words.texts.problem(line.problem), "text_down"
        elif line.is_known:
            became, tone = translate("PasteDialog", "is there already"), "text_muted"
        else:
            target = line.target
            parts = [target.shown, target.name, target.group, show_tags(target.tags)] if target else []
            if line.profile is not None:
                parts.append(line.profile.name)
            if line.ignored:
                told = translate("PasteDialog", "not taken over: {options}")
                parts.append(told.format(options=", ".join(line.ignored)))
            became, tone = "  ·  ".join(part for part in parts if part), "text"
        for place, text in enumerate((str(line.number), mask_secrets(line.text), became)):
            item = QTableWidgetItem(text)
            item.setForeground(QColor(self._theme.color(tone if place == 2 else "text_muted")))
            item.setToolTip(plain_tip(text))
            self.table.setItem(row, place, item)
