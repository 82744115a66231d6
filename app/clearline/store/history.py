"""What a recorded session says of a span: its outages and the statistics of a target, from an open SessionReader."""

import heapq
import math
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from clearline.domain.event import (
    AttemptEnded,
    CheckEnded,
    CheckMissed,
    NetworkChanged,
    PlanApplied,
    ReplyCameLate,
    TesterDisturbed,
)
from clearline.domain.outages import Excluded, Outage, away_spans, joined, lost_network_spans, trimmed
from clearline.domain.plan import Plan
from clearline.domain.span_statistics import AttemptFold, SpanStatistics, statistics
from clearline.domain.timeline import Timeline
from clearline.store.reader import SessionReader
from clearline.store.session_rows import RecordingGap

_AROUND_S = 300.0
"""How much is read before and after a span at first, at least: an outage may have begun before, or go on."""
_AROUND_SLOTS = 3.0
_ASKED_EVERY = 2_000
"""Rows between two looks at whether the figures are still wanted."""
Row = TypeVar("Row")


class NotWantedError(Exception):
    """Nobody waits for these figures any more."""


def _wanted() -> bool:
    return True


class History:
    """Reads spans of one session. Times in seconds of the session; use from one thread at a time.

    `is_wanted` is asked now and then while long spans are read; where it says no, NotWantedError ends the reading.
    """

    def __init__(self, reader: SessionReader, is_wanted: Callable[[], bool] = _wanted) -> None:
        self._reader = reader
        self._is_wanted = is_wanted
        self.end_s = reader.duration_s
        """The latest event, as of when the history was opened."""
        disturbances = [*reader.stream(TesterDisturbed), *reader.stream(RecordingGap)]
        self.away = away_spans(event for event in disturbances if isinstance(event, TesterDisturbed))
        """When the tester was asleep, busy or not running."""
        self.lost_network = lost_network_spans(reader.stream(NetworkChanged), self.end_s)
        """When this machine had no gateway."""
        self._outages: dict[str, list[Outage] | None] = {}
        self._plans = list(reader.stream(PlanApplied))

    @property
    def plans(self) -> list[PlanApplied]:
        """Every plan as it was run, with its profiles, in order."""
        return self._plans

    def excluded(self) -> list[Excluded]:
        """Every stretch that counts for no target, in order."""
        return joined([*self.away, *self.lost_network])

    def outages(self, target_id: str, from_s: float = 0.0, to_s: float = math.inf) -> list[Outage]:
        """The outages of a target that touch a span, in order, with what their first attempts saw as evidence."""
        kept = self._kept(target_id)
        if kept is None:
            kept = [self._with_layer(outage) for outage in self._timeline(target_id, from_s, to_s).outages()]
        return self._touching(kept, from_s, to_s)

    def statistics(self, target_id: str, from_s: float = 0.0, to_s: float = math.inf) -> SpanStatistics:
        """Every figure of a target between two moments; no later than the end of the session."""
        attempts = AttemptFold()
        for event in self._watched(self._reader.stream(AttemptEnded, from_s, to_s, target_id)):
            attempts.add(event)
        timeline = self._timeline(target_id, from_s, to_s)
        outages = self._touching(self._kept(target_id) or timeline.outages(), from_s, to_s)
        return statistics(timeline, attempts, outages, min(to_s, self.end_s), self.away, self.lost_network)

    def evidence(self, outage: Outage) -> list[AttemptEnded]:
        """The attempts of the check that an outage names as its evidence."""
        attempts = self._reader.stream(AttemptEnded, outage.from_s, outage.last_s + 1e-3, outage.target)
        found: list[AttemptEnded] = []
        for event in attempts:
            if event.check == outage.check:
                found.append(event)
            elif found and event.check > outage.check + 8:
                break
        return found

    def _kept(self, target_id: str) -> list[Outage] | None:
        """What was found while recording, read once for each target."""
        if target_id not in self._outages:
            self._outages[target_id] = self._reader.outages(target_id)
        return self._outages[target_id]

    def _touching(self, outages: Iterable[Outage], from_s: float, to_s: float) -> list[Outage]:
        return [
            outage
            for outage in trimmed(outages, self.away)
            if outage.from_s < to_s and (outage.to_s is None or outage.to_s > from_s)
        ]

    def _with_layer(self, outage: Outage) -> Outage:
        for event in self.evidence(outage):
            if event.outcome.fault is not None:
                outage.layer = event.outcome.fault.layer
        return outage

    def _timeline(self, target_id: str, from_s: float, to_s: float) -> Timeline:
        paces = [_pace(applied.plan, target_id) for applied in self._plans]
        around_s = max(_AROUND_S, _AROUND_SLOTS * max(paces, default=1.0))
        while True:
            begin_s, until_s = from_s - around_s, to_s + around_s
            timeline = self._read_timeline(target_id, from_s, to_s, begin_s, until_s)
            outages = timeline.outages()
            # An outage that reaches to the edge of what was read began even earlier, or went on.
            is_begun = begin_s <= 0.0 or not outages or outages[0].from_s > timeline.first_due_s
            is_over = until_s > self.end_s or not outages or outages[-1].to_s is not None
            if is_begun and is_over:
                return timeline
            around_s *= 8

    def _read_timeline(self, target_id: str, from_s: float, to_s: float, begin_s: float, until_s: float) -> Timeline:
        timeline = Timeline(target_id, from_s=from_s, to_s=to_s)
        for applied in self._plans:
            target = applied.plan.target(target_id)
            is_paused = target is None or target.is_paused
            timeline.pace(applied.at_s, _pace(applied.plan, target_id), is_paused=is_paused)
        reader = self._reader
        streams: list[Iterator[CheckEnded | CheckMissed | ReplyCameLate]] = [
            reader.stream(CheckEnded, begin_s, until_s, target_id),
            reader.stream(CheckMissed, begin_s, until_s, target_id),
            reader.stream(ReplyCameLate, begin_s, until_s, target_id),
        ]
        for event in self._watched(heapq.merge(*streams, key=_ended)):
            timeline.add(event)
        return timeline

    def _watched(self, rows: Iterable[Row]) -> Iterator[Row]:
        for count, row in enumerate(rows):
            if count % _ASKED_EVERY == 0 and not self._is_wanted():
                raise NotWantedError
            yield row


def _pace(plan: Plan, target_id: str) -> float:
    target = plan.target(target_id)
    return plan.interval_s if target is None else plan.interval_of(target)


def _ended(event: CheckEnded | CheckMissed | ReplyCameLate) -> float:
    return event.at_s
