"""What happened, newest first, searchable: state changes, breaker changes, markers, disturbances; not every check."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
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
    FallbackUsed,
    LivenessChanged,
    MarkerDropped,
    Result,
    SessionStarted,
    TesterDisturbed,
)
from clearline.domain.liveness import Liveness
from clearline.domain.problem import Problem
from clearline.ui.viewmodels.session import SessionModel
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.words import Words

translate = QCoreApplication.translate
AnyIndex = QModelIndex | QPersistentModelIndex

EVENT_ROLE = Qt.ItemDataRole.UserRole + 1
KEPT = 2000
"""Older lines leave the list; the session file has them all."""


_LIVENESS = {
    Liveness.UNKNOWN: Status.UNKNOWN,
    Liveness.ALIVE: Status.UP,
    Liveness.SUSPECT: Status.SLOW,
    Liveness.DEAD: Status.DOWN,
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
    target_id: str = ""
    kind: str = ""
    group: EventGroup = EventGroup.FAILURES
    """ALL where it shows only while nothing is narrowed."""


class EventListModel(QAbstractListModel):
    """Lines, newest first; one insertion a batch."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._lines: list[EventLine] = []
        self._kinds: dict[str, str] = {}
        self._stand_ins: dict[str, str] = {}
        self._denied: set[str] = set()

    def clear(self) -> None:
        """Forget everything: another session begins."""
        self.beginResetModel()
        self._lines.clear()
        self._kinds.clear()
        self._stand_ins.clear()
        self._denied.clear()
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
            return "\n".join(part for part in (line.time, line.subject, line.text, line.kind) if part)
        return None

    def _lines_of(self, event: AnyEvent, session: SessionModel) -> list[EventLine]:
        match event:
            case CheckEnded():
                return self._of_check(event, session)
            case AttemptEnded() if event.outcome.fault is not None and not event.outcome.fault.is_void:
                return self._of_fault(event, session)
            case BreakerChanged():
                return self._of_breaker(event, session)
            case LivenessChanged():
                return [self._of_liveness(event, session)]
            case MarkerDropped():
                return [
                    self._line(
                        event,
                        session,
                        Status.UNKNOWN,
                        event.target,
                        translate("Events", "marker: {text}").format(text=event.text),
                    )
                ]
            case TesterDisturbed():
                text = translate("Events", "{state} for {span}").format(
                    state=self._words.texts.state(event.health.value), span=self._words.span(event.at_s - event.from_s)
                )
                return [
                    self._line(
                        event,
                        session,
                        Status.PAUSED,
                        "",
                        translate("Events", "this computer: {text}").format(text=text),
                    )
                ]
            case CommandRefused():
                text = self._words.texts.problem(Problem(event.code, event.values))
                return [self._line(event, session, Status.DOWN, "", text)]
            case FallbackUsed():
                return self._of_fallback(event, session)
            case BudgetChanged() if event.reason == "denied":
                return self._of_budget(event, session)
            case BudgetChanged():
                if event.reason == "spent":
                    self._denied.discard(event.key)
                return []
            case SessionStarted() if event.is_resumed:
                return [self._line(event, session, None, "", translate("Events", "the probe engine runs again"))]
            case SessionStarted():
                return [self._line(event, session, None, "", translate("Events", "session started"))]
            case _:
                return []

    def _of_fault(self, event: AttemptEnded, session: SessionModel) -> list[EventLine]:
        """A fault is told when it begins or turns into another kind; a streak of one kind is one line."""
        fault = event.outcome.fault
        if fault is None or self._kinds.get(event.target) == fault.kind:
            return []
        self._kinds[event.target] = fault.kind
        title = self._words.texts.fault(fault.kind).title
        text = title[:1].lower() + title[1:] if title[1:2].islower() else title
        return [self._line(event, session, Status.DOWN, event.target, text, fault.kind)]

    def _of_check(self, event: CheckEnded, session: SessionModel) -> list[EventLine]:
        if event.result is not Result.OK:
            return []
        self._stand_ins.pop(event.target, None)
        if not self._kinds.pop(event.target, ""):
            return []
        return [self._line(event, session, Status.UP, event.target, translate("Events", "answers again"))]

    def _of_fallback(self, event: FallbackUsed, session: SessionModel) -> list[EventLine]:
        """Told when something begins to stand in, until the target answers again."""
        if self._stand_ins.get(event.target) == event.source:
            return []
        self._stand_ins[event.target] = event.source
        age = self._words.span(event.age_s)
        source = self._words.texts.say(f"fallback.{event.source}", age=age, place=event.place)
        text = translate("Events", "goes on with {source}").format(source=source)
        return [self._line(event, session, Status.SLOW, event.target, text)]

    def _of_budget(self, event: BudgetChanged, session: SessionModel) -> list[EventLine]:
        """Told once until a retry is paid for again."""
        if event.key in self._denied:
            return []
        self._denied.add(event.key)
        return [self._line(event, session, Status.SLOW, "", self._words.texts.say("budget.denied"), event.key)]

    def _of_liveness(self, event: LivenessChanged, session: SessionModel) -> EventLine:
        texts = self._words.texts
        reason = texts.say(
            f"liveness_change.{event.reason}", silent=self._words.span(event.silent_s), misses=event.misses
        )
        status = _LIVENESS[event.after]
        return self._line(event, session, status, event.target, f"{texts.say(f'liveness.{event.after}')}: {reason}")

    def _of_breaker(self, event: BreakerChanged, session: SessionModel) -> list[EventLine]:
        reason = self._words.texts.change(event.reason)
        match event.after:
            case BreakerState.OPEN:
                span = self._words.span(float(round((event.until_s or event.at_s) - event.at_s)))
                status, text = (
                    Status.DOWN,
                    translate("Events", "open for {span}: {reason}").format(span=span, reason=reason),
                )
            case BreakerState.HALF_OPEN:
                status, text = Status.HALF_OPEN, translate("Events", "half-open: testing recovery")
                if event.successes:
                    told = translate("Events", "half-open: {successes} of {needed} succeeded")
                    text = told.format(successes=event.successes, needed=event.needed)
            case BreakerState.CLOSED:
                status, text = Status.UP, translate("Events", "closed: {reason}").format(reason=reason)
            case _:
                status, text = Status.PAUSED, translate("Events", "isolated: {reason}").format(reason=reason)
        target_id = session.first_behind(event.key)
        return [self._line(event, session, status, target_id, text, event.key)]

    def _line(
        self, event: AnyEvent, session: SessionModel, status: Status | None, target_id: str, text: str, kind: str = ""
    ) -> EventLine:
        state = session.state(target_id)
        subject = state.target.label if state else ""
        time = self._words.clock_time(session.wall_s + event.at_s)
        return EventLine(event.at_s, time, status, subject, text, target_id, kind, _group(event))


def _group(event: AnyEvent) -> EventGroup:
    match event:
        case BreakerChanged():
            return EventGroup.BREAKER
        case TesterDisturbed() | SessionStarted() | CommandRefused():
            return EventGroup.TESTER
        case MarkerDropped():
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
