"""When a target was down: outages from the fixed schedule, and the stretches in which nothing could be told."""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from clearline.domain.event import CheckEnded, CheckMissed, Event, Health, NetworkChanged, Result, TesterDisturbed
from clearline.domain.fault import Layer

OUTAGE_CHECKS = 2
"""Checks in a row without success that make an outage; a single one is a loss."""
MOST_OUTAGES = 10_000
WORTH_SAYING_S = 1.0
"""A shorter `Outage.unsure_s` is no news."""
RETRY_AFTER = "retry_after"
_AWAY = {Health.ASLEEP: "asleep", Health.BUSY: "busy", Health.NOT_RUNNING: "not_running"}


class Why(StrEnum):
    """Why a stretch of time says nothing about a target."""

    ASLEEP = "asleep"
    BUSY = "busy"
    NOT_RUNNING = "not_running"
    NETWORK_LOST = "network_lost"
    """This machine had lost its way out: failures meanwhile are its own."""
    PAUSED = "paused"
    VOID = "void"
    """The check proved nothing: stopped, or the tester was disturbed meanwhile."""
    UNMEASURED = "unmeasured"
    """No check fell due: before the first, after the last, or events are missing."""


class Excluded(msgspec.Struct, frozen=True, array_like=True):
    """A stretch of time that counts in no figure."""

    from_s: float
    to_s: float
    why: Why


@dataclass(slots=True)
class Outage:
    """Checks in a row without success, in seconds of the session."""

    target: str
    from_s: float
    """When the first of them was due."""
    last_s: float
    """When the latest of them ended."""
    layer: Layer | None
    """Where the connection broke, as far as it is known."""
    kind: str
    """The kind of fault that most of them ended with; empty where none was sent."""
    checks: int = 1
    held: int = 0
    """Those of the checks that were not sent: refused by the breaker, or put off as the peer asked."""
    to_s: float | None = None
    """When the first success after it was due, or began where it began late; None while it lasts."""
    check: int = 0
    """Evidence: the number of the first check that ended with this kind; its attempts tell what was seen."""
    excluded_s: float = 0.0
    """Part of it in which the tester was away; not in `length_s`."""
    sent_s: float | None = None
    """When the latest check ended that really asked the target; later ones were held back. None: none did."""
    kinds: Counter[str] = field(default_factory=Counter)
    """Checks by the kind of fault they ended with, in the order in which the kinds came."""
    firsts: dict[str, int] = field(default_factory=dict)
    """The first check of each kind."""

    @property
    def unsure_s(self) -> float:
        """Seconds at its end in which nothing was sent: the target may have been back that much earlier."""
        asked_s = self.from_s if self.sent_s is None else self.sent_s
        if not self.held or self.last_s <= asked_s:
            return 0.0
        return max(0.0, (self.last_s if self.to_s is None else self.to_s) - asked_s)

    def length_s(self, now_s: float) -> float:
        """How long it lasted, less what could not be measured; up to `now_s` while it lasts."""
        return max(0.0, (now_s if self.to_s is None else self.to_s) - self.from_s - self.excluded_s)


class OutageFold:
    """Finds the outages of one target in its checks, one at a time, in the order in which they ended."""

    def __init__(self, target: str, most: int = MOST_OUTAGES) -> None:
        self._target = target
        self.outages: deque[Outage] = deque(maxlen=most)
        self._failing: list[tuple[CheckEnded | CheckMissed, Layer | None]] = []

    @property
    def running(self) -> Outage | None:
        """The outage that lasts."""
        return self.outages[-1] if self.outages and self.outages[-1].to_s is None else None

    def add(self, event: CheckEnded | CheckMissed, layer: Layer | None = None) -> None:
        """Take a check, with the layer where it broke. Slots missed for our own reasons say nothing."""
        if isinstance(event, CheckMissed):
            if event.reason != RETRY_AFTER:
                return
        elif event.result is Result.VOID:
            return
        elif event.result is Result.OK:
            self._failing.clear()
            if (running := self.running) is not None:
                # A check that began late found it well when it began: the one before had not ended until then.
                running.to_s = max(event.due_s, event.started_s, running.from_s)
            return
        self._failing.append((event, layer))
        # A slot put off as the peer asked is an outage that it announced.
        if self.running is None and (len(self._failing) >= OUTAGE_CHECKS or isinstance(event, CheckMissed)):
            first = min((failed for failed, _ in self._failing), key=_due)
            self.outages.append(Outage(self._target, first.due_s, event.at_s, layer, "", 0, check=first.check))
        if (running := self.running) is not None:
            for failed, broke in self._failing:
                _extend(running, failed, broke)
            self._failing.clear()


