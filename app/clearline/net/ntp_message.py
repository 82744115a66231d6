"""Time questions and answers as bytes (RFC 5905 section 7.3), client side only."""

import secrets
import struct
from dataclasses import dataclass

_FORMAT = struct.Struct("!BBbb3I4Q")
SIZE_BYTES = 48
_ERA_S = 2_208_988_800
"""1900 to 1970."""
_CLIENT = 0x23
"""No leap warning, version 4, mode 3."""
_SERVER_MODES = (4, 5)
_UNSYNCHRONIZED = 3
_MAX_STRATUM = 15


@dataclass(frozen=True, slots=True)
class TimeAnswer:
    """What a server said; its two moments in seconds since 1970 UTC."""

    leap: int
    stratum: int
    reference: str
    """Kiss code or name of the clock where stratum is 0 or 1, else the server it follows."""
    precision_s: float
    root_delay_s: float
    root_dispersion_s: float
    received_s: float
    sent_s: float

    @property
    def kiss(self) -> str:
        """The kiss code (section 7.4), four letters; empty without."""
        return self.reference if self.stratum == 0 and len(self.reference) == 4 else ""

    @property
    def is_unsynchronized(self) -> bool:
        """Does the server itself say that it has no time?"""
        return self.leap == _UNSYNCHRONIZED or not 0 < self.stratum <= _MAX_STRATUM or self.sent_s <= 0

    def offset_s(self, sent_s: float, received_s: float) -> float:
        """The server's clock less ours, from our own two moments (section 8)."""
        return ((self.received_s - sent_s) + (self.sent_s - received_s)) / 2

    def delay_s(self, sent_s: float, received_s: float) -> float:
        """The round trip without the server's own time, 0 at least."""
        return max(0.0, (received_s - sent_s) - (self.sent_s - self.received_s))


class TimeQuestion:
    """One question. Its stamp is random: it proves that an answer is ours and tells nobody our clock."""

    def __init__(self) -> None:
        self._cookie = secrets.randbits(64) or 1
        self.wire = _FORMAT.pack(_CLIENT, 0, 0, 0, 0, 0, 0, 0, 0, 0, self._cookie)

    def read(self, wire: bytes) -> TimeAnswer | None:
        """The answer in a datagram; None where it is no answer to this question. Never raises."""
        if len(wire) < SIZE_BYTES:
            return None
        first, stratum, _, precision, delay, dispersion, reference, _, origin, received, sent = _FORMAT.unpack_from(
            wire
        )
        if first & 7 not in _SERVER_MODES or origin != self._cookie:
            return None
        return TimeAnswer(
            leap=first >> 6,
            stratum=stratum,
            reference=_reference(stratum, reference),
            precision_s=2.0 ** max(-64, min(precision, 16)),
            root_delay_s=delay / 65_536,
            root_dispersion_s=dispersion / 65_536,
            received_s=_seconds(received),
            sent_s=_seconds(sent),
        )


def stamp(seconds: float) -> int:
    """A moment in seconds since 1970 UTC as NTP's 64 bits."""
    return int((seconds + _ERA_S) * 2**32) & (2**64 - 1)


def _seconds(bits: int) -> float:
    if not bits:
        return 0.0
    seconds = bits / 2**32
    # Era 1 begins on 2036-02-07: small numbers are after it.
    return seconds - _ERA_S + (2**32 if seconds < 2**31 else 0)


def _reference(stratum: int, number: int) -> str:
    octets = number.to_bytes(4, "big")
    if stratum > 1:
        return ".".join(map(str, octets))
    return "".join(chr(octet) for octet in octets if octet < 0x80 and chr(octet).isalnum())
