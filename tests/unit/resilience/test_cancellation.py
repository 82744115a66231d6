"""Every driver stopped at each of its awaits: no task, timer or permit is left, and what began has its end."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from clearline.domain.event import AttemptEnded, BackoffStarted, CheckEnded, Event, FallbackUsed, Result
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.profile import (
    BreakerPolicy,
    BudgetPolicy,
    FallbackMode,
    FallbackPolicy,
    Jitter,
    Profile,
    RetryPolicy,
    Timeouts,
)
from clearline.resilience.breaker import Breaker, Verdict
from clearline.resilience.budget import RetryBudget
from clearline.resilience.pipeline import Pipeline, Spare
from clearline.resilience.supervisor import Supervisor
from support.scripted_random import ScriptedRandom
from support.virtual_time import VirtualClock, VirtualLoop, run

REFUSED = Outcome(PhaseTimes(connect=1.0), Fault("tcp.refused", Phase.CONNECT))
SAFE = FallbackPolicy(FallbackMode.SAFE, stale_s=60.0, has_default=True)
PROFILE = Profile(
    "p",
    timeouts=Timeouts(attempt_s=5.0, total_s=60.0),
    retry=RetryPolicy(attempts=3, base_s=1.0, jitter=Jitter.NONE),
    breaker=BreakerPolicy(streak=9, failure_ratio=2.0, open_s=0.5, successes_to_close=9, half_open_calls=3),
    budget=BudgetPolicy(capacity=9.0),
    fallback=SAFE,
)
AWAITS = 3 + 2 + 2
"""Three attempts, two waits, two alternates."""


class Stopper:
    """Stops the task that awaits for the n-th time, as that await begins or as it ends."""

    def __init__(self, at: int, *, is_before: bool) -> None:
        self._left = at
        self._is_before = is_before
        self.awaits = 0
        self.under_way = 0

    async def pause(self, seconds: float) -> None:
        self.awaits += 1
        self._left -= 1
        task = asyncio.current_task()
        assert task is not None
        if self._left == 0 and self._is_before:
            task.cancel()
        self.under_way += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self.under_way -= 1
        if self._left == 0:
            task.cancel()


def leftovers() -> list[object]:
    """Tasks and timers that nobody ended."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    timers = [timer for timer in loop._scheduled if not timer.cancelled()]  # type: ignore[attr-defined]
    return [*(asyncio.all_tasks() - {asyncio.current_task()}), *timers]


async def stopped(work: Coroutine[Any, Any, object]) -> None:
    task = Supervisor(lambda _name, _error: None).start(work, name="driver")
    await asyncio.wait([task])
    assert task.cancelled()
    assert leftovers() == []


def half_open(key: str) -> Breaker:
    """Half-open from second 0.5 on, so that every permit is a lease that can leak."""
    breaker = Breaker(key, BreakerPolicy(streak=1, open_s=0.5, half_open_calls=3, successes_to_close=9))
    breaker.settle(breaker.admit(-1.0), Verdict.FAILED, -1.0, 0.1)  # type: ignore[arg-type]
    breaker.tick(0.0)
    breaker.set_policy(PROFILE.breaker, 0.0)
    return breaker


@pytest.mark.parametrize("is_before", [True, False])
@pytest.mark.parametrize("at", range(1, AWAITS + 1))
def test_a_check_ends_properly_whichever_await_it_is_stopped_at(at: int, is_before: bool) -> None:
    stopper = Stopper(at, is_before=is_before)
    events: list[Event] = []
    main = Breaker("main", PROFILE.breaker)
    spares = [half_open("b"), half_open("c")]

    async def ask(_number: int, _deadline_s: float) -> Outcome:
        await stopper.pause(0.25)
        return REFUSED

    def check() -> Coroutine[Any, Any, CheckEnded]:
        pipeline = Pipeline(VirtualClock(), ScriptedRandom(then=0.5), stopper.pause)
        others = [Spare(breaker.key, breaker, ask) for breaker in spares]
        budget = RetryBudget("k", PROFILE.budget)
        return pipeline.run("t", 0, 0.0, PROFILE, main, ask, events.append, budget=budget, spares=others)

    is_past_the_last = at == AWAITS and not is_before
    if is_past_the_last:
        # The cancellation comes after the last await: the work is done, and the next await of the task hears of it.
        async def check_and_more() -> None:
            await check()
            await asyncio.sleep(0)

        async def story() -> None:
            with pytest.raises(asyncio.CancelledError):
                await check_and_more()
            task = asyncio.current_task()
            assert task is not None
            task.uncancel()
            assert leftovers() == []

        run(story())
    else:
        run(stopped(check()))
    (ended,) = [event for event in events if isinstance(event, CheckEnded)]
    attempts = [event for event in events if isinstance(event, AttemptEnded)]
    waits = [event for event in events if isinstance(event, BackoffStarted)]
    assert events[-1] is ended
    assert len(attempts) == ended.attempts
    assert len(attempts) + len(waits) == stopper.awaits
    assert stopper.under_way == 0
    for breaker in (main, *spares):
        assert not breaker._leases
    if not is_past_the_last:
        assert (ended.result, ended.gave_up) == (Result.VOID, "stopped")
        assert [event for event in events if isinstance(event, FallbackUsed)] == []


def test_a_supervisor_that_is_stopped_while_it_stops_still_cancels_everything() -> None:
    async def story() -> None:
        supervisor = Supervisor(lambda _name, _error: None)
        for number in range(3):
            supervisor.start(asyncio.sleep(3600), name=str(number))
        await asyncio.sleep(0)
        stopping = Supervisor(lambda _name, _error: None).start(supervisor.stop(1.0), name="stop")
        await asyncio.sleep(0)
        stopping.cancel()
        await asyncio.wait([stopping])
        await asyncio.sleep(0)
        assert supervisor.names == ()
        assert leftovers() == []

    run(story())
