"""What the graphs draw: the event stream folded into bounded columns per target, breaker and tester."""

import math
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from clearline.domain.event import (
    AttemptEnded,
    BackoffStarted,
    BreakerChanged,
    CheckEnded,
    CheckMissed,
    Event,
    MarkerDropped,
    PlanApplied,
    Result,
    SessionStarted,
    TesterDisturbed,
)
from clearline.domain.fault import Layer
from clearline.domain.phase import PhaseTimes
from clearline.domain.plan import Plan
from clearline.domain.target import Target
from clearline.ui.viewmodels.series_columns import Columns, Stretches
from clearline.ui.viewmodels.series_slice import CheckStates, SeriesSlice, take, take_states
from clearline.ui.viewmodels.series_spans import BreakerSpan, Marker, Outage, TesterSpan
from clearline.ui.viewmodels.series_state import RESULTS, STATE_OF, State
from clearline.ui.viewmodels.target_state import SLOW_MS

RAW_ATTEMPTS = 20_000
"""Attempts a target keeps one by one; older ones live on in roll-ups."""
ALL_ATTEMPTS = 1_000_000
"""Attempts all targets together keep one by one: about 70 MB."""
FEWEST_ATTEMPTS = 600
STRETCHES = 8_640
"""Roll-ups of each length a target keeps: a day of 10 s, a month of 5 min."""
ALL_STRETCHES = 1_000_000
FEWEST_STRETCHES = 576
MOST_SPANS = 10_000
"""Breaker spans of one key, tester spans and markers that are kept."""
MOST_OUTAGES = 1_000
OUTAGE_CHECKS = 2
"""Checks in a row without success that make an outage; a single one is a loss."""
FORWARD_S = 1.2
"""How far the live edge may run ahead of the last event: the engine reports once a second."""


class Names:
    """Texts kept as small numbers."""

    def __init__(self) -> None:
        self._texts: list[str] = [""]
        self._numbers: dict[str, int] = {"": 0}

    def number(self, text: str) -> int:
        """The number of a text; new texts are added."""
        found = self._numbers.get(text)
        if found is None:
            found = self._numbers[text] = len(self._texts)
            self._texts.append(text)
        return found

    def text(self, number: int) -> str:
        """The text of a number."""
        return self._texts[number]


@dataclass(slots=True)
class _Pending:
    """What the attempts of a check under way showed so far."""

    layer: Layer | None = None
    is_slow: bool = False


