"""The list of targets: groups and rows in the plan's order, one ranged change a frame, a filter that keeps headings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    QTimer,
    Signal,
)

from clearline.domain.tags import show_tags
from clearline.ui.viewmodels.session import SessionModel
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.target_state import TargetState
from clearline.ui.viewmodels.tips import plain_tip
from clearline.ui.viewmodels.words import NONE, Words, translate


class TargetSort(StrEnum):
    """What the rows of each group are ordered by."""

    PLAN = "plan"
    NAME = "name"
    WORST = "worst"
    """The worst state first."""
    LATENCY = "latency"
    """The slowest first."""
    LOSS = "loss"
    """The most failures first."""


_WORST_FIRST = (Status.DOWN, Status.HALF_OPEN, Status.SLOW, Status.UNKNOWN, Status.UP, Status.PAUSED)
_SORT_KEYS: dict[TargetSort, Callable[[TargetState], Any]] = {
    TargetSort.NAME: lambda state: state.target.label.casefold(),
    TargetSort.WORST: lambda state: _WORST_FIRST.index(state.status),
    TargetSort.LATENCY: lambda state: -(state.statistics.last_ms or 0.0),
    TargetSort.LOSS: lambda state: -(state.statistics.loss or 0.0),
}
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
"""The Row itself, for the delegate."""
MIME_TYPE = "application/x-clearline-targets"
AnyIndex = QModelIndex | QPersistentModelIndex
REFRESH_MS = 100
"""Rows that changed are drawn again together, so often at most: a thousand of them change every second."""


@dataclass(frozen=True, slots=True)
class Row:
    """A group heading (`state` is None) or a target."""

    group: str
    state: TargetState | None = None

    @property
    def target_id(self) -> str:
        """The target's id; empty for a heading."""
        return self.state.target.id if self.state else ""

    @property
    def search_text(self) -> str:
        """What the filter looks in, in lower case."""
        if self.state is None:
            return self.group.casefold()
        target = self.state.target
        return f"{target.label} {target.shown} {target.group} {show_tags(target.tags)} ".casefold()


class TargetListModel(QAbstractListModel):
    """Rows under their groups, in the plan's order or sorted; what is measured moves rows only with `resort`."""

    dropped = Signal(object, str, object)
    """Targets were dragged: their ids, the group they go to, and the id they go before (None: its end)."""

    def __init__(self, session: SessionModel, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.words = words
        self._sort = TargetSort.PLAN
        self._rows: list[Row] = []
        self._row_of: dict[str, int] = {}
        self.latest: set[str] = set()
        """The targets that the last change of data was about."""
        self._changed: set[str] = set()
        self._is_stopped = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        session.plan_used.connect(self.rebuild)
        session.targets_changed.connect(self._note)
        self.rebuild()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 Qt's own default
        """Headings and targets."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The row for the delegate; words for a screen reader and the tooltip."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        match role:
            case _ if role == ROW_ROLE:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return row.state.target.label if row.state else row.group
            case Qt.ItemDataRole.AccessibleTextRole:
                return spoken(row, self.words)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(tooltip(row.state, self.words)) if row.state else None
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Headings can be selected too: that selects their targets. Rows are dropped between rows."""
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        can_move = self._rows[index.row()].state and self._sort is TargetSort.PLAN
        return flags | Qt.ItemFlag.ItemIsDragEnabled if can_move else flags

    def supportedDropActions(self) -> Qt.DropAction:
        """Targets are moved, never copied."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """Our own kind of data: nothing else can be dropped here."""
        return [MIME_TYPE]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The ids of what is dragged, in the order of the rows."""
        ids = [self.row(index).target_id for index in sorted(indexes, key=QModelIndex.row)]
        data = QMimeData()
        data.setData(MIME_TYPE, "\n".join(filter(None, ids)).encode())
        return data

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: AnyIndex) -> bool:
        """Tell where targets were dropped; the plan moves them, and the rows follow. Nothing is removed here."""
        if not data.hasFormat(MIME_TYPE) or not self._rows:
            return False
        place = row if 0 <= row <= len(self._rows) else len(self._rows)
        group = self._rows[max(0, place - 1)].group
        below = self._rows[place] if place < len(self._rows) else None
        before = below.target_id if below and below.state and below.group == group else None
        self.dropped.emit(bytes(data.data(MIME_TYPE).data()).decode().split("\n"), group, before)
        return False

    def row(self, index: AnyIndex) -> Row:
        """The row at an index."""
        return self._rows[index.row()]

    def index_of(self, target_id: str) -> QModelIndex:
        """Where a target is; invalid when it is not."""
        place = self._row_of.get(target_id)
        return self.index(place) if place is not None else QModelIndex()

    def ids_in_group(self, group: str) -> list[str]:
        """The targets under a heading."""
        return [row.target_id for row in self._rows if row.state and row.group == group]

    @property
    def order(self) -> TargetSort:
        """What the rows of a group are ordered by."""
        return self._sort

    def sort_by(self, order: TargetSort) -> None:
        """Order the rows of each group so, now and with each `resort`."""
        self._sort = order
        self.resort()

    def resort(self) -> None:
        """Put the rows in order again; selection and scroll position stay with their targets."""
        rows = self._ordered()
        if [row.state for row in rows] == [row.state for row in self._rows]:
            return
        self.layoutAboutToBeChanged.emit()
        places = {row.target_id or f"\n{row.group}": place for place, row in enumerate(rows)}
        held = self.persistentIndexList()
        moved = []
        for index in held:
            row = self._rows[index.row()]
            moved.append(self.index(places[row.target_id or f"\n{row.group}"]))
        self._place(rows)
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def rebuild(self) -> None:
        """Take the plan's targets anew: group headings in order of first appearance."""
        self.beginResetModel()
        self._place(self._ordered())
        self.endResetModel()

    def stop(self) -> None:
        """Tell of nothing more. Idempotent."""
        self._is_stopped = True
        self._timer.stop()

    def _note(self, ids: set[str]) -> None:
        self._changed |= ids
        if not self._is_stopped and not self._timer.isActive():
            self._timer.start()

    def _place(self, rows: list[Row]) -> None:
        self._rows = rows
        self._row_of = {row.target_id: place for place, row in enumerate(rows) if row.state}

    def _ordered(self) -> list[Row]:
        groups: dict[str, list[TargetState]] = {}
        for state in self._session.states.values():
            groups.setdefault(state.target.group, []).append(state)
        rows: list[Row] = []
        for group, states in groups.items():
            if group:
                rows.append(Row(group))
            if self._sort is not TargetSort.PLAN:
                states.sort(key=_SORT_KEYS[self._sort])
            rows.extend(Row(group, state) for state in states)
        return rows

    def refresh(self) -> None:
        """One ranged change for all targets that changed: per cell it would cost six times as much."""
        self.latest, self._changed = self._changed, set()
        places = [place for target_id in self.latest if (place := self._row_of.get(target_id)) is not None]
        if places:
            self.dataChanged.emit(self.index(min(places)), self.index(max(places)), [ROW_ROLE])


