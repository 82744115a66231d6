"""The latency scale: follows p99, grows at once and shrinks late, so that it neither jumps nor flattens."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clearline.domain.scale import value_ticks
from clearline.ui.plots.ticks import log_ticks

STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)
SHRINK_BELOW = 0.5
"""The top comes down once less than this share of it is needed."""
SHRINK_AFTER_S = 4.0
SPIKE = 1.6
"""A greatest value up to this multiple of p99 is shown whole."""
SMALLEST_TOP_MS = 1.0
LOWEST_MS = 0.1
"""Where a logarithmic scale begins that has nothing to show yet."""


def robust_top(values: NDArray[Any]) -> float:
    """The value the scale should reach: p99, and never one of the few greatest if those are far above the rest."""
    if not len(values):
        return 0.0
    ordered = np.sort(values)
    greatest = float(ordered[-1])
    # Of 20 samples one may be a spike, of 60 and more three; from 300 on it is p99.
    spikes = max(min(3, len(ordered) // 20), len(ordered) // 100)
    usual = float(ordered[-1 - spikes])
    return greatest if greatest <= SPIKE * usual else usual * 1.15


def nice_above(value: float) -> float:
    """The next round number at or above a positive value."""
    power = 10.0 ** math.floor(math.log10(value))
    return next((step * power for step in STEPS if step * power >= value * 0.999), 10.0 * power)


class YRange:
    """The top of the scale over time. `reset` when something else is shown."""

    def __init__(self) -> None:
        self.top_ms = 0.0
        """0 where there never was a latency: then there is no scale."""
        self._low_ms = LOWEST_MS
        self._small_since_s: float | None = None

    @property
    def drawn_ms(self) -> float:
        """What the height of the lane stands for, always above zero."""
        return self.top_ms or SMALLEST_TOP_MS

    def reset(self) -> None:
        """Forget the past: the next update sets the scale at once."""
        self.top_ms = 0.0
        self._small_since_s = None

    def update(self, values: NDArray[Any], now_s: float) -> float:
        """The top for these latencies at this moment, 0 before the first; `now_s` may be of any clock that goes on."""
        self._move_top(values, now_s)
        positive = values[values > 0]
        low_ms = 10.0 ** math.floor(math.log10(float(positive.min()))) if len(positive) else LOWEST_MS
        self._low_ms = min(low_ms, self.drawn_ms / 10)
        return self.top_ms

    def shares(self, values_ms: NDArray[Any], *, is_log: bool) -> NDArray[np.float64]:
        """How far up each value lies, 0 to 1, on a scale from zero or a logarithmic one; what lies outside is cut."""
        low_ms, top_ms = self._low_ms, self.drawn_ms
        if is_log:
            share = np.log10(np.maximum(values_ms, low_ms) / low_ms) / np.log10(top_ms / low_ms)
        else:
            share = values_ms / top_ms
        found: NDArray[np.float64] = np.clip(share, 0.0, 1.0)
        return found

    def is_above(self, values_ms: NDArray[Any]) -> NDArray[np.bool_]:
        """Which values lie above the scale."""
        found: NDArray[np.bool_] = values_ms > self.drawn_ms * 1.001
        return found

    def ticks(self, most: int, *, is_log: bool) -> list[float]:
        """What is labelled, at most so many on a scale from zero; nothing where there is no scale."""
        if not self.top_ms:
            return []
        return log_ticks(self._low_ms, self.top_ms) if is_log else value_ticks(self.top_ms, most)

    def _move_top(self, values: NDArray[Any], now_s: float) -> None:
        if not len(values):
            return
        wanted = nice_above(max(robust_top(values) * 1.06, SMALLEST_TOP_MS))
        if wanted >= self.top_ms:
            self.top_ms, self._small_since_s = wanted, None
        elif wanted > self.top_ms * SHRINK_BELOW:
            self._small_since_s = None
        elif self._small_since_s is None:
            self._small_since_s = now_s
        elif now_s - self._small_since_s >= SHRINK_AFTER_S:
            self.top_ms, self._small_since_s = wanted, None
