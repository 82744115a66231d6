"""The retry preview tells what the pipeline then does."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearline.domain.event import CheckEnded
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.profile import (
    BUILT_IN,
    STANDARD,
    BackoffKind,
    BreakerMode,
    BreakerPolicy,
    Jitter,
    Profile,
    RetryPolicy,
    Timeouts,
)
from clearline.resilience.backoff import delay
from clearline.resilience.breaker import Breaker
from clearline.resilience.pipeline import Pipeline
from clearline.resilience.preview import preview
from support.scripted_random import ScriptedRandom
from support.virtual_time import VirtualClock, run

REFUSED = Outcome(PhaseTimes(), Fault("tcp.refused", Phase.CONNECT))
OBSERVE = BreakerPolicy(mode=BreakerMode.OBSERVE)


def profile(attempt_s: float = 5.0, total_s: float = 60.0, **retry: Any) -> Profile:
    retry = {"attempts": 3, "base_s": 1.0, "jitter": Jitter.NONE, **retry}
    return Profile("p", Timeouts(attempt_s=attempt_s, total_s=total_s), RetryPolicy(**retry), OBSERVE)


def course(given: Profile) -> list[tuple[str, float, float]]:
    return [(step.kind, step.from_s, step.to_s) for step in preview(given).steps]


def seconds_until_error(given: Profile, attempts_s: list[float], draws: list[float]) -> float:
    """What the pipeline makes of a peer whose refusals take so long, with these draws of chance."""
    clock = VirtualClock()

    async def attempt(number: int, deadline_s: float) -> Outcome:
        await asyncio.sleep(min(attempts_s[(number - 1) % len(attempts_s)], deadline_s - clock.now()))
        return REFUSED

    async def story() -> CheckEnded:
        pipeline = Pipeline(clock, ScriptedRandom(*draws, then=draws[-1]))
        return await pipeline.run("t", 0, 0.0, given, Breaker("k", OBSERVE), attempt, lambda _event: None)

    return run(story()).at_s


def test_it_adds_attempts_and_waits() -> None:
    assert course(profile()) == [
        ("attempt", 0.0, 5.0),
        ("wait", 5.0, 6.0),
        ("attempt", 6.0, 11.0),
        ("wait", 11.0, 13.0),
        ("attempt", 13.0, 18.0),
    ]
    assert preview(profile()).worst_case_s == 18.0


def test_it_cuts_the_last_attempt_at_the_total_limit() -> None:
    assert course(profile(total_s=9.0)) == [("attempt", 0.0, 5.0), ("wait", 5.0, 6.0), ("attempt", 6.0, 9.0)]
    assert preview(profile(total_s=9.0)).attempts == 2


def test_it_shows_one_attempt_without_retries() -> None:
    assert course(profile(attempts=1)) == [("attempt", 0.0, 5.0)]


def test_it_ends_with_the_attempt_where_no_wait_fits() -> None:
    assert course(profile(attempt_s=5.0, total_s=8.0, base_s=20.0)) == [("attempt", 0.0, 5.0)]


def test_it_knows_that_a_quicker_failure_can_take_longer_in_the_end() -> None:
    # Failing after 5 s leaves no time for a wait of 4 s and another try; failing after 3.9 s does, and ends at 8 s.
    given = profile(attempt_s=5.0, total_s=8.0, base_s=4.0)
    assert preview(given).worst_case_s == 8.0
    assert seconds_until_error(given, [3.95, 5.0], [0.5]) == 8.0
    assert seconds_until_error(given, [5.0], [0.5]) == 5.0


def test_it_gives_the_range_of_each_wait_that_jitter_draws() -> None:
    waits = [step for step in preview(profile(jitter=Jitter.EQUAL)).steps if step.kind == "wait"]
    assert [(wait.low_s, wait.high_s) for wait in waits] == [(0.5, 1.0), (1.0, 2.0)]


def test_it_calls_refused_attempts_with_average_waits_typical() -> None:
    assert preview(profile(jitter=Jitter.FULL)).typical_s == 1.5


def test_it_stays_quick_for_2000_attempts() -> None:
    given = profile(attempt_s=0.05, total_s=3600.0, attempts=2000, base_s=0.0)
    assert preview(given).attempts == 2000


@pytest.mark.parametrize("built_in", BUILT_IN, ids=lambda built_in: built_in.name)
def test_it_keeps_the_built_in_profiles_within_their_total(built_in: Profile) -> None:
    shown = preview(built_in)
    assert shown.typical_s < shown.worst_case_s <= built_in.timeouts.total_s
    assert preview(STANDARD).worst_case_s == 30.0


eighths = st.integers(0, 64).map(lambda count: count / 8)
previewed = st.builds(
    profile,
    attempt_s=st.sampled_from([0.5, 2.0, 5.0]),
    total_s=st.sampled_from([5.0, 8.0, 13.0, 60.0]),
    attempts=st.integers(1, 5),
    base_s=st.sampled_from([0.0, 0.5, 2.0, 6.0]),
    cap_s=st.sampled_from([6.0, 20.0]),
    backoff=st.sampled_from(BackoffKind),
    jitter=st.sampled_from(Jitter),
)


@settings(max_examples=300)
@given(previewed, st.lists(eighths, min_size=1, max_size=5), st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_it_is_never_exceeded(given: Profile, attempts_s: list[float], draws: list[float]) -> None:
    attempts_s = [min(seconds, given.timeouts.attempt_s) for seconds in attempts_s]
    assert seconds_until_error(given, attempts_s, draws) <= preview(given).worst_case_s + 1e-6


def draws_for(policy: RetryPolicy, waits_s: list[float]) -> list[float]:
    """What chance must draw for these waits, found by halving: a wait rises with its draw."""
    draws, previous_s = [], 0.0
    for retry, wait_s in enumerate(waits_s, start=1):
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if delay(policy, retry, previous_s, middle) < wait_s else (low, middle)
        draws.append(low)
        previous_s = wait_s
    return draws


@settings(max_examples=300)
@given(previewed)
def test_it_can_be_reached(given: Profile) -> None:
    shown = preview(given)
    lasting = [step.to_s - step.from_s for step in shown.steps]
    # A nanosecond less keeps rounding from pushing the last attempt over the edge of being worth its start.
    attempts_s = [max(0.0, seconds - 1e-9) for seconds in lasting[:-1:2]] + [given.timeouts.attempt_s]
    draws = [*draws_for(given.retry, lasting[1::2]), 0.5]
    assert seconds_until_error(given, attempts_s, draws) == pytest.approx(shown.worst_case_s, abs=1e-6)
