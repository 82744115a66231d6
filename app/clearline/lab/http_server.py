"""A small HTTP/1.1 server that answers right, or wrong in the one way it is told to. RFC 9112."""

from email.utils import formatdate
from http import HTTPStatus

from clearline.lab.faults import LabFault
from clearline.lab.latency import LatencySource
from clearline.lab.wire import Wire

_HEAD_LIMIT = 64 * 1024
_UNREAD_LIMIT = 1024 * 1024
"""Requests that come faster than they are answered are kept up to this many bytes."""
_HALF = 5_000
"""Bytes that arrive of an answer that breaks off half-way."""


class HttpConversation:
    """Requests in, answers out, one after the other, each after the server's latency. The connection is kept alive."""

    def __init__(self, wire: Wire, body: bytes, latency: LatencySource, fault: LabFault | None = None) -> None:
        self._wire = wire
        self._body = body
        self._latency = latency
        self._fault = fault
        self._unread = bytearray()
        self._body_left = 0
        self._is_answering = False
        self._answered = 0

    def begun(self) -> None:
        """The client speaks first."""

    def received(self, data: bytes) -> None:
        """Take more of a request."""
        self._unread += data
        self._next_request()
        if len(self._unread) > _UNREAD_LIMIT:
            self._wire.reset()

    def ended(self) -> None:
        """The client sends no more; an answer under way is still sent, as after a half-close it may be read."""
        if not self._is_answering:
            self._wire.finish()

    def _next_request(self) -> None:
        skipped = min(self._body_left, len(self._unread))
        del self._unread[:skipped]
        self._body_left -= skipped
        if self._is_answering or self._body_left:
            return
        head, end, _ = bytes(self._unread).partition(b"\r\n\r\n")
        if not end:
            if len(head) > _HEAD_LIMIT:
                self._refuse(431)
            return
        del self._unread[: len(head) + len(end)]
        lines = head.decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            self._refuse(400)
            return
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
        }
        length = headers.get("content-length", "0")
        if "transfer-encoding" in headers or not length.isdecimal():
            self._refuse(411)
            return
        self._body_left = int(length)
        is_last = headers.get("connection", "").lower() == "close" or words[2] == "HTTP/1.0"
        self._is_answering = True
        wait_s = self._latency.draw_s()
        if self._fault is not None and self._fault.kind in ("delay", "slow_first_byte"):
            wait_s += self._fault.option("delay_ms") / 1000
        self._wire.later(wait_s, lambda: self._answer(words[0], is_last))

    def _answer(self, method: str, is_last: bool) -> None:
        kind = self._fault.kind if self._fault is not None else ""
        if kind == "empty_answer":
            self._wire.finish()
            return
        if kind == "garbage":
            self._wire.write(b"\x00\x15 this is not HTTP\r\n\r\n")
            self._wire.finish()
            return
        if kind in ("stops_halfway", "cut_off"):
            self._wire.write(head(200, 2 * _HALF) + bytes(_HALF))
            if kind == "cut_off":
                self._wire.finish()
            return
        self._wire.write(self._whole(kind, method, is_last))
        self._is_answering = False
        self._answered += 1
        if is_last:
            self._wire.finish()
        else:
            self._next_request()

    def _whole(self, kind: str, method: str, is_last: bool) -> bytes:
        status, extra, body = 200, "", self._body
        if kind == "status" and self._fault is not None:
            status = int(self._fault.option("status"))
            body = f"{status}\n".encode()
            if retry_after_s := self._fault.option("retry_after_s"):
                extra = f"Retry-After: {retry_after_s:.0f}\r\n"
        elif kind == "redirect_loop":
            status, body = 302, b""
            extra = f"Location: /turn/{self._answered + 1}\r\n"
        elif kind == "wrong_text":
            body = b"<html><title>Please log in</title></html>\n"
        if is_last:
            extra += "Connection: close\r\n"
        answer = head(status, len(body), extra)
        return answer if method == "HEAD" or status in (204, 304) else answer + body

    def _refuse(self, status: int) -> None:
        self._wire.write(head(status, 0, "Connection: close\r\n"))
        self._wire.finish()


def head(status: int, length: int, extra: str = "") -> bytes:
    """Status line and headers of an answer whose body has `length` bytes; `extra` are whole header lines."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    length_line = "" if status == 204 else f"Content-Length: {length}\r\n"
    return (
        f"HTTP/1.1 {status} {phrase}\r\n"
        f"Date: {formatdate(usegmt=True)}\r\n"
        "Server: clearline-lab\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        f"{length_line}{extra}\r\n"
    ).encode("ascii")
