"""The table twin of a graph: what it shows, in rows of words, to be read by keyboard and screen reader."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from clearline.ui.viewmodels.tips import plain_tip

AnyIndex = QModelIndex | QPersistentModelIndex
MOST_ROWS = 500
CELL_MARGIN_PX = 20.0
"""What the style leaves empty beside a text."""
MEASURED = 40
"""So many of the newest rows say how wide a column is: to ask all would take longer than to draw them."""
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
        """A cell's text, which is its tooltip too."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self.rows[index.row()][index.column()])
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Headings; left-aligned as the cells are."""
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self.headings[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None


class TablePanel(QTableView):
    """Hidden until it is asked for; Escape hides it again.

    `read` gives headings and rows; where they are moments, the newest last, `is_by_time` keeps that one in sight.
    """

    closed = Signal()

    def __init__(
        self,
        read: Callable[[], tuple[list[str], list[list[str]]]],
        parent: QWidget | None = None,
        *,
        is_by_time: bool = True,
    ) -> None:
        super().__init__(parent)
        self._read = read
        self._is_by_time = is_by_time
        self.table = RowsModel()
        self._fitted: list[str] = []
        self._widths: list[float] = []
        """What the columns of these headings need."""
        self.setModel(self.table)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(False)
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
        if not self.table.show(headings, rows[-MOST_ROWS:]):
            return
        self._fit()
        if current is not None and current in self.table.rows:
            self.setCurrentIndex(self.table.index(self.table.rows.index(current), column))
        elif current is None and self._is_by_time:
            self.scrollToBottom()

    def showEvent(self, event: QShowEvent) -> None:
        """Read for the first time."""
        super().showEvent(event)
        line = QFontMetricsF(self.font()).height() * 1.5
        self.verticalHeader().setDefaultSectionSize(round(line))
        self.setFixedHeight(round(line * (LINES + 1)))
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)

    def _fit(self) -> None:
        """Give each column what it needs, and share what is left. One that was wider stays so: columns do not jump."""
        metrics = QFontMetricsF(self.font())
        headings, rows = self.table.headings, self.table.rows[-MEASURED:]
        if headings != self._fitted:
            self._fitted, self._widths = headings, [0.0] * len(headings)
        for column, heading in enumerate(headings):
            texts = (heading, *(row[column] for row in rows))
            wanted = max(metrics.horizontalAdvance(text) for text in texts) + CELL_MARGIN_PX
            self._widths[column] = max(self._widths[column], wanted)
        spare = max(0.0, self.viewport().width() - sum(self._widths)) / max(1, len(headings))
        for column, width in enumerate(self._widths):
            self.setColumnWidth(column, int(width + spare))
