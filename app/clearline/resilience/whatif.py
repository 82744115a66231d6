"""What recorded checks would have come to under another profile: replayed from what was recorded alone, purely.

A recorded attempt says how the host was at that moment. Where the other profile would make an attempt, the recorded
one nearest in time answers, cut at the other profile's limits; one that a time limit ended is taken to last until the
other limit, too, as nobody knows when it would have been answered. Chance is left out: every wait is of average length.
What no recording can tell is how the host fares under more or less load, and adaptive limits are not learned anew.
"""

import heapq
from bisect import bisect_left
from collections.abc import Generator, Iterable, Sequence

import msgspec

from clearline.domain.event import AttemptEnded, BreakerState, CheckEnded
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from clearline.domain.profile import Profile
from clearline.resilience import retry
from clearline.resilience.breaker import Breaker, Permit, verdict_of
from clearline.resilience.budget import RetryBudget
from clearline.resilience.timeouts import attempt_deadline

Recorded = AttemptEnded | CheckEnded

_AVERAGE = 0.5
_ROUNDING_S = 1e-6


class Replayed(msgspec.Struct, frozen=True):
    """What a set of checks comes to."""

    checks: int
    visible_errors: int
    """Checks that a user would have seen fail or be refused."""
    refused: int
    """Of those, the ones that the breaker refused."""
    alarms: int
    """Times that the breaker opened."""
    attempts: int
    worst_wait_s: float
    """The longest until a check succeeded or gave up."""

    @property
    def added_load(self) -> float:
        """Attempts for each check: 1 is a check without retries; below 1 the breaker spared the host."""
        return self.attempts / self.checks if self.checks else 0.0


class ReplayedCheck(msgspec.Struct, frozen=True, array_like=True):
    """How one of them went."""

    begin_s: float
    end_s: float
    is_ok: bool
    is_refused: bool


def replay(recorded: Iterable[Recorded], profile: Profile, *, is_idempotent: bool = True) -> Replayed:
    """As replay_checks, without the checks by themselves."""
    return replay_checks(recorded, profile, is_idempotent=is_idempotent)[0]


def replay_checks(
    recorded: Iterable[Recorded], profile: Profile, *, is_idempotent: bool = True
) -> tuple[Replayed, list[ReplayedCheck]]:
    """Replay what one target's checks recorded, under this profile. Ends of checks may be left out: they only tell of
    checks that made no attempt because a breaker refused them.

    Attempts during which the tester was disturbed say nothing of the host. Nothing recorded gives no checks.
    """
    begins: dict[int, float] = {}
    attempts = []
    for event in recorded:
        begins[event.check] = min(event.started_s, begins.get(event.check, event.started_s))
        if isinstance(event, AttemptEnded) and not event.is_disturbed:
            attempts.append(event)
    if not attempts:
        return Replayed(0, 0, 0, 0, 0, 0.0), []
    replaying = _Replaying(attempts, profile, is_idempotent=is_idempotent)
    replaying.run(sorted(begins.values()))
    return replaying.result(), replaying.made


