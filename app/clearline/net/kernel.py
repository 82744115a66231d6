"""What the kernel knows of a connection: TCP_INFO, and the error queue with its ICMP messages.

The queue is Linux's; other systems give None or nothing and everything goes on without. Python up to 3.13 has none of
these constants, so they stand here with where they come from.
"""

import socket
import struct
import sys
from dataclasses import dataclass, field

from clearline.net.evidence import Icmp, TcpFigures
from clearline.net.kernel_elsewhere import read_figures
from clearline.net.timestamps import stamp_in

IS_LINUX = sys.platform == "linux"

# linux/in.h, linux/in6.h
_IP_RECVERR = 11
_IPV6_RECVERR = 25
# linux/errqueue.h: struct sock_extended_err {u32 errno; u8 origin, type, code, pad; u32 info, data;}, then the
# offender's sockaddr.
_EXTENDED_ERROR = struct.Struct("=IBBBBII")
_ORIGIN_ICMP = {2: 4, 3: 6}
_ORIGIN_LOCAL = 1
_ORIGIN_STAMP = 4
_MOST_QUEUED = 64
_MSG_ERRQUEUE = 0x2000
_MSG_DONTWAIT = 0x40
# linux/tcp.h: struct tcp_info
_TCP_INFO = 11
_TCP_INFO_SIZE = 192
_UNACKED_AT = 24
_RTT_AT = 68
_TOTAL_RETRANS_AT = 100
_MIN_RTT_AT = 148
_NO_RTT = 0xFFFFFFFF
_EMSGSIZE = 90


def read_tcp_info(sock: socket.socket) -> TcpFigures | None:
    """TCP_INFO of a connection, or its cousin; None where the system has none or the socket no longer tells."""
    if not IS_LINUX:
        return read_figures(sock)
    try:
        raw = sock.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _TCP_INFO_SIZE)
    except OSError:
        return None
    return parse_tcp_info(raw)


def parse_tcp_info(raw: bytes) -> TcpFigures | None:
    """The figures in a Linux `struct tcp_info`; older kernels give a shorter one."""
    if len(raw) < _TOTAL_RETRANS_AT + 4:
        return None

    def number(at: int) -> int:
        value: int = struct.unpack_from("=I", raw, at)[0]
        return value

    min_rtt = number(_MIN_RTT_AT) if len(raw) >= _MIN_RTT_AT + 4 else _NO_RTT
    return TcpFigures(
        rtt_us=number(_RTT_AT),
        min_rtt_us=None if min_rtt == _NO_RTT else min_rtt,
        total_retrans=number(_TOTAL_RETRANS_AT),
        unacked=number(_UNACKED_AT),
    )


def ask_for_errors(sock: socket.socket) -> None:
    """Have ICMP messages queued with their sender. Works for TCP in SYN_SENT since Linux 5.8; harmless elsewhere."""
    if not IS_LINUX:
        return
    try:
        if sock.family == socket.AF_INET6:
            # A socket of this family may talk to a mapped IPv4 address: it then hears IPv4 errors.
            sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
        sock.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
    except OSError:
        # Evidence only: without it faults are told less finely.
        return


def stop_asking_for_errors(sock: socket.socket) -> None:
    """From now on ICMP errors are soft again: on an open connection no ordinary program would notice one.

    With IP_RECVERR Linux ends an established connection for a router's passing trouble (tcp_v4_err).
    """
    if not IS_LINUX:
        return
    try:
        if sock.family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 0)
        sock.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 0)
    except OSError:
        # What cannot be turned off was not on.
        return


@dataclass(slots=True)
class ErrorQueue:
    """What waited on a socket's error queue."""

    icmp: Icmp | None = None
    """The first ICMP message."""
    icmp_at_ns: int | None = None
    """When the kernel received it, nanoseconds since 1970; None where it was not asked to stamp."""
    mtu: int | None = None
    """The largest packet of the way out, bytes, where something longer was refused by this machine itself."""
    sent_ns: dict[int, int] = field(default_factory=dict)
    """When the kernel sent datagrams, by their number on this socket."""


def read_error_queue(sock: socket.socket) -> Icmp | None:
    """The first ICMP message that waits on a socket, None without one."""
    return drain_error_queue(sock).icmp


def drain_error_queue(sock: socket.socket) -> ErrorQueue:
    """Everything that waits there. What is left in it would keep the socket ready for ever."""
    found = ErrorQueue()
    # Windows' sockets have no such call.
    receive = getattr(sock, "recvmsg", None) if IS_LINUX else None
    if receive is None:
        return found
    for _ in range(_MOST_QUEUED):
        try:
            _, ancillary, _, _ = receive(1, 512, _MSG_ERRQUEUE | _MSG_DONTWAIT)
        except OSError:
            break
        for level, kind, data in ancillary:
            if (level, kind) not in ((socket.IPPROTO_IP, _IP_RECVERR), (socket.IPPROTO_IPV6, _IPV6_RECVERR)):
                continue
            if (number := parse_stamp_number(data)) is not None:
                if (at_ns := stamp_in(ancillary)) is not None:
                    found.sent_ns[number] = at_ns
            elif (mtu := parse_local_mtu(data)) is not None:
                found.mtu = mtu
            elif found.icmp is None and (icmp := parse_extended_error(data)) is not None:
                found.icmp, found.icmp_at_ns = icmp, stamp_in(ancillary)
    return found


def parse_stamp_number(data: bytes) -> int | None:
    """Which datagram a time stamp on the error queue is about; None where the entry is no time stamp."""
    if len(data) < _EXTENDED_ERROR.size:
        return None
    _, origin, _, _, _, _, number = _EXTENDED_ERROR.unpack_from(data)
    return int(number) if origin == _ORIGIN_STAMP else None


def parse_local_mtu(data: bytes) -> int | None:
    """The limit behind this machine's own "message too long"; None where the entry is something else."""
    if len(data) < _EXTENDED_ERROR.size:
        return None
    number, origin, _, _, _, info, _ = _EXTENDED_ERROR.unpack_from(data)
    return int(info) if origin == _ORIGIN_LOCAL and number == _EMSGSIZE and info else None


def parse_extended_error(data: bytes) -> Icmp | None:
    """The ICMP message in a Linux `struct sock_extended_err`; None where the error is the machine's own."""
    if len(data) < _EXTENDED_ERROR.size:
        return None
    number, origin, kind, code, _, info, _ = _EXTENDED_ERROR.unpack_from(data)
    if origin not in _ORIGIN_ICMP:
        return None
    return Icmp(
        version=_ORIGIN_ICMP[origin],
        type=kind,
        code=code,
        offender=_offender(data[_EXTENDED_ERROR.size :]),
        mtu=info if number == _EMSGSIZE else None,
    )


def _offender(raw: bytes) -> str:
    """The numeric address in a sockaddr; empty where the kernel did not know it (family AF_UNSPEC)."""
    if len(raw) < 8:
        return ""
    family = struct.unpack_from("=H", raw)[0]
    if family == socket.AF_INET:
        return socket.inet_ntop(socket.AF_INET, raw[4:8])
    if family == socket.AF_INET6 and len(raw) >= 24:
        return socket.inet_ntop(socket.AF_INET6, raw[8:24])
    return ""
