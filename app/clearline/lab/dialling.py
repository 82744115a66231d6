"""Connecting onwards from inside the lab: a non-blocking connect that ends in a socket or in an error, once."""

import asyncio
import errno
import os
import socket
from collections.abc import Callable

LIMIT_S = 10.0
_UNDER_WAY = {errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY, getattr(errno, "WSAEWOULDBLOCK", 0)}


class Dialling:
    """One attempt to connect. `close` gives it up; after an end, or after `close`, nothing is called any more."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        family: int,
        place: tuple[str, int],
        on_up: Callable[[socket.socket], None],
        on_failed: Callable[[OSError], None],
    ) -> None:
        self._loop = loop
        self._on_up = on_up
        self._on_failed = on_failed
        self._sock: socket.socket | None = socket.socket(
            socket.AF_INET6 if family == 6 else socket.AF_INET, socket.SOCK_STREAM
        )
        self._sock.setblocking(False)
        self._timer = loop.call_later(LIMIT_S, self._end, errno.ETIMEDOUT)
        number = self._sock.connect_ex(place)
        if number in _UNDER_WAY:
            loop.add_writer(self._sock.fileno(), self._is_ready)
        else:
            # Connected or failed inside the call, as happens on loopback: still told from the loop, never from here.
            loop.call_soon(self._end, number)

    def close(self) -> None:
        """Give up."""
        sock = self._take()
        if sock is not None:
            sock.close()

    def _is_ready(self) -> None:
        if self._sock is not None:
            self._end(self._sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))

    def _end(self, number: int) -> None:
        sock = self._take()
        if sock is None:
            return
        if number:
            sock.close()
            self._on_failed(OSError(number, os.strerror(number)))
        else:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._on_up(sock)

    def _take(self) -> socket.socket | None:
        sock, self._sock = self._sock, None
        if sock is not None:
            self._timer.cancel()
            self._loop.remove_writer(sock.fileno())
        return sock