class _Replaying:
    """All checks of a target in the order of time, since they share breaker and budget and may overlap."""

    def __init__(self, attempts: Sequence[AttemptEnded], profile: Profile, *, is_idempotent: bool) -> None:
        self._attempts = sorted(attempts, key=lambda event: event.started_s)
        self._starts = [event.started_s for event in self._attempts]
        self._profile = profile
        self._is_idempotent = is_idempotent
        self._breaker = Breaker("", profile.breaker)
        self._budget = RetryBudget("", profile.budget)
        self._checks = self._errors = self._refused = self._alarms = self._made = 0
        self._worst_s = 0.0
        self.made: list[ReplayedCheck] = []

    def run(self, begins: Sequence[float]) -> None:
        due = [(begin_s, number, self._check(begin_s)) for number, begin_s in enumerate(begins)]
        while due:
            _, number, course = heapq.heappop(due)
            if (next_s := next(course, None)) is not None:
                heapq.heappush(due, (next_s, number, course))

    def result(self) -> Replayed:
        return Replayed(self._checks, self._errors, self._refused, self._alarms, self._made, self._worst_s)

    def _check(self, begin_s: float) -> Generator[float, None, None]:
        """One check; yields each moment at which it goes on."""
        now, deadline_s = begin_s, begin_s + self._profile.timeouts.total_s
        attempts, previous_s, is_ok = 0, 0.0, False
        while True:
            permit = self._breaker.admit(now)
            if isinstance(permit, Permit):
                attempts += 1
                limit_s = attempt_deadline(now, self._profile.timeouts, deadline_s) - now
                seconds, outcome = self._answer(now, limit_s)
                yield now + seconds
                now += seconds
                changes = self._breaker.settle(permit, verdict_of(outcome), now, seconds)
                self._alarms += sum(change.after is BreakerState.OPEN for change in changes)
                is_ok = outcome.fault is None
                step = self._after(outcome, attempts, now, deadline_s, previous_s)
            elif attempts:
                step = retry.after_refusal(permit.retry_at_s, deadline_s, previous_s)
            else:
                self._refused += 1
                break
            if not isinstance(step, retry.Wait):
                break
            previous_s = step.delay_s
            now = max(now, step.until_s)
            yield now
        self.made.append(ReplayedCheck(begin_s, now, is_ok, is_refused=not attempts))
        self._checks += 1
        self._errors += not is_ok
        self._made += attempts
        self._worst_s = max(self._worst_s, now - begin_s)

    def _after(
        self, outcome: Outcome, attempts: int, now: float, deadline_s: float, previous_s: float
    ) -> retry.Wait | retry.GiveUp | None:
        budget = self._profile.budget
        if outcome.fault is None:
            self._budget.earn(budget, now)
            return None
        step = retry.decide(
            self._profile.retry,
            outcome,
            attempts,
            now,
            deadline_s,
            breaker_ready_s=self._breaker.ready_at(now),
            previous_s=previous_s,
            uniform=_AVERAGE,
            is_idempotent=self._is_idempotent,
        )
        if isinstance(step, retry.Wait) and budget.is_on and not self._budget.spend(budget, now)[0]:
            return retry.GiveUp("budget")
        return step

    def _answer(self, now: float, limit_s: float) -> tuple[float, Outcome]:
        """How long an attempt that begins now takes, and its outcome, by the nearest recorded one."""
        later = bisect_left(self._starts, now)
        near = [place for place in (later - 1, later) if 0 <= place < len(self._starts)]
        event = self._attempts[min(near, key=lambda place: abs(self._starts[place] - now))]
        return _cut(event, self._profile, limit_s)


def _cut(event: AttemptEnded, profile: Profile, limit_s: float) -> tuple[float, Outcome]:
    """A recorded attempt as it would have ended by this profile's limits: the first that passes ends it."""
    outcome, fault = event.outcome, event.outcome.fault
    has_timed_out = fault is not None and fault.is_timeout
    spent_s = 0.0
    for phase, milliseconds in outcome.phases.reached():
        # A phase may hold several addresses or parts, each with the whole limit: only a longer limit says more.
        seconds = milliseconds / 1000
        is_endless = has_timed_out and fault is not None and fault.phase is phase
        own_s = profile.timeouts.of(phase) if phase is not Phase.RECEIVE else limit_s
        allowed_s = min(own_s, limit_s - spent_s)
        if is_endless or seconds > allowed_s + _ROUNDING_S:
            kind = fault.kind if is_endless and fault is not None else _TIMED_OUT[phase]
            # Cut by what was left of the check, and not by a limit of its own: that proves nothing of the host.
            is_void = own_s > allowed_s and limit_s < profile.timeouts.attempt_s
            ended = msgspec.structs.replace(outcome, fault=Fault(kind, phase, is_void=is_void))
            return spent_s + max(0.0, allowed_s), ended
        spent_s += seconds
    return min(event.at_s - event.started_s, limit_s), outcome


_TIMED_OUT = {
    Phase.RESOLVE: "dns.timed_out",
    Phase.CONNECT: "tcp.timed_out",
    Phase.PROXY: "tcp.timed_out",
    Phase.TLS: "tls.timed_out",
    Phase.SEND: "tcp.stalled",
    Phase.WAIT: "tcp.stalled",
    Phase.RECEIVE: "tcp.stalled",
}
