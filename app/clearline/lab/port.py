"""Ports on loopback that stay ours while nothing listens on them, so that a refusal is real and nobody moves in."""

import socket
import struct
import sys

LOOPBACK = {4: "127.0.0.1", 6: "::1"}
_TRIES = 32
# struct linger holds two shorts on Windows, two ints elsewhere.
_ABORT = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


def has_ipv6() -> bool:
    """Can this machine listen on ::1?"""
    if not socket.has_ipv6:
        return False
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind((LOOPBACK[6], 0))
    except OSError:
        return False
    return True


def abort(sock: socket.socket) -> None:
    """Close a TCP socket with RST instead of FIN."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
    except OSError:
        pass  # the peer reset first: closing is all that is left
    sock.close()


class ReservedPort:
    """One port number, held on every family and transport asked for, by sockets that never listen or answer.

    A bound TCP socket that does not listen makes the kernel refuse connections; a UDP socket connected to itself takes
    only its own datagrams, so that others are answered with ICMP port unreachable. Raises OSError when no port is free.
    """

    def __init__(self, families: tuple[int, ...] = (4,), kinds: tuple[socket.SocketKind, ...] = (socket.SOCK_STREAM,)):
        self.families = families
        self._keepers: list[socket.socket] = []
        for left in reversed(range(_TRIES)):
            try:
                self.number = self._reserve(families, kinds)
            except OSError:
                # Free for one family or transport, taken for another: try another number.
                self.close()
                if not left:
                    raise
            else:
                return

    def open(self, family: int, kind: socket.SocketKind) -> socket.socket:
        """A non-blocking socket of ours on the port; a TCP one does not listen yet."""
        return _bound(family, kind, self.number, is_shared=True)

    def close(self) -> None:
        """Give the port back."""
        for keeper in self._keepers:
            keeper.close()
        self._keepers.clear()

    def _reserve(self, families: tuple[int, ...], kinds: tuple[socket.SocketKind, ...]) -> int:
        number = 0
        for kind in kinds:
            for family in families:
                keeper = _bound(family, kind, number, is_shared=False)
                self._keepers.append(keeper)
                number = keeper.getsockname()[1]
                if kind == socket.SOCK_DGRAM:
                    keeper.connect((LOOPBACK[family], number))
        return number


def _bound(family: int, kind: socket.SocketKind, number: int, *, is_shared: bool) -> socket.socket:
    sock = socket.socket(socket.AF_INET if family == 4 else socket.AF_INET6, kind)
    try:
        sock.setblocking(False)
        if family == 6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if is_shared:
            _share(sock)
        sock.bind((LOOPBACK[family], number))
        # Not before for a keeper: Linux gives two datagram sockets that both share the same free port (seen).
        _share(sock)
    except OSError:
        sock.close()
        raise
    return sock


def _share(sock: socket.socket) -> None:
    """Let keeper and listener have the same number; the BSDs, macOS with them, ask for the second option."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if sys.platform == "darwin":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
