"""A circuit breaker: stops asking a peer that fails, and finds out carefully that it is back.

A pure machine: it takes the time as an argument, holds no lock, task or timer, and returns what changed as events.

    closed ──too many failures──▶ open ──time is up──▶ half-open ──enough successes──▶ closed
                                   ▲                       │
                                   └───a probe call fails──┘            isolated: a person's decision, from any state

Epochs: every change of state begins a new one, and a result of a call admitted before it changes nothing.
"""

from enum import Enum

from clearline.domain.event import BreakerChanged, BreakerState
from clearline.domain.fault import Blame
from clearline.domain.outcome import Outcome
from clearline.domain.profile import BreakerMode, BreakerPolicy
from clearline.resilience.breaker_window import TimeWindow

Changes = tuple[BreakerChanged, ...]

_MOST_DOUBLINGS = 40
"""Beyond every cap a person can set."""


class Verdict(Enum):
    """What an attempt says of the peer. VOID proves nothing: stopped, our own trouble, cut by the caller's deadline."""

    OK = "ok"
    FAILED = "failed"
    VOID = "void"


def verdict_of(outcome: Outcome) -> Verdict:
    """What an outcome says of the peer."""
    if outcome.fault is None:
        return Verdict.OK
    return Verdict.VOID if outcome.fault.blame is Blame.CALLER else Verdict.FAILED


class Permit:
    """Leave to make one call; given back with `Breaker.settle`. While half-open it is a lease `(epoch, serial)`."""

    __slots__ = ("changes", "epoch", "serial")

    def __init__(self, epoch: int, serial: int = 0, changes: Changes = ()) -> None:
        self.epoch = epoch
        self.serial = serial
        self.changes = changes


class Refusal:
    """No call now. `retry_at_s` is when the next one may be admitted, infinite while isolated."""

    __slots__ = ("changes", "retry_at_s", "state")

    def __init__(self, state: BreakerState, retry_at_s: float, changes: Changes = ()) -> None:
        self.state = state
        self.retry_at_s = retry_at_s
        self.changes = changes


