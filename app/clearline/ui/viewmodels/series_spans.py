"""Stretches of time that graphs draw: breaker states, the tester's absences, outages; and markers."""

from dataclasses import dataclass

from clearline.domain.event import BreakerState, Health
from clearline.domain.fault import Layer


@dataclass(slots=True)
class BreakerSpan:
    """One stretch of a breaker in one state."""

    from_s: float
    state: BreakerState
    reason: str = ""
    to_s: float | None = None
    """None while it lasts."""
    until_s: float | None = None
    """While open: when it will admit a probe call."""
    successes: int = 0
    needed: int = 0


@dataclass(frozen=True, slots=True)
class TesterSpan:
    """The tester was away or busy."""

    from_s: float
    to_s: float
    health: Health
    lag_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Marker:
    """A person marked this moment."""

    at_s: float
    text: str
    target: str = ""


@dataclass(slots=True)
class Outage:
    """Checks in a row without success."""

    target: str
    from_s: float
    """When the first of them was due."""
    last_s: float
    """When the latest of them ended."""
    layer: Layer | None
    kind: str
    checks: int = 1
    to_s: float | None = None
    """When the first success after it was due; None while it lasts."""
