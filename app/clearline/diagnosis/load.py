"""Waiting times while the line is busy, beside those while it is idle: does the line, or its router, choke?"""

import asyncio
import statistics
from collections import deque
from dataclasses import dataclass
from typing import Any

import msgspec

from clearline.diagnosis.course import Ask, Course, other_target
from clearline.diagnosis.facts import load_source
from clearline.diagnosis.load_flows import FLOWS, Flows, Reader, Sender
from clearline.diagnosis.responsiveness import level_of
from clearline.domain.outcome import Outcome

BUSY_S = 8.0
"""Each way."""
_LEAST_BUSY_S = 2.0
_WARM_S = 0.5
"""A queue needs a moment to fill."""
_APART_S, _BUSY_APART_S = 0.2, 0.1
_IDLE_ROUNDS, _LEAST_ROUNDS = 8, 5
_ROUND_S = 2.0
_LATE_MS = 3000.0
"""So much of waiting in vain tells enough of a line on which hardly any round trip is made."""
_QUIET_S = 4.0
"""A line is given so long to be quiet again."""
_SPARE_S, _BETWEEN_S = 4.0, 2.0
"""Of a diagnosis' time, for the time after and what it all means; and for the rest between the two ways."""
_THIN_BYTES = 50_000
"""Smaller answers keep four flows waiting for the server, not for the line."""
GRADES = ((5.0, "A"), (30.0, "B"), (60.0, "C"), (200.0, "D"))
"""By what waiting takes longer, in ms; F from there on. The convention of bufferbloat tests."""


def grade_of(rise_ms: float) -> str:
    """`A` to `F`."""
    return next((grade for below_ms, grade in GRADES if rise_ms < below_ms), "F")


@dataclass(frozen=True, slots=True)
class _Trip:
    ms: float
    is_whole: bool
    """Else it was lost, or asked for again: it took so long at least. A connection asks again after a second."""


def _typical(trips: list[_Trip], short_ms: float) -> tuple[float | None, str]:
    """The median, in ms; else why there is none. A trip below `short_ms` finds no queue.

    Behind a queue of seconds every trip is late, and each that is not is long. Where some are short, the late ones were
    lost: a queue that is full and short drops what comes.
    """
    whole = [trip.ms for trip in trips if trip.is_whole]
    if len(whole) >= _LEAST_ROUNDS:
        return statistics.median(whole), ""
    if sum(trip.ms for trip in trips if not trip.is_whole) < _LATE_MS:
        # The bytes were used up before the line was busy for long.
        return None, "is_short"
    if any(ms < short_ms for ms in whole):
        return None, "is_lost"
    return statistics.median(trip.ms for trip in trips), ""


async def try_load(course: Course) -> dict[str, Any]:
    """The round trip to the target while idle, while answers are read over four other connections, and after; then the
    same while bodies are sent, where the company has an address that takes them.

    Only answers that anybody may ask for are read, nothing is sent by guess, and each way never moves more than the
    policy's megabytes or takes more than eight seconds.
    """
    source, upload = load_source(course.target, course.policy.outside), course.policy.outside.upload
    ways = bool(source) + bool(upload)
    left_s = course.left_s - _SPARE_S - _IDLE_ROUNDS * _APART_S
    busy_s = min(BUSY_S, (left_s - _BETWEEN_S * (ways - 1)) / ways) if ways else 0.0
    if busy_s < _LEAST_BUSY_S:
        return {}
    idle = [trip.ms for trip in [await _round_trip(course) for _ in range(_IDLE_ROUNDS)] if trip.is_whole]
    if len(idle) < _LEAST_ROUNDS:
        return {}
    idle_ms = min(idle)
    told: dict[str, Any] = {"load.idle_ms": round(idle_ms, 1)}
    if source:
        target = course.target if source == course.target.address else other_target(source)
        reader = Reader(course, target, busy_s)
        told |= await _while_busy(course, reader, "load.", idle_ms)
        is_thin = reader.passed_bytes < _THIN_BYTES * reader.answers and not told.get("load.is_bloated")
        told |= {"load.is_thin": is_thin} if told["load.ok"] else {}
    busy_s = min(busy_s, course.left_s - _SPARE_S)
    if upload and busy_s >= _LEAST_BUSY_S:
        # Roots that the company's target needs are good for its other servers too.
        target = msgspec.structs.replace(other_target(upload), ca_file=course.target.ca_file)
        told["load.up_host"] = target.host
        told |= await _while_busy(course, Sender(course, target, busy_s), "load.up_", idle_ms)
    return told


