"""Every figure of one target between two moments: time-weighted loss, outages, latencies, faults."""

from array import array
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from clearline.domain.event import AttemptEnded, Result
from clearline.domain.metrics import ALTERNATE
from clearline.domain.outages import Excluded, Outage
from clearline.domain.phase import Phase
from clearline.domain.statistics import P50_FROM, P95_FROM, P99_FROM, percentile, wilson
from clearline.domain.timeline import Timeline


class Latency(msgspec.Struct, frozen=True):
    """Milliseconds of successful attempts; a figure is None where too few samples carry it."""

    samples: int = 0
    low: float | None = None
    mean: float | None = None
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    high: float | None = None
    jitter: float | None = None
    """Mean |difference| of successive latencies."""


class SpanStatistics(msgspec.Struct, frozen=True):
    """One target from `from_s` to `to_s`, in seconds of the session."""

    target: str
    from_s: float
    to_s: float
    up_s: float
    lost_s: float
    """Time without success, by the schedule: each slot stands until the next one."""
    loss: float | None
    """`lost_s` as a share of the measured time, 0 to 1; None where nothing was measured."""
    loss_low: float
    loss_high: float
    """95 % interval (Wilson), with as many samples as there were slots."""
    checks: dict[str, int]
    """By result: ok, failed, refused, void."""
    missed: dict[str, int]
    """Slots without a check, by reason."""
    late_starts: int
    late_replies: int
    attempts: int
    first_attempt_success: float | None
    """Share of the checks that succeeded at once, 0 to 1."""
    faults: dict[str, int]
    """Failed attempts by kind."""
    latency: Latency
    phases: dict[Phase, Latency]
    outages: tuple[Outage, ...]
    outage_s: float
    """Time of the outages within the span, less what could not be measured."""
    excluded: tuple[Excluded, ...]
    """What counts in no figure, in order."""

    @property
    def measured_s(self) -> float:
        """Seconds that the loss is a share of."""
        return self.up_s + self.lost_s


class AttemptFold:
    """Latencies and faults of attempts. Those that the tester disturbed, and those of alternates, count nowhere."""

    def __init__(self) -> None:
        self.attempts = 0
        self.faults: Counter[str] = Counter()
        self.total = array("d")
        self.phases: dict[Phase, array[float]] = {phase: array("d") for phase in Phase}

    def add(self, event: AttemptEnded) -> None:
        """Take one attempt, in order."""
        outcome = event.outcome
        if event.is_disturbed or ALTERNATE in outcome.detail:
            return
        self.attempts += 1
        if outcome.fault is not None:
            self.faults[outcome.fault.kind] += 1
            return
        if (latency_ms := outcome.latency_ms) is not None:
            self.total.append(latency_ms)
        for phase, milliseconds in outcome.phases.reached():
            if phase is not Phase.CONNECT or not outcome.syn_retransmits:
                self.phases[phase].append(milliseconds)


def latency_of(values: Sequence[float]) -> Latency:
    """The figures of latencies in the order in which they were measured, in milliseconds."""
    if not values:
        return Latency()
    ordered = sorted(values)
    count = len(ordered)
    jumps = sum(abs(after - before) for before, after in pairwise(values))
    return Latency(
        count,
        ordered[0],
        sum(ordered) / count,
        percentile(ordered, 0.5) if count >= P50_FROM else None,
        percentile(ordered, 0.95) if count >= P95_FROM else None,
        percentile(ordered, 0.99) if count >= P99_FROM else None,
        ordered[-1],
        jumps / (count - 1) if count > 1 else None,
    )


def statistics(
    timeline: Timeline,
    attempts: AttemptFold,
    outages: Sequence[Outage],
    to_s: float,
    away: Sequence[Excluded] = (),
    lost_network: Sequence[Excluded] = (),
) -> SpanStatistics:
    """The figures of a timeline, its attempts and the outages that touch it; the rest as in Timeline.weigh."""
    from_s = timeline.from_s
    up_s, lost_s, excluded = timeline.weigh(to_s, away, lost_network)
    measured_s = up_s + lost_s
    bad = timeline.checks[Result.FAILED.value] + timeline.checks[Result.REFUSED.value]
    counted = bad + timeline.checks[Result.OK.value]
    loss = lost_s / measured_s if measured_s > 0 else None
    low, high = wilson(loss * counted, counted) if loss is not None else (0.0, 1.0)
    down_s = sum(_seconds_within(outage, from_s, to_s) for outage in outages)
    return SpanStatistics(
        timeline.target,
        from_s,
        to_s,
        up_s,
        lost_s,
        loss,
        low,
        high,
        dict(timeline.checks),
        dict(timeline.missed),
        timeline.late_starts,
        timeline.late_replies,
        attempts.attempts,
        timeline.first_attempt_ok / counted if counted else None,
        dict(attempts.faults),
        latency_of(attempts.total),
        {phase: latency_of(values) for phase, values in attempts.phases.items() if values},
        tuple(outages),
        down_s,
        tuple(excluded),
    )


def _seconds_within(outage: Outage, from_s: float, to_s: float) -> float:
    end_s = to_s if outage.to_s is None else min(outage.to_s, to_s)
    return max(0.0, end_s - max(outage.from_s, from_s) - outage.excluded_s)
