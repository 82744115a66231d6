"""Differences that are none are not told, and those that are, are."""

import random
from itertools import combinations
from statistics import NormalDist

import pytest

from clearline.domain.significance import ALPHA, is_loss_changed, is_shift, mann_whitney, newcombe


@pytest.mark.parametrize(
    ("bad_one", "all_one", "bad_other", "all_other", "expected"),
    [
        (48, 80, 56, 70, (0.0524, 0.3339)),
        (3, 10, 9, 10, (0.1705, 0.8090)),
        (0, 29, 5, 56, (-0.0381, 0.1926)),
        (0, 10, 0, 20, (-0.2775, 0.1611)),
        (0, 10, 10, 10, (0.6075, 1.0)),
    ],
)
def test_it_gives_the_intervals_of_newcombes_paper(
    bad_one: int, all_one: int, bad_other: int, all_other: int, expected: tuple[float, float]
) -> None:
    z = NormalDist().inv_cdf(0.975)
    assert newcombe(bad_one, all_one, bad_other, all_other, z) == pytest.approx(expected, abs=0.0002)


def test_it_comes_close_to_the_exact_p_value() -> None:
    """All ways to deal 20 ranks into two hands of ten, counted out."""
    one, other = [1, 2, 4, 5, 7, 9, 11, 12, 15, 17], [3, 6, 8, 10, 13, 14, 16, 18, 19, 20]
    ranks = sorted([*one, *other])
    seen = abs(sum(one) - 105)
    sums = [abs(sum(hand) - 105) for hand in combinations(ranks, 10)]
    exact = sum(distance >= seen for distance in sums) / len(sums)
    assert mann_whitney(one, other) == pytest.approx(exact, rel=0.1)


def test_it_takes_ties_into_account() -> None:
    assert mann_whitney([5.0] * 50, [5.0] * 50) == 1.0
    few = [1.0] * 30 + [2.0] * 10
    assert mann_whitney(few, list(few)) == pytest.approx(1.0, abs=0.02)
    assert mann_whitney(few, [1.0] * 10 + [2.0] * 30) < 0.001


def test_it_says_nothing_of_too_few_samples() -> None:
    assert mann_whitney([1.0] * 7, [900.0] * 500) == 1.0


def test_it_rarely_tells_a_difference_that_is_none() -> None:
    chance = random.Random(7)
    told = 0
    for _ in range(400):
        one, other = ([chance.lognormvariate(2.0, 0.6) for _ in range(60)] for _ in range(2))
        told += mann_whitney(one, other) < ALPHA
    assert told <= 400 * ALPHA * 3


@pytest.mark.parametrize(
    ("before", "after", "is_told"),
    [(18.0, 240.0, True), (18.0, 18.1, False), (0.2, 0.4, False), (100.0, 108.0, False), (100.0, 60.0, True)],
)
def test_it_tells_a_shift_that_matters_however_sure_smaller_ones_are(
    before: float, after: float, is_told: bool
) -> None:
    one, other = ([middle + step / 1000 for step in range(-500, 500)] for middle in (before, after))
    assert mann_whitney(one, other) < ALPHA
    assert is_shift(one, other, before, after) is is_told


@pytest.mark.parametrize(
    ("bad_one", "all_one", "bad_other", "all_other", "is_told"),
    [
        (0, 100, 12, 100, True),
        (0, 20, 1, 20, False),
        (0, 100_000, 300, 100_000, False),
        (500, 1000, 100, 1000, True),
        (0, 0, 5, 10, False),
    ],
)
def test_it_tells_a_change_of_loss_that_matters(
    bad_one: int, all_one: int, bad_other: int, all_other: int, is_told: bool
) -> None:
    assert is_loss_changed(bad_one, all_one, bad_other, all_other) is is_told
