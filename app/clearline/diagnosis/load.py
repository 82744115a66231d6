"""Waiting times while the line is busy, beside those while it is idle: does the line, or its router, choke?"""

import asyncio
import statistics
from dataclasses import dataclass
from typing import Any

from clearline.diagnosis.course import Ask, Course, other_target
from clearline.diagnosis.facts import load_source
from clearline.domain.outcome import Outcome
from clearline.domain.target import Target

FLOWS = 4
BUSY_S = 8.0
_WARM_S = 0.5
"""A queue needs a moment to fill."""
_APART_S, _BUSY_APART_S = 0.2, 0.1
_IDLE_ROUNDS, _LEAST_ROUNDS = 8, 5
_ROUND_S = 2.0
_SPARE_S = 4.0
"""Of a diagnosis' time, for the time after and what it all means."""
_ANSWER_BYTES = 1_100_000
"""What one answer may bring: probes.http_exchange reads 1 MiB of it, and its encryption comes on top."""
_CUT_SHARE = 1.5
"""Of an answer that was cut off more was under way than was read."""
_FAILURES = 3
_THIN_BYTES = 50_000
"""Smaller answers keep four flows waiting for the server, not for the line."""
GRADES = ((5.0, "A"), (30.0, "B"), (60.0, "C"), (200.0, "D"))
"""By what waiting takes longer, in ms; F from there on. The convention of bufferbloat tests."""


def grade_of(rise_ms: float) -> str:
    """`A` to `F`."""
    return next((grade for below_ms, grade in GRADES if rise_ms < below_ms), "F")


@dataclass
class _Mover:
    """Reads answers until its time, its bytes or its luck end."""

    course: Course
    source: Target
    most_bytes: float
    until_s: float
    moved_bytes: float = 0.0
    promised_bytes: float = 0.0
    """For answers that are under way."""
    answers: int = 0
    failures: int = 0

    async def run(self, ask: Ask) -> None:
        """One flow: an answer after the other."""
        while (left_s := self.until_s - self.course.clock.now()) > 0.1 and self._has_room:
            self.promised_bytes += _ANSWER_BYTES * _CUT_SHARE
            outcome = await self.course.attempt(self.source, left_s, ask=ask)
            self.promised_bytes -= _ANSWER_BYTES * _CUT_SHARE
            self.answers += 1
            is_cut = bool(outcome.detail.get("http", {}).get("is_cut")) or not outcome.ok
            self.moved_bytes += outcome.bytes_in * (_CUT_SHARE if is_cut else 1.0)
            if outcome.fault is not None:
                # A server that says it is too much is left alone at once.
                is_told = outcome.fault.kind in ("http.error.429", "http.error.503")
                self.failures += _FAILURES if is_told else 1

    @property
    def _has_room(self) -> bool:
        whole = self.moved_bytes + self.promised_bytes + _ANSWER_BYTES * _CUT_SHARE
        return self.failures < _FAILURES and whole <= self.most_bytes


async def try_load(course: Course) -> dict[str, Any]:
    """The round trip to the target while idle, while answers are read over four other connections, and after.

    Only answers that anybody may ask for are read, and never more than the policy's megabytes or eight seconds.
    """
    address = load_source(course.target, course.policy.outside)
    busy_s = min(BUSY_S, course.left_s - _SPARE_S - _IDLE_ROUNDS * _APART_S)
    if not address or busy_s < 4 * _WARM_S:
        return {}
    source = course.target if address == course.target.address else other_target(address)
    idle = [ms for ms in [await _round_trip(course) for _ in range(_IDLE_ROUNDS)] if ms is not None]
    if len(idle) < _LEAST_ROUNDS:
        return {}
    began_s = course.clock.now()
    mover = _Mover(course, source, course.policy.load_mb * 1e6, began_s + busy_s)
    busy: list[float] = []
    with course.keeping(FLOWS) as ask:
        async with asyncio.TaskGroup() as tasks:
            flows = [tasks.create_task(mover.run(ask)) for _ in range(FLOWS)]
            await asyncio.sleep(_WARM_S)
            while any(not flow.done() for flow in flows):
                ms = await _round_trip(course, _BUSY_APART_S)
                if ms is not None and any(not flow.done() for flow in flows):
                    busy.append(ms)
    took_s = course.clock.now() - began_s
    after = [ms for ms in [await _round_trip(course) for _ in range(_LEAST_ROUNDS)] if ms is not None]
    return _told(course, mover, took_s, idle, busy, after)


async def _round_trip(course: Course, after_s: float = _APART_S) -> float | None:
    """One round trip to the target, in ms; None where it was lost."""
    await asyncio.sleep(after_s)
    place = course.facts.get("target.address")
    if course.facts["target.is_datagram"] or not place:
        outcome = await course.attempt(course.target, _ROUND_S)
        return outcome.latency_ms if outcome.ok else None
    outcome = await course.attempt_address(f"tcp://{place}", _ROUND_S)
    return _connect_ms(outcome) if outcome.ok else None


def _connect_ms(outcome: Outcome) -> float | None:
    if outcome.syn_retransmits:
        return None
    return outcome.kernel_rtt_ms if outcome.kernel_rtt_ms is not None else outcome.phases.connect


def _told(
    course: Course, mover: _Mover, took_s: float, idle: list[float], busy: list[float], after: list[float]
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "load.mb": round(mover.moved_bytes / 1e6, 1),
        "load.rate_mbit": round(mover.moved_bytes * 8 / took_s / 1e6, 1),
        "load.rounds": len(busy),
    }
    if len(busy) < _LEAST_ROUNDS:
        # The bytes were used up before the line was busy for long.
        return told | {"load.ok": False}
    idle_ms, busy_ms = min(idle), statistics.median(busy)
    rise_ms = max(0.0, busy_ms - idle_ms)
    limit_ms = course.policy.thresholds.load_rise_ms
    after_ms = statistics.median(after) if after else busy_ms
    return told | {
        "load.ok": True,
        "load.idle_ms": round(idle_ms, 1),
        "load.busy_ms": round(busy_ms, 1),
        "load.rise_ms": round(rise_ms, 1),
        "load.grade": grade_of(rise_ms),
        "load.is_bloated": rise_ms >= limit_ms,
        "load.is_thin": mover.moved_bytes < _THIN_BYTES * mover.answers and rise_ms < limit_ms,
        "load.is_back": after_ms - idle_ms < rise_ms / 3,
    }
