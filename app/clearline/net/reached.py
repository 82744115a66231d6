"""What single packets and bytes given to a connection came to."""

from dataclasses import dataclass
from enum import StrEnum

from clearline.net.evidence import Icmp


class Method(StrEnum):
    """What carries the question."""

    ICMP = "icmp"
    UDP = "udp"
    TCP = "tcp"


@dataclass(frozen=True, slots=True)
class Reach:
    """What came back of one packet."""

    ip: str = ""
    """Who answered; empty for silence."""
    ms: float | None = None
    is_end: bool = False
    """The target itself answered."""
    icmp: Icmp | None = None
    device_mtu: int | None = None
    """The packet was longer than this machine's own link takes, which is so long."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of bytes given to a connection."""

    is_confirmed: bool
    """The peer's kernel confirmed all of them."""
    retransmits: int
    unacked: int
    """Segments never confirmed."""