class TargetFilter(QSortFilterProxyModel):
    """Rows whose name, address and group hold every word typed; a heading stays with its rows."""

    def __init__(self, source: TargetListModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._words: Sequence[str] = ()
        # What is measured must never move or hide a row: only what is typed does.
        self.setDynamicSortFilter(False)
        self.setSourceModel(source)

    def filter_by(self, text: str) -> None:
        """Keep the rows that hold every word of this text; `#tag` names a whole tag."""
        self._words = [f"{word} " if word.startswith("#") else word for word in text.casefold().split()]
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: AnyIndex) -> bool:
        """A row with every word, or the heading of one."""
        if not self._words:
            return True
        row = self._source.row(self._source.index(source_row))
        if row.state is not None or self._has_words(row):
            return self._has_words(row)
        place = source_row + 1
        while place < self._source.rowCount():
            below = self._source.row(self._source.index(place))
            if below.state is None:
                return False
            if self._has_words(below):
                return True
            place += 1
        return False

    def _has_words(self, row: Row) -> bool:
        text = row.search_text
        return all(word in text for word in self._words)


def last_figure(state: TargetState, words: Words) -> str:
    """The last column but one: latest latency, or what failed."""
    if state.target.is_paused:
        return words.status(state.status)
    if fault := state.fault_now:
        return words.fault(fault.kind, fault.layer)
    return words.latency_or_lost(state.statistics.last_ms, state.syn_lost)


def spoken(row: Row, words: Words) -> str:
    """A row as a screen reader says it."""
    if row.state is None:
        return row.group
    state = row.state
    figures = [
        state.target.label,
        words.status(state.status),
        last_figure(state, words),
        words.percent(state.statistics.loss),
    ]
    return ", ".join(text for text in figures if text != NONE)


def tooltip(state: TargetState, words: Words) -> str:
    """A row's tooltip: state in a sentence, full address, the technical kind."""
    lines = [state.target.label, state.target.shown, show_tags(state.target.tags), state.status.meaning]
    if fault := state.fault_now:
        lines.append(fault.kind)
    if not state.target.verify:
        lines.append(translate("Targets", "The certificate is not checked."))
    return "\n".join(filter(None, lines))
