"""A small HTTP/1.1 server that answers right, or wrong in the one way it is told to. RFC 9112."""

from datetime import UTC, datetime
from email.utils import formatdate

from clearline.lab.faults import LabFault
from clearline.lab.http_answers import HALF, BrokenAnswer, broken_answer, head
from clearline.lab.latency import LatencySource
from clearline.lab.wire import Wire
from clearline.lab.wire_faults import RESET_AFTER_S

_HEAD_LIMIT = 64 * 1024
_UNREAD_LIMIT = 1024 * 1024
"""Requests that come faster than they are answered are kept up to this many bytes."""


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
        if self._is_worn_out:
            # The client cannot know: its request crosses the reset.
            self._wire.reset()
            return
        wait_s = self._latency.draw_s()
        if self._fault is not None and self._fault.kind in ("delay", "slow_first_byte"):
            wait_s += self._fault.option("delay_ms") / 1000
        self._wire.later(wait_s, lambda: self._answer(words[0], is_last))

    def _answer(self, method: str, is_last: bool) -> None:
        kind = self._fault.kind if self._fault is not None else ""
        if (broken := broken_answer(kind)) is not None:
            self._break(broken)
            return
        if kind == "slow_body" and self._fault is not None:
            self._wire.write(head(200, 2 * HALF) + bytes(HALF))
            self._wire.later(self._fault.option("delay_ms") / 1000, lambda: self._wire.write(bytes(HALF)))
            return
        self._wire.write(self._whole(kind, method, is_last))
        self._is_answering = False
        self._answered += 1
        if is_last:
            self._wire.finish()
        elif kind == "closes_idle" and self._fault is not None:
            answered = self._answered
            self._wire.later(self._fault.option("delay_ms") / 1000, lambda: self._end_idle(answered))
        else:
            self._next_request()

    @property
    def _is_worn_out(self) -> bool:
        """Were as many requests answered on this connection as `closes_when_reused` allows?"""
        fault = self._fault
        return fault is not None and fault.kind == "closes_when_reused" and self._answered >= fault.option("after")

    def _end_idle(self, answered: int) -> None:
        """End a connection on which nothing was asked since, as servers do to save memory."""
        if not self._is_answering and answered == self._answered:
            self._wire.finish()

    def _break(self, answer: BrokenAnswer) -> None:
        """What is said, and how it ends; no further request is answered."""
        self._wire.write(answer.words)
        if answer.end == "fin":
            self._wire.finish()
        elif answer.end == "rst":
            self._wire.later(RESET_AFTER_S, self._wire.reset)

    def _whole(self, kind: str, method: str, is_last: bool) -> bytes:
        status, extra, body = 200, "", self._body
        if kind == "status" and self._fault is not None:
            status = int(self._fault.option("status"))
            body = f"{status}\n".encode()
            if retry_after_s := self._fault.option("retry_after_s"):
                extra = f"Retry-After: {retry_after_s:.0f}\r\n"
        elif kind in ("retry_after_date", "retry_after_wrong") and self._fault is not None:
            status = int(self._fault.option("status"))
            body = f"{status}\n".encode()
            extra = f"Retry-After: {self._moment(kind)}\r\n"
        elif kind == "redirect_loop":
            status, body = 302, b""
            extra = f"Location: /turn/{self._answered + 1}\r\n"
        elif kind == "wrong_text":
            body = b"<html><title>Please log in</title></html>\n"
        if is_last:
            extra += "Connection: close\r\n"
        answer = head(status, len(body), extra)
        return answer if method == "HEAD" or status in (204, 304) else answer + body

    def _moment(self, kind: str) -> str:
        """When to come back: a date (RFC 9110 section 10.2.3), or words that no client can read."""
        if kind == "retry_after_wrong" or self._fault is None:
            return "after lunch"
        # `head` rounds the date of the answer down; so does this one.
        return formatdate(int(datetime.now(UTC).timestamp()) + self._fault.option("retry_after_s"), usegmt=True)

    def _refuse(self, status: int) -> None:
        self._wire.write(head(status, 0, "Connection: close\r\n"))
        self._wire.finish()
