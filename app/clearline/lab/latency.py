"""How long a healthy server takes: log-normal with an occasional spike, the shape real services have."""

import math
from random import Random

import msgspec


class Latency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A distribution of waits. The log-normal shape is what response times of real services follow closely."""

    median_ms: float = 0.0
    """0 answers at once."""
    sigma: float = 0.22
    """Spread of the logarithm: 0.22 puts nine of ten waits between 70 % and 144 % of the median."""
    spike_share: float = 0.0
    """Share of waits, 0 to 1, that are a spike."""
    spike_ms: float = 0.0
    """Median of what a spike adds."""


class LatencySource:
    """Draws waits from a distribution; the same seed draws the same waits in the same order."""

    def __init__(self, latency: Latency, seed: str) -> None:
        self._latency = latency
        self._chance = Random(seed)

    def draw_s(self) -> float:
        """The next wait, in seconds."""
        shape = self._latency
        if shape.median_ms <= 0:
            return 0.0
        wait_ms = self._chance.lognormvariate(math.log(shape.median_ms), shape.sigma)
        if self._chance.random() < shape.spike_share:
            wait_ms += self._chance.lognormvariate(math.log(shape.spike_ms), 0.5) if shape.spike_ms > 0 else 0.0
        return wait_ms / 1000
