"""The table twin of a graph: what it shows, in rows of words, to be read by keyboard and screen reader."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

AnyIndex = QModelIndex | QPersistentModelIndex
MOST_ROWS = 500
HEADING_MARGIN_PX = 14.0
LINES = 8
"""Height of the panel in rows."""


class RowsModel(QAbstractTableModel):
    """Rows of texts."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[str] = []
        self.rows: list[list[str]] = []

    def show(self, headings: list[str], rows: list[list[str]]) -> bool:
        """Hold these from now on. False where nothing changed."""
        if (headings, rows) == (self.headings, self.rows):
            return False
        self.beginResetModel()
        self.headings, self.rows = headings, rows
        self.endResetModel()
        return True

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        """Rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        """Columns."""
        return 0 if parent.isValid() else len(self.headings)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.rows[index.row()][index.column()]
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Headings."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.headings[section]
        return None


class TablePanel(QTableView):
    """Hidden until it is asked for; Escape hides it again. `read` gives headings and rows, the newest last."""

    closed = Signal()

    def __init__(self, read: Callable[[], tuple[list[str], list[list[str]]]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read = read
        self.table = RowsModel()
        self.setModel(self.table)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.hide()

    def refresh(self) -> None:
        """Read again while on screen. The row that was current stays; without one the newest is in sight."""
        if not self.isVisible():
            return
        index = self.currentIndex()
        is_chosen = index.isValid() and index.row() < len(self.table.rows)
        current = self.table.rows[index.row()] if is_chosen else None
        column = index.column() if is_chosen else 0
        headings, rows = self._read()
        metrics = QFontMetricsF(self.font())
        wanted = max((metrics.horizontalAdvance(heading) for heading in headings), default=40.0)
        self.horizontalHeader().setMinimumSectionSize(round(wanted + HEADING_MARGIN_PX))
        if not self.table.show(headings, rows[-MOST_ROWS:]):
            return
        if current is not None and current in self.table.rows:
            self.setCurrentIndex(self.table.index(self.table.rows.index(current), column))
        elif current is None:
            self.scrollToBottom()

    def showEvent(self, event: QShowEvent) -> None:
        """Read for the first time."""
        super().showEvent(event)
        line = QFontMetricsF(self.font()).height() * 1.5
        self.verticalHeader().setDefaultSectionSize(round(line))
        self.setFixedHeight(round(line * (LINES + 1)))
        self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)
