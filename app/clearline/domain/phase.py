"""The phases of one attempt, and how long each took."""

from enum import StrEnum

import msgspec
from msgspec.structs import astuple


class Phase(StrEnum):
    """A part of an attempt. Phases are disjoint and come in this order; a probe uses those it needs."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    PROXY = "proxy"
    TLS = "tls"
    SEND = "send"
    WAIT = "wait"
    """Until the first decrypted byte of the answer: TLS session tickets do not count."""
    RECEIVE = "receive"


class PhaseTimes(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Milliseconds spent in each phase; None where the phase was not reached.

    A phase that failed holds the time until it failed, so the sum is the attempt's total (± 0.5 ms).
    """

    resolve: float | None = None
    connect: float | None = None
    proxy: float | None = None
    tls: float | None = None
    send: float | None = None
    wait: float | None = None
    receive: float | None = None

    @property
    def total_ms(self) -> float:
        """Sum of the phases that were reached, in milliseconds."""
        # The hottest line of opening a session: no loop over the phases.
        early = (self.resolve or 0.0) + (self.connect or 0.0) + (self.proxy or 0.0) + (self.tls or 0.0)
        return early + (self.send or 0.0) + (self.wait or 0.0) + (self.receive or 0.0)

    def of(self, phase: Phase) -> float | None:
        """Milliseconds spent in one phase, None where it was not reached."""
        value: float | None = getattr(self, phase.value)
        return value

    def reached(self) -> list[tuple[Phase, float]]:
        """The phases that were reached, in order, each with its milliseconds."""
        return [(phase, value) for phase, value in zip(_IN_ORDER, astuple(self), strict=True) if value is not None]


_IN_ORDER = tuple(Phase)
