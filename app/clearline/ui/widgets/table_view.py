"""A table of a report on screen: read, not edited; numbers to the right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from clearline.report.document import Table

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def show_table(view: QTableWidget | None = None, table: Table | None = None) -> QTableWidget:
    """Put a table into a view, a new one where there is none."""
    if view is None:
        view = QTableWidget(0, 0)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setTabKeyNavigation(False)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(view.fontMetrics().height() + 8)
        view.horizontalHeader().setHighlightSections(False)
        # In a narrow window the first column would be squeezed to nothing by the figures beside it.
        view.horizontalHeader().setMinimumSectionSize(view.fontMetrics().horizontalAdvance("0000000000"))
    if table is None:
        return view
    view.setColumnCount(len(table.columns))
    view.setRowCount(len(table.rows))
    view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    if table.columns:
        view.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    for place, title in enumerate(table.columns):
        heading = QTableWidgetItem(title)
        heading.setTextAlignment(_RIGHT if place in table.numbers else _LEFT)
        view.setHorizontalHeaderItem(place, heading)
    for row, cells in enumerate(table.rows):
        for place, text in enumerate(cells):
            item = QTableWidgetItem(text)
            item.setTextAlignment(_RIGHT if place in table.numbers else _LEFT)
            view.setItem(row, place, item)
    return view
