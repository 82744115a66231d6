"""The session library: what was recorded, newest first; Enter or a double click opens one."""

from PySide6.QtCore import QModelIndex, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QPushButton, QTableView, QWidget

from clearline.ui.viewmodels.library import BEGUN, LASTED, NAME, SIZE, TARGETS, WORST, LibraryModel
from clearline.ui.widgets.labels import Label
from clearline.ui.widgets.page import Page


class LibraryView(Page):
    """Shows a LibraryModel. Reads no file itself."""

    session_chosen = Signal(str)
    """The path of a session that is to be opened."""

    def __init__(self, model: LibraryModel, folder: str, parent: QWidget | None = None) -> None:
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
        self._place()
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
        self.search.setPlaceholderText(self.tr("Search name, target, date, outage"))
        self.search.setAccessibleName(self.tr("Search the sessions"))
        self.search.setMinimumWidth(self.fontMetrics().horizontalAdvance(self.search.placeholderText()) + 40)
        self.table.setAccessibleName(self.tr("Sessions, newest first"))
        self._chosen()

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
            (TARGETS, "00000000"),
            (SIZE, "0000,0 Mo"),
            (WORST, "00 min 00 s   printer.example: connection refused"),
        ):
            table.setColumnWidth(column, wide(sample) + 30)
        self.tools.addWidget(self.open_button)
        self.tools.addWidget(self.folder_button)
        self.tools.addWidget(self.search)
        self.tools.addStretch(1)
        self.column.addWidget(self._empty)
        self.column.addWidget(table, 1)

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
        self.open_button.setEnabled(bool(rows) and not self._model.entry(rows[0].row()).problem)
        self._empty.setVisible(self._model.rowCount() == 0)
        self._empty.say(
            self.tr("Looking for sessions…")
            if self._is_reading
            else self.tr("No session holds these words.")
            if self._model.is_searching
            else self.tr("Nothing was recorded yet. Every test is recorded here as soon as it begins.")
        )
