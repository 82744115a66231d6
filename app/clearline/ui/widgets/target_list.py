"""The left column: how many are up and down, a filter, and the list of targets."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QItemSelection, QModelIndex, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHBoxLayout, QLineEdit, QListView, QVBoxLayout, QWidget

from clearline.ui.painted import Painted
from clearline.ui.viewmodels.selection import Selection
from clearline.ui.viewmodels.session import SessionModel
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.targets import ROW_ROLE, AnyIndex, TargetFilter, TargetListModel, TargetSort
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.elided_label import ElidedLabel
from clearline.ui.widgets.labels import Label, Panel, scaled
from clearline.ui.widgets.target_delegate import SMALL, TargetDelegate, row_columns

BETWEEN = "  ·  "
COUNT_EVERY_MS = 500


class TargetView(QListView):
    """The rows. Escape selects nothing, which shows all targets."""

    def __init__(self, rows: TargetListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = rows

    def dataChanged(self, top_left: AnyIndex, bottom_right: AnyIndex, roles: Sequence[int] = ()) -> None:
        """Draw those that changed and are seen. Qt would also lay out all rows anew: what is measured moves none."""
        height = self.viewport().height()
        index = self.indexAt(QPoint(1, 1))
        while index.isValid() and self.visualRect(index).top() < height:
            row = index.data(ROW_ROLE)
            if top_left.row() <= index.row() <= bottom_right.row() and row.target_id in self._rows.latest:
                QAbstractItemView.dataChanged(self, index, index, roles)
            index = index.siblingAtRow(index.row() + 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape clears the selection."""
        if event.key() == Qt.Key.Key_Escape:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
            return
        super().keyPressEvent(event)

    def redraw(self) -> None:
        """Draw the rows again."""
        self.viewport().update()


