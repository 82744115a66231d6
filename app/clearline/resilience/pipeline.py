"""One check from start to end: total deadline → retry → breaker → attempt timeout → probe, told as events.

Where the profile is to fail safe, an answer that is still fresh saves the check; where it fails, an older answer
stands in, or each spare (an alternate address) gets one attempt, or a default value stands in, in this order.

The order is fixed: for each other order a known client has a bug. Everything is decided synchronously between two
awaits; there are two kinds of await, the probe and the wait before a retry.

Stopping (a cancellation, at either) gives the permit back as void, ends the attempt under way as `abandoned` and the
check as VOID with `gave_up="stopped"`, and goes on as the cancellation it is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import msgspec

from clearline.domain.event import AttemptEnded, BackoffStarted, CheckEnded, Event, FallbackUsed, Result
from clearline.domain.fault import Fault, Sent
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.ports import Clock, Random
from clearline.domain.profile import FallbackMode, Profile
from clearline.resilience import fallback, retry
from clearline.resilience.breaker import Breaker, Permit, Refusal, Verdict, verdict_of
from clearline.resilience.budget import RetryBudget
from clearline.resilience.time_net import TimeNet
from clearline.resilience.timeouts import OVERRUN_S, attempt_deadline, is_out_of_time, is_worth_starting

Attempt = Callable[[int, float], Awaitable[Outcome]]
"""A probe: gets the attempt's number (from 1) and its absolute deadline in session seconds, which it keeps itself."""


