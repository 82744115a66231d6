"""What the kernel tells of a socket in trouble, as evidence."""

import errno
import socket
from dataclasses import replace

from clearline.net.evidence import Evidence, NetworkError, OsError
from clearline.net.kernel import read_error_queue, read_tcp_info
from clearline.net.network import Address

AFTER_CONNECT = (errno.ECONNRESET, errno.EPIPE)
"""Of a connection that was open and has been reset since; a refused one is ECONNREFUSED (tcp_reset() in Linux)."""


def local_ip(sock: socket.socket) -> str:
    """The address it is bound to; empty where the system does not tell."""
    try:
        return str(sock.getsockname()[0])
    except OSError:
        return ""


def seen_of(sock: socket.socket, address: Address) -> Evidence:
    """What the kernel tells of a socket in trouble."""
    is_stream = sock.type == socket.SOCK_STREAM
    return Evidence(
        icmp=read_error_queue(sock),
        tcp_info=read_tcp_info(sock) if is_stream else None,
        peer=address.ip,
        local=local_ip(sock),
    )


def trouble_of(sock: socket.socket, address: Address, error: OSError) -> NetworkError:
    """An error of the system, with what the kernel tells besides."""
    return NetworkError(replace(seen_of(sock, address), os_error=OsError.of(error)))


def with_queue(sock: socket.socket, address: Address, error: NetworkError) -> NetworkError:
    """A deadline that passed, with the ICMP message that may have come meanwhile."""
    return NetworkError(replace(seen_of(sock, address), deadline=error.evidence.deadline))
