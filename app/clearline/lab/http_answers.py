"""HTTP answers as bytes: a right head, and every broken answer with how it ends. RFC 9112."""

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus

HALF = 5_000
"""Bytes that arrive of an answer that breaks off half-way."""


@dataclass(frozen=True)
class BrokenAnswer:
    """What is sent instead of an answer, and what follows: `fin`, `rst` or nothing at all (`hang`)."""

    words: bytes
    end: str = "fin"


def broken_answer(kind: str) -> BrokenAnswer | None:
    """The broken answer of a fault; None where the fault is another."""
    make = _BROKEN.get(kind)
    return make if make is None or isinstance(make, BrokenAnswer) else make()


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


def _half(end: str) -> BrokenAnswer:
    return BrokenAnswer(head(200, 2 * HALF) + bytes(HALF), end)


def _half_head(end: str) -> BrokenAnswer:
    return BrokenAnswer(head(200, 5)[:60], end)


_TYPE = b"Content-Type: text/plain\r\n"
_CHUNKED = b"HTTP/1.1 200 OK\r\n" + _TYPE + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
_BROKEN: dict[str, BrokenAnswer | Callable[[], BrokenAnswer]] = {
    "empty_answer": BrokenAnswer(b""),
    "garbage": BrokenAnswer(b"\x00\x15 this is not HTTP\r\n\r\n"),
    "other_protocol": BrokenAnswer(b"SSH-2.0-practice\r\n", "hang"),
    "stops_in_head": lambda: _half_head("hang"),
    "cut_in_head": lambda: _half_head("fin"),
    "stops_halfway": lambda: _half("hang"),
    "cut_off": lambda: _half("fin"),
    "reset_halfway": lambda: _half("rst"),
    # Two lengths that contradict each other: nobody can tell where the answer ends (RFC 9112 section 6.3).
    "wrong_length": BrokenAnswer(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello"),
    "bad_chunk": BrokenAnswer(_CHUNKED + b"five\r\nhello\r\n0\r\n\r\n"),
    "cut_chunks": BrokenAnswer(_CHUNKED + b"5\r\nhel"),
    "bad_status_line": BrokenAnswer(b"HTTP/1.1 OK fine\r\n" + _TYPE + b"\r\n"),
    "bad_header": BrokenAnswer(b"HTTP/1.1 200 OK\r\nthis line has no colon\r\nContent-Length: 5\r\n\r\nhello"),
    "endless_head": BrokenAnswer(b"HTTP/1.1 200 OK\r\n" + b"X-More: and more and more and more\r\n" * 8_000),
}
