"""A connection that stayed idle, beside fresh ones: is it cut on the way, and what does a fresh one cost?"""

import asyncio
from typing import Any

from clearline.diagnosis.course import Ask, Course
from clearline.diagnosis.facts import host_of
from clearline.domain.liveness import KeepAlive
from clearline.domain.outcome import Outcome
from clearline.net.evidence import NetworkError
from clearline.net.network import Connection, literal_address
from clearline.net.timing import limit_in

_ANSWER_S = 4.0
_AFTER_S = 7.0
"""Of a diagnosis' time, for what follows the rest."""
_LEAST_S = 1.0
_TELL_TALE = KeepAlive(is_on=True, idle_s=1.0, interval_s=1.0, count=3)
"""The kernel asks a peer that rests whether it still knows the connection: RFC 9293 section 3.8.4."""
_TELL_S = _TELL_TALE.silence_s + 1.0
_ENDED_BY_PEER = ("tcp.closed", "http.response.invalid.empty")


async def try_reuse(course: Course) -> dict[str, Any]:
    """A web connection is asked on at once and again after its rest; another TCP one is only held, and asked after.

    A peer that ends its own idle connections properly may do so: only a reset or silence cuts.
    """
    idle_s = min(course.policy.idle_s, course.left_s - _AFTER_S)
    if idle_s < _LEAST_S:
        return {}
    if course.target.probe.value != "http":
        return await _held(course, idle_s)
    with course.keeping(1) as ask:
        return await _asked_on(course, ask, idle_s)


async def _asked_on(course: Course, ask: Ask, idle_s: float) -> dict[str, Any]:
    first = await course.attempt(course.target, _ANSWER_S, ask=ask)
    if not first.ok:
        return {}
    told: dict[str, Any] = {"reuse.is_cut": False, "reuse.cold_ms": round(first.phases.total_ms, 1)}
    second = await course.attempt(course.target, _ANSWER_S, ask=ask)
    if not _is_reused(second):
        return told | {"reuse.is_kept": False, "reuse.breaks": False}
    if not second.ok:
        fresh = await course.attempt(course.target, _ANSWER_S)
        return told | {"reuse.is_kept": False, "reuse.breaks": fresh.ok, "reuse.kind": _kind(second)}
    told |= {"reuse.is_kept": True, "reuse.warm_ms": round(second.phases.total_ms, 1), "reuse.idle_s": round(idle_s, 1)}
    await asyncio.sleep(idle_s)
    third = await course.attempt(course.target, _ANSWER_S, ask=ask)
    if not _is_reused(third):
        was_reset = bool(third.detail.get("connection", {}).get("found_reset"))
        return told | _ended(was_reset=was_reset, kind="tcp.reset" if was_reset else "tcp.closed", is_well=third.ok)
    if third.ok:
        return told | {"reuse.is_closed": False}
    kind = _kind(third)
    fresh = await course.attempt(course.target, _ANSWER_S)
    return told | _ended(was_reset=kind not in _ENDED_BY_PEER, kind=kind, is_well=fresh.ok)


async def _held(course: Course, idle_s: float) -> dict[str, Any]:
    place = str(course.facts.get("target.address", ""))
    address = literal_address(host_of(place), course.target.port) if place else None
    if address is None or course.facts.get("proxy.is_used"):
        # A proxy that is asked for nothing ends the connection for its own reasons.
        return {}
    try:
        connection = await course.network.connect(address, limit_in(_ANSWER_S))
    except NetworkError:
        return {}
    try:
        await asyncio.sleep(idle_s)
        ended = await _ask_peer(connection)
    finally:
        connection.close()
    told: dict[str, Any] = {"reuse.is_cut": False, "reuse.is_kept": True, "reuse.idle_s": round(idle_s, 1)}
    if not ended:
        return told | {"reuse.is_closed": False}
    fresh = await course.attempt(course.target, _ANSWER_S)
    return told | _ended(was_reset=ended == "cut", kind=ended, is_well=fresh.ok)


async def _ask_peer(connection: Connection) -> str:
    """`cut`, `closed`, or nothing where it lives: whatever the service says meanwhile is let pass."""
    connection.keep_alive(_TELL_TALE)
    limit = limit_in(_TELL_S)
    try:
        while await connection.read(limit):
            pass
    except NetworkError as trouble:
        return "" if trouble.evidence.deadline is not None else "cut"
    return "closed"


def _ended(*, was_reset: bool, kind: str, is_well: bool) -> dict[str, Any]:
    """It is the rest that ended it only where a fresh connection is well."""
    return {"reuse.is_cut": was_reset and is_well, "reuse.is_closed": not was_reset, "reuse.kind": kind}


def _is_reused(outcome: Outcome) -> bool:
    return bool(outcome.detail.get("connection", {}).get("is_reused"))


def _kind(outcome: Outcome) -> str:
    return outcome.fault.kind if outcome.fault else ""
