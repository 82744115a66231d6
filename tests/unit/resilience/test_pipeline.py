"""One check through the pipeline, one story each, in virtual time."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from clearline.domain.event import AttemptEnded, BackoffStarted, BreakerChanged, BreakerState, CheckEnded, Event, Result
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.profile import BreakerPolicy, Jitter, Profile, RetryPolicy, Timeouts
from clearline.resilience.breaker import Breaker, Verdict
from clearline.resilience.pipeline import Pipeline
from clearline.resilience.supervisor import Supervisor
from support.scripted_random import ScriptedRandom
from support.virtual_time import VirtualClock, run

OK = Outcome(PhaseTimes(connect=1.0))


def failed(kind: str = "tcp.refused", phase: Phase = Phase.CONNECT, **fields: Any) -> Outcome:
    return Outcome(PhaseTimes(connect=1.0), Fault(kind, phase), **fields)


def profile(*, timeouts: Any = None, retry: Any = None, breaker: Any = None) -> Profile:
    """Attempts of 5 s in 20 s; 3 of them, 1 s and 2 s apart; the breaker trips on two in a row."""
    return Profile(
        "p",
        timeouts=Timeouts(**{"attempt_s": 5.0, "total_s": 20.0, **(timeouts or {})}),
        retry=RetryPolicy(**{"attempts": 3, "base_s": 1.0, "jitter": Jitter.NONE, **(retry or {})}),
        breaker=BreakerPolicy(**{"streak": 9, "failure_ratio": 2.0, "open_s": 4.0, **(breaker or {})}),
    )


class Check:
    """One check under test: the script says how long each attempt takes and how it ends."""

    def __init__(self, *script: tuple[float, Outcome | BaseException], **kwargs: Any) -> None:
        self.script = list(script)
        self.profile: Profile = kwargs.pop("profile", None) or profile()
        self.breaker: Breaker = kwargs.pop("breaker", None) or Breaker("k", self.profile.breaker)
        self.disturbed: Callable[[float, float], bool] | None = kwargs.pop("disturbed", None)
        self.kwargs = kwargs
        self.clock = VirtualClock()
        self.events: list[Event] = []
        self.deadlines: list[float] = []
        self.under_way = 0

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def attempt(self, number: int, deadline_s: float) -> Outcome:
        self.deadlines.append(deadline_s)
        seconds, end = self.script[number - 1]
        self.under_way += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self.under_way -= 1
        if isinstance(end, BaseException):
            raise end
        return end

    async def run(self) -> CheckEnded:
        extra = [] if self.disturbed is None else [self.disturbed]
        pipeline = Pipeline(self.clock, ScriptedRandom(then=0.5), self.sleep, *extra)
        return await pipeline.run(
            "t", 7, 0.0, self.profile, self.breaker, self.attempt, self.events.append, **self.kwargs
        )

    def go(self) -> "Check":
        run(self.run())
        return self

    def all(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def ended(self) -> CheckEnded:
        (ended,) = self.all(CheckEnded)
        assert ended is self.events[-1]
        return ended


def opened(now: float = 0.0) -> Breaker:
    """Open since `now`, for 4 s."""
    breaker = Breaker("k", profile(breaker={"streak": 1}).breaker)
    breaker.settle(breaker.admit(now), Verdict.FAILED, now, 0.1)  # type: ignore[arg-type]
    assert breaker.state is BreakerState.OPEN
    return breaker


def test_it_tells_a_success_in_two_events() -> None:
    check = Check((0.25, OK)).go()
    assert check.events == [
        AttemptEnded(at_s=0.25, target="t", check=7, attempt=1, started_s=0.0, outcome=OK),
        CheckEnded(at_s=0.25, target="t", check=7, due_s=0.0, started_s=0.0, result=Result.OK, attempts=1),
    ]


def test_it_returns_the_last_event() -> None:
    check = Check((0.25, OK))
    assert run(check.run()) is check.ended


def test_it_waits_between_attempts_and_stops_at_the_first_success() -> None:
    check = Check((0.5, failed()), (0.5, failed()), (0.5, OK)).go()
    assert [(e.attempt, e.started_s, e.at_s) for e in check.all(AttemptEnded)] == [
        (1, 0.0, 0.5),
        (2, 1.5, 2.0),
        (3, 4.0, 4.5),
    ]
    assert [(e.attempt, e.at_s, e.until_s, e.reason) for e in check.all(BackoffStarted)] == [
        (2, 0.5, 1.5, "backoff"),
        (3, 2.0, 4.0, "backoff"),
    ]
    assert (check.ended.result, check.ended.attempts, check.ended.kind) == (Result.OK, 3, "")


def test_it_fails_with_the_last_kind_after_all_attempts() -> None:
    check = Check((0.5, failed()), (0.5, failed()), (0.5, failed("tcp.timed_out"))).go()
    assert (check.ended.result, check.ended.kind, check.ended.gave_up) == (Result.FAILED, "tcp.timed_out", "attempts")


def test_it_makes_one_attempt_where_the_policy_says_one() -> None:
    check = Check((0.5, failed()), profile=profile(retry={"attempts": 1})).go()
    assert (check.ended.attempts, check.ended.gave_up) == (1, "attempts")


def test_it_gives_each_attempt_its_own_limit_and_the_last_what_is_left() -> None:
    check = Check((5.0, failed()), (5.0, failed()), (1.0, failed()), profile=profile(timeouts={"total_s": 14.0})).go()
    assert check.deadlines == [5.0, 11.0, 14.0]


def test_it_works_where_loop_time_and_session_time_have_different_zeros() -> None:
    check = Check((60.0, OK), (0.5, OK))
    run(check.run(), loop_starts_at=4096)
    assert [e.at_s for e in check.all(AttemptEnded)] == [5.25, 6.75]


def test_it_cuts_a_probe_that_overruns_and_keeps_an_outcome_of_it() -> None:
    check = Check((60.0, OK), (0.5, OK)).go()
    first = check.all(AttemptEnded)[0]
    assert (first.at_s, first.outcome.fault.kind, first.outcome.phases.total_ms) == (5.25, "local.stalled", 5250.0)
    assert check.ended.result is Result.OK


def later(check: Check) -> CheckEnded:
    """Run the check 100 s into the session, where a time and a moment differ."""

    async def story() -> CheckEnded:
        await asyncio.sleep(100.0)
        return await check.run()

    return run(story())


def test_it_cuts_a_probe_that_overruns_late_in_a_session_as_it_does_at_its_start() -> None:
    check = Check((60.0, OK), profile=profile(retry={"attempts": 1}))
    later(check)
    (attempt,) = check.all(AttemptEnded)
    assert (attempt.started_s, attempt.at_s, attempt.outcome.phases.total_ms) == (100.0, 105.25, 5250.0)
    told = {"deadline": {"phase": "attempt", "value_s": 5.0}, "overrun": True}
    assert attempt.outcome.fault.evidence == told


def test_it_tells_the_breaker_how_long_a_call_took_and_not_when_it_ended() -> None:
    slow = {"slow_call_s": 1.0, "slow_ratio": 0.5, "minimum_calls": 1}
    check = Check((0.5, OK), profile=profile(breaker=slow))
    later(check)
    assert check.breaker.state is BreakerState.CLOSED
    check = Check((1.5, OK), profile=profile(breaker=slow))
    later(check)
    assert check.breaker.state is BreakerState.OPEN


def test_it_lets_decorrelated_waits_grow_from_the_one_before() -> None:
    limits = profile(retry={"base_s": 1.0, "jitter": Jitter.DECORRELATED})
    check = Check((0.5, failed()), (0.5, failed()), (0.5, OK), profile=limits).go()
    # Each draws the middle of 1 s to 3 times the wait before.
    assert [event.until_s - event.at_s for event in check.all(BackoffStarted)] == [2.0, 3.5]


def test_it_begins_decorrelated_waits_at_the_base() -> None:
    limits = profile(retry={"base_s": 0.5, "jitter": Jitter.DECORRELATED})
    check = Check((0.5, failed()), (0.5, OK), profile=limits).go()
    assert [event.until_s - event.at_s for event in check.all(BackoffStarted)] == [1.0]


def test_it_keeps_what_a_probe_reports_a_little_late() -> None:
    late = failed("tcp.timed_out")
    check = Check((5.2, late), (0.5, OK)).go()
    assert check.all(AttemptEnded)[0].outcome is late


def test_it_blames_the_breaker_for_no_overrun() -> None:
    check = Check(*[(60.0, OK)] * 3, profile=profile(breaker={"streak": 1})).go()
    assert check.breaker.state is BreakerState.CLOSED


def test_it_raises_a_timeout_error_of_the_probe_as_the_defect_it_is() -> None:
    check = Check((0.5, TimeoutError("a socket's")))
    with pytest.raises(TimeoutError, match="a socket's"):
        run(check.run())
    assert (check.ended.result, check.ended.kind) == (Result.VOID, "unknown")


def test_it_calls_an_attempt_void_that_the_total_deadline_cut() -> None:
    check = Check(
        (5.0, failed("tcp.timed_out")),
        (2.0, failed("tcp.timed_out")),
        profile=profile(timeouts={"total_s": 8.0}, breaker={"streak": 2}),
    ).go()
    assert [e.outcome.fault.is_void for e in check.all(AttemptEnded)] == [False, True]
    assert check.breaker.state is BreakerState.CLOSED
    assert (check.ended.result, check.ended.gave_up, check.ended.at_s) == (Result.FAILED, "deadline", 8.0)


def test_it_counts_a_timeout_that_was_the_attempts_own_although_the_total_ends_there_too() -> None:
    limits = profile(timeouts={"attempt_s": 5.0, "total_s": 5.0}, breaker={"streak": 1})
    check = Check((5.0, failed("tcp.timed_out")), profile=limits).go()
    assert check.breaker.state is BreakerState.OPEN


def test_it_counts_a_refusal_that_comes_just_as_the_total_ends() -> None:
    limits = profile(timeouts={"total_s": 8.0}, breaker={"streak": 2})
    check = Check((5.0, failed("tcp.timed_out")), (2.0, failed("tcp.refused")), profile=limits).go()
    assert check.breaker.state is BreakerState.OPEN


def test_it_does_not_wait_towards_the_deadline() -> None:
    check = Check((0.5, failed()), profile=profile(retry={"base_s": 19.46, "cap_s": 30.0})).go()
    assert (check.ended.at_s, check.ended.gave_up) == (0.5, "deadline")


def test_it_makes_no_attempt_after_its_deadline_where_the_machine_slept_through_the_wait() -> None:
    class Laptop(Check):
        async def sleep(self, seconds: float) -> None:
            await asyncio.sleep(seconds + 3600)

    check = Laptop((0.5, failed()), (0.5, OK)).go()
    assert (check.ended.result, check.ended.attempts, check.ended.gave_up) == (Result.FAILED, 1, "deadline")


def test_it_makes_no_attempt_at_its_very_deadline() -> None:
    class Laptop(Check):
        async def sleep(self, seconds: float) -> None:
            await asyncio.sleep(19.5)

    check = Laptop((0.5, failed()), (0.5, OK)).go()
    assert (check.ended.at_s, check.ended.attempts, check.ended.gave_up) == (20.0, 1, "deadline")


def test_it_never_sends_before_a_retry_after() -> None:
    asked = failed("http.error.503", Phase.WAIT, status=503, retry_after_s=6.5)
    check = Check((0.5, asked), (0.5, OK)).go()
    assert check.all(AttemptEnded)[1].started_s == 7.0
    assert check.all(BackoffStarted)[0].reason == "retry_after"


def test_it_never_sends_before_a_retry_after_although_its_timers_fire_early() -> None:
    class EarlyTimers(Check):
        async def sleep(self, seconds: float) -> None:
            await asyncio.sleep(max(0.001, seconds - 0.0156))

    asked = failed("http.error.503", Phase.WAIT, status=503, retry_after_s=6.5)
    check = EarlyTimers((0.5, asked), (0.5, OK)).go()
    assert check.all(AttemptEnded)[1].started_s >= 7.0


def test_it_gives_up_on_a_retry_after_that_is_too_long_and_shows_it() -> None:
    asked = failed("http.error.429", Phase.WAIT, status=429, retry_after_s=600.0)
    check = Check((0.5, asked)).go()
    assert (check.ended.gave_up, check.all(AttemptEnded)[0].outcome.retry_after_s) == ("retry_after", 600.0)


def test_it_does_not_repeat_an_unsafe_request_that_was_sent() -> None:
    check = Check((0.5, failed("tcp.reset", Phase.WAIT)), is_idempotent=False).go()
    assert (check.ended.attempts, check.ended.gave_up) == (1, "not_retryable")


def test_it_makes_2000_attempts_without_a_wait_and_lets_others_run() -> None:
    turns = 0
    many = profile(retry={"attempts": 2000, "base_s": 0.0}, breaker={"streak": 0})

    class AtOnce(Check):
        async def attempt(self, number: int, deadline_s: float) -> Outcome:
            return failed()

    check = AtOnce(profile=many)

    async def story() -> None:
        nonlocal turns
        supervisor = Supervisor(lambda _name, error: None)
        task = supervisor.start(check.run(), name="check")
        while not task.done():
            turns += 1
            await asyncio.sleep(0)

    run(story())
    assert check.ended.attempts == 2000
    assert check.all(BackoffStarted) == []
    assert turns >= 2000


class TestBreaker:
    def test_it_refuses_at_once_while_the_breaker_is_open(self) -> None:
        check = Check(breaker=opened()).go()
        assert [type(event) for event in check.events] == [CheckEnded]
        assert (check.ended.result, check.ended.attempts, check.ended.gave_up) == (Result.REFUSED, 0, "breaker")
        assert check.ended.at_s == 0.0

    def test_it_tells_the_attempt_before_the_breaker_that_it_opened(self) -> None:
        check = Check((0.5, failed()), profile=profile(retry={"attempts": 1}, breaker={"streak": 1})).go()
        assert [type(event) for event in check.events] == [AttemptEnded, BreakerChanged, CheckEnded]

    def test_it_waits_for_the_breaker_between_its_attempts(self) -> None:
        check = Check((0.5, failed()), (0.5, OK), profile=profile(breaker={"streak": 1})).go()
        assert [(e.until_s, e.reason) for e in check.all(BackoffStarted)] == [(4.5, "breaker")]
        assert [(e.after, e.at_s) for e in check.all(BreakerChanged)] == [
            (BreakerState.OPEN, 0.5),
            (BreakerState.HALF_OPEN, 4.5),
            (BreakerState.HALF_OPEN, 5.0),
        ]
        assert check.ended.result is Result.OK

    def test_it_gives_up_where_the_breaker_stays_open_beyond_the_deadline(self) -> None:
        check = Check((0.5, failed()), profile=profile(breaker={"streak": 1, "open_s": 30.0})).go()
        assert (check.ended.result, check.ended.gave_up, check.ended.at_s) == (Result.FAILED, "breaker", 0.5)

    def test_it_burns_no_attempt_where_another_check_took_the_probe_call(self) -> None:
        check = Check((0.5, failed()), (0.5, OK), profile=profile(breaker={"streak": 1, "lease_s": 6.0}))

        async def story() -> None:
            supervisor = Supervisor(lambda _name, error: None)

            async def take_the_place() -> None:
                await asyncio.sleep(4.5)
                check.breaker.admit(4.5)

            supervisor.start(take_the_place(), name="other")
            await check.run()

        run(story())
        assert [(e.until_s, e.reason) for e in check.all(BackoffStarted)] == [(4.5, "breaker"), (10.5, "breaker")]
        assert (check.ended.result, check.ended.attempts) == (Result.OK, 2)

    def test_it_learns_nothing_from_our_own_trouble(self) -> None:
        check = Check(*[(0.5, failed("local.resources"))] * 3, profile=profile(breaker={"streak": 1})).go()
        assert check.all(BreakerChanged) == []


class TestDisturbed:
    def test_it_marks_an_attempt_during_which_the_tester_was_away_and_calls_it_void(self) -> None:
        check = Check(
            (0.5, failed()),
            profile=profile(retry={"attempts": 1}, breaker={"streak": 1}),
            disturbed=lambda from_s, to_s: (from_s, to_s) == (0.0, 0.5),
        ).go()
        assert check.all(AttemptEnded)[0].is_disturbed
        assert check.breaker.state is BreakerState.CLOSED
        assert check.ended.result is Result.VOID

    def test_it_believes_a_success_although_the_tester_was_away(self) -> None:
        check = Check((0.5, OK), disturbed=lambda _from_s, _to_s: True).go()
        assert check.ended.result is Result.OK

    def test_it_judges_the_check_by_its_last_attempt(self) -> None:
        check = Check(*[(0.5, failed())] * 3, disturbed=lambda from_s, _to_s: from_s == 0.0).go()
        assert check.ended.result is Result.FAILED


class TestStopped:
    """Cancelled at any await: no permit leaks, every attempt has its end, and so has the check."""

    def stop_at(self, check: Check, at_s: float) -> None:
        async def story() -> None:
            task = Supervisor(lambda _name, error: None).start(check.run(), name="check")
            await asyncio.sleep(at_s)
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()

        run(story())

    def test_it_ends_the_attempt_as_abandoned_and_the_check_as_void(self) -> None:
        check = Check((1.0, OK))
        self.stop_at(check, 0.5)
        (attempt,) = check.all(AttemptEnded)
        assert (attempt.at_s, attempt.outcome.fault.kind, attempt.outcome.fault.is_void) == (0.5, "abandoned", True)
        assert attempt.is_disturbed
        assert (check.ended.result, check.ended.gave_up, check.ended.attempts) == (Result.VOID, "stopped", 1)
        assert check.under_way == 0

    def test_it_ends_the_check_that_waits_for_its_next_attempt(self) -> None:
        check = Check((0.5, failed()))
        self.stop_at(check, 1.0)
        assert [type(event) for event in check.events] == [AttemptEnded, BackoffStarted, CheckEnded]
        assert (check.ended.result, check.ended.gave_up, check.ended.kind) == (Result.VOID, "stopped", "tcp.refused")

    def test_it_gives_the_probe_call_of_a_half_open_breaker_back(self) -> None:
        breaker = opened()
        breaker.tick(4.0)
        check = Check((20.0, OK), breaker=breaker)
        self.stop_at(check, 0.5)
        assert breaker.state is BreakerState.HALF_OPEN
        assert breaker.ready_at(4.0) == 4.0

    def test_it_goes_on_as_a_cancellation_when_stopped_at_the_moment_of_the_net(self) -> None:
        check = Check((60.0, OK))
        self.stop_at(check, 5.25)
        assert (check.ended.result, check.ended.gave_up) == (Result.VOID, "stopped")

    @pytest.mark.parametrize("turns", range(12))
    def test_it_ends_properly_whichever_turn_of_the_loop_it_is_stopped_in(self, turns: int) -> None:
        check = Check((0.0, failed()), (0.0, failed()), (0.0, OK), profile=profile(retry={"base_s": 0.0}))

        async def story() -> None:
            task = Supervisor(lambda _name, error: None).start(check.run(), name="check")
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])

        run(story())
        if turns == 0:
            assert check.events == []  # it never began
            return
        assert len(check.all(AttemptEnded)) == len(check.deadlines) == check.ended.attempts
        assert check.under_way == 0


def test_it_raises_a_defect_of_the_probe_and_still_ends_everything() -> None:
    check = Check((0.5, ZeroDivisionError()), profile=profile(breaker={"streak": 1}))
    with pytest.raises(ZeroDivisionError):
        run(check.run())
    (attempt,) = check.all(AttemptEnded)
    assert (attempt.outcome.fault.kind, attempt.outcome.fault.evidence) == ("unknown", {"error": "ZeroDivisionError"})
    assert attempt.outcome.fault.is_void
    assert (check.ended.result, check.ended.gave_up) == (Result.VOID, "not_retryable")
    assert check.breaker.state is BreakerState.CLOSED
