"""The session library: what was recorded, newest first; Enter or a double click opens one."""

from PySide6.QtCore import QModelIndex, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableView,
    QWidget,
)

from clearline.store.session_note import MOST_CHARACTERS
from clearline.ui.viewmodels.library import BEGUN, LASTED, NAME, PREVIEW, SIZE, TARGETS, WORST, LibraryModel
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.widgets.labels import Label
from clearline.ui.widgets.outline_delegate import PREVIEW_WIDTH, OutlineDelegate
from clearline.ui.widgets.page import Page

SAVE_AFTER_MS = 300


class LibraryView(Page):
    """Shows a LibraryModel. Reads no file itself."""

    session_chosen = Signal(str)
    """The path of a session that is to be opened."""
    note_written = Signal(str, str)
    """The path of a session, and what a person noted about it."""

    def __init__(self, model: LibraryModel, folder: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._folder = folder
        self._is_reading = False
        self.table = QTableView()
        self.table.setModel(model)
        self.open_button = QPushButton()
        self.open_button.setProperty("primary", True)
        self.folder_button = QPushButton()
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self._empty = Label("muted", wrap=True)
        self._about = Label("muted", wrap=True)
        self._note_label = Label("muted")
        self.note = QLineEdit()
        self.note.setMaxLength(MOST_CHARACTERS)
        self._noted_path = ""
        """Whose note is in the field."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER_MS)
        self.table.setItemDelegateForColumn(PREVIEW, OutlineDelegate(theme, self.table))
        theme.changed.connect(self._redraw)
        self._place()
        self.note.textEdited.connect(self._note_typed)
        self.note.editingFinished.connect(self.save_note)
        self._timer.timeout.connect(self.save_note)
        self.left.connect(self.save_note)
        self.open_button.clicked.connect(self.open_chosen)
        self.folder_button.clicked.connect(self.open_folder)
        self.search.textChanged.connect(self._searched)
        self.table.activated.connect(self._activated)
        self.table.selectionModel().selectionChanged.connect(self._chosen)
        model.rowsInserted.connect(self._chosen)
        self.opened.connect(self.table.setFocus)
        self.set_texts()

    def begin(self) -> None:
        """The folder is being read."""
        self.save_note()
        self._is_reading = True
        self._model.clear()
        self._chosen()

    def end(self) -> None:
        """All is read."""
        self._is_reading = False
        if self._model.rowCount() and not self.table.selectionModel().hasSelection():
            self.table.selectRow(0)
        self._chosen()

    def open_chosen(self) -> None:
        """Open the chosen session."""
        rows = self.table.selectionModel().selectedRows()
        if rows and not self._model.entry(rows[0].row()).problem:
            self.session_chosen.emit(self._model.entry(rows[0].row()).path)

    def save_note(self) -> None:
        """Have what is in the note's field kept, where it was changed."""
        self._timer.stop()
        path, text = self._noted_path, self.note.text()
        if path and self.note.isModified():
            self.note.setModified(False)
            self._model.set_note(path, text)
            self.note_written.emit(path, text)

    def show_unsaved(self, name: str, reason: str) -> None:
        """A note could not be kept; it stays in the field, and is tried again with the next change."""
        self._about.say(
            self.tr(
                "The note on {name} was not saved: {reason}. Check that you may write to the folder of the sessions."
            ).format(name=name, reason=reason)
        )
        self._about.show()
        self.note.setModified(True)

    def open_folder(self) -> None:
        """Show the files in the desktop's own way."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._folder))

    def set_texts(self) -> None:
        """Say everything in the language in force."""
        super().set_texts()
        self.title.say(self.tr("Session library"))
        self.open_button.setText(self.tr("Open"))
        self.open_button.setToolTip(self.tr("Show the chosen session (Enter)"))
        self.folder_button.setText(self.tr("Open the folder"))
        self.folder_button.setToolTip(self.tr("Show the session files in {folder}").format(folder=self._folder))
        self.search.setPlaceholderText(self.tr("Search name, target, date, outage, note"))
        self.search.setAccessibleName(self.tr("Search the sessions"))
        self.search.setMinimumWidth(self.fontMetrics().horizontalAdvance(self.search.placeholderText()) + 40)
        self._note_label.say(self.tr("Note"))
        self.note.setPlaceholderText(self.tr("What you want to remember about this session"))
        self.note.setAccessibleName(self.tr("Note on the chosen session"))
        self.table.setAccessibleName(self.tr("Sessions, newest first"))
        self._chosen()

    def _note_typed(self) -> None:
        # However fast somebody goes on typing: it is not put off by the next letter.
        if not self._timer.isActive():
            self._timer.start()

    def _redraw(self) -> None:
        self.table.viewport().update()

    def _place(self) -> None:
        table = self.table
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        wide = self.fontMetrics().horizontalAdvance
        for column, sample in (
            (BEGUN, "23/11/2026 00:00 PM"),
            (LASTED, "00 min 00 s"),
            (PREVIEW, ""),
            (TARGETS, "00000000"),
            (SIZE, "0000,0 Mo"),
            (WORST, "00 min 00 s   printer.example: connection refused"),
        ):
            table.setColumnWidth(column, wide(sample) + 30 if sample else PREVIEW_WIDTH)
        self.tools.addWidget(self.open_button)
        self.tools.addWidget(self.folder_button)
        self.tools.addWidget(self.search)
        self.tools.addStretch(1)
        self.column.addWidget(self._empty)
        self.column.addWidget(table, 1)
        self.column.addWidget(self._about)
        row = QHBoxLayout()
        row.addWidget(self._note_label)
        row.addWidget(self.note, 1)
        self.column.addLayout(row)

    def _searched(self, text: str) -> None:
        self._model.search(text)
        if self._model.rowCount():
            self.table.selectRow(0)
        self._chosen()

    def _activated(self, index: QModelIndex) -> None:
        self.table.selectRow(index.row())
        self.open_chosen()

    def _chosen(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        entry = self._model.entry(rows[0].row()) if rows else None
        self.open_button.setEnabled(entry is not None and not entry.problem)
        path = entry.path if entry else ""
        if path != self._noted_path:
            self.save_note()
            self._noted_path = path
            self.note.setText(entry.note if entry else "")
        self.note.setEnabled(entry is not None)
        self._about.say(self._model.trouble(entry) if entry else "")
        self._about.setVisible(bool(self._about.text()))
        self._empty.setVisible(self._model.rowCount() == 0)
        self._empty.say(
            self.tr("Looking for sessions…")
            if self._is_reading
            else self.tr("No session holds these words.")
            if self._model.is_searching
            else self.tr("Nothing was recorded yet. Every test is recorded here as soon as it begins.")
        )