def _due(event: CheckEnded | CheckMissed) -> float:
    return event.due_s


def _extend(outage: Outage, event: CheckEnded | CheckMissed, layer: Layer | None) -> None:
    outage.checks += 1
    outage.last_s = event.at_s
    outage.layer = outage.layer or layer
    if isinstance(event, CheckMissed) or (event.result is Result.REFUSED and not event.attempts):
        outage.held += 1
    else:
        outage.sent_s = event.at_s
    if isinstance(event, CheckEnded) and event.kind and event.result is Result.FAILED:
        outage.kinds[event.kind] += 1
        outage.firsts.setdefault(event.kind, event.check)
        # Ties stay with the kind that came first.
        if outage.kinds[event.kind] > outage.kinds[outage.kind]:
            outage.kind, outage.layer = event.kind, layer or outage.layer
            outage.check = outage.firsts[event.kind]


def trimmed(outages: Iterable[Outage], excluded: Sequence[Excluded]) -> list[Outage]:
    """Outages less the time in which the tester was away; `excluded` in order, without overlaps.

    One that ended while nobody looked ends where the looking did: a night asleep is no outage.
    """
    found = []
    for outage in outages:
        end_s = outage.last_s if outage.to_s is None else outage.to_s
        inside = [span for span in excluded if span.from_s < end_s and span.to_s > outage.from_s]
        if outage.to_s is not None and inside and inside[-1].from_s > outage.last_s - 1e-6:
            end_s = outage.to_s = max(outage.from_s, inside.pop().from_s)
        outage.excluded_s = sum(min(span.to_s, end_s) - max(span.from_s, outage.from_s) for span in inside)
        found.append(outage)
    return found


def away_spans(events: Iterable[Event]) -> list[Excluded]:
    """When the tester was asleep, busy or not running, from its events; in order, joined where they overlap."""
    return joined(
        Excluded(event.from_s, event.at_s, Why(_AWAY[event.health]))
        for event in events
        if isinstance(event, TesterDisturbed) and event.health in _AWAY
    )


def lost_network_spans(events: Iterable[Event], end_s: float) -> list[Excluded]:
    """From a gateway's going away, or falling silent, to the coming of one, as this machine's network changes tell; and
    while nothing outside answers either."""
    gone: dict[str, float] = {}
    found = []
    for event in events:
        if not isinstance(event, NetworkChanged):
            continue
        for change in event.changes:
            if change.what != "gateway" and not change.what.startswith(("gateway_", "outside_")):
                continue
            if change.what.endswith("_silent") or (change.what == "gateway" and not change.after):
                gone.setdefault(change.name, event.from_s)
            elif change.name in gone:
                found.append(Excluded(gone.pop(change.name), event.at_s, Why.NETWORK_LOST))
    found += [Excluded(from_s, end_s, Why.NETWORK_LOST) for from_s in gone.values() if end_s > from_s]
    return joined(found)


def begins(span: Excluded) -> tuple[float, float]:
    """By what spans are put in order."""
    return span.from_s, span.to_s


def joined(spans: Iterable[Excluded]) -> list[Excluded]:
    """Spans in order of time; one that overlaps an earlier one begins at that one's end."""
    found: list[Excluded] = []
    for span in sorted(spans, key=begins):
        begin_s = max(span.from_s, found[-1].to_s) if found else span.from_s
        if found and found[-1].why is span.why and begin_s >= span.from_s and found[-1].to_s >= span.from_s:
            found[-1] = Excluded(found[-1].from_s, max(found[-1].to_s, span.to_s), span.why)
        elif span.to_s > begin_s:
            found.append(Excluded(begin_s, span.to_s, span.why))
    return found
