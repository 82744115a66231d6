"""One check from start to end: total deadline → retry → breaker → attempt timeout → probe, told as events.

The order is fixed: for each other order a known client has a bug. Everything is decided synchronously between two
awaits; there are two kinds of await, the probe and the wait before a retry.

Stopping (a cancellation, at either) gives the permit back as void, ends the attempt under way as `abandoned` and the
check as VOID with `gave_up="stopped"`, and goes on as the cancellation it is.
"""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from clearline.domain.event import AttemptEnded, BackoffStarted, CheckEnded, Event, Result
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.ports import Clock, Random
from clearline.domain.profile import Profile
from clearline.resilience import retry
from clearline.resilience.breaker import Breaker, Permit, Refusal, Verdict, verdict_of
from clearline.resilience.timeouts import OVERRUN_S, attempt_deadline, is_out_of_time

Attempt = Callable[[int, float], Awaitable[Outcome]]
"""A probe: gets the attempt's number (from 1) and its absolute deadline in session seconds, which it keeps itself."""


def _never(_from_s: float, _to_s: float) -> bool:
    return False


class Pipeline:
    """Runs checks. It keeps nothing between them; what lasts is in the breaker.

    `was_disturbed(from_s, to_s)` says whether the tester itself was busy or asleep then: such an attempt is marked,
    proves nothing to the breaker, and a check that ends with one that failed is VOID.
    """

    __slots__ = ("_now", "_random", "_sleep", "_was_disturbed")

    def __init__(
        self,
        clock: Clock,
        random: Random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        was_disturbed: Callable[[float, float], bool] = _never,
    ) -> None:
        self._now = clock.now
        self._random = random
        self._sleep = sleep
        self._was_disturbed = was_disturbed

    async def run(
        self,
        target_id: str,
        check: int,
        due_s: float,
        profile: Profile,
        breaker: Breaker,
        attempt: Attempt,
        emit: Callable[[Event], None],
        *,
        is_idempotent: bool = True,
    ) -> CheckEnded:
        """Run one check and emit its events, the last of them the one returned.

        A check that finds the breaker open is refused at once; only between its attempts does one wait for a breaker.
        Ends by the total deadline, and `OVERRUN_S` later at most where the probe does not keep its own. An exception
        of the probe is a defect of ours: it ends attempt and check as void, and is raised.
        """
        started_s = self._now()
        run = _Run(target_id, check, due_s, started_s, profile, breaker, emit, is_idempotent)
        try:
            ended = await self._attempts(run, attempt)
        except BaseException as error:
            gave_up = "stopped" if isinstance(error, asyncio.CancelledError) else "not_retryable"
            emit(run.ended(self._now(), Result.VOID, gave_up))
            raise
        emit(ended)
        return ended

    async def _attempts(self, run: "_Run", attempt: Attempt) -> CheckEnded:
        now = run.started_s
        while True:
            permit = run.breaker.admit(now)
            if permit.changes:
                run.tell(permit.changes)
            if isinstance(permit, Permit):
                run.attempts += 1
                outcome, now, is_disturbed = await self._attempt(run, permit, attempt, now)
                if outcome.fault is None:
                    return run.ended(now, Result.OK, "")
                run.kind = outcome.fault.kind
                run.result = Result.VOID if is_disturbed else Result.FAILED
                next_step = self._decide(run, outcome, now)
            else:
                next_step = self._after_refusal(run, permit)
            if isinstance(next_step, retry.GiveUp):
                return run.ended(now, run.result, next_step.reason)
            now = await self._wait(run, next_step, now)
            if now >= run.deadline_s:
                # The machine slept through the wait.
                return run.ended(now, run.result, "deadline")

    async def _attempt(
        self, run: "_Run", permit: Permit, attempt: Attempt, started_s: float
    ) -> tuple[Outcome, float, bool]:
        deadline_s = attempt_deadline(started_s, run.profile.timeouts, run.deadline_s)
        # The two clocks have different zeros but run alike, so the limit is given relative to now.
        scope = asyncio.timeout(deadline_s + OVERRUN_S - started_s)
        try:
            async with scope:
                outcome = await attempt(run.attempts, deadline_s)
        except BaseException as error:
            now = self._now()
            if not (isinstance(error, TimeoutError) and scope.expired()):
                run.break_off(permit, started_s, now, error)
                raise
            outcome = _overran(now - started_s, deadline_s - started_s)
        else:
            now = self._now()
        is_disturbed = self._was_disturbed(started_s, now)
        fault = outcome.fault
        if fault is not None and _is_cut_short(run, fault, started_s, now):
            outcome = msgspec.structs.replace(outcome, fault=msgspec.structs.replace(fault, is_void=True))
        verdict = Verdict.VOID if is_disturbed else verdict_of(outcome)
        changes = run.breaker.settle(permit, verdict, now, now - started_s)
        run.emit(
            AttemptEnded(
                at_s=now,
                target=run.target_id,
                check=run.check,
                attempt=run.attempts,
                started_s=started_s,
                outcome=outcome,
                is_disturbed=is_disturbed,
            )
        )
        if changes:
            run.tell(changes)
        return outcome, now, is_disturbed

    def _decide(self, run: "_Run", outcome: Outcome, now: float) -> retry.Wait | retry.GiveUp:
        step = retry.decide(
            run.profile.retry,
            outcome,
            run.attempts,
            now,
            run.deadline_s,
            breaker_ready_s=run.breaker.ready_at(now),
            previous_s=run.previous_s,
            uniform=self._random.random(),
            is_idempotent=run.is_idempotent,
        )
        if isinstance(step, retry.Wait):
            run.previous_s = step.delay_s
        return step

    @staticmethod
    def _after_refusal(run: "_Run", refusal: Refusal) -> retry.Wait | retry.GiveUp:
        if run.attempts == 0:
            run.result = Result.REFUSED
            return retry.GiveUp("breaker")
        return retry.after_refusal(refusal.retry_at_s, run.deadline_s, run.previous_s)

    async def _wait(self, run: "_Run", wait: retry.Wait, now: float) -> float:
        if wait.until_s <= now:
            # Two thousand attempts at once must still let others run.
            await self._sleep(0)
            return self._now()
        run.emit(
            BackoffStarted(
                at_s=now,
                target=run.target_id,
                check=run.check,
                attempt=run.attempts + 1,
                until_s=wait.until_s,
                reason=wait.reason,
            )
        )
        # Timers may fire early by the loop's resolution (15.6 ms on Windows), and a Retry-After must not be undercut.
        while (left_s := wait.until_s - now) > 0:
            await self._sleep(left_s)
            now = self._now()
        return now


