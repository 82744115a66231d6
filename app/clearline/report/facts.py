"""What a span comes to: per target its figures, outages, faults and picture; and what happened around them.

Folded from the events in one pass; of each check no more is kept than weighing its time needs, 25 bytes.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from clearline.domain.event import (
    AnyEvent,
    AttemptEnded,
    BreakerChanged,
    CheckEnded,
    CheckMissed,
    DiagnosisEnded,
    DiagnosisStarted,
    Health,
    MarkerDropped,
    NetworkChanged,
    PlanApplied,
    ReplyCameLate,
    Result,
    StepChanged,
    TesterDisturbed,
    VerdictChanged,
)
from clearline.domain.fault import Fault, Layer
from clearline.domain.metrics import Metrics
from clearline.domain.outages import Excluded, Outage, away_spans, lost_network_spans
from clearline.domain.phase import Phase
from clearline.domain.plan import Plan
from clearline.domain.statistics import wilson
from clearline.domain.target import Target
from clearline.domain.timeline import Timeline
from clearline.report.diagnoses import Diagnoses
from clearline.report.span import Span, no_progress

COLUMNS = 180
"""Of a picture: the width of a page at 4 pixels each."""
MOST_ATTEMPTS = 60
"""Of a target on a page for people; the others are in CSV and JSON."""
_MOST_NOTED = 500
_SAMPLES, _FEWEST_SAMPLES = 200_000, 500
"""Latest latencies of each phase that are kept: of all targets together, and at least of each."""


class Column(msgspec.Struct):
    """What a stretch of a picture's time held for one target. Milliseconds."""

    low: float | None = None
    high: float | None = None
    total: float = 0.0
    count: int = 0
    failed: int = 0
    layer: Layer | None = None

    @property
    def mean(self) -> float | None:
        """Mean latency of the successes."""
        return self.total / self.count if self.count else None


class _Hop(msgspec.Struct):
    """As probes.hops writes it."""

    ttl: int
    ip: str = ""
    sent: int = 0
    lost: int = 0
    last_ms: float | None = None
    mean_ms: float | None = None
    best_ms: float | None = None
    worst_ms: float | None = None


class _Search(msgspec.Struct):
    hops: list[_Hop]


class FaultSeen(msgspec.Struct):
    """One kind of fault, as often as it was seen."""

    kind: str
    layer: Layer
    count: int
    first_s: float
    last_s: float
    sample: AttemptEnded
    """One attempt that ended with it."""
    reached: dict[Phase, int] = {}
    """Of those attempts, how many got through each phase before the one that failed."""


