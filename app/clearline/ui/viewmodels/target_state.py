"""What the window knows of one target now, folded from its events."""

import math
from collections import deque
from statistics import median

from clearline.domain.event import (
    AttemptEnded,
    BackoffStarted,
    BreakerChanged,
    BreakerState,
    CheckEnded,
    FallbackUsed,
    LivenessChanged,
    ReplyCameLate,
    Result,
    TimeoutAdapted,
)
from clearline.domain.fault import Fault
from clearline.domain.liveness import Liveness
from clearline.domain.phase import Phase
from clearline.domain.profile import STANDARD, Profile
from clearline.domain.statistics import Statistics
from clearline.domain.target import Target
from clearline.ui.viewmodels.status import Status

SLOW_MS = 300.0
"""Round trips above this are slow where the profile names no limit. Source: ITU-T G.114, 150 ms one way."""
SLOW_OF = 5
"""Slow means the median of so many latest successes: one spike is not slow."""
USUAL_OF = 120
"""What is usual for a target is the median of so many latest successes, taken anew every 16."""
SPARK_CHECKS = 48


class TargetState:
    """One target's present: figures, last check, last fault, breaker. Mutable; read it when told it changed."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.profile: Profile = STANDARD
        self.interval_s = 1.0
        self.status = Status.UNKNOWN
        """How the target is doing; judged with each event, since it is read far more often than it changes."""
        self.statistics = Statistics()
        self.spark: deque[float] = deque(maxlen=SPARK_CHECKS)
        """Latency in ms of the latest checks, oldest first; NaN where a check failed."""
        self.attempts = 0
        self.last_attempt: AttemptEnded | None = None
        self.last_success: AttemptEnded | None = None
        self.last_failure: AttemptEnded | None = None
        self.last_check: CheckEnded | None = None
        self.used: FallbackUsed | None = None
        """What stood in for the latest check; None where nothing did."""
        self.backoff: BackoffStarted | None = None
        self.breaker: BreakerChanged | None = None
        self.adapted: dict[Phase, TimeoutAdapted] = {}
        """The latest change of each limit that follows what the host takes."""
        self.liveness: LivenessChanged | None = None
        """What became of its long connection last; None where it has none."""
        self.failing_since_s: float | None = None
        self.recovered_s: float | None = None
        self._recent: deque[float] = deque(maxlen=SLOW_OF)
        self._lately: deque[float] = deque(maxlen=USUAL_OF)
        self._unusual_ms = SLOW_MS
        self._typical_ms = 0.0
        self._judge()

    def use(self, target: Target, profile: Profile, interval_s: float, breaker: BreakerChanged | None) -> None:
        """Go by this target, profile and breaker from now on; `interval_s` from one check to the next."""
        self.target, self.profile, self.interval_s, self.breaker = target, profile, interval_s, breaker
        self._judge()

    def fold_attempt(self, event: AttemptEnded) -> None:
        """One attempt ended."""
        self.attempts += 1
        if not event.is_disturbed or self.last_attempt is None:
            # What was stopped, or measured by a busy computer, would show as a failure of the target.
            self.last_attempt = event
        self.backoff = None
        fault = event.outcome.fault
        if fault is None:
            self.last_success = event
        elif not fault.is_void:
            self.last_failure = event

    def fold_liveness(self, event: LivenessChanged) -> None:
        """What is known of its long connection changed."""
        self.liveness = event
        self._judge()

    def fold_late(self, event: ReplyCameLate) -> None:
        """An answer came after its time limit."""
        self.statistics.add_late(event.check)

    def fold_check(self, event: CheckEnded) -> None:
        """One check ended; a void one changes nothing: it proves nothing."""
        self.backoff = None
        if self.used is not None and self.used.check != event.check:
            self.used = None
        if event.result is Result.VOID:
            return
        self.last_check = event
        if event.result is Result.OK:
            self._fold_success(event)
        else:
            self.statistics.add_failure(event.check)
            self.spark.append(math.nan)
            if self.failing_since_s is None:
                self.failing_since_s = event.started_s
        self._judge()

    def fold_breaker(self, event: BreakerChanged) -> None:
        """The breaker before this target changed its state."""
        self.breaker = event
        self._judge()

    @property
    def breaker_state(self) -> BreakerState:
        """The breaker's state now."""
        return self.breaker.after if self.breaker else BreakerState.CLOSED

    @property
    def is_suspect(self) -> bool:
        """Is its long connection silent for longer than an answer may take?"""
        return self.liveness is not None and self.liveness.after is Liveness.SUSPECT

    @property
    def slow_limit_ms(self) -> float:
        """Answers that take longer than this are slow: by the profile, else for anyone or for this target."""
        return self.profile.breaker.slow_call_s * 1000 or min(SLOW_MS, self._unusual_ms)

    @property
    def is_slow(self) -> bool:
        """Do the latest answers take too long?"""
        return self._typical_ms > self.slow_limit_ms

    @property
    def last_fault(self) -> Fault | None:
        """What went wrong last; None where nothing ever did."""
        return self.last_failure.outcome.fault if self.last_failure else None

    @property
    def fault_now(self) -> Fault | None:
        """What is wrong now; None while the target is well."""
        return self.last_fault if self.status in (Status.DOWN, Status.HALF_OPEN) else None

    @property
    def timeout_now(self) -> TimeoutAdapted | None:
        """The limit that an attempt meets first where limits adapt: of the answer, else of the connection."""
        if not self.profile.adaptive.is_on:
            return None
        return self.adapted.get(Phase.WAIT) or self.adapted.get(Phase.CONNECT)

    @property
    def syn_lost(self) -> int:
        """Connection requests that were lost before the latest check succeeded; 0 where it failed or lost none."""
        attempt, check = self.last_success, self.last_check
        if attempt is None or check is None or check.result is not Result.OK or check.check != attempt.check:
            return 0
        return attempt.outcome.syn_retransmits

    @property
    def kernel_rtt_ms(self) -> float | None:
        """The kernel's own round trip at the latest success; None where the system gives none."""
        return self.last_success.outcome.kernel_rtt_ms if self.last_success else None

    def _fold_success(self, event: CheckEnded) -> None:
        if self.failing_since_s is not None:
            self.recovered_s = event.at_s
        self.failing_since_s = None
        attempt = self.last_success
        # A disturbed attempt tells about this computer, not about the target: it is in no figure.
        if attempt is None or attempt.check != event.check or attempt.is_disturbed:
            return
        latency_ms = attempt.outcome.latency_ms
        self.statistics.add_success(latency_ms, first_try=attempt.attempt == 1)
        if latency_ms is None:
            return
        self.spark.append(latency_ms)
        self._recent.append(latency_ms)
        self._typical_ms = median(self._recent)
        self._lately.append(latency_ms)
        if self.statistics.checks % 16 == 0:
            usual_ms = median(self._lately)
            # The same rule as in the graphs: 2.5 times the usual and 30 ms more.
            self._unusual_ms = max(2.5 * usual_ms, usual_ms + 30.0)

    def _judge(self) -> None:
        self.status = self._status()

    def _status(self) -> Status:
        if self.target.is_paused:
            return Status.PAUSED
        breaker = self.breaker_state
        if breaker is BreakerState.HALF_OPEN:
            return Status.HALF_OPEN
        if breaker is not BreakerState.CLOSED:
            return Status.DOWN
        if self.last_check is None:
            return Status.UNKNOWN
        if self.last_check.result is not Result.OK:
            return Status.DOWN
        return Status.SLOW if self.is_slow or self.is_suspect else Status.UP
