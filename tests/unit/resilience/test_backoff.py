"""Waits between attempts: exact figures, limits, and the extremes."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearline.domain.profile import BackoffKind, Jitter, RetryPolicy
from clearline.resilience.backoff import delay


def waits(kind: BackoffKind, count: int = 6, **changes: float) -> list[float]:
    policy = RetryPolicy(backoff=kind, jitter=Jitter.NONE, **{"base_s": 0.5, "cap_s": 100.0, **changes})
    return [delay(policy, retry, 0.0, 0.7) for retry in range(1, count + 1)]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (BackoffKind.FIXED, [0.5, 0.5, 0.5, 0.5, 0.5, 0.5]),
        (BackoffKind.LINEAR, [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]),
        (BackoffKind.EXPONENTIAL, [0.5, 1.0, 2.0, 4.0, 8.0, 16.0]),
        (BackoffKind.FIBONACCI, [0.5, 0.5, 1.0, 1.5, 2.5, 4.0]),
    ],
)
def test_it_grows_as_its_kind_says(kind: BackoffKind, expected: list[float]) -> None:
    assert waits(kind) == expected


@pytest.mark.parametrize("kind", BackoffKind)
def test_it_never_exceeds_the_cap(kind: BackoffKind) -> None:
    assert max(waits(kind, 30, cap_s=3.0)) <= 3.0


def test_it_grows_by_the_factor() -> None:
    assert waits(BackoffKind.EXPONENTIAL, 4, factor=3.0) == [0.5, 1.5, 4.5, 13.5]


@pytest.mark.parametrize("kind", BackoffKind)
@pytest.mark.parametrize("jitter", Jitter)
@pytest.mark.parametrize("base_s", [0.0, 1e-300, 0.5, 3600.0])
def test_it_survives_retry_2000(kind: BackoffKind, jitter: Jitter, base_s: float) -> None:
    policy = RetryPolicy(backoff=kind, jitter=jitter, base_s=base_s, factor=10.0, cap_s=86400.0)
    assert 0.0 <= delay(policy, 2000, 86400.0, 1.0) <= 86400.0


@pytest.mark.parametrize("kind", BackoffKind)
@pytest.mark.parametrize("jitter", Jitter)
def test_it_means_no_wait_where_base_is_zero(kind: BackoffKind, jitter: Jitter) -> None:
    policy = RetryPolicy(backoff=kind, jitter=jitter, base_s=0.0)
    assert [delay(policy, retry, 0.0, 1.0) for retry in (1, 2, 2000)] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("jitter", "at_0", "at_half", "at_1"),
    [(Jitter.NONE, 4.0, 4.0, 4.0), (Jitter.FULL, 0.0, 2.0, 4.0), (Jitter.EQUAL, 2.0, 3.0, 4.0)],
)
def test_it_spreads_as_its_jitter_says(jitter: Jitter, at_0: float, at_half: float, at_1: float) -> None:
    policy = RetryPolicy(jitter=jitter, base_s=4.0)
    assert [delay(policy, 1, 0.0, uniform) for uniform in (0.0, 0.5, 1.0)] == [at_0, at_half, at_1]


def test_it_draws_a_decorrelated_wait_between_the_base_and_three_times_the_last() -> None:
    policy = RetryPolicy(jitter=Jitter.DECORRELATED, base_s=1.0, cap_s=20.0)
    assert [delay(policy, 1, 0.0, uniform) for uniform in (0.0, 1.0)] == [1.0, 3.0]
    assert [delay(policy, 2, 4.0, uniform) for uniform in (0.0, 0.5, 1.0)] == [1.0, 6.5, 12.0]
    assert delay(policy, 3, 15.0, 1.0) == 20.0


@given(
    kind=st.sampled_from(BackoffKind),
    jitter=st.sampled_from(Jitter),
    base_s=st.floats(0, 3600),
    factor=st.floats(1, 10),
    cap_s=st.floats(0, 86400),
    retry=st.integers(1, 2000),
    previous_s=st.floats(0, 86400),
    low=st.floats(0, 1),
    high=st.floats(0, 1),
)
def test_it_stays_in_range_and_rises_with_the_draw(
    kind: BackoffKind,
    jitter: Jitter,
    base_s: float,
    factor: float,
    cap_s: float,
    retry: int,
    previous_s: float,
    low: float,
    high: float,
) -> None:
    policy = RetryPolicy(backoff=kind, jitter=jitter, base_s=base_s, factor=factor, cap_s=cap_s)
    low, high = sorted((low, high))
    short, long = delay(policy, retry, previous_s, low), delay(policy, retry, previous_s, high)
    assert math.isfinite(long)
    assert 0 <= short <= long <= cap_s
