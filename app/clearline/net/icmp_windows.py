"""Ping on Windows: IcmpSendEcho2, which every user may call; it tells who answered what, also from half-way.

The layouts and numbers are from the system's headers (ipexport.h, icmpapi.h); recorded answers are parsed in tests, the
calls themselves ran nowhere yet.
"""

import socket
import struct
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from clearline.net.echo import echo_reply, read_echo
from clearline.net.evidence import Evidence, Icmp, NetworkError, OsError
from clearline.net.network import Address
from clearline.net.timestamps import RoundTrip
from clearline.net.timing import Limit

TIMED_OUT = 11010
"""IP_REQ_TIMED_OUT."""
DONT_FRAGMENT = 2
"""IP_FLAG_DF."""
_GENERAL_FAILURE = 11050
_NETWORK_UNREACHABLE = 1231
"""ERROR_NETWORK_UNREACHABLE: what a general failure mostly is; the first number stays in the evidence."""
_FIRST_STATUS = 11000
_USUAL_TTL = 128
_MEANINGS: dict[int, dict[int, tuple[int, int]]] = {
    # IP_DEST_NET_UNREACHABLE, _HOST_, _PROT_, _PORT_, IP_PACKET_TOO_BIG, IP_TTL_EXPIRED_TRANSIT, _REASSEM
    4: {11002: (3, 0), 11003: (3, 1), 11004: (3, 2), 11005: (3, 3), 11009: (3, 4), 11013: (11, 0), 11014: (11, 1)},
    # IP_DEST_NO_ROUTE, _ADDR_UNREACHABLE, _PROHIBITED, _PORT_UNREACHABLE, …, IP_HOP_LIMIT_EXCEEDED, _REASSEM
    6: {11002: (1, 0), 11003: (1, 3), 11004: (1, 1), 11005: (1, 4), 11009: (2, 0), 11013: (3, 0), 11014: (3, 1)},
}
"""IP version and status: ICMP type and code. WSAHOST_NOT_FOUND and its like have the same numbers."""
# struct icmp_echo_reply: Address, Status, RoundTripTime, DataSize, Reserved, then the pointer Data.
_REPLY_4 = struct.Struct("<4sIIHH")
# struct icmpv6_echo_reply_lh: packed {port, flow info, address[16], scope} of 26 bytes, padding, Status, RoundTripTime.
_REPLY_6 = struct.Struct("<6x16s4x2xII")


@dataclass(frozen=True, slots=True)
class Question:
    """One echo request."""

    family: int
    ip: str
    scope: int
    payload: bytes
    ttl: int
    is_unsplit: bool
    timeout_ms: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the call gave: the buffer that it filled and that one's address, or an error's number alone."""

    buffer: bytes = b""
    base: int = 0
    error: int = 0
    began_ns: int = 0
    ended_ns: int = 0
    """perf_counter nanoseconds around the call: its own figure is in whole milliseconds."""

    @property
    def ms(self) -> float:
        """The round trip as this process saw it."""
        return round((self.ended_ns - self.began_ns) / 1e6, 4)


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, read. `icmp` is None where the target itself echoed, `ip` empty where nobody answered in time."""

    ip: str = ""
    payload: bytes = b""
    icmp: Icmp | None = None


Ask = Callable[[Question], Answer]
InThread = Callable[[Callable[[], Answer]], Awaitable[Answer]]


def read_answer(family: int, answer: Answer) -> Told:
    """What an answer says. Raises NetworkError where this machine itself did not send."""
    if answer.error:
        if answer.error == TIMED_OUT:
            return Told()
        if (known := _MEANINGS[_version(family)].get(answer.error)) is not None:
            return Told(icmp=Icmp(_version(family), *known, offender=""))
        raise NetworkError(Evidence(transport="icmp", os_error=_os_error(answer.error)))
    if family == socket.AF_INET:
        raw, status, _, size, _ = _REPLY_4.unpack_from(answer.buffer)
        (pointer,) = struct.unpack_from("<Q" if _is_64_bit() else "<I", answer.buffer, _REPLY_4.size)
        at = pointer - answer.base
        payload = answer.buffer[at : at + size] if pointer else b""
    else:
        raw, status, _ = _REPLY_6.unpack_from(answer.buffer)
        payload = answer.buffer[_REPLY_6.size :]
    ip = socket.inet_ntop(family, raw)
    if status == 0:
        return Told(ip, payload)
    if status == TIMED_OUT:
        return Told()
    if (known := _MEANINGS[_version(family)].get(status)) is None:
        raise NetworkError(Evidence(transport="icmp", os_error=_os_error(status), peer=ip))
    return Told(ip, icmp=Icmp(_version(family), *known, offender=ip))