async def _while_busy(course: Course, flows: Flows, prefix: str, idle_ms: float) -> dict[str, Any]:
    """What round trips took while the flows ran, and whether the line is quiet again."""
    rounds: list[_Trip] = []
    with course.keeping(FLOWS) as ask:
        if await flows.begin(ask):
            rounds = await _rounds_beside(course, flows, ask)
    told: dict[str, Any] = {"mb": flows.moved_mb, "rate_mbit": flows.rate_mbit, "rounds": len(rounds), "ok": False}
    if flows.trouble:
        told |= flows.trouble
    else:
        busy_ms, why_not = _typical(rounds, idle_ms + course.policy.thresholds.load_rise_ms)
        if busy_ms is not None:
            told |= await _judged(course, flows, idle_ms, busy_ms)
        else:
            told[why_not] = True
            await _is_quiet(course, idle_ms + GRADES[0][0])
    return {f"{prefix}{name}": value for name, value in told.items()}


async def _rounds_beside(course: Course, flows: Flows, ask: Ask) -> list[_Trip]:
    """Round trips to the target while the flows run."""
    rounds: list[_Trip] = []
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(flows.run(ask)) for _ in range(FLOWS)]
        apart = tasks.create_task(flows.ask_apart())
        await asyncio.sleep(_WARM_S)
        while any(not flow.done() for flow in running):
            trip = await _round_trip(course, _BUSY_APART_S)
            if any(not flow.done() for flow in running):
                rounds.append(trip)
        apart.cancel()
    return rounds


async def _judged(course: Course, flows: Flows, idle_ms: float, busy_ms: float) -> dict[str, Any]:
    rise_ms = max(0.0, busy_ms - idle_ms)
    told: dict[str, Any] = {
        "ok": True,
        "busy_ms": round(busy_ms, 1),
        "rise_ms": round(rise_ms, 1),
        "grade": grade_of(rise_ms),
        "is_bloated": rise_ms >= course.policy.thresholds.load_rise_ms,
        "is_back": await _is_quiet(course, idle_ms + max(rise_ms / 3, GRADES[0][0])),
    }
    per_minute = flows.trips.per_minute
    told["has_rpm"] = per_minute is not None
    if per_minute is not None:
        told |= {"rpm": round(per_minute), "responsiveness": level_of(per_minute)}
    return told


async def _is_quiet(course: Course, below_ms: float) -> bool:
    """Is waiting short again soon? What a queue still holds, or what this system still sends, must go out first."""
    latest: deque[float] = deque(maxlen=_LEAST_ROUNDS)
    until_s = course.clock.now() + _QUIET_S
    while course.clock.now() < until_s:
        trip = await _round_trip(course)
        if trip.is_whole:
            latest.append(trip.ms)
        if len(latest) == _LEAST_ROUNDS and statistics.median(latest) < below_ms:
            return True
    return False


async def _round_trip(course: Course, after_s: float = _APART_S) -> _Trip:
    """To the target and back."""
    await asyncio.sleep(after_s)
    began_s = course.clock.now()
    place = course.facts.get("target.address")
    is_asked = course.facts["target.is_datagram"] or not place
    outcome = await (
        course.attempt(course.target, _ROUND_S) if is_asked else course.attempt_address(f"tcp://{place}", _ROUND_S)
    )
    ms = outcome.latency_ms if is_asked else _connect_ms(outcome)
    if ms is None or not outcome.ok:
        return _Trip((course.clock.now() - began_s) * 1000, is_whole=False)
    return _Trip(ms, is_whole=True)


def _connect_ms(outcome: Outcome) -> float | None:
    if outcome.syn_retransmits:
        return None
    return outcome.kernel_rtt_ms if outcome.kernel_rtt_ms is not None else outcome.phases.connect