class Breaker:
    """One breaker. Times are session seconds and never step back between calls.

    Liveness: unless isolated, a call is admitted once `until_s` and then the lease have passed, whatever happened.
    """

    __slots__ = (
        "_calls",
        "_epoch",
        "_failed",
        "_leases",
        "_openings",
        "_permit",
        "_serial",
        "_slow",
        "_streak",
        "_successes",
        "_window",
        "key",
        "policy",
        "state",
        "until_s",
    )

    def __init__(self, key: str, policy: BreakerPolicy) -> None:
        self.key = key
        self.policy = policy
        self.state = BreakerState.CLOSED
        self.until_s: float | None = None
        """While open: when it will admit a probe call."""
        self._epoch = 0
        self._openings = 0
        self._serial = 0
        self._successes = 0
        self._calls = 0
        self._streak = 0
        self._failed = 0
        self._slow = 0
        self._window: TimeWindow | None = None
        self._leases: dict[int, float] | None = None
        # Every chain of events begins closed: one its policy isolates has no permit, and moves when first asked.
        self._permit = None if policy.mode is BreakerMode.ISOLATED else Permit(0)

    def admit(self, now: float) -> Permit | Refusal:
        """Ask leave for one call. The answer carries what changed by asking."""
        # Only a closed breaker has one, shared by all of its calls: they differ in nothing.
        return self._permit or self._admit_guarded(now)

    def ready_at(self, now: float) -> float:
        """When a call may be admitted: `now`, or later, or never (infinite). Changes nothing."""
        if self.state is BreakerState.ISOLATED or (self.state is BreakerState.CLOSED and self._permit is None):
            return float("inf")
        if self.state is BreakerState.OPEN:
            return max(now, self.until_s or now)
        if self._leases is not None and self._held(now) >= self.policy.half_open_calls:
            return min(expiry for expiry in self._leases.values() if expiry > now)
        return now

    def settle(self, permit: Permit, verdict: Verdict, now: float, seconds: float) -> Changes:
        """Give a permit back with what the call, which took so many seconds, says of the peer."""
        if permit.epoch != self._epoch:
            return ()
        if self.state is BreakerState.CLOSED:
            return () if verdict is Verdict.VOID else self._count(verdict, now, seconds)
        return self._settle_lease(permit, verdict, now, seconds)

    def tick(self, now: float) -> Changes:
        """Report changes that need no call: the end of the open time."""
        if self.state is BreakerState.OPEN and self.until_s is not None and now >= self.until_s:
            return (self._move(BreakerState.HALF_OPEN, "timer", now),)
        if self.state is BreakerState.CLOSED and self._permit is None:
            return (self._move(BreakerState.ISOLATED, "policy", now),)
        return ()

    def set_policy(self, policy: BreakerPolicy, now: float) -> Changes:
        """Go on by other rules. Counts, streak and open time are kept; only another mode changes the state."""
        changes = self.tick(now)
        before, self.policy = self.policy.mode, policy
        if policy.mode is before:
            return changes
        if policy.mode is BreakerMode.ISOLATED:
            if self.state is not BreakerState.ISOLATED:
                changes += (self._move(BreakerState.ISOLATED, "policy", now),)
        elif self.state is not BreakerState.CLOSED and (
            policy.mode is BreakerMode.OBSERVE or before is BreakerMode.ISOLATED
        ):
            changes += (self._move(BreakerState.CLOSED, "policy", now),)
        return changes

    def isolate(self, now: float) -> Changes:
        """Refuse everything until a person closes it."""
        changes = self.tick(now)
        if self.state is BreakerState.ISOLATED:
            return changes
        return (*changes, self._move(BreakerState.ISOLATED, "manual", now))

    def close(self, now: float) -> Changes:
        """Close it by hand. One that its policy isolates stays isolated."""
        changes = self.tick(now)
        if self.state is BreakerState.CLOSED or self.policy.mode is BreakerMode.ISOLATED:
            return changes
        return (*changes, self._move(BreakerState.CLOSED, "manual", now))

    def forget(self, now: float) -> Changes:
        """Nothing will ask it any more: end its chain of events where it began, closed."""
        changes = self.tick(now)
        if self.state is BreakerState.CLOSED:
            return changes
        return (*changes, self._move(BreakerState.CLOSED, "forgotten", now))

    # --- closed

    def _count(self, verdict: Verdict, now: float, seconds: float) -> Changes:
        policy = self.policy
        window = policy.window_calls
        has_failed = verdict is Verdict.FAILED
        is_slow = not has_failed and 0 < policy.slow_call_s < seconds
        if policy.window_s:
            return self._count_in_time(has_failed, is_slow, now)
        if not (has_failed or is_slow or self._failed or self._slow):
            # All is well and was: the usual call, kept cheap.
            self._calls = min(self._calls + 1, window)
            return ()
        # The window is one bit a call in an integer: 20 calls take no more memory than one, and a resize loses nothing.
        mask = (1 << window) - 1
        self._failed = (self._failed << 1 | has_failed) & mask
        self._slow = (self._slow << 1 | is_slow) & mask
        self._calls = min(self._calls + 1, window)
        self._streak = self._streak + 1 if has_failed else 0
        if not (has_failed or is_slow) or policy.mode is not BreakerMode.AUTOMATIC:
            return ()
        is_enough = self._calls >= min(policy.minimum_calls, window)
        counts = self._calls, self._failed.bit_count(), self._slow.bit_count()
        return self._trip_if_due(has_failed, is_enough, counts, now)

    def _count_in_time(self, has_failed: bool, is_slow: bool, now: float) -> Changes:
        policy, window = self.policy, self._window
        if window is None or window.span_s != policy.window_s:
            window = self._window = TimeWindow(policy.window_s)
        window.add(now, has_failed=has_failed, is_slow=is_slow)
        self._streak = self._streak + 1 if has_failed else 0
        if not (has_failed or is_slow) or policy.mode is not BreakerMode.AUTOMATIC:
            return ()
        counts = window.counts(now)
        return self._trip_if_due(has_failed, counts[0] >= policy.minimum_calls, counts, now)

    def _trip_if_due(self, has_failed: bool, is_enough: bool, counts: tuple[int, int, int], now: float) -> Changes:
        """Only a failure trips for failures, and only a slow call for slowness: no success ever opens a breaker."""
        policy = self.policy
        calls, failures, slow = counts
        if has_failed:
            if 0 < policy.streak <= self._streak:
                return (self._move(BreakerState.OPEN, "streak", now, failures=self._streak),)
            if is_enough and failures >= policy.failure_ratio * calls:
                return (self._move(BreakerState.OPEN, "failure_ratio", now, failures=failures),)
        elif is_enough and slow >= policy.slow_ratio * calls:
            return (self._move(BreakerState.OPEN, "slow_ratio", now, failures=slow),)
        return ()

    # --- open, half-open, isolated

    def _admit_guarded(self, now: float) -> Permit | Refusal:
        changes = self.tick(now)
        leases, limit = self._leases, self.policy.half_open_calls
        if leases is not None and len(leases) >= limit:
            # Take back those that ran out: a probe call that never reports must not keep the breaker half-open.
            leases = self._leases = {serial: expiry for serial, expiry in leases.items() if expiry > now}
        if leases is None or len(leases) >= limit:
            return Refusal(self.state, self.ready_at(now), changes)
        self._serial += 1
        leases[self._serial] = now + self.policy.lease_s
        return Permit(self._epoch, self._serial, changes)

    def _held(self, now: float) -> int:
        return sum(expiry > now for expiry in self._leases.values()) if self._leases else 0

    def _settle_lease(self, permit: Permit, verdict: Verdict, now: float, seconds: float) -> Changes:
        """A slow success counts as a failure where slowness may open: else it would close what slowness opened."""
        policy = self.policy
        expiry = self._leases.pop(permit.serial, None) if self._leases else None
        if expiry is None or expiry <= now or verdict is Verdict.VOID:
            return ()
        if verdict is Verdict.FAILED or 0 < policy.slow_call_s < seconds:
            return (self._move(BreakerState.OPEN, "probe_failed", now, failures=1),)
        self._successes += 1
        if self._successes >= policy.successes_to_close:
            return (self._move(BreakerState.CLOSED, "recovered", now, successes=self._successes),)
        return (self._event(BreakerState.HALF_OPEN, "probe_ok", now, successes=self._successes),)

    # --- every change of state

    def _move(
        self, after: BreakerState, reason: str, now: float, *, failures: int = 0, successes: int = 0
    ) -> BreakerChanged:
        before, self.state = self.state, after
        self._epoch += 1
        self.until_s = None
        self._permit = None
        self._leases = None
        self._successes = 0
        if after is BreakerState.CLOSED:
            self._openings = 0
            self._window = None
            self._calls = self._streak = self._failed = self._slow = 0
            self._permit = Permit(self._epoch)
        elif after is BreakerState.OPEN:
            doubled = self.policy.open_s * 2.0 ** min(self._openings, _MOST_DOUBLINGS)
            self.until_s = now + min(self.policy.open_cap_s, doubled)
            self._openings += 1
        elif after is BreakerState.HALF_OPEN:
            self._leases = {}
        return self._event(before, reason, now, failures=failures, successes=successes)

    def _event(
        self, before: BreakerState, reason: str, now: float, *, failures: int = 0, successes: int = 0
    ) -> BreakerChanged:
        is_recovering = BreakerState.HALF_OPEN in (before, self.state)
        return BreakerChanged(
            at_s=now,
            key=self.key,
            before=before,
            after=self.state,
            reason=reason,
            until_s=self.until_s,
            failures=failures,
            successes=successes,
            needed=self.policy.successes_to_close if is_recovering else 0,
        )


