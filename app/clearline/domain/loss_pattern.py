"""How losses are spread over time: alone by chance, in bursts, or in a rhythm. Each has causes of its own."""

import itertools
from collections.abc import Sequence
from enum import StrEnum
from statistics import fmean, pstdev

FROM = 300
"""Checks below which no pattern is named: of 100, random loss of 3 % is told right in one case of five."""
_FEWEST_LOST = 5
_RHYTHM_CV = 0.35
"""Distances between losses that vary less than this share of their mean are a rhythm."""
_BURST_Z = -3.0
_BURST_LENGTH = 1.5


class LossPattern(StrEnum):
    """What is known of the losses among the latest checks."""

    COLLECTING = "collecting"
    TOO_FEW = "too_few"
    RANDOM = "random"
    BURSTY = "bursty"
    PERIODIC = "periodic"


def loss_pattern(lost: Sequence[bool]) -> LossPattern:
    """The pattern of these checks in their order, True for each that was lost.

    Bursts as in RFC 3357 (loss period), chance by the runs test of Wald and Wolfowitz.
    """
    count = len(lost)
    if count < FROM:
        return LossPattern.COLLECTING
    bad = sum(lost)
    if bad < _FEWEST_LOST or bad == count:
        return LossPattern.TOO_FEW
    starts = [at for at in range(count) if lost[at] and (at == 0 or not lost[at - 1])]
    if len(starts) >= _FEWEST_LOST:
        gaps = [after - before for before, after in itertools.pairwise(starts)]
        if pstdev(gaps) < _RHYTHM_CV * fmean(gaps):
            return LossPattern.PERIODIC
    if _runs_z(lost, bad) < _BURST_Z and bad / len(starts) >= _BURST_LENGTH:
        return LossPattern.BURSTY
    return LossPattern.RANDOM


def _runs_z(lost: Sequence[bool], bad: int) -> float:
    """How many standard deviations fewer (negative) or more runs there are than chance makes."""
    good, count = len(lost) - bad, len(lost)
    runs = 1 + sum(before is not after for before, after in itertools.pairwise(lost))
    mean = 2 * bad * good / count + 1
    variance = (mean - 1) * (mean - 2) / (count - 1)
    return float((runs - mean) / variance**0.5) if variance > 0 else 0.0
