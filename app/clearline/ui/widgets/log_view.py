"""The log: newest first, filtered by level, target and words; the chosen line whole; copy; the folder."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication, QKeySequence, QPainter, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from clearline.host.log_reader import LogEntry
from clearline.ui.viewmodels.log import LEVEL, LEVEL_TOKENS, SUBJECT, TEXT, TIME, LogModel
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.choice_box import ChoiceBox
from clearline.ui.widgets.labels import Label
from clearline.ui.widgets.log_details import laid_out
from clearline.ui.widgets.page import Page

AnyIndex = QModelIndex | QPersistentModelIndex


class _LevelDelegate(QStyledItemDelegate):
    """Writes grave levels in their colour, with the word."""

    def __init__(self, model: LogModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw the cell in the tone of its level."""
        token = LEVEL_TOKENS.get(self._model.entry(index.row()).level, "muted")
        option.palette.setColor(option.palette.ColorRole.Text, self._theme.color(f"text_{token}"))
        super().paint(painter, option, index)


class LogView(Page):
    """Shows a LogModel. Reads no file itself: entries come by `show_entries`."""

    def __init__(self, model: LogModel, folder: str, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._folder = folder
        self._words = words
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.levels = ChoiceBox()
        self.subjects = ChoiceBox()
        self.copy_button = QPushButton()
        self.folder_button = QPushButton()
        self._count = Label("muted")
        self.table = QTableView()
        self.table.setModel(model)
        self.table.setItemDelegateForColumn(LEVEL, _LevelDelegate(model, theme, self.table))
        self.details = QPlainTextEdit()
        self._empty = Label("muted", wrap=True)
        self._place()
        self.search.textChanged.connect(self._filter)
        self.levels.chosen.connect(self._level_chosen)
        self.subjects.chosen.connect(self._subject_chosen)
        self.copy_button.clicked.connect(self.copy)
        self.folder_button.clicked.connect(self.open_folder)
        self.table.selectionModel().selectionChanged.connect(self._show_details)
        model.modelReset.connect(self._show_count)
        model.rowsInserted.connect(self._show_count)
        theme.changed.connect(self._redraw)
        self.opened.connect(self.search.setFocus)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table, self.copy)
        self.set_texts()

    def show_entries(self, entries: list[LogEntry]) -> None:
        """These are the entries from now on."""
        self._model.show_entries(entries)
        self._offer_subjects()
        self._show_count()

    def show_problem(self, reason: str) -> None:
        """The log cannot be read."""
        self._empty.say(self.tr("The log cannot be read: {reason}").format(reason=reason))
        self._empty.show()

    def copy(self) -> None:
        """Copy the chosen lines as they stand in the file; all that are shown where none is chosen."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        rows = rows or list(range(self._model.rowCount()))
        QGuiApplication.clipboard().setText("\n".join(self._model.entry(row).raw for row in rows))

    def open_folder(self) -> None:
        """Show the files in the desktop's own way."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._folder))

    def set_texts(self) -> None:
        """Say everything in the language in force."""
        super().set_texts()
        self.title.say(self.tr("Log"))
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search the log"))
        self.search.setToolTip(self.tr("Show only lines that hold these words"))
        self.levels.offer(
            [
                ("debug", self.tr("All levels")),
                ("warning", self.tr("Warnings and errors")),
                ("error", self.tr("Errors only")),
            ]
        )
        self.levels.setAccessibleName(self.tr("Level"))
        self.levels.setToolTip(self.tr("How grave a line must be to be shown"))
        self.subjects.setAccessibleName(self.tr("Target or part"))
        self.subjects.setToolTip(self.tr("Show only lines about this target or part of Clearline"))
        self.copy_button.setText(self.tr("Copy"))
        self.copy_button.setToolTip(self.tr("Copy the chosen lines, or all that are shown (Ctrl+C)"))
        self.folder_button.setText(self.tr("Open the folder"))
        self.folder_button.setToolTip(self.tr("Show the log files in {folder}").format(folder=self._folder))
        self.table.setAccessibleName(self.tr("Log, newest first"))
        self.details.setAccessibleName(self.tr("The chosen line in full"))
        self.details.setPlaceholderText(self.tr("Choose a line to see all that was noted."))
        self._offer_subjects()
        self._show_count()

    def _redraw(self) -> None:
        self.table.viewport().update()

    def _place(self) -> None:
        self.subjects.setMinimumContentsLength(20)
        # Few and fixed words, in either language: all of them fit.
        self.levels.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        self.levels.setMinimumContentsLength(0)
        for widget, stretch in ((self.search, 3), (self.levels, 1), (self.subjects, 1)):
            self.tools.addWidget(widget, stretch)
        self.tools.addWidget(self._count)
        self.tools.addStretch(1)
        self.tools.addWidget(self.copy_button)
        self.tools.addWidget(self.folder_button)
        table = self.table
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionResizeMode(TEXT, QHeaderView.ResizeMode.Stretch)
        wide = self.fontMetrics().horizontalAdvance
        for column, sample in ((TIME, "23/11/2026 00:00:00.000 "), (LEVEL, "avertissement "), (SUBJECT, "m" * 18)):
            table.setColumnWidth(column, wide(sample) + 20)
        self.details.setReadOnly(True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setTabChangesFocus(True)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.addWidget(table)
        parts.addWidget(self.details)
        parts.setStretchFactor(0, 4)
        parts.setStretchFactor(1, 1)
        parts.setSizes([560, 150])
        self.column.addWidget(self._empty)
        self.column.addWidget(parts, 1)

    def _filter(self, text: str) -> None:
        self._model.filter_by(text)

    def _level_chosen(self, level: str) -> None:
        self._model.from_level(level)

    def _subject_chosen(self, subject: str) -> None:
        self._model.only_about(subject)

    def _offer_subjects(self) -> None:
        self.subjects.offer([("", self.tr("All targets and parts")), *((one, one) for one in self._model.subjects)])

    def _show_count(self) -> None:
        shown, total = self._model.rowCount(), self._model.total
        number = self._words.texts.number
        told = self.tr("{shown} of {total}").format(shown=number(shown), total=number(total))
        self._count.say(told if total else "")
        self._empty.setVisible(shown == 0)
        self._empty.say(self.tr("Nothing passes the filters.") if total else self.tr("Nothing was noted yet."))

    def _show_details(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        current = self.table.selectionModel().currentIndex()
        row = current.row() if current in rows else rows[0].row() if rows else -1
        self.details.setPlainText(laid_out(self._model.entry(row).raw) if row >= 0 else "")

    def choose(self, row: int) -> None:
        """Choose a line."""
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.table.selectionModel().setCurrentIndex(self._model.index(row, 0), flags)
