"""A proxy that speaks HTTP CONNECT and SOCKS5 on one port and leads to loopback only, or says no in every way there is.

RFC 9110 section 9.3.6, RFC 9209 (Proxy-Status), RFC 1928.
"""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass

from clearline.lab.dialling import Dialling
from clearline.lab.faults import LabFault
from clearline.lab.http_answers import head
from clearline.lab.latency import LatencySource
from clearline.lab.wire import Connection, Wire

_HEAD_LIMIT = 64 * 1024
_NEAR = {"localhost": 4, "127.0.0.1": 4, "::1": 6}
_UPSTREAM = {502: "connection_refused", 503: "destination_unavailable", 504: "connection_timeout"}
"""What RFC 9209 calls the trouble behind a status."""
_REPLY = b"\x05%c\x00\x01\x00\x00\x00\x00\x00\x00"
_GRANTED, _FAILED, _NOT_ALLOWED, _REFUSED, _NO_COMMAND, _NO_ADDRESS_TYPE = 0, 1, 2, 5, 7, 8


@dataclass(frozen=True)
class _Speech:
    """How a protocol says yes and no."""

    granted: bytes
    refused: bytes
    forbidden: bytes


_SOCKS = _Speech(_REPLY % _GRANTED, _REPLY % _REFUSED, _REPLY % _NOT_ALLOWED)


class ProxyConversation:
    """The client's side: first what it asks for, then bytes that are passed on."""

    def __init__(self, wire: Wire, latency: LatencySource, fault: LabFault | None = None) -> None:
        self._wire = wire
        self._latency = latency
        self._fault = fault
        self._unread = bytearray()
        self._step: Callable[[], None] = self._read_first
        self._dialling: Dialling | None = None
        self._far: Connection | None = None

    @property
    def _kind(self) -> str:
        return self._fault.kind if self._fault is not None else ""

    def begun(self) -> None:
        """The client speaks first."""

    def received(self, data: bytes) -> None:
        """More of what is asked, or of what is passed on."""
        if self._far is not None:
            self._far.write(data)
            return
        self._unread += data
        if len(self._unread) > _HEAD_LIMIT:
            self._wire.reset()
            return
        self._step()

    def ended(self) -> None:
        """The client will say no more."""
        if self._far is not None:
            self._far.end_writing()
        else:
            self.parted()
            self._wire.finish()

    def parted(self) -> None:
        """The connection is gone: let go of what it led to."""
        if self._dialling is not None:
            self._dialling.close()
        if self._far is not None:
            self._far.close()

    def _read_first(self) -> None:
        if self._kind == "proxy_hangs":
            return
        if self._kind == "proxy_nonsense":
            self._refuse(b"220 mail.practice.example ready\r\n")
            return
        self._step = self._read_methods if self._unread[:1] == b"\x05" else self._read_head
        self._step()

    def _read_head(self) -> None:
        request, end, rest = bytes(self._unread).partition(b"\r\n\r\n")
        if not end:
            return
        words = request.split(b"\r\n")[0].decode("latin-1").split(" ")
        no = "Connection: close\r\n"
        answer = {
            "proxy_auth": lambda: head(407, 0, f'Proxy-Authenticate: Basic realm="practice"\r\n{no}'),
            "proxy_denied": lambda: head(403, 0, f"Proxy-Status: practice; error=http_request_denied\r\n{no}"),
            "proxy_upstream": lambda: self._upstream_failed(no),
        }.get(self._kind)
        if answer is not None:
            self._refuse(answer())
        elif words[0] != "CONNECT" or len(words) != 3:
            self._refuse(head(501, 0, no))
        else:
            self._unread = bytearray(rest)
            host, _, port = words[1].rpartition(":")
            status = f"Proxy-Status: practice; error=connection_refused\r\n{no}"
            forbidden = f"Proxy-Status: practice; error=destination_ip_prohibited\r\n{no}"
            speech = _Speech(b"HTTP/1.1 200 Connected\r\n\r\n", head(502, 0, status), head(403, 0, forbidden))
            self._lead_to(host.strip("[]"), int(port) if port.isdecimal() else 0, speech)

    def _upstream_failed(self, extra: str) -> bytes:
        status = int(self._fault.option("status")) if self._fault is not None else 502
        return head(
            status, 0, f"Proxy-Status: practice; error={_UPSTREAM.get(status, 'proxy_internal_error')}\r\n{extra}"
        )

    def _read_methods(self) -> None:
        if len(self._unread) < 2 or len(self._unread) < 2 + self._unread[1]:
            return
        del self._unread[: 2 + self._unread[1]]
        if self._kind in ("socks_no_method", "proxy_auth"):
            self._refuse(b"\x05\xff")
            return
        self._wire.write(b"\x05\x00")
        self._step = self._read_request
        self._step()

    def _read_request(self) -> None:
        asked = bytes(self._unread)
        if len(asked) < 5:
            return
        kind = asked[3]
        size = {1: 4, 3: 1 + asked[4], 4: 16}.get(kind, 0)
        if len(asked) < 4 + size + 2:
            return
        port = int.from_bytes(asked[4 + size : 6 + size], "big")
        place = asked[4 : 4 + size]
        del self._unread[: 6 + size]
        if self._kind == "socks_reply" and self._fault is not None:
            self._refuse(_REPLY % int(self._fault.option("code")))
        elif self._kind in ("proxy_denied", "proxy_upstream"):
            self._refuse(_REPLY % (_NOT_ALLOWED if self._kind == "proxy_denied" else _FAILED))
        elif asked[1] != 1:
            self._refuse(_REPLY % _NO_COMMAND)
        elif not size:
            self._refuse(_REPLY % _NO_ADDRESS_TYPE)
        else:
            family = socket.AF_INET if kind == 1 else socket.AF_INET6
            host = place[1:].decode("latin-1") if kind == 3 else socket.inet_ntop(family, place)
            self._lead_to(host, port, _SOCKS)

    def _lead_to(self, host: str, port: int, speech: _Speech) -> None:
        """Connect onwards, to this machine only: a practice proxy must never be a way into a network."""
        self._step = lambda: None
        family = _NEAR.get(host.lower())
        if family is None or not 0 < port < 65536:
            self._refuse(speech.forbidden)
            return
        place = ("::1" if family == 6 else "127.0.0.1", port)
        self._wire.later(self._latency.draw_s(), lambda: self._dial(family, place, speech))

    def _dial(self, family: int, place: tuple[str, int], speech: _Speech) -> None:
        loop = asyncio.get_running_loop()
        self._dialling = Dialling(
            loop, family, place, lambda sock: self._passed(loop, sock, speech), lambda _: self._refuse(speech.refused)
        )

    def _passed(self, loop: asyncio.AbstractEventLoop, sock: socket.socket, speech: _Speech) -> None:
        self._dialling = None
        self._wire.write(speech.granted)
        self._far = Connection(loop, sock, lambda _: None)
        self._far.converse(_FarSide(self._wire))
        self._far.write(bytes(self._unread))
        self._unread.clear()

    def _refuse(self, words: bytes) -> None:
        self._dialling = None
        self._step = lambda: None
        self._wire.write(words)
        self._wire.finish()


class _FarSide:
    """What the proxy hears from where it leads."""

    def __init__(self, near: Wire) -> None:
        self._near = near

    def begun(self) -> None:
        """Nothing is said first."""

    def received(self, data: bytes) -> None:
        """Pass it on."""
        self._near.write(data)

    def ended(self) -> None:
        """Nothing more will come from there."""
        self._near.finish()

    def parted(self) -> None:
        """The far side is gone, with whatever was not said."""
        self._near.finish()