@dataclass(slots=True)
class TargetSeries:
    """Everything that happened to one target. `revision` grows with each event: nothing new, nothing to draw."""

    target_id: str
    names: Names
    capacity: int = RAW_ATTEMPTS
    stretches: int = STRETCHES
    interval_s: float = 1.0
    slow_from_ms: float = SLOW_MS
    """A success that takes longer counts as slow."""
    target: Target | None = None
    revision: int = 0
    outages: deque[Outage] = field(default_factory=lambda: deque(maxlen=MOST_OUTAGES))
    pauses: list[tuple[float, float | None]] = field(default_factory=list)
    attempts: Columns = field(init=False)
    checks: Columns = field(init=False)
    misses: Columns = field(init=False)
    backoffs: Columns = field(init=False)
    short: Stretches = field(init=False)
    long: Stretches = field(init=False)
    _pending: dict[int, _Pending] = field(default_factory=dict)
    _failing: list[CheckEnded] = field(default_factory=list)
    _last_layer: Layer | None = None

    def __post_init__(self) -> None:
        phases = dict.fromkeys(("resolve", "connect", "proxy", "tls", "answer", "receive"), "f")
        self.attempts = Columns(
            "ended_s",
            {"started_s": "d", "ended_s": "d", "check": "q", "attempt": "H", "ok": "B", "state": "B", "kind": "H"}
            | {"total_ms": "f"}
            | phases
            | {"rtt_ms": "f", "disturbed": "B"},
            self.capacity,
        )
        self.checks = Columns(
            "ended_s",
            {"due_s": "d", "started_s": "d", "ended_s": "d", "check": "q", "result": "B", "state": "B"}
            | {"kind": "H", "attempts": "H"},
            self.capacity,
        )
        self.misses = Columns("at_s", {"due_s": "d", "at_s": "d", "reason": "H"}, self.capacity)
        self.backoffs = Columns(
            "from_s", {"from_s": "d", "until_s": "d", "check": "q", "attempt": "H", "reason": "H"}, self.capacity
        )
        self.short = Stretches(10, self.stretches, STATE_OF)
        self.long = Stretches(300, self.stretches, STATE_OF)

    def fold(self, event: AttemptEnded | CheckEnded | CheckMissed | BackoffStarted) -> None:
        """Take one event of this target."""
        self.revision += 1
        if isinstance(event, AttemptEnded):
            self._attempt_ended(event)
        elif isinstance(event, CheckEnded):
            self._check_ended(event)
        elif isinstance(event, CheckMissed):
            self.misses.append(event.due_s, event.at_s, self.names.number(event.reason))
            self.short.add(event)
            self.long.add(event)
        else:
            self.backoffs.append(event.at_s, event.until_s, event.check, event.attempt, self.names.number(event.reason))

    def slice(self, from_s: float, to_s: float) -> SeriesSlice:
        """What is drawn between two moments, as numpy columns, one row more on either side for joining lines."""
        return take(self, from_s, to_s)

    def check_states(self, from_s: float, to_s: float) -> CheckStates:
        """Roll-ups older than the kept checks, and due times and states of the checks between two moments."""
        return take_states(self, from_s, to_s)

    def plan_applied(self, target: Target | None, plan: Plan, at_s: float) -> None:
        """The target's settings changed; None where it is no longer tested."""
        self.revision += 1
        was_paused = bool(self.pauses) and self.pauses[-1][1] is None
        is_paused = target is None or target.is_paused
        if is_paused and not was_paused:
            self.pauses.append((at_s, None))
            del self.pauses[:-MOST_SPANS]
        elif was_paused and not is_paused:
            self.pauses[-1] = (self.pauses[-1][0], at_s)
        if target is not None:
            self.target, self.interval_s = target, plan.interval_of(target)
            profile = plan.profile(target.profile)
            self.slow_from_ms = (profile.breaker.slow_call_s * 1000 if profile is not None else 0.0) or SLOW_MS

    def limit(self, capacity: int, stretches: int) -> None:
        """Keep at most so many rows; takes effect as rows are added."""
        for columns in (self.attempts, self.checks, self.misses, self.backoffs):
            columns.capacity = capacity
        self.short.capacity = self.long.capacity = stretches

    @property
    def label(self) -> str:
        """The name for people."""
        return self.target.label if self.target is not None else self.target_id

    def _attempt_ended(self, event: AttemptEnded) -> None:
        outcome, phases = event.outcome, event.outcome.phases
        total = phases.total_ms
        is_slow = outcome.ok and not event.is_disturbed and total > self.slow_from_ms
        layer = outcome.fault.layer if outcome.fault is not None else None
        state = STATE_OF[layer] if layer is not None else State.SLOW if is_slow else State.UP
        self.attempts.append(
            event.started_s,
            event.at_s,
            event.check,
            min(event.attempt, 65535),
            outcome.ok,
            state,
            self.names.number(outcome.fault.kind if outcome.fault is not None else ""),
            total,
            *_six_phases(phases),
            math.nan if outcome.kernel_rtt_ms is None else outcome.kernel_rtt_ms,
            event.is_disturbed,
        )
        if len(self._pending) > 1000:
            self._pending.pop(next(iter(self._pending)))
        pending = self._pending.setdefault(event.check, _Pending())
        pending.is_slow = is_slow
        if layer is not None:
            pending.layer = self._last_layer = layer
        self.short.add(event)
        self.long.add(event)

    def _check_ended(self, event: CheckEnded) -> None:
        pending = self._pending.pop(event.check, _Pending())
        layer = pending.layer
        if event.result is Result.OK:
            state = State.SLOW if pending.is_slow else State.UP
        elif event.result is Result.VOID:
            state = State.VOID
        else:
            # A refused check asked nobody: what made the breaker refuse is what is still wrong.
            layer = layer or self._last_layer or Layer.CONNECT
            state = State(STATE_OF[layer])
        self.checks.append(
            event.due_s,
            event.started_s,
            event.at_s,
            event.check,
            RESULTS.index(event.result),
            state,
            self.names.number(event.kind),
            min(event.attempts, 65535),
        )
        self._fold_outage(event, layer)
        is_slow = state is State.SLOW
        self.short.add(event, is_slow=is_slow)
        self.long.add(event, is_slow=is_slow)

    def _fold_outage(self, event: CheckEnded, layer: Layer | None) -> None:
        if event.result is Result.VOID:
            return
        running = self.outages[-1] if self.outages and self.outages[-1].to_s is None else None
        if event.result is Result.OK:
            self._failing.clear()
            if running is not None:
                running.to_s = max(event.due_s, running.from_s)
        elif running is not None:
            running.checks += 1
            running.last_s = event.at_s
            if event.result is Result.FAILED:
                running.layer, running.kind = layer, event.kind
        else:
            self._failing.append(event)
            if len(self._failing) >= OUTAGE_CHECKS:
                first = self._failing[0]
                kind = next((seen.kind for seen in reversed(self._failing) if seen.kind), "")
                count = len(self._failing)
                self.outages.append(Outage(self.target_id, first.due_s, event.at_s, layer, kind, count))
                self._failing.clear()


