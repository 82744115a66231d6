"""Is a difference one? Tests of two samples, and what a difference has to be worth to be told."""

import math
from collections.abc import Sequence
from statistics import NormalDist

from clearline.domain.statistics import wilson

ALPHA = 0.01
"""How often at most a difference may be told that is none, of a hundred comparisons of the same."""
LEAST_MS, LEAST_SHARE = 2.0, 0.15
"""A shift of a median is worth telling from 2 ms and from 15 % on: with thousands of samples a shift of 0.1 ms is
beyond any doubt, and of no use to anybody. Design judgement."""
LEAST_LOSS = 0.005
"""A change of loss is worth telling from half a per cent on."""
_FEWEST = 8
"""Samples of each side from which the normal approximation of U holds well enough (Mann and Whitney, table I)."""


def mann_whitney(one: Sequence[float], other: Sequence[float]) -> float:
    """The two-sided p-value of "both come from the same distribution"; 1 with too few samples to say anything.

    Normal approximation with correction for ties and continuity. No distribution is assumed: latencies have none that
    fits. Source: H. B. Mann, D. R. Whitney, Ann. Math. Stat. 18 (1947); ties: E. L. Lehmann, Nonparametrics (1975).
    """
    first, second = len(one), len(other)
    if first < _FEWEST or second < _FEWEST:
        return 1.0
    marked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    total = first + second
    rank_sum = tie_sum = 0.0
    place = 0
    while place < total:
        end = place
        while end < total and marked[end][0] == marked[place][0]:
            end += 1
        tied = end - place
        # Ranks from 1; those of equal values are their mean.
        rank = (place + 1 + end) / 2
        rank_sum += rank * sum(1 - side for _, side in marked[place:end])
        tie_sum += tied**3 - tied
        place = end
    u = rank_sum - first * (first + 1) / 2
    mean = first * second / 2
    variance = first * second / 12 * (total + 1 - tie_sum / (total * (total - 1)))
    if variance <= 0:
        return 1.0
    distance = max(0.0, abs(u - mean) - 0.5) / math.sqrt(variance)
    return 2 * (1 - NormalDist().cdf(distance))


def newcombe(bad_one: float, all_one: float, bad_other: float, all_other: float, z: float) -> tuple[float, float]:
    """Interval of the difference of two shares, other less one.

    Source: R. G. Newcombe, Statist. Med. 17 (1998) 873-890, method 10, of Wilson's intervals.
    """
    if all_one <= 0 or all_other <= 0:
        return -1.0, 1.0
    share_one, share_other = bad_one / all_one, bad_other / all_other
    low_one, high_one = wilson(bad_one, all_one, z)
    low_other, high_other = wilson(bad_other, all_other, z)
    difference = share_other - share_one
    low = difference - math.hypot(share_other - low_other, high_one - share_one)
    high = difference + math.hypot(high_other - share_other, share_one - low_one)
    return low, high


def is_shift(one: Sequence[float], other: Sequence[float], before_ms: float, after_ms: float) -> bool:
    """Is a shift of the median from `before_ms` to `after_ms` worth telling, and beyond chance?"""
    shift = abs(after_ms - before_ms)
    if shift < LEAST_MS or shift < LEAST_SHARE * min(before_ms, after_ms):
        return False
    return mann_whitney(one, other) < ALPHA


def is_loss_changed(bad_one: float, all_one: float, bad_other: float, all_other: float) -> bool:
    """Did a share change by half a per cent or more, with the whole interval of the difference on one side of zero?"""
    if all_one <= 0 or all_other <= 0 or abs(bad_other / all_other - bad_one / all_one) < LEAST_LOSS:
        return False
    low, high = newcombe(bad_one, all_one, bad_other, all_other, NormalDist().inv_cdf(1 - ALPHA / 2))
    return low > 0 or high < 0
