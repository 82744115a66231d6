"""Which adapter packets leave by: on most systems an address of it is not enough, the socket is tied to it."""

import socket
import sys
from dataclasses import dataclass

# netinet/in.h and netinet6/in6.h of macOS: IP_BOUND_IF, IPV6_BOUND_IF.
_BOUND_V4, _BOUND_V6 = 25, 125


@dataclass(frozen=True, slots=True)
class Source:
    """A network adapter and the numeric address of it that packets are to bear."""

    ip: str
    adapter: str


def leave_by(sock: socket.socket, source: Source) -> None:
    """Tie an unconnected socket to an adapter. Raises OSError where it is gone, or the system does not let us.

    Linux and macOS would choose the way by the destination alone, whatever address is bound; Linux lets users do this
    since 5.7. Windows sends from the adapter that has the address (strong host model, RFC 1122 section 3.3.4.2).
    """
    is_v6 = sock.family == socket.AF_INET6
    if sys.platform == "linux":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, source.adapter.encode() + b"\0")
    elif sys.platform == "darwin":
        level, option = (socket.IPPROTO_IPV6, _BOUND_V6) if is_v6 else (socket.IPPROTO_IP, _BOUND_V4)
        sock.setsockopt(level, option, socket.if_nametoindex(source.adapter))
    sock.bind((source.ip, 0, 0, 0) if is_v6 else (source.ip, 0))