class _Run:
    """What one check has come to so far."""

    __slots__ = (
        "attempts",
        "breaker",
        "check",
        "deadline_s",
        "due_s",
        "emit",
        "is_idempotent",
        "kind",
        "previous_s",
        "profile",
        "result",
        "started_s",
        "target_id",
    )

    def __init__(
        self,
        target_id: str,
        check: int,
        due_s: float,
        started_s: float,
        profile: Profile,
        breaker: Breaker,
        emit: Callable[[Event], None],
        is_idempotent: bool,
    ) -> None:
        self.target_id = target_id
        self.check = check
        self.due_s = due_s
        self.started_s = started_s
        self.deadline_s = started_s + profile.timeouts.total_s
        self.profile = profile
        self.breaker = breaker
        self.emit = emit
        self.is_idempotent = is_idempotent
        self.attempts = 0
        self.previous_s = 0.0
        self.kind = ""
        self.result = Result.OK

    def tell(self, events: tuple[Event, ...]) -> None:
        for event in events:
            self.emit(event)

    def ended(self, now: float, result: Result, gave_up: str) -> CheckEnded:
        return CheckEnded(
            at_s=now,
            target=self.target_id,
            check=self.check,
            due_s=self.due_s,
            started_s=self.started_s,
            result=result,
            attempts=self.attempts,
            kind="" if result is Result.OK else self.kind,
            gave_up=gave_up,
        )

    def break_off(self, permit: Permit, started_s: float, now: float, error: BaseException) -> None:
        """End an attempt without a result: stopped, or broken by a defect of ours. In no statistic either way."""
        if isinstance(error, asyncio.CancelledError):
            fault = Fault("abandoned", Phase.WAIT, is_void=True)
        else:
            fault = Fault("unknown", Phase.WAIT, {"error": type(error).__name__}, is_void=True)
        self.kind = fault.kind
        changes = self.breaker.settle(permit, Verdict.VOID, now, now - started_s)
        self.emit(
            AttemptEnded(
                at_s=now,
                target=self.target_id,
                check=self.check,
                attempt=self.attempts,
                started_s=started_s,
                outcome=Outcome(PhaseTimes(), fault),
                is_disturbed=True,
            )
        )
        self.tell(changes)


def _overran(seconds: float, limit_s: float) -> Outcome:
    """A probe that does not keep its deadline is our own trouble: void for the breaker. Its phases are lost."""
    evidence = {"deadline": {"phase": "attempt", "value_s": limit_s}, "overrun": True}
    return Outcome(PhaseTimes(wait=seconds * 1000), Fault("local.stalled", Phase.WAIT, evidence))


def _is_cut_short(run: _Run, fault: Fault, started_s: float, now: float) -> bool:
    """Did the total deadline end this attempt before its own limit could? That proves nothing about the peer."""
    return run.deadline_s < started_s + run.profile.timeouts.attempt_s and is_out_of_time(fault, now, run.deadline_s)
