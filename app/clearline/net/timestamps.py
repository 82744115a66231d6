"""When the kernel itself sent and received a datagram: software time stamps of SO_TIMESTAMPING, Linux only.

A stamp taken in this process holds what the loop, the interpreter lock and the scheduler added (50 ms seen behind a
blocked loop, while the kernel said 0.2 ms); the kernel's does not. Elsewhere there is no pair of stamps, and the figure
is the process's own.
"""

import socket
import struct
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass

# asm-generic/socket.h; linux/net_tstamp.h: TX_SOFTWARE, RX_SOFTWARE, SOFTWARE, OPT_ID, OPT_TSONLY. Without the payload
# (TSONLY) an ordinary user may ask.
_SO_TIMESTAMPING = 37
_FLAGS = 1 << 1 | 1 << 3 | 1 << 4 | 1 << 7 | 1 << 11
# struct scm_timestamping: three struct timespec, of which the first is the software stamp.
_TIMESPEC = struct.Struct("@ll")
_MOST_CLOCK_STEP_NS = 1_000_000
_MOST_KEPT = 64
_ANCILLARY_BYTES = 256

IS_LINUX = sys.platform == "linux"

Ancillary = Iterable[tuple[int, int, bytes]]


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """From a datagram to its answer, milliseconds: as this process saw it, and as the kernel did, if it tells."""

    user_ms: float
    kernel_ms: float | None

    @property
    def lag_ms(self) -> float | None:
        """What the measuring itself added; None without a kernel figure."""
        return None if self.kernel_ms is None else max(0.0, self.user_ms - self.kernel_ms)


def ask_for_stamps(sock: socket.socket) -> None:
    """Have the kernel stamp what this socket sends and receives. Harmless where it does not."""
    if not IS_LINUX:
        return
    try:
        sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPING, _FLAGS)
    except OSError:
        # Figures only: without stamps they are the process's own.
        return


def stamp_in(ancillary: Ancillary) -> int | None:
    """The kernel's stamp beside a message, nanoseconds since 1970; None without one."""
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPING and len(data) >= _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack_from(data)
            if seconds:
                return int(seconds) * 1_000_000_000 + int(nanoseconds)
    return None


def receive_stamped(sock: socket.socket, most_bytes: int) -> tuple[bytes, int | None]:
    """The next datagram and the kernel's stamp of it, where it gives one. Raises what `recv` raises."""
    # Windows' sockets have no such call.
    receive = getattr(sock, "recvmsg", None) if IS_LINUX else None
    if receive is None:
        return sock.recv(most_bytes), None
    data, ancillary, _, _ = receive(most_bytes, _ANCILLARY_BYTES)
    return data, stamp_in(ancillary)


class StampBook:
    """Pairs the stamps of the latest datagram sent with those of the latest received."""

    def __init__(self) -> None:
        self._sends = 0
        self._began_ns = 0
        self._clock_gap_ns = 0
        self._sent_ns: dict[int, int] = {}
        self._came_at_ns = 0
        self._received_ns: int | None = None
        self._is_clock_steady = True

    def note_send(self, at_ns: int) -> None:
        """A datagram is given to the kernel, which numbers them from 0."""
        self._began_ns = at_ns
        self._clock_gap_ns = _clock_gap_ns()
        self._sends += 1
        self._received_ns = None
        self._came_at_ns = 0

    def note_sent(self, stamps: dict[int, int]) -> None:
        """The kernel told when it sent these, by number."""
        self._sent_ns.update(stamps)
        while len(self._sent_ns) > _MOST_KEPT:
            del self._sent_ns[next(iter(self._sent_ns))]

    def note_received(self, at_ns: int, kernel_ns: int | None) -> None:
        """An answer came: the process's stamp and the kernel's."""
        self._came_at_ns = at_ns
        self._received_ns = kernel_ns
        # The kernel stamps with the wall clock: a step of it in between makes the difference a lie.
        self._is_clock_steady = abs(_clock_gap_ns() - self._clock_gap_ns) <= _MOST_CLOCK_STEP_NS

    @property
    def round_trip(self) -> RoundTrip | None:
        """Of the latest datagram sent and the latest received after it; None before both."""
        if not self._sends or not self._came_at_ns:
            return None
        user_ms = (self._came_at_ns - self._began_ns) / 1e6
        sent_ns = self._sent_ns.get(self._sends - 1)
        if sent_ns is None or self._received_ns is None or not self._is_clock_steady:
            return RoundTrip(user_ms, None)
        kernel_ms = (self._received_ns - sent_ns) / 1e6
        return RoundTrip(user_ms, kernel_ms if kernel_ms >= 0 else None)


def _clock_gap_ns() -> int:
    return time.time_ns() - time.perf_counter_ns()
