"""Loss, jitter, percentiles and outage time, folded one sample at a time."""

import math
from collections import deque
from collections.abc import Sequence

from clearline.domain.lateness import Lateness

P50_FROM, P95_FROM, P99_FROM = 5, 40, 200
"""Fewest samples that carry a percentile; below that it is noise and is not shown."""


def percentile(ordered: Sequence[float], share: float) -> float:
    """The `share` (0 to 1) quantile of sorted values, linear between neighbours. Raises ValueError when empty."""
    if not ordered:
        raise ValueError("no samples")
    place = (len(ordered) - 1) * share
    low = math.floor(place)
    high = math.ceil(place)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def wilson(failures: float, total: float, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share. Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927). 0 of 20 gives 0 to 16.1 %."""
    if total <= 0:
        return 0.0, 1.0
    share = failures / total
    denominator = 1 + z * z / total
    centre = share + z * z / (2 * total)
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return max(0.0, (centre - spread) / denominator), min(1.0, (centre + spread) / denominator)


class Statistics:
    """Figures of one target over its latest `window` samples (latencies) and all of its checks (counts)."""

    def __init__(self, window: int = 600) -> None:
        self._latencies: deque[float] = deque(maxlen=window)
        self._jumps: deque[float] = deque(maxlen=window)
        self._recent: deque[bool] = deque(maxlen=window)
        self.checks = 0
        self.failures = 0
        self.attempts = 0
        self.first_try_ok = 0
        self.last_ms: float | None = None
        self.late = 0
        """Answers that came after their time limit."""
        self._lateness = Lateness()

    def add_success(self, latency_ms: float | None, *, first_try: bool = True) -> None:
        """Fold a check that succeeded; without a latency where lost connection requests spoiled it."""
        if latency_ms is not None:
            if self._latencies:
                self._jumps.append(abs(latency_ms - self._latencies[-1]))
            self._latencies.append(latency_ms)
        self._recent.append(True)
        self.checks += 1
        self.first_try_ok += first_try
        self.last_ms = latency_ms

    def add_failure(self, check: int | None = None) -> None:
        """Fold a check that failed, or that the breaker refused: the service was not there either way.

        With its number an answer that comes late can be told from one that is lost.
        """
        self.checks += 1
        self.last_ms = None
        is_lost = check is None or self._lateness.is_lost(check)
        self._recent.append(not is_lost)
        self.failures += is_lost

    def add_late(self, check: int) -> None:
        """Fold an answer that came after its time limit, before or after the end of its check: late, not lost."""
        self.late += 1
        if not self._lateness.is_found(check):
            return
        self.failures -= 1
        for place in range(len(self._recent) - 1, -1, -1):
            if not self._recent[place]:
                self._recent[place] = True
                return

    @property
    def samples(self) -> int:
        """Latencies in the window."""
        return len(self._latencies)

    @property
    def loss(self) -> float | None:
        """Share of the window's checks that failed, 0 to 1; None before the first."""
        return self._recent.count(False) / len(self._recent) if self._recent else None

    @property
    def loss_interval(self) -> tuple[float, float]:
        """95 % interval of the loss."""
        return wilson(self._recent.count(False), len(self._recent))

    @property
    def jitter_ms(self) -> float | None:
        """Mean |difference| of successive latencies, as mtr's; None with fewer than two."""
        return sum(self._jumps) / len(self._jumps) if self._jumps else None

    def latency(self, share: float) -> float | None:
        """A percentile in milliseconds, None with too few samples to carry it."""
        needed = P99_FROM if share > 0.95 else P95_FROM if share > 0.5 else P50_FROM
        return percentile(sorted(self._latencies), share) if len(self._latencies) >= needed else None
