"""Figures of a session for export: folded from its events one by one, and never more certain than their count."""

from collections import Counter, deque
from typing import Any

from clearline.domain.event import (
    AttemptEnded,
    BackoffStarted,
    BreakerChanged,
    BreakerState,
    BudgetChanged,
    CheckEnded,
    CheckMissed,
    Event,
    FallbackUsed,
    ReplyCameLate,
    Result,
    TimeoutAdapted,
)
from clearline.domain.lateness import Lateness
from clearline.domain.loss_pattern import LossPattern, loss_pattern
from clearline.domain.phase import Phase
from clearline.domain.statistics import P50_FROM, P95_FROM, P99_FROM, percentile, wilson

ALTERNATE = "alternate"
"""Outcome.detail of an attempt at one of Target.alternates names it by this: its times are none of the target's."""
SAMPLES = 1_000
"""Latest successful attempts that carry the percentiles of a phase, unless it is said otherwise."""
_PATTERN_CHECKS = 600
_PERCENTILES = (("p50", 0.5, P50_FROM), ("p95", 0.95, P95_FROM), ("p99", 0.99, P99_FROM))
_CONNECTING = frozenset({Phase.RESOLVE, Phase.CONNECT, Phase.PROXY, Phase.TLS})


class Metrics:
    """What happened since `since_s`. Folds the events of some targets and breaker keys, of all where none are named.

    Attempts during which the tester was disturbed are counted as such and in no other figure.
    """

    def __init__(
        self,
        since_s: float = 0.0,
        *,
        targets: frozenset[str] | None = None,
        keys: frozenset[str] | None = None,
        samples: int = SAMPLES,
    ) -> None:
        self._most = samples
        self._targets = targets
        self._keys = keys
        self._breakers: dict[str, tuple[BreakerState, float]] = {}
        self.reset(since_s)

    def reset(self, at_s: float) -> None:
        """Begin anew at this moment. Breakers stay in the state that they are in."""
        self.since_s = self.until_s = at_s
        self.requests = 0
        """Attempts that were made."""
        self.retries = 0
        self.disturbed = 0
        self.timeouts = 0
        self.connection_failures = 0
        """Attempts that failed before anything could be sent: name, connect, proxy, TLS."""
        self.errors: Counter[str] = Counter()
        """Failed attempts by kind of fault."""
        self.checks: Counter[str] = Counter()
        """Checks by result."""
        self.answered = 0
        """Successful attempts with a latency, and the sum of these."""
        self.answered_ms = 0.0
        self.first_attempt_ok = 0
        self.missed: Counter[str] = Counter()
        self.gave_up: Counter[str] = Counter()
        self.fallbacks: Counter[str] = Counter()
        self.retries_denied = 0
        """Retries that the budget did not pay for."""
        self.waited_s = 0.0
        """Time that checks meant to wait between attempts."""
        self.limits_adapted = 0
        self.late_replies = 0
        """Answers that came after their time limit. A check that failed for want of one is late then, not lost."""
        self._lateness = Lateness()
        self._lost_in_order: deque[bool] = deque(maxlen=_PATTERN_CHECKS)
        self._found = 0
        self._stood_in: tuple[str, int] | None = None
        """The check that something stood in for last; its end comes right after."""
        self._phases: dict[Phase, deque[float]] = {}
        self._total: deque[float] = deque(maxlen=self._most)
        self._spent: dict[str, dict[str, float]] = {}
        self._breakers = {key: (state, at_s) for key, (state, _) in self._breakers.items()}

    def fold(self, event: Event) -> None:
        """Take one event. Events come in the order in which they happened."""
        self.until_s = max(self.until_s, event.at_s)
        if not self._is_ours(event):
            return
        match event:
            case AttemptEnded():
                self._add_attempt(event)
            case CheckEnded():
                self._add_check(event)
            case BreakerChanged():
                self._add_change(event)
            case CheckMissed():
                self.missed[event.reason] += 1
            case BackoffStarted():
                self.waited_s += max(0.0, event.until_s - event.at_s)
            case BudgetChanged():
                self.retries_denied += event.reason == "denied"
            case ReplyCameLate():
                self.late_replies += 1
                self._found += self._lateness.is_found((event.target, event.check))
            case FallbackUsed():
                self.fallbacks[event.source] += 1
                self._stood_in = (event.target, event.check)
            case TimeoutAdapted():
                self.limits_adapted += 1
            case _:
                pass

    @property
    def loss(self) -> float | None:
        """Share of checks that failed or were refused, 0 to 1; None before the first."""
        bad, counted = self._lost()
        return bad / counted if counted else None

    @property
    def loss_interval(self) -> tuple[float, float]:
        """95 % interval of the loss (Wilson)."""
        return wilson(*self._lost())

    @property
    def loss_pattern(self) -> LossPattern:
        """How the losses among the latest checks are spread; means something for one target alone."""
        return loss_pattern(tuple(self._lost_in_order))

    @property
    def first_attempt_rate(self) -> float | None:
        """Share of checks that succeeded at once, 0 to 1; retries hide what this shows. None before the first."""
        counted = self._lost()[1]
        return self.first_attempt_ok / counted if counted else None

    def samples(self, phase: Phase | None = None) -> int:
        """Successful attempts behind the percentiles of a phase, or of the total."""
        return len(self._durations(phase))

    def latencies(self, phase: Phase | None = None) -> list[float]:
        """Those milliseconds, in the order in which they were measured."""
        return list(self._durations(phase))

    def percentiles(self, phase: Phase | None = None) -> dict[str, float | None]:
        """`p50`, `p95`, `p99` in milliseconds of a phase, or of the total; None where too few samples carry it."""
        ordered = sorted(self._durations(phase))
        return {
            name: percentile(ordered, share) if len(ordered) >= fewest else None for name, share, fewest in _PERCENTILES
        }

    def breaker_seconds(self, key: str) -> dict[str, float]:
        """Seconds that a breaker spent in each state up to the latest event; empty where none is known of it."""
        spent = dict(self._spent.get(key, {}))
        if key in self._breakers:
            state, since_s = self._breakers[key]
            spent[state.value] = spent.get(state.value, 0.0) + self.until_s - since_s
        return spent

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain values, ready for JSON."""
        low, high = self.loss_interval
        reached = [phase for phase in Phase if phase in self._phases]
        return {
            "since_s": self.since_s,
            "until_s": self.until_s,
            "requests": self.requests,
            "retries": self.retries,
            "disturbed": self.disturbed,
            "timeouts": self.timeouts,
            "connection_failures": self.connection_failures,
            "errors": dict(self.errors),
            "checks": {result.value: self.checks[result.value] for result in Result},
            "missed": dict(self.missed),
            "gave_up": dict(self.gave_up),
            "fallbacks": dict(self.fallbacks),
            "retries_denied": self.retries_denied,
            "waited_s": self.waited_s,
            "limits_adapted": self.limits_adapted,
            "late_replies": self.late_replies,
            "loss": {"share": self.loss, "low": low, "high": high, "checks": self._lost()[1]},
            "first_attempt_success": self.first_attempt_rate,
            "latency_ms": {
                name: {"samples": self.samples(phase), **self.percentiles(phase)}
                for name, phase in (("total", None), *((phase.value, phase) for phase in reached))
            },
            "breaker_seconds": {key: self.breaker_seconds(key) for key in sorted({*self._breakers, *self._spent})},
        }

    def _is_ours(self, event: Event) -> bool:
        if (target := getattr(event, "target", None)) is not None:
            return self._targets is None or target in self._targets
        return self._keys is None or getattr(event, "key", None) in self._keys

    def _lost(self) -> tuple[int, int]:
        """Checks that failed or were refused, but for those answered late, and all that prove something."""
        bad = self.checks[Result.FAILED.value] + self.checks[Result.REFUSED.value]
        return bad - self._found, bad + self.checks[Result.OK.value]

    def _durations(self, phase: Phase | None) -> deque[float]:
        return self._total if phase is None else self._phases.get(phase, deque())

    def _add_attempt(self, event: AttemptEnded) -> None:
        if event.is_disturbed:
            self.disturbed += 1
            return
        self.requests += 1
        self.retries += event.attempt > 1
        outcome, fault = event.outcome, event.outcome.fault
        if fault is None:
            if ALTERNATE in outcome.detail:
                return
            if (latency_ms := outcome.latency_ms) is not None:
                self._total.append(latency_ms)
                self.answered += 1
                self.answered_ms += latency_ms
            for phase, milliseconds in outcome.phases.reached():
                if phase is Phase.CONNECT and outcome.syn_retransmits:
                    continue
                if (samples := self._phases.get(phase)) is None:
                    samples = self._phases[phase] = deque(maxlen=self._most)
                samples.append(milliseconds)
            return
        self.errors[fault.kind] += 1
        self.timeouts += fault.is_timeout
        self.connection_failures += fault.phase in _CONNECTING

    def _add_check(self, event: CheckEnded) -> None:
        self.checks[event.result.value] += 1
        if event.result in (Result.OK, Result.FAILED):
            self._lost_in_order.append(event.result is Result.FAILED)
        if event.result is Result.FAILED:
            self._found += not self._lateness.is_lost((event.target, event.check))
        # An alternate's first attempt says nothing of the target's own.
        is_own = self._stood_in != (event.target, event.check)
        self.first_attempt_ok += event.result is Result.OK and event.attempts == 1 and is_own
        if event.gave_up:
            self.gave_up[event.gave_up] += 1

    def _add_change(self, event: BreakerChanged) -> None:
        # Until its first change a breaker was in the state that the change tells.
        state, since_s = self._breakers.get(event.key, (event.before, self.since_s))
        spent = self._spent.setdefault(event.key, {})
        spent[state.value] = spent.get(state.value, 0.0) + max(0.0, event.at_s - since_s)
        self._breakers[event.key] = (event.after, event.at_s)