class ColumnHeadings(Painted):
    """The words above the columns, placed as the rows are."""

    def __init__(self, theme: Theme, view: QListView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._view = view
        theme.changed.connect(self.redraw)

    def sizeHint(self) -> QSize:
        """One small line."""
        return QSize(100, round(self.fontMetrics().height() * SMALL) + 6)

    def minimumSizeHint(self) -> QSize:
        """One small line."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write the headings."""
        painter = QPainter(self)
        columns = row_columns(self._view.viewport().width(), self._view.fontMetrics())
        painter.setFont(scaled(self.font(), SMALL))
        painter.setPen(self._theme.color("text_faint"))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        height = self.height()
        painter.drawText(QRect(columns.name_x, 0, columns.name_width, height), left, self.tr("Target"))
        if columns.spark_width:
            painter.drawText(QRect(columns.spark_x, 0, columns.spark_width, height), left, self.tr("Latest"))
        last = QRect(columns.last_right - columns.last_width, 0, columns.last_width, height)
        painter.drawText(last, right, self.tr("Last"))
        loss = QRect(columns.loss_right - columns.loss_width, 0, columns.loss_width, height)
        painter.drawText(loss, right, self.tr("Loss"))
        painter.end()


class TargetListPanel(Panel):
    """The list with its heading and its filter; tells the selection what is chosen."""

    opened = Signal(str)
    """A target was double-clicked: edit it."""

    def __init__(
        self,
        model: TargetListModel,
        session: SessionModel,
        selection: Selection,
        theme: Theme,
        words: Words,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._session = session
        self._selection = selection
        self._words = words
        self._is_following = False
        self._ticks = 0
        self._filter = TargetFilter(model, self)
        self._heading = Label(bold=True)
        self._counts = ElidedLabel("muted", between=BETWEEN)
        self.filter_field = QLineEdit(self)
        self.filter_field.setClearButtonEnabled(True)
        self.view = self._make_view(theme, words)
        self._headings = ColumnHeadings(theme, self.view)
        self._no_match = Label("muted", wrap=True)
        self._no_match.hide()
        self._timer = QTimer(self)
        self._timer.setInterval(COUNT_EVERY_MS)
        self._timer.timeout.connect(self.count)
        self._timer.start()
        self._place()
        self.filter_field.textChanged.connect(self._filter_changed)
        self.view.selectionModel().selectionChanged.connect(self._view_selected)
        self.view.doubleClicked.connect(self._double_clicked)
        self._filter.modelReset.connect(self.follow_selection)
        selection.changed.connect(self.follow_selection)
        self._set_texts()

    def add_menu(self, actions: list[QAction]) -> None:
        """Show these on a right click."""
        self.view.addActions(actions)

    def count(self) -> None:
        """Say how many targets are in a state; worst first: a narrow list leaves out the end, its tooltip nothing."""
        counts = self._session.counts()
        total = counts.total()
        parts = [str(total)] if total else []
        told = (Status.DOWN, Status.HALF_OPEN, Status.SLOW, Status.UP, Status.PAUSED)
        parts += [self._words.texts.states(status.value, counts[status]) for status in told if counts[status]]
        self._counts.say(BETWEEN.join(parts))
        self._ticks += 1
        # A row must not move away from under the pointer, a menu or a finger that drags.
        is_free = not self.view.underMouse() and QApplication.activePopupWidget() is None
        if self._model.order is not TargetSort.PLAN and is_free and self._ticks % 2 == 0:
            self._model.resort()

    def follow_selection(self) -> None:
        """Select in the view what is selected."""
        self._is_following = True
        chosen = QItemSelection()
        for target_id in self._selection.ids:
            index = self._filter.mapFromSource(self._model.index_of(target_id))
            if index.isValid():
                chosen.select(index, index)
        marks = self.view.selectionModel()
        marks.select(chosen, marks.SelectionFlag.ClearAndSelect)
        indexes = chosen.indexes()
        if len(indexes) == 1:
            marks.setCurrentIndex(indexes[0], marks.SelectionFlag.NoUpdate)
            self.view.scrollTo(indexes[0])
        self._is_following = False

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
        super().changeEvent(event)

    def _make_view(self, theme: Theme, words: Words) -> TargetView:
        view = TargetView(self._model, self)
        view.setModel(self._filter)
        view.setItemDelegate(TargetDelegate(theme, words, view))
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setMouseTracking(True)
        view.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        view.setDefaultDropAction(Qt.DropAction.MoveAction)
        view.setDragDropOverwriteMode(False)
        view.setDropIndicatorShown(True)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        theme.changed.connect(view.redraw)
        return view

    def _place(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._heading)
        top.addStretch(1)
        top.addWidget(self._counts)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self.filter_field)
        column.addWidget(self._headings)
        column.addWidget(self._no_match)
        column.addWidget(self.view, 1)
        self.setMinimumWidth(270)

    def _filter_changed(self, text: str) -> None:
        self._filter.filter_by(text)
        self._no_match.setVisible(bool(text.strip()) and not self._filter.rowCount())
        self.follow_selection()

    def _view_selected(self) -> None:
        if not self._is_following:
            self._selection.select(self._chosen())

    def _chosen(self) -> list[str]:
        ids: list[str] = []
        for index in sorted(self.view.selectionModel().selectedIndexes(), key=QModelIndex.row):
            row = self._model.row(self._filter.mapToSource(index))
            ids.extend([row.target_id] if row.state else self._model.ids_in_group(row.group))
        return list(dict.fromkeys(ids))

    def _double_clicked(self, index: QModelIndex) -> None:
        if target_id := self._model.row(self._filter.mapToSource(index)).target_id:
            self.opened.emit(target_id)

    def _set_texts(self) -> None:
        self._heading.say(self.tr("Targets"))
        self._no_match.say(self.tr("No target holds these words. Clear the filter to see all."))
        self.filter_field.setPlaceholderText(self.tr("Filter"))
        self.filter_field.setAccessibleName(self.tr("Filter targets"))
        self.filter_field.setToolTip(
            self.tr("Show only targets whose name, address, group or #tag holds these words (Ctrl+F)")
        )
        self.view.setAccessibleName(self.tr("Targets"))
        self.count()
