"""Counting calls by time: against a plain list of calls."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearline.domain.event import BreakerState
from clearline.domain.profile import BreakerPolicy
from clearline.resilience.breaker import Breaker, Permit, Verdict
from clearline.resilience.breaker_window import SLICES, TimeWindow

POLICY = BreakerPolicy(streak=0, failure_ratio=0.5, window_s=60.0, minimum_calls=4, slow_call_s=1.0, slow_ratio=0.5)


def call(breaker: Breaker, now: float, verdict: Verdict, seconds: float = 0.1) -> list[tuple[BreakerState, str]]:
    permit = breaker.admit(now)
    assert isinstance(permit, Permit)
    return [(change.after, change.reason) for change in breaker.settle(permit, verdict, now, seconds)]


@settings(max_examples=1500)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.booleans(), st.booleans()), max_size=25),
    st.sampled_from([1.0, 5.0, 60.0]),
)
def test_it_counts_what_a_plain_list_counts(story: list[tuple[int, bool, bool]], span_s: float) -> None:
    window = TimeWindow(span_s)
    plain: list[tuple[int, bool, bool]] = []
    now = 0.0
    for quarters, has_failed, is_slow in story:
        now += quarters / 4
        window.add(now, has_failed=has_failed, is_slow=is_slow)
        number = int(now * SLICES / span_s)
        plain.append((number, has_failed, is_slow))
        seen = [one for one in plain if one[0] > number - SLICES]
        assert window.counts(now) == (len(seen), sum(one[1] for one in seen), sum(one[2] for one in seen))
        assert len(window._slices) <= SLICES


def test_it_has_forgotten_everything_after_its_span() -> None:
    window = TimeWindow(10.0)
    window.add(0.0, has_failed=True, is_slow=False)
    assert (window.counts(9.9), window.counts(10.0)) == ((1, 1, 0), (0, 0, 0))


def test_it_takes_the_same_memory_for_many_calls_at_once_and_over_a_long_time() -> None:
    at_once, over_time = TimeWindow(10.0), TimeWindow(10.0)
    for number in range(1_000):
        at_once.add(5.0, has_failed=False, is_slow=False)
        over_time.add(float(number), has_failed=False, is_slow=False)
    assert (len(at_once._slices), len(over_time._slices)) == (1, SLICES)


def test_it_opens_on_the_share_of_failures_within_the_time() -> None:
    breaker = Breaker("k", POLICY)
    assert call(breaker, 0.0, Verdict.OK) == []
    assert call(breaker, 1.0, Verdict.OK) == []
    assert call(breaker, 2.0, Verdict.FAILED) == []
    assert call(breaker, 3.0, Verdict.FAILED) == [(BreakerState.OPEN, "failure_ratio")]


def test_it_looks_back_no_further() -> None:
    breaker = Breaker("k", POLICY)
    for now in (0.0, 1.0, 2.0):
        call(breaker, now, Verdict.FAILED)
    assert call(breaker, 70.0, Verdict.FAILED) == []


def test_it_asks_for_the_minimum_of_calls() -> None:
    breaker = Breaker("k", POLICY)
    assert [call(breaker, float(now), Verdict.FAILED) for now in range(3)] == [[], [], []]


def test_it_opens_on_slow_calls_within_the_time() -> None:
    breaker = Breaker("k", POLICY)
    for now in (0.0, 1.0):
        call(breaker, now, Verdict.OK)
    assert call(breaker, 2.0, Verdict.OK, 1.5) == []
    assert call(breaker, 3.0, Verdict.OK, 1.5) == [(BreakerState.OPEN, "slow_ratio")]


def test_it_still_opens_on_a_streak() -> None:
    breaker = Breaker("k", BreakerPolicy(streak=2, window_s=60.0))
    call(breaker, 0.0, Verdict.FAILED)
    assert call(breaker, 100.0, Verdict.FAILED) == [(BreakerState.OPEN, "streak")]


def test_a_success_ends_the_streak() -> None:
    breaker = Breaker("k", BreakerPolicy(streak=2, failure_ratio=2.0, window_s=60.0))
    for verdict in (Verdict.FAILED, Verdict.OK, Verdict.FAILED):
        assert call(breaker, 0.0, verdict) == []


def test_it_begins_anew_after_recovery() -> None:
    breaker = Breaker("k", POLICY)
    for now in range(4):
        call(breaker, float(now), Verdict.FAILED)
    assert breaker.state is BreakerState.OPEN
    breaker.close(5.0)
    assert call(breaker, 5.0, Verdict.FAILED) == []


def test_it_does_not_open_while_it_only_observes() -> None:
    breaker = Breaker("k", BreakerPolicy(mode="observe", streak=1, window_s=60.0, minimum_calls=1))
    assert call(breaker, 0.0, Verdict.FAILED) == []


@pytest.mark.parametrize("window_s", [30.0, 0.0])
def test_it_takes_another_window_without_a_change_of_state(window_s: float) -> None:
    breaker = Breaker("k", POLICY)
    for now in range(3):
        call(breaker, float(now), Verdict.FAILED)
    assert breaker.set_policy(BreakerPolicy(streak=0, window_s=window_s, minimum_calls=4), 3.0) == ()
    assert call(breaker, 3.0, Verdict.FAILED) == []
