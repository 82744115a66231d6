"""The latency scale: follows p99, grows at once and shrinks late, so that it neither jumps nor flattens."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)
SHRINK_BELOW = 0.5
"""The top comes down once less than this share of it is needed."""
SHRINK_AFTER_S = 4.0
SPIKE = 1.6
"""A greatest value up to this multiple of p99 is shown whole."""
SMALLEST_TOP_MS = 1.0


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
        if not len(values):
            return self.top_ms
        wanted = nice_above(max(robust_top(values) * 1.06, SMALLEST_TOP_MS))
        if wanted >= self.top_ms:
            self.top_ms, self._small_since_s = wanted, None
        elif wanted > self.top_ms * SHRINK_BELOW:
            self._small_since_s = None
        elif self._small_since_s is None:
            self._small_since_s = now_s
        elif now_s - self._small_since_s >= SHRINK_AFTER_S:
            self.top_ms, self._small_since_s = wanted, None
        return self.top_ms
