"""A thousand clients at once."""

import pytest

from clearline.domain.profile import BackoffKind, Jitter, RetryPolicy
from clearline.resilience.herd import peak, simulate

PLAIN = RetryPolicy(attempts=4, base_s=1.0, jitter=Jitter.NONE)
FULL = RetryPolicy(attempts=4, base_s=1.0, jitter=Jitter.FULL)


def test_it_gives_a_figure_for_each_tenth_of_a_second() -> None:
    assert len(simulate(PLAIN, 10, 12.0)) == 120
    assert len(simulate(PLAIN, 10, 0.0)) == 1


def test_without_jitter_they_all_come_back_together() -> None:
    arrivals = simulate(PLAIN, 1_000, 30.0)
    waves = {place: count for place, count in enumerate(arrivals) if count}
    assert waves == {0: 1000, 10: 1000, 30: 1000, 70: 1000}


def test_jitter_spreads_them() -> None:
    assert peak(simulate(PLAIN)) == 1000
    assert peak(simulate(FULL)) < 250


def test_its_peak_leaves_out_the_first_wave_and_nothing_else() -> None:
    assert peak(simulate(RetryPolicy(attempts=2, backoff=BackoffKind.FIXED, base_s=0.1, jitter=Jitter.NONE), 10)) == 10
    assert peak(simulate(RetryPolicy(attempts=1), 10)) == 0
    assert peak([10]) == 0


def test_a_decorrelated_wait_begins_from_the_first_pause() -> None:
    arrivals = simulate(RetryPolicy(attempts=2, base_s=0.1, jitter=Jitter.DECORRELATED), 200)
    assert sum(arrivals[:4]) == 400


@pytest.mark.parametrize("jitter", Jitter)
def test_it_counts_every_attempt_that_falls_into_the_time(jitter: Jitter) -> None:
    policy = RetryPolicy(attempts=3, base_s=0.5, jitter=jitter)
    assert sum(simulate(policy, 50, 60.0)) == 150


def test_it_stops_counting_at_the_end() -> None:
    assert sum(simulate(PLAIN, 10, 1.0)) == 10


def test_it_is_the_same_each_time_for_one_seed_and_another_for_another() -> None:
    assert simulate(FULL, seed=1) == simulate(FULL, seed=1) != simulate(FULL, seed=2)


def test_it_is_bounded_whatever_the_policy() -> None:
    endless = RetryPolicy(attempts=2000, backoff=BackoffKind.FIXED, base_s=0.0)
    assert sum(simulate(endless, 10, 3600.0)) <= 1000
