"""One target's part of the event stream, folded into bounded columns, outages and what its host asked for."""

import math
from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from clearline.domain.event import AttemptEnded, BackoffStarted, CheckEnded, CheckMissed, Result
from clearline.domain.fault import Layer
from clearline.domain.outages import RETRY_AFTER, Outage, OutageFold
from clearline.domain.outcome import Outcome
from clearline.domain.phase import PhaseTimes
from clearline.domain.plan import Plan
from clearline.domain.rollup import Rollup
from clearline.domain.target import Target
from clearline.ui.viewmodels.series_columns import Columns, Stretches
from clearline.ui.viewmodels.series_slice import CheckStates, SeriesSlice, take, take_states
from clearline.ui.viewmodels.series_spans import Asked
from clearline.ui.viewmodels.series_state import RESULTS, STATE_OF, WAITED, State
from clearline.ui.viewmodels.target_state import SLOW_MS

RAW_ATTEMPTS = 20_000
"""Attempts a target keeps one by one; older ones live on in roll-ups."""
STRETCHES = 8_640
"""Roll-ups of each length a target keeps: a day of 10 s, a month of 5 min."""
MOST_PAUSES = 10_000
MOST_OUTAGES = 1_000
MOST_OUTCOMES = 200
"""Failed attempts of a target that are kept with all their evidence; fewer where there are many targets."""
FEWEST_OUTCOMES = 8


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
    pauses: list[tuple[float, float | None]] = field(default_factory=list)
    asked: deque[Asked] = field(default_factory=lambda: deque(maxlen=MOST_OUTAGES))
    """When the peer asked to be left alone."""
    outcomes: OrderedDict[tuple[int, int], Outcome] = field(default_factory=OrderedDict)
    """Of the latest failed attempts, by check and attempt: everything they saw."""
    most_outcomes: int = MOST_OUTCOMES
    attempts: Columns = field(init=False)
    checks: Columns = field(init=False)
    misses: Columns = field(init=False)
    backoffs: Columns = field(init=False)
    short: Stretches = field(init=False)
    long: Stretches = field(init=False)
    _pending: dict[int, _Pending] = field(default_factory=dict)
    _fold: OutageFold = field(init=False)
    _last_layer: Layer | None = None
    _loaded: int = 0
    """Roll-ups of a recorded session's past, which are kept besides."""
    is_page: bool = False
    """Shows single checks only: keeps no roll-ups and no outages."""
    page: "TargetSeries | None" = None
    """Of a large recorded session: the visible window, read for it."""
    page_from_s: float = 0.0
    page_to_s: float = 0.0
    page_level: int = 0
    """How fine it is: series_page.Level."""

    def __post_init__(self) -> None:
        phases = dict.fromkeys(("resolve", "connect", "proxy", "tls", "answer", "receive"), "f")
        self.attempts = Columns(
            "ended_s",
            {"started_s": "d", "ended_s": "d", "check": "q", "attempt": "H", "ok": "B", "state": "B", "kind": "H"}
            | {"total_ms": "f"}
            | phases
            | {"rtt_ms": "f", "disturbed": "B", "syn_lost": "B"},
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
        self._fold = OutageFold(self.target_id, MOST_OUTAGES)

    def fold(self, event: AttemptEnded | CheckEnded | CheckMissed | BackoffStarted) -> None:
        """Take one event of this target."""
        self.revision += 1
        if isinstance(event, AttemptEnded):
            self._attempt_ended(event)
        elif isinstance(event, CheckEnded):
            self._check_ended(event)
        elif isinstance(event, CheckMissed):
            self._check_missed(event)
        else:
            self.backoffs.append(event.at_s, event.until_s, event.check, event.attempt, self.names.number(event.reason))

    def slice(self, from_s: float, to_s: float) -> SeriesSlice:
        """What is drawn between two moments, as numpy columns, one row more on either side for joining lines."""
        return take(self._best(from_s, to_s), from_s, to_s)

    def check_states(self, from_s: float, to_s: float) -> CheckStates:
        """Roll-ups older than the kept checks, and due times and states of the checks between two moments."""
        return take_states(self._best(from_s, to_s), from_s, to_s)

    @property
    def outages(self) -> deque[Outage]:
        """The latest outages, in order."""
        return self._fold.outages

    def load(self, rollups: Iterable[Rollup], outages: Iterable[Outage], from_s: float) -> None:
        """Take the long past of a recorded session: what follows from `from_s` on is folded event by event."""
        kept = list(rollups)
        self._loaded = len(kept)
        self.long.capacity += len(kept)
        for part in kept:
            self.long.append(part, is_slow=(part.latency_max_ms or 0.0) > self.slow_from_ms)
        for outage in outages:
            if outage.from_s < from_s:
                if outage.to_s is not None and outage.to_s >= from_s:
                    outage.to_s = None  # its end is among what is still to come
                self._fold.outages.append(outage)
        for columns in (self.attempts, self.checks, self.misses, self.backoffs):
            columns.dropped += 1
        self.revision += 1

    def take_short(self, rollups: Iterable[Rollup]) -> None:
        """Show these stretches of 10 s, and no single checks before those that follow."""
        for part in rollups:
            self.short.append(part, is_slow=(part.latency_max_ms or 0.0) > self.slow_from_ms)
        for columns in (self.attempts, self.checks):
            columns.dropped += 1

    def show_page(self, page: "TargetSeries", from_s: float, to_s: float, level: int) -> None:
        """From now on the window between these moments is drawn from a page."""
        self.page, self.page_from_s, self.page_to_s, self.page_level = page, from_s, to_s, level
        self.outcomes.update(page.outcomes)
        self.revision += 1

    def _best(self, from_s: float, to_s: float) -> "TargetSeries":
        """Where a window is known best."""
        is_within = self.page is not None and self.page_from_s <= max(0.0, from_s) and self.page_to_s >= to_s
        return self.page if self.page is not None and is_within else self

    def plan_applied(self, target: Target | None, plan: Plan, at_s: float) -> None:
        """The target's settings changed; None where it is no longer tested."""
        self.revision += 1
        was_paused = bool(self.pauses) and self.pauses[-1][1] is None
        is_paused = target is None or target.is_paused
        if is_paused and not was_paused:
            self.pauses.append((at_s, None))
            del self.pauses[:-MOST_PAUSES]
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
        self.most_outcomes = max(FEWEST_OUTCOMES, MOST_OUTCOMES * capacity // RAW_ATTEMPTS)
        self.short.capacity, self.long.capacity = stretches, stretches + self._loaded

    @property
    def label(self) -> str:
        """The name for people."""
        return self.target.label if self.target is not None else self.target_id

    def _attempt_ended(self, event: AttemptEnded) -> None:
        outcome, phases = event.outcome, event.outcome.phases
        # A success after lost connection requests has no latency; how long a failure took is told all the same.
        latency_ms = outcome.latency_ms if outcome.ok else phases.total_ms
        total = math.nan if latency_ms is None else latency_ms
        is_slow = outcome.ok and not event.is_disturbed and total > self.slow_from_ms
        # Stopped, or failed while this machine was busy or asleep: that tells nothing of the target.
        is_void = outcome.fault is not None and event.is_disturbed
        layer = outcome.fault.layer if outcome.fault is not None and not is_void else None
        unfailed = State.VOID if is_void else State.SLOW if is_slow else State.UP
        state = STATE_OF[layer] if layer is not None else unfailed
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
            min(outcome.syn_retransmits, 255),
        )
        if len(self._pending) > 1000:
            self._pending.pop(next(iter(self._pending)))
        pending = self._pending.setdefault(event.check, _Pending())
        pending.is_slow = is_slow
        if layer is not None:
            pending.layer = self._last_layer = layer
        if outcome.fault is not None:
            self.outcomes[event.check, event.attempt] = outcome
            while len(self.outcomes) > self.most_outcomes:
                self.outcomes.popitem(last=False)
            if outcome.retry_after_s is not None:
                self.asked.append(Asked(event.at_s, event.at_s + outcome.retry_after_s))
        if not self.is_page:
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
            if event.result is Result.REFUSED and not event.attempts:
                state = state.held
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
        if self.is_page:
            return
        self._fold.add(event, layer)
        is_slow = state is State.SLOW
        held = int(state) if state.is_held else 0
        self.short.add(event, is_slow=is_slow, held=held)
        self.long.add(event, is_slow=is_slow, held=held)

    def asked_at(self, at_s: float) -> Asked | None:
        """What the peer had asked for at a moment; None where it had not."""
        return next((asked for asked in reversed(self.asked) if asked.from_s <= at_s < asked.until_s), None)

    def _check_missed(self, event: CheckMissed) -> None:
        self.misses.append(event.due_s, event.at_s, self.names.number(event.reason))
        held = 0
        if event.reason == RETRY_AFTER:
            # Left alone as it asked: it is taken to be as it was when it was asked last.
            state = State(STATE_OF[self._last_layer or Layer.ANSWER]).held
            held = int(state)
            self.checks.append(event.due_s, event.due_s, event.at_s, event.check, WAITED, state, 0, 0)
            self._fold.add(event, self._last_layer or Layer.ANSWER)
        if not self.is_page:
            self.short.add(event, held=held)
            self.long.add(event, held=held)


def _six_phases(phases: PhaseTimes) -> tuple[float, float, float, float, float, float]:
    """Resolve, connect, proxy, TLS, answer (send and wait) and receive; NaN where not reached."""
    nan = math.nan
    answer = None if phases.wait is None and phases.send is None else (phases.send or 0.0) + (phases.wait or 0.0)
    values = (phases.resolve, phases.connect, phases.proxy, phases.tls, answer, phases.receive)
    a, b, c, d, e, f = (nan if value is None else value for value in values)
    return a, b, c, d, e, f