class TargetFacts:
    """One target over the span."""

    def __init__(self, target: Target, span: Span, column_s: float) -> None:
        self.target = target
        self.metrics = Metrics(span.from_s, samples=max(_FEWEST_SAMPLES, _SAMPLES // max(1, len(span.plan.targets))))
        self.loss: float | None = None
        """Share of the measured time without success, 0 to 1; None where nothing was measured."""
        self.loss_interval = (0.0, 1.0)
        """95 % interval of it (Wilson), with as many samples as there were checks."""
        self.columns = [Column() for _ in range(COLUMNS)]
        self.outages: list[Outage] = []
        self.faults: dict[str, FaultSeen] = {}
        self.first: list[AttemptEnded] = []
        """The attempts for people: failures, and the first success after one."""
        self.hidden = 0
        """Attempts that are not among them."""
        self.last_ok: AttemptEnded | None = None
        self.addresses: Counter[str] = Counter()
        self.proxies: Counter[str] = Counter()
        self.issuers: Counter[str] = Counter()
        """Who issued the certificates that were seen."""
        self._from_s, self._column_s = span.from_s, column_s
        self.timeline = Timeline(target.id, span.plan.interval_of(target), span.from_s, span.to_s)
        self._has_failed = False
        self._path: Any = None
        self._jumps, self._jump_ms = 0, 0.0
        self._previous_ms: float | None = None

    def add(self, event: AttemptEnded | CheckEnded | CheckMissed | ReplyCameLate) -> None:
        """Fold one event of this target."""
        self.metrics.fold(event)
        if isinstance(event, AttemptEnded):
            self._add_attempt(event)
        else:
            self.timeline.add(event)

    def _add_attempt(self, event: AttemptEnded) -> None:
        fault = event.outcome.fault
        if event.is_disturbed:
            self.hidden += 1
            return
        self._path = event.outcome.detail.get("path", self._path)
        _count(self.addresses, event.outcome.address)
        for told in (event.outcome.detail, fault.evidence if fault is not None else {}):
            _count(self.proxies, _text(told, "proxy", "address"))
            _count(self.issuers, _text(told, "tls", "issuer"))
        place = int((event.started_s - self._from_s) / self._column_s)
        column = self.columns[min(max(place, 0), COLUMNS - 1)]
        if fault is None:
            self._add_success(event, column)
        else:
            column.failed += 1
            column.layer = fault.layer
            self._add_fault(event, fault)
        is_worth_showing = fault is not None or self._has_failed or not self.first
        self._has_failed = fault is not None
        if is_worth_showing and len(self.first) < MOST_ATTEMPTS:
            self.first.append(event)
        else:
            self.hidden += 1

    def _add_success(self, event: AttemptEnded, column: Column) -> None:
        self.last_ok = event
        latency = event.outcome.latency_ms
        if latency is None:
            return
        if self._previous_ms is not None:
            self._jumps += 1
            self._jump_ms += abs(latency - self._previous_ms)
        self._previous_ms = latency
        column.low = latency if column.low is None else min(column.low, latency)
        column.high = latency if column.high is None else max(column.high, latency)
        column.total += latency
        column.count += 1

    def _add_fault(self, event: AttemptEnded, fault: Fault) -> None:
        seen = self.faults.get(fault.kind)
        if seen is None:
            if len(self.faults) >= _MOST_NOTED:
                return
            seen = self.faults[fault.kind] = FaultSeen(fault.kind, fault.layer, 0, event.at_s, event.at_s, event)
        seen.count += 1
        seen.last_s = event.at_s
        for phase, _ in event.outcome.phases.reached():
            if phase is not fault.phase:
                seen.reached[phase] = seen.reached.get(phase, 0) + 1

    def close(self, to_s: float, away: Sequence[Excluded], lost_network: Sequence[Excluded]) -> None:
        """Everything was folded."""
        self.outages = self.timeline.outages(away)
        for outage in self.outages:
            if outage.layer is None and outage.kind in self.faults:
                outage.layer = self.faults[outage.kind].layer
        up_s, lost_s, _ = self.timeline.weigh(to_s, away, lost_network)
        if up_s + lost_s > 0:
            self.loss = lost_s / (up_s + lost_s)
            checks = self.checks
            self.loss_interval = wilson(self.loss * checks, checks)

    @property
    def checks(self) -> int:
        """Checks that prove something."""
        return sum(count for result, count in self.metrics.checks.items() if result != Result.VOID)

    @property
    def is_measured(self) -> bool:
        """Was it checked at all?"""
        return bool(self.metrics.requests or sum(self.metrics.checks.values()))

    @property
    def jitter_ms(self) -> float | None:
        """Mean |difference| of successive latencies, as in domain.statistics; None with fewer than two."""
        return self._jump_ms / self._jumps if self._jumps else None

    @property
    def is_failing(self) -> bool:
        """Did any check of it fail?"""
        return bool(self.loss)

    def paths(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Hops by method of the latest search of the way; none where there was none, or a file says what cannot be."""
        told = self._path if isinstance(self._path, dict) else {}
        found = []
        for method, search in told.items():
            try:
                hops = msgspec.convert(search, _Search, strict=False).hops
            except msgspec.ValidationError:
                continue
            found.append((str(method), [msgspec.structs.asdict(hop) for hop in hops]))
        return found

    @property
    def worst_fault(self) -> FaultSeen | None:
        """The kind seen most often."""
        return max(self.faults.values(), key=lambda seen: seen.count, default=None)

    def down_s(self, now_s: float) -> float:
        """Length of all its outages."""
        return sum(outage.length_s(now_s) for outage in self.outages)


def fold(span: Span, progress: Callable[[float], bool] = no_progress) -> "Facts | None":
    """What a span comes to; None where `progress`, told the share done, says not to go on."""
    facts = Facts(span)
    for number, event in enumerate(span.events()):
        if number % 1000 == 0 and not progress(min(1.0, (event.at_s - span.from_s) / max(span.length_s, 1e-9))):
            return None
        facts.add(event)
    facts.close()
    return facts


class Facts:
    """All targets of a span and what happened around them."""

    def __init__(self, span: Span) -> None:
        self.span = span
        self._column_s = max(span.length_s, 1e-3) / COLUMNS
        self.targets = {target.id: self._new(target) for target in span.plan.targets}
        self.disturbances: list[TesterDisturbed] = []
        self.network_changes: list[NetworkChanged] = []
        self.markers: list[MarkerDropped] = []
        self.breakers: list[BreakerChanged] = []
        self.diagnoses = Diagnoses()

    def add(self, event: AnyEvent) -> None:
        """Fold one event."""
        match event:
            case PlanApplied():
                self._pace(event.at_s, event.plan)
            case AttemptEnded() | CheckEnded() | CheckMissed() | ReplyCameLate():
                known = self.targets.get(event.target)
                if known is None:
                    known = self.targets[event.target] = self._new(self.span.target(event.target))
                known.add(event)
            case TesterDisturbed():
                _keep(self.disturbances, event)
            case NetworkChanged():
                _keep(self.network_changes, event)
            case MarkerDropped():
                _keep(self.markers, event)
            case DiagnosisStarted() | StepChanged() | VerdictChanged() | DiagnosisEnded():
                self.diagnoses.add(event)
            case BreakerChanged():
                _keep(self.breakers, event)
            case _:
                pass

    def close(self) -> None:
        """Everything was folded."""
        away, lost_network = away_spans(self.disturbances), lost_network_spans(self.network_changes, self.span.to_s)
        for facts in self.targets.values():
            facts.close(self.span.to_s, away, lost_network)

    @property
    def by_trouble(self) -> list[TargetFacts]:
        """The targets that were checked, the one that was down longest first."""
        measured = [
            facts for facts in self.targets.values() if facts.metrics.requests or sum(facts.metrics.checks.values())
        ]
        return sorted(measured, key=self._trouble)

    @property
    def is_watched(self) -> bool:
        """Was anything checked more than once? Of a diagnosis alone there is one attempt, and no schedule."""
        return any(facts.checks > 1 for facts in self.targets.values())

    @property
    def away_s(self) -> float:
        """Seconds in which the tester was asleep, busy or not running."""
        return sum(each.to_s - each.from_s for each in away_spans(self.disturbances))

    @property
    def clock_steps(self) -> int:
        """How often the clock was set meanwhile."""
        return sum(event.health is Health.CLOCK_STEPPED for event in self.disturbances)

    def _trouble(self, facts: TargetFacts) -> tuple[float, float]:
        return -facts.down_s(self.span.to_s), -(facts.loss or 0.0)

    def _new(self, target: Target) -> TargetFacts:
        return TargetFacts(target, self.span, self._column_s)

    def _pace(self, at_s: float, plan: Plan) -> None:
        """Another plan is run from now on."""
        planned = {target.id: target for target in plan.targets}
        if not self.span.wanted:
            for target_id, target in planned.items():
                if target_id not in self.targets:
                    self.targets[target_id] = self._new(target)
        for target_id, facts in self.targets.items():
            if target_id in planned:
                target = planned[target_id]
                facts.timeline.pace(at_s, plan.interval_of(target), is_paused=target.is_paused)
            else:
                facts.timeline.pace(at_s, plan.interval_s, is_paused=True)


def _keep(kept: list[Any], event: AnyEvent) -> None:
    if len(kept) < _MOST_NOTED:
        kept.append(event)


def _text(told: dict[str, Any], area: str, name: str) -> str:
    """A text of a mapping in a mapping; empty where a file says anything else."""
    inner = told.get(area)
    value = inner.get(name) if isinstance(inner, dict) else None
    return value if isinstance(value, str) else ""


def _count(counter: Counter[str], text: str) -> None:
    if text and (text in counter or len(counter) < _MOST_NOTED):
        counter[text] += 1