def question(
    address: Address, payload: bytes, limit: Limit, ttl: int | None = None, *, is_unsplit: bool = False
) -> Question:
    """An echo request that waits until the limit."""
    scope = int(address.sockaddr[3]) if len(address.sockaddr) > 3 else 0
    timeout_ms = max(1, int(limit.left_s * 1000))
    return Question(address.family, address.ip, scope, payload, ttl or _USUAL_TTL, is_unsplit, timeout_ms)


class WindowsEcho:
    """Implements Datagrams for one echo request and its reply; a thread waits inside the call."""

    local_ip = ""

    def __init__(self, address: Address, run: InThread, ask: Ask) -> None:
        self.address = address
        self.round_trip: RoundTrip | None = None
        self._run = run
        self._ask = ask
        self._request = b""

    def send(self, data: bytes) -> None:
        """Keep the request: the call that sends it is the one that waits."""
        self._request = data

    async def receive(self, limit: Limit) -> tuple[bytes, int]:
        """The reply and when it came in. Raises NetworkError, for a router's word as for silence."""
        if not self._request or not limit.left_s:
            raise NetworkError(Evidence(deadline=limit.deadline))
        number, payload = read_echo(self._request)
        self._request = b""
        asked = question(self.address, payload, limit)
        answer = await self._run(lambda: self._ask(asked))
        told = read_answer(self.address.family, answer)
        if told.icmp is not None:
            raise NetworkError(Evidence(transport="icmp", icmp=told.icmp, peer=self.address.ip))
        if not told.ip:
            raise NetworkError(Evidence(deadline=limit.deadline))
        self.round_trip = RoundTrip(answer.ms, None)
        return echo_reply(self.address.family, number, told.payload[: len(payload)]), answer.ended_ns

    def close(self) -> None:
        """Nothing is open between two calls."""


def _version(family: int) -> int:
    return 4 if family == socket.AF_INET else 6


def _is_64_bit() -> bool:
    return sys.maxsize > 2**32


def _os_error(number: int) -> OsError:
    if number == _GENERAL_FAILURE:
        return OsError(number, _NETWORK_UNREACHABLE, "win32")
    return OsError(number, None if number >= _FIRST_STATUS else number, "win32")


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    class _Options(ctypes.Structure):
        _fields_ = (
            ("Ttl", ctypes.c_ubyte),
            ("Tos", ctypes.c_ubyte),
            ("Flags", ctypes.c_ubyte),
            ("OptionsSize", ctypes.c_ubyte),
            ("OptionsData", ctypes.c_void_p),
        )

    _ROOM_BYTES = 256
    _INVALID_HANDLE = ctypes.c_void_p(-1).value

    def ask(asked: Question) -> Answer:
        """Send an echo request and wait for its answer. Blocks, at most as long as it says."""
        library: Any = ctypes.WinDLL("iphlpapi", use_last_error=True)
        is_v4 = asked.family == socket.AF_INET
        create = library.IcmpCreateFile if is_v4 else library.Icmp6CreateFile
        create.restype = wintypes.HANDLE
        handle = create()
        if handle in (None, _INVALID_HANDLE):
            return Answer(error=ctypes.get_last_error())
        try:
            reply = ctypes.create_string_buffer(len(asked.payload) + _ROOM_BYTES)
            options = _Options(asked.ttl, 0, DONT_FRAGMENT if asked.is_unsplit else 0, 0, None)
            rest = (
                asked.payload,
                wintypes.WORD(len(asked.payload)),
                ctypes.byref(options),
                reply,
                wintypes.DWORD(len(reply)),
                wintypes.DWORD(asked.timeout_ms),
            )
            began_ns = time.perf_counter_ns()
            if is_v4:
                (number,) = struct.unpack("<I", socket.inet_aton(asked.ip))
                count = library.IcmpSendEcho2(wintypes.HANDLE(handle), None, None, None, wintypes.DWORD(number), *rest)
            else:
                own, peer = _sockaddr_6("::", 0), _sockaddr_6(asked.ip, asked.scope)
                count = library.Icmp6SendEcho2(wintypes.HANDLE(handle), None, None, None, own, peer, *rest)
            ended_ns = time.perf_counter_ns()
            if not count:
                return Answer(error=ctypes.get_last_error(), began_ns=began_ns, ended_ns=ended_ns)
            return Answer(reply.raw, ctypes.addressof(reply), 0, began_ns, ended_ns)
        finally:
            library.IcmpCloseHandle(wintypes.HANDLE(handle))

    def _sockaddr_6(ip: str, scope: int) -> Any:
        raw = (
            struct.pack("<HHI", socket.AF_INET6, 0, 0)
            + socket.inet_pton(socket.AF_INET6, ip)
            + struct.pack("<I", scope)
        )
        return ctypes.create_string_buffer(raw, len(raw))
