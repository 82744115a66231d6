"""Long connections: how they are kept alive, and how it is known that they still are."""

from enum import StrEnum

import msgspec

NUMBER = "{n}"
"""Where it stands in a heartbeat's text the beat's number is written, so that each answer finds its beat."""


class Liveness(StrEnum):
    """What is known of a long connection."""

    UNKNOWN = "unknown"
    """There was none yet."""
    ALIVE = "alive"
    SUSPECT = "suspect"
    """Silent for longer than an answer may take."""
    DEAD = "dead"


class KeepAlive(msgspec.Struct, frozen=True):
    """TCP keep-alive: what the system's own kernel does on an idle connection. Detects death within `silence_s`.

    Source: RFC 9293, 3.8.4; RFC 5482 for the user timeout.
    """

    is_on: bool = True
    idle_s: float = 10.0
    """Silence before the first probe. Systems count whole seconds."""
    interval_s: float = 5.0
    """Between two probes."""
    count: int = 3
    """Probes without an answer until the connection is given up."""
    user_timeout_s: float = 0.0
    """How long sent data may stay unacknowledged; 0 takes `silence_s`. Keep-alive itself works only while idle."""

    @property
    def silence_s(self) -> float:
        """How long the peer may be gone unnoticed."""
        return self.idle_s + self.interval_s * self.count

    @property
    def unacknowledged_s(self) -> float:
        """The user timeout that is set: such that data in flight and an idle line are given up after the same time."""
        return self.user_timeout_s or self.silence_s


class Heartbeat(msgspec.Struct, frozen=True):
    """Messages of our own that the peer must answer. Detects death within `silence_s` of the last byte read."""

    interval_s: float = 5.0
    """Silence after which a beat is sent; a target's own pace replaces it."""
    timeout_s: float = 2.0
    """How long an answer may take. One that comes later counts as late, not as lost."""
    misses_to_suspect: int = 1
    misses_to_dead: int = 3
    send: str = f"PING {NUMBER}"
    """A line; a line end is added where it has none. A target's payload replaces it."""
    expect: str = f"PONG {NUMBER}"
    """What the answer holds; empty takes any byte for an answer. A target's expected text replaces it."""
    reconnect_base_s: float = 0.5
    """First pause before a new connection; doubles with each connection that dies young."""
    reconnect_cap_s: float = 30.0

    @property
    def silence_s(self) -> float:
        """How long the peer may be silent until its connection is held for dead."""
        return self.interval_s + self.timeout_s * self.misses_to_dead

    @property
    def is_numbered(self) -> bool:
        """Does each answer say which beat it answers?"""
        return NUMBER in self.send and NUMBER in self.expect
