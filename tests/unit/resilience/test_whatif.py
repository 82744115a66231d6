"""Recorded checks under another profile: against the real pipeline, and story by story."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearline.domain.event import AttemptEnded, BreakerChanged, BreakerState, CheckEnded, Event, Result
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.profile import BreakerPolicy, BudgetPolicy, Jitter, Profile, RetryPolicy, Timeouts
from clearline.resilience.breaker import Breaker
from clearline.resilience.budget import RetryBudget
from clearline.resilience.pipeline import Pipeline
from clearline.resilience.whatif import Replayed, ReplayedCheck, replay, replay_checks
from support.scripted_random import ScriptedRandom
from support.virtual_time import VirtualClock, run

OFF = BreakerPolicy(streak=0, failure_ratio=2.0)


def profile(**parts: Any) -> Profile:
    return Profile(
        "p",
        timeouts=parts.pop("timeouts", Timeouts(attempt_s=4.0, total_s=8.0, connect_s=4.0)),
        retry=RetryPolicy(**{"attempts": 1, "base_s": 1.0, "jitter": Jitter.NONE, **parts.pop("retry", {})}),
        breaker=parts.pop("breaker", OFF),
        **parts,
    )


def attempt(
    check: int,
    kind: str = "",
    seconds: float = 0.1,
    phase: Phase = Phase.CONNECT,
    started_s: float | None = None,
    **more: Any,
) -> AttemptEnded:
    """The only attempt of a check that began at its number's second; or one that began at another moment."""
    fault = Fault(kind, phase) if kind else None
    times = PhaseTimes(**{phase.value: seconds * 1000})
    begun_s = float(check) if started_s is None else started_s
    return AttemptEnded(
        at_s=begun_s + seconds,
        target="t",
        check=check,
        attempt=1,
        started_s=begun_s,
        outcome=Outcome(times, fault, **more),
    )


def test_it_finds_nothing_in_nothing() -> None:
    assert replay([], profile()) == Replayed(0, 0, 0, 0, 0, 0.0)
    assert replay([], profile()).added_load == 0.0


def test_more_attempts_hide_a_short_fault_and_cost_load() -> None:
    recorded = [attempt(check, "tcp.refused" if check == 2 else "") for check in range(10)]
    assert replay(recorded, profile()).visible_errors == 1
    patient = replay(recorded, profile(retry={"attempts": 2}))
    assert (patient.checks, patient.visible_errors, patient.attempts, patient.added_load) == (10, 0, 11, 1.1)
    assert patient.worst_wait_s == pytest.approx(1.2)


def test_a_shorter_limit_turns_slow_answers_into_errors() -> None:
    recorded = [attempt(check, seconds=0.5 if check % 2 else 0.1) for check in range(10)]
    hasty = profile(timeouts=Timeouts(attempt_s=4.0, total_s=8.0, connect_s=0.3))
    assert replay(recorded, hasty).visible_errors == 5
    assert replay(recorded, hasty).worst_wait_s == pytest.approx(0.3)


def test_a_timeout_stays_one_and_lasts_as_long_as_the_other_limit() -> None:
    recorded = [attempt(0, "tcp.timed_out", 1.0)]
    patient = replay(recorded, profile(timeouts=Timeouts(attempt_s=4.0, total_s=8.0, connect_s=3.0)))
    assert (patient.visible_errors, patient.worst_wait_s) == (1, 3.0)


def test_the_limit_of_an_attempt_holds_for_all_its_phases_together() -> None:
    times = PhaseTimes(connect=1000.0, wait=1000.0)
    recorded = AttemptEnded(at_s=2.0, target="t", check=0, attempt=1, started_s=0.0, outcome=Outcome(times))
    hasty = replay([recorded], profile(timeouts=Timeouts(attempt_s=1.5, total_s=8.0)))
    assert (hasty.visible_errors, hasty.worst_wait_s) == (1, 1.5)


@pytest.mark.parametrize(("seconds", "errors"), [(0.3, 0), (0.3002, 1)])
def test_what_takes_just_as_long_as_allowed_is_in_time(seconds: float, errors: int) -> None:
    limited = profile(timeouts=Timeouts(attempt_s=4.0, total_s=8.0, connect_s=0.3))
    assert replay([attempt(0, seconds=seconds)], limited).visible_errors == errors