class Spare(NamedTuple):
    """Somewhere else to ask when everything else failed: its place for people, its breaker, its probe."""

    place: str
    breaker: Breaker
    attempt: Attempt


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
        has_key: bool = False,
        budget: RetryBudget | None = None,
        spares: Sequence[Spare] = (),
        answered_s: float | None = None,
        is_wanted: bool = False,
    ) -> CheckEnded:
        """Run one check and emit its events, the last of them the one returned.

        `has_key`: each attempt sends the same Idempotency-Key. `budget` pays for retries where the profile has it on.
        `spares` are asked, and the answer of `answered_s` (None: there is none) may stand in, where it fails safe.
        A check that a fresh answer saves asks nobody and proves nothing: it is VOID with `gave_up="fresh_cache"`. One
        that a person wants (`is_wanted`) asks all the same.

        A check that finds the breaker open is refused at once; only between its attempts does one wait for a breaker.
        Ends by the total deadline, and `OVERRUN_S` later at most where the probe does not keep its own. An exception
        of the probe is a defect of ours: it ends attempt and check as void, and is raised.
        """
        started_s = self._now()
        run = _Run(target_id, check, due_s, started_s, profile, breaker, emit, is_idempotent, has_key, budget)
        has_answer = answered_s is not None and not is_wanted
        if has_answer and (source := fallback.fresh(profile.fallback, answered_s, started_s)):
            run.fell_back(started_s, source.source, age_s=source.age_s)
            emit(saved := run.ended(started_s, Result.VOID, source.source))
            return saved
        try:
            ended = await self._attempts(run, attempt)
            if ended.result is not Result.OK and profile.fallback.mode is FallbackMode.SAFE:
                ended = await self._fall_back(run, ended, spares, answered_s)
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
                    budget = run.budget
                    # A full one, the usual case, earns nothing: not even the call.
                    if budget is not None and budget.tokens != run.profile.budget.capacity:
                        run.tell(budget.earn(run.profile.budget, now))
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
        net = TimeNet(deadline_s + OVERRUN_S - started_s)
        try:
            outcome = await attempt(run.attempts, deadline_s)
        except BaseException as error:
            now = self._now()
            if not net.has_caught(error):
                run.break_off(permit, started_s, now, error)
                raise
            outcome = _overran(now - started_s, deadline_s - started_s)
        else:
            now = self._now()
            net.take_down()
        is_disturbed = self._was_disturbed(started_s, now)
        fault = outcome.fault
        verdict = Verdict.VOID if is_disturbed else Verdict.OK
        if fault is not None:
            run.may_repeat &= fault.sent is Sent.NO or run.is_repeatable
            if _is_cut_short(run, fault, started_s, now):
                outcome = msgspec.structs.replace(outcome, fault=msgspec.structs.replace(fault, is_void=True))
            verdict = Verdict.VOID if is_disturbed or run.is_stale(outcome) else verdict_of(outcome)
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

    async def _fall_back(
        self, run: "_Run", ended: CheckEnded, spares: Sequence[Spare], answered_s: float | None
    ) -> CheckEnded:
        now, policy = ended.at_s, run.profile.fallback
        if run.result is Result.VOID:
            return ended
        if source := fallback.stale(policy, answered_s, now):
            run.fell_back(now, source.source, age_s=source.age_s)
            return ended
        for spare in spares:
            if not is_worth_starting(now, run.deadline_s) or not run.may_repeat:
                break
            permit = spare.breaker.admit(now)
            run.tell(permit.changes)
            if not isinstance(permit, Permit):
                continue
            run.breaker = spare.breaker
            run.attempts += 1
            outcome, now, is_disturbed = await self._attempt(run, permit, spare.attempt, now)
            if outcome.fault is None:
                run.fell_back(now, "alternate", place=spare.place)
                return run.ended(now, Result.OK, "")
            if ended.result is Result.REFUSED:
                # Something was sent after all, and what it met is what there is to say.
                run.result, run.kind = Result.VOID if is_disturbed else Result.FAILED, outcome.fault.kind
        if run.result is not Result.VOID and (source := fallback.last_resort(policy)):
            run.fell_back(now, source.source)
        return run.ended(now, run.result, ended.gave_up)

    def _decide(self, run: "_Run", outcome: Outcome, now: float) -> retry.Wait | retry.GiveUp:
        if run.is_stale(outcome) and is_worth_starting(now, run.deadline_s):
            run.uncounted += 1
            return retry.Wait(now, retry.STALE_CONNECTION, run.previous_s)
        step = retry.decide(
            run.profile.retry,
            outcome,
            run.attempts - run.uncounted,
            now,
            run.deadline_s,
            breaker_ready_s=run.breaker.ready_at(now),
            previous_s=run.previous_s,
            uniform=self._random.random(),
            is_idempotent=run.is_idempotent,
            has_key=run.has_key,
        )
        if isinstance(step, retry.Wait):
            if run.budget is not None:
                is_paid, told = run.budget.spend(run.profile.budget, now)
                run.tell(told)
                if not is_paid:
                    return retry.GiveUp("budget")
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
            if wait.reason == retry.STALE_CONNECTION:
                run.waits(now, wait)
            # Two thousand attempts at once must still let others run.
            await self._sleep(0)
            return self._now()
        run.waits(now, wait)
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
        "budget",
        "check",
        "deadline_s",
        "due_s",
        "emit",
        "has_key",
        "is_idempotent",
        "kind",
        "may_repeat",
        "previous_s",
        "profile",
        "result",
        "started_s",
        "target_id",
        "uncounted",
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
        has_key: bool,
        budget: RetryBudget | None,
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
        self.has_key = has_key
        self.budget = budget if profile.budget.is_on else None
        self.attempts = 0
        self.may_repeat = True
        """So far no attempt may have done what a second one would do again."""
        self.uncounted = 0
        """Attempts that only found a stale connection."""
        self.previous_s = 0.0
        self.kind = ""
        self.result = Result.OK

    def tell(self, events: tuple[Event, ...]) -> None:
        for event in events:
            self.emit(event)

    @property
    def is_repeatable(self) -> bool:
        """Does a second request do no harm, although the peer might have acted on the first?"""
        return self.is_idempotent or self.has_key

    def is_stale(self, outcome: Outcome) -> bool:
        """Did the attempt only find a stale connection, the first of this check?"""
        return (
            outcome.fault is not None
            and not self.uncounted
            and retry.is_stale_connection(outcome, is_repeatable=self.is_repeatable)
        )

    def waits(self, now: float, wait: retry.Wait) -> None:
        self.emit(
            BackoffStarted(
                at_s=now,
                target=self.target_id,
                check=self.check,
                attempt=self.attempts + 1,
                until_s=wait.until_s,
                reason=wait.reason,
            )
        )

    def fell_back(self, now: float, source: str, *, age_s: float = 0.0, place: str = "") -> None:
        self.emit(
            FallbackUsed(at_s=now, target=self.target_id, check=self.check, source=source, age_s=age_s, place=place)
        )

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
        self.breaker.settle(permit, Verdict.VOID, now, now - started_s)  # void changes no breaker: nothing to tell
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


def _overran(seconds: float, limit_s: float) -> Outcome:
    """A probe that does not keep its deadline is our own trouble: void for the breaker. Its phases are lost."""
    evidence = {"deadline": {"phase": "attempt", "value_s": limit_s}, "overrun": True}
    return Outcome(PhaseTimes(wait=seconds * 1000), Fault("local.stalled", Phase.WAIT, evidence))


def _is_cut_short(run: _Run, fault: Fault, started_s: float, now: float) -> bool:
    """Did the total deadline end this attempt before its own limit could? That proves nothing about the peer."""
    return run.deadline_s < started_s + run.profile.timeouts.attempt_s and is_out_of_time(fault, now, run.deadline_s)
