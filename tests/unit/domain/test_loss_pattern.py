"""Which pattern is named for losses made by chance, in bursts and in a rhythm."""

import random
from collections.abc import Callable

import pytest

from clearline.domain.loss_pattern import FROM, LossPattern, loss_pattern

TRIALS = 60


def by_chance(share: float) -> Callable[[random.Random, int], list[bool]]:
    return lambda dice, count: [dice.random() < share for _ in range(count)]


def in_bursts(share: float, length: float) -> Callable[[random.Random, int], list[bool]]:
    """Gilbert's model: bursts of this mean length, lost in them all."""

    def make(dice: random.Random, count: int) -> list[bool]:
        ends, begins = 1 / length, share / (1 - share) / length
        lost, is_bad = [], False
        for _ in range(count):
            is_bad = dice.random() >= ends if is_bad else dice.random() < begins
            lost.append(is_bad)
        return lost

    return make


@pytest.mark.parametrize(
    ("make", "pattern", "share"),
    [
        (by_chance(0.03), LossPattern.RANDOM, 0.8),
        (by_chance(0.1), LossPattern.RANDOM, 0.95),
        (by_chance(0.3), LossPattern.RANDOM, 0.95),
        (in_bursts(0.05, 3), LossPattern.BURSTY, 0.8),
        (in_bursts(0.1, 5), LossPattern.BURSTY, 0.85),
        (lambda dice, count: [at % 20 == 0 for at in range(count)], LossPattern.PERIODIC, 1.0),
        (lambda dice, count: [at % 30 < 3 for at in range(count)], LossPattern.PERIODIC, 1.0),
    ],
)
def test_it_names_the_pattern_mostly_right(
    make: Callable[[random.Random, int], list[bool]], pattern: LossPattern, share: float
) -> None:
    dice = random.Random(7)

    right = sum(loss_pattern(make(dice, FROM)) is pattern for _ in range(TRIALS))

    assert right >= share * TRIALS


@pytest.mark.parametrize(
    ("lost", "pattern"),
    [
        ([], LossPattern.COLLECTING),
        ([True, False] * (FROM // 2 - 1), LossPattern.COLLECTING),
        ([False] * FROM, LossPattern.TOO_FEW),
        ([False] * (FROM - 4) + [True] * 4, LossPattern.TOO_FEW),
        ([True] * FROM, LossPattern.TOO_FEW),
        ([False] * FROM + [True] * 100, LossPattern.BURSTY),
    ],
)
def test_it_is_humble_and_never_breaks(lost: list[bool], pattern: LossPattern) -> None:
    assert loss_pattern(lost) is pattern
