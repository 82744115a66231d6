"""What happened, newest first, searchable: state changes, breaker changes, markers, disturbances; not every check."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)

from clearline.domain.event import (
    AnyEvent,
    AttemptEnded,
    BreakerChanged,
    BreakerState,
    BudgetChanged,
    CheckEnded,
    CommandRefused,
    DiagnosisStarted,
    FallbackUsed,
    Health,
    LabFaultChanged,
    LivenessChanged,
    MarkerDropped,
    NetworkChanged,
    PlanApplied,
    Result,
    SessionStarted,
    TesterDisturbed,
    VerdictChanged,
)
from clearline.domain.liveness import Liveness
from clearline.domain.plan import Plan
from clearline.ui.viewmodels.event_words import event_words
from clearline.ui.viewmodels.plan_changes import PlanChanges
from clearline.ui.viewmodels.session import SessionModel
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.tips import plain_tip
from clearline.ui.viewmodels.words import Words

AnyIndex = QModelIndex | QPersistentModelIndex

EVENT_ROLE = Qt.ItemDataRole.UserRole + 1
MOMENTS_APART_S = 60.0
KEPT = 2000
"""Older lines leave the list; the session file has them all."""


_LIVENESS = {
    Liveness.UNKNOWN: Status.UNKNOWN,
    Liveness.ALIVE: Status.UP,
    Liveness.SUSPECT: Status.SLOW,
    Liveness.DEAD: Status.DOWN,
}
_BREAKER = {
    BreakerState.OPEN: Status.DOWN,
    BreakerState.HALF_OPEN: Status.HALF_OPEN,
    BreakerState.CLOSED: Status.UP,
    BreakerState.ISOLATED: Status.PAUSED,
}


class EventGroup(StrEnum):
    """What the list can be narrowed to."""

    ALL = "all"
    FAILURES = "failures"
    BREAKER = "breaker"
    TESTER = "tester"


@dataclass(frozen=True, slots=True)
class EventLine:
    """One line: when (session seconds), how it looks, whom it is about, what happened."""

    at_s: float
    time: str
    status: Status | None
    """None where it is about no target's state."""
    subject: str
    text: str
    event: AnyEvent
    """What it tells, to be told again in another language."""
    target_id: str = ""
    kind: str = ""
    group: EventGroup = EventGroup.FAILURES
    """ALL where it shows only while nothing is narrowed."""
    plan_before: Plan | None = None
    """What a plan that is told about replaced."""