class SeriesStore:
    """Series of all targets, breaker spans by key, markers and tester spans of one session.

    `clock` gives seconds that never step back; only its differences are used.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.revision = 0
        self.plan_revision = 0
        self.outside_revision = 0
        """Grows with what concerns no single target: breakers, markers, the tester, the plan."""
        self.is_live = True
        """False for a recorded session: its end does not move."""
        self._empty()

    def _empty(self) -> None:
        self._folded_at = self._clock()
        self._live_s = 0.0
        self._names = Names()
        self.targets: dict[str, TargetSeries] = {}
        self.breakers: dict[str, deque[BreakerSpan]] = {}
        self.markers: deque[Marker] = deque(maxlen=MOST_SPANS)
        self.tester: deque[TesterSpan] = deque(maxlen=MOST_SPANS)
        self.plan = Plan()
        self.wall_s: float | None = None
        """UTC time of session second 0; None before the session is known."""
        self.now_s = 0.0
        """The latest moment any event told of."""

    def fold(self, events: Iterable[Event] | Event) -> None:
        """Take events in order, as the engine or a session file tells them."""
        count = 0
        for event in (events,) if isinstance(events, Event) else events:
            self._fold(event)
            self.now_s = max(self.now_s, event.at_s)
            count += 1
        if count:
            self.revision += count
            self._folded_at = self._clock()

    def series(self, target_id: str) -> TargetSeries:
        """The series of a target, empty where nothing happened yet."""
        found = self.targets.get(target_id)
        if found is None:
            found = self.targets[target_id] = TargetSeries(target_id, self._names)
            self._share()
        return found

    def kind(self, number: float) -> str:
        """The fault kind, or reason, behind a number of a column."""
        return self._names.text(int(number))

    def breaker_spans(self, key: str) -> list[BreakerSpan]:
        """States of a breaker, oldest first; before its first change it was closed."""
        return list(self.breakers.get(key, ()))

    def breaker_at(self, key: str, at_s: float) -> BreakerSpan | None:
        """The state of a breaker at a moment; None before the first change, when it was closed."""
        return next((span for span in reversed(self.breakers.get(key, ())) if span.from_s <= at_s), None)

    def live_now(self) -> float:
        """Now, in session seconds, running on for a moment between events; never steps back."""
        ahead = min(self._clock() - self._folded_at, FORWARD_S) if self.is_live and self.revision else 0.0
        self._live_s = max(self._live_s, self.now_s + ahead)
        return self._live_s

    def clear(self) -> None:
        """Forget everything, for another session."""
        self._empty()
        self.revision += 1
        self.plan_revision += 1
        self.outside_revision += 1

    def _fold(self, event: Event) -> None:
        if isinstance(event, AttemptEnded | CheckEnded | CheckMissed | BackoffStarted):
            self.series(event.target).fold(event)
            return
        if isinstance(event, SessionStarted):
            self.wall_s = event.wall_s
        elif isinstance(event, PlanApplied):
            self._plan_applied(event)
        elif isinstance(event, BreakerChanged):
            self._breaker_changed(event)
        elif isinstance(event, MarkerDropped):
            self.markers.append(Marker(event.at_s, event.text, event.target))
        elif isinstance(event, TesterDisturbed):
            self.tester.append(TesterSpan(event.from_s, event.at_s, event.health, event.lag_ms))
        else:
            return
        self.outside_revision += 1

    def _plan_applied(self, event: PlanApplied) -> None:
        self.plan = event.plan
        self.plan_revision += 1
        present = {target.id: target for target in event.plan.targets}
        for target in event.plan.targets:
            self.series(target.id).plan_applied(target, event.plan, event.at_s)
        for target_id, series in self.targets.items():
            if target_id not in present:
                series.plan_applied(None, event.plan, event.at_s)

    def _breaker_changed(self, event: BreakerChanged) -> None:
        spans = self.breakers.setdefault(event.key, deque(maxlen=MOST_SPANS))
        if not spans:
            spans.append(BreakerSpan(0.0, event.before))
        spans[-1].to_s = event.at_s
        spans.append(
            BreakerSpan(
                event.at_s,
                event.after,
                event.reason,
                until_s=event.until_s,
                successes=event.successes,
                needed=event.needed,
            )
        )

    def _share(self) -> None:
        """Divide the memory that all targets may use."""
        count = len(self.targets)
        if count & (count - 1) and count != 1:
            return  # again at the next power of two: sharing anew for each target would be quadratic
        capacity = max(FEWEST_ATTEMPTS, min(RAW_ATTEMPTS, ALL_ATTEMPTS // count))
        stretches = max(FEWEST_STRETCHES, min(STRETCHES, ALL_STRETCHES // count))
        for series in self.targets.values():
            series.limit(capacity, stretches)


def _six_phases(phases: PhaseTimes) -> tuple[float, float, float, float, float, float]:
    """Resolve, connect, proxy, TLS, answer (send and wait) and receive; NaN where not reached."""
    nan = math.nan
    answer = None if phases.wait is None and phases.send is None else (phases.send or 0.0) + (phases.wait or 0.0)
    values = (phases.resolve, phases.connect, phases.proxy, phases.tls, answer, phases.receive)
    a, b, c, d, e, f = (nan if value is None else value for value in values)
    return a, b, c, d, e, f
