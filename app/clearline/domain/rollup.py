"""What a stretch of time held for one target: kept while recording, so that any zoom reads few rows."""

import msgspec

from clearline.domain.event import AttemptEnded, CheckEnded, CheckMissed, Result
from clearline.domain.fault import Layer

RESOLUTIONS_S = (10, 300)
"""Lengths of the stretches that are kept, in seconds; each starts at a multiple of its length."""


class Rollup(msgspec.Struct, array_like=True, gc=False):
    """Counts and latencies of one target from `start_s` for `span_s` seconds. Latencies are of successful attempts."""

    start_s: float
    span_s: float
    ok: int = 0
    failed: int = 0
    refused: int = 0
    missed: int = 0
    attempts: int = 0
    latency_min_ms: float | None = None
    latency_sum_ms: float = 0.0
    latency_max_ms: float | None = None
    latency_count: int = 0
    layer: Layer | None = None
    """Where the latest failed attempt of the stretch broke."""
    kind: str = ""
    """Kind of that fault."""

    @property
    def latency_mean_ms(self) -> float | None:
        """Mean latency of the successes, None without one."""
        return self.latency_sum_ms / self.latency_count if self.latency_count else None

    def add(self, event: AttemptEnded | CheckEnded | CheckMissed) -> None:
        """Fold one event of this stretch."""
        if isinstance(event, AttemptEnded):
            self._add_attempt(event)
        elif isinstance(event, CheckMissed):
            self.missed += 1
        elif event.result is Result.OK:
            self.ok += 1
        elif event.result is Result.FAILED:
            self.failed += 1
        elif event.result is Result.REFUSED:
            self.refused += 1

    def _add_attempt(self, event: AttemptEnded) -> None:
        if event.is_disturbed:
            return
        self.attempts += 1
        if event.outcome.fault is not None:
            self.layer, self.kind = event.outcome.fault.layer, event.outcome.fault.kind
            return
        latency = event.outcome.latency_ms
        if latency is None:
            return
        self.latency_min_ms = latency if self.latency_min_ms is None else min(self.latency_min_ms, latency)
        self.latency_max_ms = latency if self.latency_max_ms is None else max(self.latency_max_ms, latency)
        self.latency_sum_ms += latency
        self.latency_count += 1


def stretch_start(at_s: float, span_s: float) -> float:
    """Where the stretch that holds this moment begins."""
    return at_s // span_s * span_s