class EventListModel(QAbstractListModel):
    """Lines, newest first; one insertion a batch."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._lines: list[EventLine] = []
        self._kinds: dict[str, str] = {}
        self._stand_ins: dict[str, str] = {}
        self._denied: set[str] = set()
        self._diagnosed: dict[str, str] = {}
        """By the name of a diagnosis: the id of its target."""
        self._busy_s = -math.inf
        self._plan: Plan | None = None
        self._changes = PlanChanges(words, self)
        self._made: dict[str, tuple[str, dict[str, float]]] = {}
        """Faults of the practice lab that are on, with what was set."""
        words.changed.connect(self._retell)

    def clear(self) -> None:
        """Forget everything: another session begins."""
        self.beginResetModel()
        self._lines.clear()
        self._kinds.clear()
        self._stand_ins.clear()
        self._denied.clear()
        self._busy_s = -math.inf
        self._plan = None
        self._made.clear()
        self.endResetModel()

    def fold(self, events: Sequence[AnyEvent], session: SessionModel) -> None:
        """Take a batch of events, in order, after the session folded them."""
        fresh = [line for event in events for line in self._lines_of(event, session)]
        if not fresh:
            return
        fresh = fresh[-KEPT:]
        fresh.reverse()
        self.beginInsertRows(QModelIndex(), 0, len(fresh) - 1)
        self._lines[:0] = fresh
        self.endInsertRows()
        if (count := len(self._lines)) > KEPT:
            self.beginRemoveRows(QModelIndex(), KEPT, count - 1)
            del self._lines[KEPT:]
            self.endRemoveRows()

    def line(self, index: AnyIndex) -> EventLine:
        """The line at an index."""
        return self._lines[index.row()]

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 Qt's own default
        """Lines kept."""
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The line for the delegate, its words for search and screen reader, the technical kind as tooltip."""
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        if role == EVENT_ROLE:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return "  ".join(part for part in (line.time, line.subject, line.text) if part)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip("\n".join(part for part in (line.time, line.subject, line.text, line.kind) if part))
        return None

    def _lines_of(self, event: AnyEvent, session: SessionModel) -> list[EventLine]:
        match event:
            case CheckEnded():
                return self._of_check(event, session)
            case AttemptEnded() if event.outcome.fault is not None and not event.outcome.fault.is_void:
                return self._of_fault(event, session)
            case BreakerChanged():
                target_id = session.first_behind(event.key)
                return [self._line(event, session, _BREAKER[event.after], target_id, event.key)]
            case LivenessChanged():
                return [self._line(event, session, _LIVENESS[event.after], event.target)]
            case MarkerDropped():
                return [self._line(event, session, None, event.target)]
            case LabFaultChanged():
                return self._of_lab(event, session)
            case TesterDisturbed(health=Health.BUSY) if not self._is_news(event):
                return []
            case TesterDisturbed() | NetworkChanged():
                return [self._line(event, session, Status.PAUSED, "")]
            case CommandRefused():
                return [self._line(event, session, Status.DOWN, "")]
            case DiagnosisStarted():
                self._diagnosed[event.diagnosis] = event.target.id
                return []
            case VerdictChanged() if event.is_final:
                return self._of_verdict(event, session)
            case FallbackUsed():
                return self._of_fallback(event, session)
            case BudgetChanged() if event.reason == "denied":
                return self._of_budget(event, session)
            case BudgetChanged():
                if event.reason == "spent":
                    self._denied.discard(event.key)
                return []
            case SessionStarted():
                return [self._line(event, session, None, "")]
            case PlanApplied():
                return self._of_plan(event, session)
            case _:
                return []

    def _of_fault(self, event: AttemptEnded, session: SessionModel) -> list[EventLine]:
        """A fault is told when it begins or turns into another kind; a streak of one kind is one line."""
        fault = event.outcome.fault
        if fault is None or self._kinds.get(event.target) == fault.kind:
            return []
        self._kinds[event.target] = fault.kind
        return [self._line(event, session, Status.DOWN, event.target, fault.kind)]

    def _of_check(self, event: CheckEnded, session: SessionModel) -> list[EventLine]:
        if event.result is not Result.OK:
            return []
        self._stand_ins.pop(event.target, None)
        if not self._kinds.pop(event.target, ""):
            return []
        return [self._line(event, session, Status.UP, event.target)]

    def _of_fallback(self, event: FallbackUsed, session: SessionModel) -> list[EventLine]:
        """Told when something begins to stand in, until the target answers again."""
        if self._stand_ins.get(event.target) == event.source:
            return []
        self._stand_ins[event.target] = event.source
        return [self._line(event, session, Status.SLOW, event.target)]

    def _of_lab(self, event: LabFaultChanged, session: SessionModel) -> list[EventLine]:
        """That a server is well from the beginning is no news, nor what is told again to an engine started anew."""
        made = (event.fault, event.options)
        if self._made.get(event.target, ("", {})) == made:
            return []
        self._made[event.target] = made
        return [self._line(event, session, None, event.target, event.fault)]

    def _is_news(self, event: TesterDisturbed) -> bool:
        """Of busy moments one is told a minute: the status bar says whether this computer is too busy to measure, and
        the graphs show each."""
        if event.is_moment and 0 <= event.at_s - self._busy_s < MOMENTS_APART_S:
            return False
        self._busy_s = event.at_s
        return True

    def _of_verdict(self, event: VerdictChanged, session: SessionModel) -> list[EventLine]:
        verdict = event.verdict
        status = Status.UP if not verdict.is_finding else Status.DOWN if verdict.is_fault else Status.SLOW
        return [self._line(event, session, status, self._diagnosed.get(event.diagnosis, ""), verdict.code)]

    def _of_budget(self, event: BudgetChanged, session: SessionModel) -> list[EventLine]:
        """Told once until a retry is paid for again."""
        if event.key in self._denied:
            return []
        self._denied.add(event.key)
        return [self._line(event, session, Status.SLOW, "", event.key)]

    def _of_plan(self, event: PlanApplied, session: SessionModel) -> list[EventLine]:
        """The first plan of a session changes nothing; nor does the same again after the engine was restarted."""
        before, self._plan = self._plan, event.plan
        if before is None or not (text := self._changes.between(before, event.plan)):
            return []
        return [replace(self._line(event, session, None, ""), text=text, plan_before=before)]

    def _said(self, line: EventLine) -> str:
        if line.plan_before is not None and isinstance(line.event, PlanApplied):
            return self._changes.between(line.plan_before, line.event.plan)
        return event_words(line.event, self._words)

    def _line(
        self, event: AnyEvent, session: SessionModel, status: Status | None, target_id: str, kind: str = ""
    ) -> EventLine:
        state = session.state(target_id)
        subject = state.target.label if state else ""
        time = self._words.clock_time(session.wall_s + event.at_s)
        text = event_words(event, self._words)
        return EventLine(event.at_s, time, status, subject, text, event, target_id, kind, _group(event))

    def _retell(self) -> None:
        """Say every line again in the language in force."""
        if self._lines:
            self._lines = [replace(line, text=self._said(line)) for line in self._lines]
            self.dataChanged.emit(self.index(0), self.index(len(self._lines) - 1))


def _group(event: AnyEvent) -> EventGroup:
    match event:
        case BreakerChanged():
            return EventGroup.BREAKER
        case TesterDisturbed() | NetworkChanged() | SessionStarted() | CommandRefused():
            return EventGroup.TESTER
        case MarkerDropped() | LabFaultChanged() | PlanApplied():
            return EventGroup.ALL
        case _:
            return EventGroup.FAILURES


class EventFilter(QSortFilterProxyModel):
    """Lines of one group that hold every word typed, of one target where one is selected."""

    def __init__(self, source: EventListModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._words: Sequence[str] = ()
        self._target_id = ""
        self._group = EventGroup.ALL
        self.setSourceModel(source)

    def filter_by(self, text: str) -> None:
        """Keep the lines that hold every word of this text."""
        self._words = text.casefold().split()
        self.invalidate()

    def only_of(self, target_id: str | None) -> None:
        """Keep the lines about this target, and those about none; None keeps all."""
        self._target_id = target_id or ""
        self.invalidate()

    def only_in(self, group: EventGroup) -> None:
        """Keep the lines of this group."""
        self._group = group
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: AnyIndex) -> bool:
        """In the right group, about the right target, with every word."""
        line = self._source.line(self._source.index(source_row))
        if self._group not in (EventGroup.ALL, line.group):
            return False
        if self._target_id and line.target_id not in ("", self._target_id):
            return False
        text = f"{line.time} {line.subject} {line.text} {line.kind}".casefold()
        return all(word in text for word in self._words)