def test_what_is_cut_is_a_timeout_whatever_would_have_been_answered() -> None:
    late = [attempt(0, "http.error.404", 2.0, Phase.RECEIVE)]
    hasty = profile(timeouts=Timeouts(attempt_s=1.0, total_s=8.0), retry={"attempts": 2})
    assert replay(late, hasty).attempts == 2
    assert replay(late, profile(retry={"attempts": 2})).attempts == 1


def test_a_recorded_timeout_keeps_its_kind() -> None:
    """This machine's own stall says nothing of the host."""
    fragile = profile(breaker=BreakerPolicy(streak=1))
    assert replay([attempt(0, "local.stalled", 1.0, Phase.WAIT)], fragile).alarms == 0
    assert replay([attempt(0, "http.timed_out", 1.0, Phase.WAIT)], fragile).alarms == 1


def test_an_attempt_that_its_own_limit_cut_counts() -> None:
    fragile = profile(breaker=BreakerPolicy(streak=1), timeouts=Timeouts(attempt_s=1.0, total_s=8.0, connect_s=4.0))
    assert replay([attempt(0, seconds=2.0)], fragile).alarms == 1


@pytest.mark.parametrize(("total_s", "alarms"), [(1.5, 1), (1.25, 1), (1.125, 0)])
def test_the_last_attempt_counts_where_its_own_limit_fits_into_what_is_left(total_s: float, alarms: int) -> None:
    """The first takes half a second, the pause a quarter; what is left is more, just enough, or less than its limit."""
    pressed = profile(
        breaker=BreakerPolicy(streak=2),
        retry={"attempts": 2, "base_s": 0.25},
        timeouts=Timeouts(attempt_s=total_s, total_s=total_s, connect_s=0.5),
    )
    assert replay([attempt(0, seconds=2.0)], pressed).alarms == alarms


def test_a_breaker_raises_an_alarm_and_spares_the_host() -> None:
    recorded = [attempt(check, "tcp.refused") for check in range(20)]
    guarded = replay(recorded, profile(breaker=BreakerPolicy(streak=3, open_s=60.0)))
    assert (guarded.alarms, guarded.attempts, guarded.refused, guarded.visible_errors) == (1, 3, 17, 20)
    assert guarded.added_load < 1


def test_a_budget_bounds_the_load() -> None:
    recorded = [attempt(check, "tcp.refused") for check in range(20)]
    bounded = replay(recorded, profile(retry={"attempts": 3, "base_s": 0.1}, budget=BudgetPolicy(capacity=5.0)))
    assert bounded.attempts == 25


def test_successes_earn_what_pays_for_later_retries() -> None:
    recorded = [attempt(check, "tcp.refused" if check in (0, 3) else "") for check in range(4)]
    earning = BudgetPolicy(capacity=1.0, ratio=0.5)
    assert replay(recorded, profile(retry={"attempts": 2, "base_s": 0.1}, budget=earning)).attempts == 6


def test_decorrelated_waits_grow_from_the_base() -> None:
    """The middle of 0.5 to 1.5 s, then of 0.5 to 3 s; each of the three attempts takes a tenth."""
    growing = profile(retry={"attempts": 3, "base_s": 0.5, "jitter": Jitter.DECORRELATED})
    assert replay([attempt(0, "tcp.refused")], growing).worst_wait_s == pytest.approx(0.3 + 1.0 + 1.75)


def test_it_tells_of_each_check_when_it_ended_and_how() -> None:
    recorded = [attempt(0), attempt(1, "tcp.refused"), attempt(2)]
    fragile = profile(breaker=BreakerPolicy(streak=1, open_s=60.0))
    assert replay_checks(recorded, fragile)[1] == [
        ReplayedCheck(0.0, 0.1, True, is_refused=False),
        ReplayedCheck(1.0, 1.1, False, is_refused=False),
        ReplayedCheck(2.0, 2.0, False, is_refused=True),
    ]


def test_a_check_under_way_has_not_yet_told_the_breaker_how_it_ends() -> None:
    recorded = [attempt(0, "tcp.reset", 3.0), attempt(1, "tcp.reset"), attempt(2, "tcp.reset")]
    fragile = replay(recorded, profile(breaker=BreakerPolicy(streak=1, open_s=60.0)))
    assert (fragile.attempts, fragile.refused, fragile.alarms) == (2, 1, 1)


def test_a_check_that_waits_meets_what_the_others_did_meanwhile() -> None:
    """The second check opens the breaker before the first one's retry is due, so that one is never made."""
    recorded = [attempt(check, "tcp.refused") for check in (0, 1)]
    fragile = profile(retry={"attempts": 2, "base_s": 2.0}, breaker=BreakerPolicy(streak=2, open_s=60.0))
    assert replay(recorded, fragile).attempts == 2


