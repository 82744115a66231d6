"""One connection that may rest, and what became of it: a web server is asked on it, else the peer's system is."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

import msgspec

from clearline.diagnosis.course import Course
from clearline.domain.liveness import KeepAlive
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from clearline.net.classify import classify
from clearline.net.evidence import NetworkError
from clearline.net.network import Address
from clearline.net.timing import limit_in

ANSWER_S = 4.0
_TELL_TALE = KeepAlive(idle_s=1.0, interval_s=1.0, count=3)
"""The kernel asks a peer that rests whether it still knows the connection: RFC 9293 section 3.8.4."""
_TELL_S = _TELL_TALE.silence_s + 1.0
LOOK_S = max(ANSWER_S, _TELL_S)
"""How long a look takes at most."""
_CLOSED_KINDS = ("tcp.closed", "http.response.invalid.empty", "h2.goaway")
_RESET_KINDS = ("tcp.reset",)
_QUIET_KINDS = ("http.timed_out", "tcp.stalled", "tcp.aborted")


class End(StrEnum):
    """What became of a connection."""

    LIVES = "lives"
    CLOSED = "closed"
    """Its peer ended it properly, as it may."""
    CUT = "cut"
    """It was reset, or is silent."""
    SILENT = "silent"
    """Nobody confirms what is sent on it: something on the way has forgotten it; the peer itself would reset it."""
    UNKNOWN = "unknown"

    @property
    def has_ended(self) -> bool:
        """Is the connection no more?"""
        return self in (End.CLOSED, End.CUT, End.SILENT)


class Seen(NamedTuple):
    """What a look at a connection showed, and the kind of fault where there was one."""

    end: End
    kind: str = ""


Look = Callable[[], Awaitable[Seen]]
"""Uses the connection. Never raises for network trouble."""
Open = Callable[[], AbstractAsyncContextManager[Look | None]]
"""A new connection, closed at the block's end; None where there was none to be had."""


@asynccontextmanager
async def web(course: Course) -> AsyncIterator[Look | None]:
    """A connection that a web server keeps after its first answer."""
    with course.keeping(1) as ask:
        first = await course.attempt(course.target, ANSWER_S, ask=ask)

        async def look() -> Seen:
            return seen_on(await course.attempt(course.target, ANSWER_S, ask=ask))

        yield look if first.ok else None


@asynccontextmanager
async def bare(course: Course, address: Address) -> AsyncIterator[Look | None]:
    """A connection on which nothing is ever said: whatever the service says is let pass."""
    try:
        connection = await course.network.connect(address, limit_in(ANSWER_S))
    except NetworkError:
        yield None
        return

    used_s = course.clock.now()

    async def look() -> Seen:
        nonlocal used_s
        # Linux counts it from what was heard last: a rest alone would use it up, and one lost packet end it all.
        silence_s = course.clock.now() - used_s + _TELL_TALE.silence_s
        connection.keep_alive(msgspec.structs.replace(_TELL_TALE, user_timeout_s=silence_s))
        limit = limit_in(_TELL_S)
        try:
            while await connection.read(limit):
                pass
        except NetworkError as trouble:
            if trouble.evidence.deadline is not None:
                connection.keep_alive(KeepAlive(is_on=False))
                used_s = course.clock.now()
                return Seen(End.LIVES)
            kind = classify(replace(trouble.evidence, phase=Phase.RECEIVE)).kind
            return Seen(End.SILENT if kind == "tcp.aborted" else End.CUT, kind)
        return Seen(End.CLOSED, "tcp.closed")

    try:
        yield look
    finally:
        connection.close()


def seen_on(outcome: Outcome) -> Seen:
    """What an attempt shows of the connection that it should have used again."""
    connection = outcome.detail.get("connection", {})
    if connection.get("found_reset"):
        return Seen(End.CUT, "tcp.reset")
    if connection.get("found_closed"):
        return Seen(End.CLOSED, "tcp.closed")
    if not connection.get("is_reused"):
        return Seen(End.UNKNOWN)
    if outcome.fault is None or outcome.status is not None:
        # Whatever the answer says, it came over this connection.
        return Seen(End.LIVES)
    kind = outcome.fault.kind
    if kind in _CLOSED_KINDS:
        return Seen(End.CLOSED, kind)
    if kind in _QUIET_KINDS:
        is_unheard = bool(outcome.fault.evidence.get("tcp_info", {}).get("unacked"))
        return Seen(End.SILENT if is_unheard else End.CUT, kind)
    return Seen(End.CUT if kind in _RESET_KINDS else End.UNKNOWN, kind)
