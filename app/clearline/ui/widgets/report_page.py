"""The report before it leaves: what it is about, how it will look, and what of this house would be in it."""

from collections.abc import Iterator

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSplitter,
    QTextEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from clearline.host.texts import Language
from clearline.ui.rich_page import INK, PAPER
from clearline.ui.viewmodels.report import ReportModel, ReportTime
from clearline.ui.viewmodels.tips import plain_tip
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.choice_box import ChoiceBox
from clearline.ui.widgets.labels import Label
from clearline.ui.widgets.page import Page
from clearline.ui.widgets.work_bar import WorkBar

_MOST_SHOWN = 400
_END = object()


class ReportPage(Page):
    """Shows a ReportModel."""

    save_asked = Signal()
    copy_asked = Signal()

    def __init__(self, model: ReportModel, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self._words = words
        self._shown: object = None
        self._pouring: Iterator[None] = iter(())
        self._pour = QTimer(self)
        self._pour.timeout.connect(self._pour_part)
        self.time = ChoiceBox()
        self.targets = ChoiceBox()
        self.language = ChoiceBox()
        self.redact = QCheckBox()
        self.ticket = QLineEdit()
        self.ticket.setMaxLength(80)
        self.ticket.setText(model.ticket)
        self.copy = QPushButton()
        self.save = QPushButton()
        self.save.setProperty("primary", True)
        self.bar = WorkBar(model, words)
        self.sheet = QTextEdit()
        self.sheet.setReadOnly(True)
        self.sheet.setTabChangesFocus(True)
        self.sheet.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.sheet.setStyleSheet(f"QTextEdit {{ background: {PAPER}; color: {INK}; padding: 14px; }}")
        self.leaving = QTreeWidget()
        self.leaving.setRootIsDecorated(True)
        self.leaving.setUniformRowHeights(True)
        self._leaving_title = Label(bold=True)
        self._leaving_note = Label("muted", wrap=True)
        self._place()
        for box in (self.time, self.targets, self.language):
            box.chosen.connect(self._choose)
        self.redact.toggled.connect(self._choose)
        self.ticket.textChanged.connect(model.set_ticket)
        self.ticket.textEdited.connect(model.ticket_typed)
        self.save.clicked.connect(self.save_asked)
        self.copy.clicked.connect(self.copy_asked)
        self.left.connect(model.halt)
        model.changed.connect(self.show_model)
        self.set_texts()
        self.show_model()

    def show_model(self) -> None:
        """Put what the model says into the widgets."""
        model = self.model
        self._fill_choices()
        self.redact.setChecked(model.is_redacted)
        self.ticket.setEnabled(model.is_redacted)
        self.save.setEnabled(model.can_save)
        self.copy.setEnabled(model.can_save)
        self.bar.note(self._note())
        if model.prepared is not None and model.prepared is not self._shown:
            self._shown = model.prepared
            self._pouring = model.prepared.page.pour(self.sheet.document())
            self._pour.start()
            self._show_leaving()

    @property
    def is_whole(self) -> bool:
        """Is all of the preview on screen?"""
        return not self._pour.isActive()

    def _pour_part(self) -> None:
        if next(self._pouring, _END) is _END:
            self._pour.stop()

    def set_texts(self) -> None:
        """Say everything in the language in force."""
        super().set_texts()
        self.title.say(self.tr("Report"))
        self.redact.setText(self.tr("Replace names and addresses"))
        self.redact.setToolTip(self.tr("Hosts, addresses, people, paths, headers and certificates become aliases"))
        self.ticket.setPlaceholderText(self.tr("Ticket code"))
        self.ticket.setToolTip(self.tr("Reports and sessions of one ticket code have the same aliases"))
        self.ticket.setAccessibleName(self.tr("Ticket code for the aliases"))
        self.save.setText(self.tr("&Save…"))
        self.save.setToolTip(self.tr("Save as a page, PDF, table, JSON, HAR, text, metrics or session file"))
        self.copy.setText(self.tr("Copy for a ticket"))
        self.copy.setToolTip(self.tr("Copy the lines that a ticket needs"))
        self.sheet.setAccessibleName(self.tr("The report as it will look"))
        self.leaving.setAccessibleName(self.tr("What leaves this computer"))
        self.leaving.setHeaderLabels([self.tr("Here"), self.tr("In the report")])
        self._leaving_title.say(self.tr("What leaves this computer"))
        self.time.setAccessibleName(self.tr("Time of the report"))
        self.targets.setAccessibleName(self.tr("Targets of the report"))
        self.language.setAccessibleName(self.tr("Language of the report"))
        self.show_model()
        self._show_leaving()

    def _place(self) -> None:
        self.language.offer([("en", "English"), ("fr", "Français")])
        for widget in (self.time, self.targets, self.language):
            self.tools.addWidget(widget)
        self.ticket.setMaximumWidth(180)
        for box in (self.time, self.targets):
            box.setMinimumContentsLength(17)
        self.tools.addStretch(1)
        for button in (self.copy, self.save):
            self.tools.addWidget(button)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(6, 0, 0, 0)
        for part in (self._leaving_title, self._leaving_note):
            column.addWidget(part)
        column.addWidget(self.leaving, 1)
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.sheet)
        parts.addWidget(side)
        parts.setStretchFactor(0, 1)
        parts.setSizes([840, 420])
        aliases = QHBoxLayout()
        aliases.addWidget(self.redact)
        aliases.addWidget(self.ticket)
        aliases.addWidget(self.bar, 1)
        self.column.addLayout(aliases)
        self.column.addWidget(parts, 1)

    def _fill_choices(self) -> None:
        model = self.model
        said = {
            ReportTime.CHOSEN: self.tr("The chosen outage"),
            ReportTime.DIAGNOSIS: self.tr("The diagnosis"),
            ReportTime.OUTAGE: self.tr("The latest outage"),
            ReportTime.GRAPHS: self.tr("What the graphs show"),
            ReportTime.SESSION: self.tr("The whole session"),
        }
        self.time.offer([(time, said[time]) for time in model.times])
        self.time.show_value(model.time)
        selected = [(False, self._selected(len(model.chosen)))] if model.chosen else []
        self.targets.offer([*selected, (True, self.tr("All targets"))])
        self.targets.show_value(model.has_all)
        self.language.show_value(model.language)

    def _selected(self, count: int) -> str:
        return self.tr("{count} selected targets", "", count).format(count=self._words.texts.number(count))

    def _choose(self) -> None:
        language: Language = "fr" if self.language.currentData() == "fr" else "en"
        self.model.choose(
            time=self.time.currentData(),
            has_all=bool(self.targets.currentData()),
            is_redacted=self.redact.isChecked(),
            language=language,
        )

    def _note(self) -> str:
        model = self.model
        if model.ticket_problem is not None:
            return self._words.texts.problem(model.ticket_problem)
        if model.saved:
            return self.tr("Saved as {file}.").format(file=model.saved)
        if model.is_redacted and not model.ticket.strip():
            return self.tr("Without a ticket code the aliases match no other report.")
        return ""

    def _show_leaving(self) -> None:
        prepared, texts = self.model.prepared, self._words.texts
        if prepared is None:
            return
        is_replaced = bool(prepared.document.notes)
        self._leaving_note.say(texts.say("report.preview.head" if is_replaced else "report.preview.head_open"))
        self.leaving.clear()
        self.leaving.setColumnHidden(1, not is_replaced)
        for category, pairs in prepared.leaving:
            told = f"{texts.say(f'report.preview.{category}')} ({texts.number(len(pairs))})"
            top = QTreeWidgetItem([told])
            top.setToolTip(0, plain_tip(told))
            self.leaving.addTopLevelItem(top)
            top.setFirstColumnSpanned(True)
            for original, alias in pairs[:_MOST_SHOWN]:
                row = QTreeWidgetItem([original, alias or ""])
                for column in (0, 1):
                    row.setToolTip(column, plain_tip(row.text(column)))
                top.addChild(row)
            top.setExpanded(len(pairs) <= 12)
        stays = QTreeWidgetItem([texts.say("report.preview.stays")])
        stays.setToolTip(0, texts.say("report.preview.stays"))
        self.leaving.addTopLevelItem(stays)
        stays.setFirstColumnSpanned(True)
        self.leaving.setColumnWidth(0, 210)