def test_a_check_waits_where_another_one_took_the_probe_call() -> None:
    """Both fail and wait for the breaker; the second is refused then, and goes on when the first one's lease ends."""
    recorded = [
        attempt(0, "tcp.refused"),
        attempt(1, "tcp.refused", 0.15, started_s=0.05),
        attempt(0, started_s=4.1),
    ]
    guarded = profile(retry={"attempts": 2, "base_s": 0.1}, breaker=BreakerPolicy(streak=1, open_s=4.0, lease_s=2.0))
    found = replay(recorded, guarded)
    assert (found.attempts, found.refused, found.visible_errors) == (4, 0, 0)
    assert found.worst_wait_s == pytest.approx(6.1 + 0.1 - 0.05)


def test_it_repeats_nothing_that_must_not_be() -> None:
    recorded = [attempt(0, "tcp.reset", phase=Phase.WAIT)]
    twice = profile(retry={"attempts": 2})
    assert replay(recorded, twice).attempts == 2
    assert replay(recorded, twice, is_idempotent=False).attempts == 1


def test_it_leaves_out_what_a_disturbed_tester_saw() -> None:
    disturbed = AttemptEnded(
        at_s=1.1,
        target="t",
        check=1,
        attempt=1,
        started_s=1.0,
        outcome=Outcome(PhaseTimes(), Fault("tcp.refused", Phase.CONNECT)),
        is_disturbed=True,
    )
    assert replay([attempt(0), disturbed, attempt(2)], profile()).visible_errors == 0


def test_checks_that_a_breaker_refused_are_made_where_the_other_profile_has_none() -> None:
    refused = CheckEnded(at_s=1.0, target="t", check=1, due_s=1.0, started_s=1.0, result=Result.REFUSED, attempts=0)
    assert replay([attempt(0), refused, attempt(2)], profile()).attempts == 3


waves = st.lists(
    st.tuples(st.integers(1, 6), st.sampled_from(["", "tcp.refused", "tcp.reset"])), min_size=1, max_size=4
)


@settings(max_examples=1500)
@given(
    waves,
    st.integers(1, 4),
    st.sampled_from([OFF, BreakerPolicy(streak=2, open_s=3.0), BreakerPolicy(streak=0, minimum_calls=4, open_s=5.0)]),
    st.sampled_from([BudgetPolicy(is_on=False), BudgetPolicy(capacity=3.0, ratio=0.3)]),
)
def test_under_its_own_profile_it_comes_to_what_really_happened(
    story: list[tuple[int, str]], attempts: int, breaker: BreakerPolicy, budget: BudgetPolicy
) -> None:
    """A host that changes only between checks, checks that do not overlap: the replay must agree with the pipeline."""
    under = profile(retry={"attempts": attempts, "base_s": 0.25, "backoff": "fixed"}, breaker=breaker, budget=budget)
    kinds = [kind for length, kind in story for _ in range(length)]
    events: list[Event] = []

    async def really() -> None:
        clock = VirtualClock()
        pipeline = Pipeline(clock, ScriptedRandom(then=0.5))
        machine, tokens = Breaker("k", breaker), RetryBudget("k", budget)
        for number, kind in enumerate(kinds):
            await asyncio.sleep(10.0 * number - clock.now())

            async def ask(_number: int, _deadline_s: float, kind: str = kind) -> Outcome:
                await asyncio.sleep(0.125)
                return Outcome(PhaseTimes(connect=125.0), Fault(kind, Phase.CONNECT) if kind else None)

            await pipeline.run("t", number, 10.0 * number, under, machine, ask, events.append, budget=tokens)

    run(really())
    ends = [event for event in events if isinstance(event, CheckEnded)]
    found = replay([event for event in events if isinstance(event, AttemptEnded | CheckEnded)], under)
    assert found.checks == len(kinds)
    if any(end.result is Result.REFUSED for end in ends):
        # How the host was while nothing was sent is not recorded.
        return
    assert found.visible_errors == sum(end.result is not Result.OK for end in ends)
    assert found.attempts == sum(end.attempts for end in ends)
    opened = [event for event in events if isinstance(event, BreakerChanged) and event.after is BreakerState.OPEN]
    assert found.alarms == len(opened)
    assert found.worst_wait_s == pytest.approx(max(end.at_s - end.started_s for end in ends))
