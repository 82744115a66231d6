"""Sockets as they are opened, and which adapter they leave by: an address of it is not enough on most systems."""

import socket
import sys

from clearline.net.evidence import Evidence, NetworkError, OsError
from clearline.net.kernel import ask_for_errors
from clearline.net.network import Address, Source

# netinet/in.h and netinet6/in6.h of macOS: IP_BOUND_IF, IPV6_BOUND_IF.
_BOUND_V4, _BOUND_V6 = 25, 125


def _leave_by(sock: socket.socket, source: Source) -> None:
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


def open_socket(address: Address, kind: int, protocol: int = 0, source: Source | None = None) -> socket.socket:
    """A socket that never blocks and is told of ICMP errors. Raises NetworkError, also where it cannot be tied."""
    try:
        sock = socket.socket(address.family, kind, protocol)
    except OSError as error:
        # Only echo sockets are kept from users.
        is_kept = bool(protocol) and isinstance(error, PermissionError)
        seen = Evidence(os_error=OsError.of(error), peer=address.ip, is_capability_missing=is_kept)
        raise NetworkError(seen) from error
    sock.setblocking(False)
    if source is not None:
        try:
            _leave_by(sock, source)
        except OSError as error:
            sock.close()
            seen = Evidence(os_error=OsError.of(error), peer=address.ip, is_capability_missing=True)
            raise NetworkError(seen) from error
    ask_for_errors(sock)
    return sock