class BreakerRegistry:
    """The breakers by key, never more than `capacity`: the least recently used closed one makes room."""

    def __init__(self, capacity: int = 20_000) -> None:
        self._capacity = capacity
        self._breakers: dict[str, Breaker] = {}

    def __len__(self) -> int:
        return len(self._breakers)

    def __contains__(self, key: str) -> bool:
        return key in self._breakers

    def get(self, key: str, policy: BreakerPolicy) -> Breaker:
        """The breaker with this key; made with this policy where there was none, else left as it is."""
        breaker = self._breakers.pop(key, None)
        if breaker is None:
            while len(self._breakers) >= self._capacity:
                del self._breakers[self._dispensable()]
            breaker = Breaker(key, policy)
        self._breakers[key] = breaker
        return breaker

    def find(self, key: str) -> Breaker | None:
        """The breaker with this key, None where there is none."""
        return self._breakers.get(key)

    def keep_only(self, keys: set[str], now: float) -> Changes:
        """Forget the breakers of targets that are gone. Returns what that changes: should such a target come back,
        its breaker begins closed."""
        gone = [breaker for key, breaker in self._breakers.items() if key not in keys]
        for breaker in gone:
            del self._breakers[breaker.key]
        return tuple(change for breaker in gone for change in breaker.forget(now))

    def _dispensable(self) -> str:
        closed = (key for key, breaker in self._breakers.items() if breaker.state is BreakerState.CLOSED)
        return next(closed, next(iter(self._breakers)))
