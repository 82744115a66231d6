"""What the lab's time server answers: this machine's own time, or a fault. RFC 5905 section 7.3."""

import struct
from collections.abc import Callable

from clearline.lab.faults import LabFault

_TO_1900_S = 2_208_988_800
"""From the epoch of NTP, 1900, to that of Unix."""
_SIZE = 48
_SERVER, _CLIENT = 4, 3
_NO_TIME_YET = 3
"""Leap indicator of a server that is not synchronised."""
_KISSES = {"ntp_kiss_rate": b"RATE", "ntp_kiss_deny": b"DENY"}


class TimeServer:
    """Answers client requests of versions 1 to 4. `wall_s` tells UTC in seconds since 1970."""

    def __init__(self, wall_s: Callable[[], float]) -> None:
        self._wall_s = wall_s

    def answer(self, data: bytes, fault: LabFault | None) -> bytes | None:
        """The answer's bytes; None for what is no request."""
        if len(data) < _SIZE or data[0] & 7 != _CLIENT:
            return None
        kind = fault.kind if fault is not None else ""
        leap, stratum, reference = 0, 2, b"\x7f\x00\x00\x01"
        now_s = self._wall_s()
        if kind == "ntp_unsynchronized":
            leap, stratum, reference = _NO_TIME_YET, 16, b"INIT"
        elif kind in _KISSES:
            # A kiss-o'-death: stratum 0, the reason where the reference stands (section 7.4).
            leap, stratum, reference = _NO_TIME_YET, 0, _KISSES[kind]
        elif kind == "ntp_wrong_time" and fault is not None:
            now_s += fault.option("delay_ms") / 1000
        origin = bytes(8) if kind == "ntp_wrong_origin" else data[40:48]
        version = (data[0] >> 3) & 7
        first = bytes((leap << 6 | version << 3 | _SERVER, stratum, 6, 0xEC))
        stamp = _stamp(now_s)
        return first + struct.pack("!II", 0, 1) + reference + _stamp(now_s - 16) + origin + stamp + stamp


def _stamp(unix_s: float) -> bytes:
    seconds = unix_s + _TO_1900_S
    return struct.pack("!II", int(seconds) & 0xFFFFFFFF, int(seconds % 1 * 2**32))
