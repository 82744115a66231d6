"""Round trips a minute while a line is busy: the measure of draft-ietf-ippm-responsiveness."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from clearline.domain.outcome import Outcome

FEW = 5
"""Fewer figures of a kind give no measure."""
_SLOWEST = 0.05
_MINUTE_MS = 60_000


def trimmed_mean(figures: Sequence[float]) -> float:
    """The mean without the slowest twentieth, whole figures of it: the draft's one-sided trimmed mean."""
    kept = sorted(figures)[: len(figures) - int(len(figures) * _SLOWEST)]
    return sum(kept) / len(kept)


def level_of(per_minute: float) -> str:
    """Below 100 `low`, above 1000 `high`, else `medium`: a convention, as the draft names no limits."""
    if per_minute < 100:
        return "low"
    return "medium" if per_minute <= 1000 else "high"


@dataclass(slots=True)
class RoundTrips:
    """What requests took while the line was busy, in ms: on connections of their own, and on the busy ones.

    The draft's "self" probes share a connection with what keeps it busy, which takes HTTP/2. Where servers speak
    HTTP/1.1 a connection has one request at a time: here it is the wait for the answer to a request on a connection
    that was just busy, while the others still are.
    """

    connect_ms: list[float] = field(default_factory=list)
    tls_ms: list[float] = field(default_factory=list)
    """Empty without encryption."""
    http_ms: list[float] = field(default_factory=list)
    loaded_ms: list[float] = field(default_factory=list)

    def note_apart(self, outcome: Outcome) -> None:
        """A request on a connection of its own; whatever its answer says, it was one."""
        phases = outcome.phases
        if outcome.status is not None and phases.connect is not None and phases.wait is not None:
            self.connect_ms.append(phases.connect)
            self.http_ms.append(phases.wait)
            if phases.tls is not None:
                self.tls_ms.append(phases.tls)

    def note_loaded(self, outcome: Outcome) -> None:
        """A request on one of the busy connections."""
        if outcome.status is not None and outcome.phases.wait is not None:
            self.loaded_ms.append(outcome.phases.wait)

    @property
    def per_minute(self) -> float | None:
        """(60000 / mean(TM(tcp), TM(tls), TM(http)) + 60000 / TM(http_loaded)) / 2; None for want of figures."""
        if min(len(self.http_ms), len(self.loaded_ms)) < FEW:
            return None
        parts = [trimmed_mean(part) for part in (self.connect_ms, self.tls_ms, self.http_ms) if part]
        apart_ms, loaded_ms = sum(parts) / len(parts), trimmed_mean(self.loaded_ms)
        if not apart_ms or not loaded_ms:
            return None
        return (_MINUTE_MS / apart_ms + _MINUTE_MS / loaded_ms) / 2
