"""Stretches of time that graphs draw: breaker states, time limits, the tester's absences, outages; and markers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from clearline.domain.event import BreakerState, Health, NetworkChange
from clearline.domain.phase import Phase


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
class NetworkSpan:
    """This machine's network was changed in between."""

    from_s: float
    to_s: float
    changes: tuple[NetworkChange, ...]


@dataclass(frozen=True, slots=True)
class Marker:
    """A person marked this moment."""

    at_s: float
    text: str
    target: str = ""


@dataclass(slots=True)
class LabSpan:
    """One stretch in which the practice lab made one fault at a target, or none."""

    from_s: float
    fault: str
    """Its kind; empty while the server is well."""
    options: Mapping[str, float] = field(default_factory=dict)
    to_s: float | None = None
    """None while it lasts."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The peer asked for no request between two moments (Retry-After)."""

    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class LimitChange:
    """From this moment on the time limit of a phase is this; None: limits no longer adapt."""

    at_s: float
    phase: Phase
    limit_s: float | None
    why: str = ""
    """As in domain.event.TimeoutAdapted."""
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BudgetLevel:
    """From this moment on so many retry tokens were left."""

    at_s: float
    tokens: float
    capacity: float
    reason: str
    """As in domain.event.BudgetChanged."""
