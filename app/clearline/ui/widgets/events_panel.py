"""Events, newest first, narrowed by group and words; and the way to the log."""

from itertools import pairwise

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from clearline.ui.icons import paint_status
from clearline.ui.viewmodels.events import EVENT_ROLE, EventFilter, EventGroup, EventLine, EventListModel
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.widgets.labels import Label

AnyIndex = QModelIndex | QPersistentModelIndex


class EventDelegate(QStyledItemDelegate):
    """Time, shape, subject and text on one line."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.has_subjects = True
        """Off where all lines are about one target."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """One line."""
        return QSize(100, option.fontMetrics.height() + 6)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw a line."""
        line = index.data(EVENT_ROLE)
        if not isinstance(line, EventLine):
            return
        painter.save()
        rect, metrics = option.rect, option.fontMetrics
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
            painter.fillRect(rect, self._theme.color("selection" if is_selected else "hover"))
        painter.setFont(option.font)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(self._theme.color("text_muted"))
        painter.drawText(rect.adjusted(2, 0, 0, 0), left, line.time)
        x = rect.left() + 2 + metrics.horizontalAdvance("00:00:00") + 12
        if line.status is not None:
            center = QPointF(x, rect.center().y() + 0.5)
            paint_status(painter, line.status, center, self._theme.color(line.status.color_token), 8)
        x += 11
        room = rect.right() - x - 2
        if line.subject and self.has_subjects:
            subject = metrics.elidedText(line.subject, Qt.TextElideMode.ElideRight, max(40, room * 2 // 5))
            painter.setPen(self._theme.color("text"))
            painter.drawText(QRect(x, rect.top(), room, rect.height()), left, subject)
            x += metrics.horizontalAdvance(subject) + 8
            room = rect.right() - x - 2
        painter.setPen(self._theme.color("text_muted"))
        text = metrics.elidedText(line.text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRect(x, rect.top(), room, rect.height()), left, text)
        painter.restore()


class EventsPanel(QWidget):
    """A click on a line goes to its target at its moment."""

    moment_chosen = Signal(str, float)
    log_asked = Signal()

    def __init__(self, model: EventListModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._filter = EventFilter(model, self)
        self._heading = Label(bold=True)
        self.search = QLineEdit(self)
        self.search.setClearButtonEnabled(True)
        self.view = QListView(self)
        self.view.setModel(self._filter)
        self._delegate = EventDelegate(theme, self.view)
        self.view.setItemDelegate(self._delegate)
        self.view.setUniformItemSizes(True)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setMouseTracking(True)
        self._empty = Label("muted", wrap=True)
        self.log_button = QPushButton(self)
        self.log_button.setProperty("chip", True)
        self._groups = QButtonGroup(self)
        self._chips: dict[EventGroup, QPushButton] = {}
        top = QHBoxLayout()
        top.addWidget(self._heading)
        top.addStretch(1)
        top.addWidget(self.search, 2)
        chips = self._make_chips()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(top)
        column.addLayout(chips)
        column.addWidget(self._empty)
        column.addWidget(self.view, 1)
        self.setMinimumHeight(140)
        for before, after in pairwise([self.search, *self._chips.values(), self.log_button, self.view]):
            QWidget.setTabOrder(before, after)
        self.search.textChanged.connect(self._filter.filter_by)
        self.log_button.clicked.connect(self.log_asked)
        self._groups.idClicked.connect(self._group_chosen)
        self.view.activated.connect(self._chosen)
        self.view.clicked.connect(self._chosen)
        theme.changed.connect(self._redraw)
        for signal in (self._filter.rowsInserted, self._filter.rowsRemoved, self._filter.modelReset):
            signal.connect(self._count)
        self._set_texts()
        self._count()

    def only_of(self, target_id: str | None) -> None:
        """Show the events of one target, or of all."""
        self._delegate.has_subjects = target_id is None
        self._filter.only_of(target_id)
        self._count()

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
        super().changeEvent(event)

    def only_in(self, group: EventGroup) -> None:
        """Show one group, or all."""
        self._chips[group].setChecked(True)
        self._filter.only_in(group)
        self._count()

    def _redraw(self) -> None:
        self.view.viewport().update()

    def _make_chips(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        for number, group in enumerate(EventGroup):
            chip = QPushButton(self)
            chip.setProperty("chip", True)
            chip.setCheckable(True)
            chip.setChecked(group is EventGroup.ALL)
            self._groups.addButton(chip, number)
            self._chips[group] = chip
            row.addWidget(chip)
        row.addStretch(1)
        row.addWidget(self.log_button)
        return row

    def _group_chosen(self, number: int) -> None:
        self.only_in(list(EventGroup)[number])

    def _chosen(self, index: QModelIndex) -> None:
        line = self._model.line(self._filter.mapToSource(index))
        self.moment_chosen.emit(line.target_id, line.at_s)

    def _count(self) -> None:
        self._empty.setVisible(self._filter.rowCount() == 0)

    def _set_texts(self) -> None:
        self._heading.say(self.tr("Events"))
        said = {
            EventGroup.ALL: (self.tr("All"), self.tr("Show all events")),
            EventGroup.FAILURES: (self.tr("Failures"), self.tr("Show failures and recoveries only")),
            EventGroup.BREAKER: (self.tr("Breaker"), self.tr("Show changes of circuit breakers only")),
            EventGroup.TESTER: (
                self.tr("Tester"),
                self.tr("Show only what concerns this computer and the probe engine"),
            ),
        }
        for group, (text, tip) in said.items():
            self._chips[group].setText(text)
            self._chips[group].setToolTip(tip)
            self._chips[group].setAccessibleName(tip)
        self.log_button.setText(self.tr("Log"))
        self.log_button.setToolTip(self.tr("Show the log file: everything that was noted, line by line"))
        self.log_button.setAccessibleName(self.tr("Show the log file"))
        self._empty.say(self.tr("Nothing to tell."))
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search events"))
        self.search.setToolTip(self.tr("Show only events that hold these words"))
        self.view.setAccessibleName(self.tr("Events, newest first"))
