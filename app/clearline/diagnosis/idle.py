"""Connections that rest, beside fresh ones: after which rest are they cut, and what does a fresh one cost?"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from clearline.diagnosis.course import Course
from clearline.diagnosis.facts import host_of
from clearline.diagnosis.resting import ANSWER_S, LOOK_S, End, Open, Seen, bare, seen_on, web
from clearline.domain.target import Probe
from clearline.domain.verdict import Saying, Step
from clearline.net.network import Address, literal_address

_LATER_S = 3.0
"""Limits are not kept to the second: the others are used so long after a rest that ended one."""
_AFTER_S = 4 * LOOK_S + _LATER_S + ANSWER_S
"""Of a diagnosis' time, for what follows the longest rest: looks at it, the others and the one in use; a fresh one."""
_USES_A_REST = 2
_LEAST_TOLD_S, _MOST_TOLD = 1.0, 60
"""How far it is is told so often."""


async def try_reuse(course: Course) -> dict[str, Any]:
    """Connections rest at the same time, each for one of the policy's `rests_s`, and are then used once more.

    The shortest rest that ended one gives the answer: the others, which have rested as long, are used then instead
    of resting on. It was the rest only where they have ended too, where a fresh connection works, and where one more
    lives that was in use all the while. A peer that ends its own idle connections properly may do so: only a reset or
    silence cuts. At most seven are open to the target at a time: six that rest and the one in use; the fresh one comes
    when those are closed.
    """
    told: dict[str, Any] = {}
    if course.target.probe is Probe.HTTP:
        told = await _used_twice(course)
        if not told.get("reuse.is_kept"):
            return told
        make: Open = partial(web, course)
    else:
        address = _own_address(course)
        if address is None:
            return {}
        make = partial(bare, course, address)
    room_s = course.left_s - _AFTER_S
    rests_s = [rest_s for rest_s in course.policy.rests_s if rest_s <= room_s]
    if not rests_s:
        return told
    return told | await _meaning(course, await _let_rest(course, make, rests_s))


async def _used_twice(course: Course) -> dict[str, Any]:
    """What a fresh connection costs, and whether the server keeps one at all."""
    with course.keeping(1) as ask:
        first = await course.attempt(course.target, ANSWER_S, ask=ask)
        if not first.ok:
            return {}
        second = await course.attempt(course.target, ANSWER_S, ask=ask)
    told: dict[str, Any] = {"reuse.cold_ms": round(first.phases.total_ms, 1)}
    if seen_on(second).end is End.LIVES:
        return told | {"reuse.is_kept": True, "reuse.warm_ms": round(second.phases.total_ms, 1)}
    told |= {"reuse.is_cut": False, "reuse.is_kept": False}
    if second.ok:
        return told | {"reuse.breaks": False}
    fresh = await course.attempt(course.target, ANSWER_S)
    return told | {"reuse.breaks": fresh.ok, "reuse.kind": seen_on(second).kind}


def _own_address(course: Course) -> Address | None:
    """Where a bare connection leads; None through a proxy: asked for nothing, that ends it for its own reasons."""
    place = str(course.facts.get("target.address", ""))
    if not place or course.facts.get("proxy.is_used"):
        return None
    return literal_address(host_of(place), course.target.port)


@dataclass
class _Series:
    """What became of the connections."""

    rested: dict[float, Seen] = field(default_factory=dict)
    """Those that came to the end of their rest, by its seconds."""
    beside: list[Seen] = field(default_factory=list)
    """Those that were used when a shorter rest had ended another."""
    in_use: End = End.UNKNOWN


async def _let_rest(course: Course, make: Open, rests_s: Sequence[float]) -> _Series:
    series = _Series()
    is_found, is_over = asyncio.Event(), asyncio.Event()

    async def rest(rest_s: float) -> None:
        async with make() as look:
            if look is None:
                return
            if await _comes_within(is_found, rest_s):
                await asyncio.sleep(_LATER_S)
                series.beside.append(await look())
                return
            series.rested[rest_s] = await look()
            if series.rested[rest_s].end.has_ended:
                is_found.set()

    async with asyncio.TaskGroup() as tasks:
        resting = [tasks.create_task(rest(rest_s)) for rest_s in rests_s]
        # A single rest has no shorter one that lives: nothing is compared with the one in use.
        use = tasks.create_task(_use(make, rests_s[0] / _USES_A_REST, is_over)) if len(rests_s) > 1 else None
        telling = tasks.create_task(_tell_how_far(course, rests_s[-1]))
        await asyncio.wait(resting)
        is_over.set()
        telling.cancel()
    if use is not None:
        series.in_use = use.result()
    return series


async def _use(make: Open, every_s: float, is_over: asyncio.Event) -> End:
    """Use a connection now and then, and once more when all have rested. Says what became of it."""
    async with make() as look:
        end, is_last = End.UNKNOWN, look is None
        while look is not None and not is_last:
            is_last = await _comes_within(is_over, every_s)
            end = (await look()).end
            is_last |= end is not End.LIVES
    return end


async def _comes_within(event: asyncio.Event, limit_s: float) -> bool:
    try:
        async with asyncio.timeout(limit_s):
            return await event.wait()
    except TimeoutError:
        return False


async def _tell_how_far(course: Course, longest_s: float) -> None:
    began_s = course.clock.now()
    while True:
        rested_s = min(float(round(course.clock.now() - began_s)), longest_s)
        course.say(Step.COMPARE, Saying("step.compare.resting", {"rested_s": rested_s, "idle_s": longest_s}))
        await asyncio.sleep(max(_LEAST_TOLD_S, longest_s / _MOST_TOLD))


async def _meaning(course: Course, series: _Series) -> dict[str, Any]:
    """`reuse.idle_s` is the shortest rest that ended a connection; where none did, the longest of all."""
    idle_s = min((rest_s for rest_s, one in series.rested.items() if one.end.has_ended), default=float("inf"))
    lived_s = [rest_s for rest_s, one in series.rested.items() if one.end is End.LIVES]
    lives_s = max((rest_s for rest_s in lived_s if rest_s < idle_s), default=0.0)
    told: dict[str, Any] = {"reuse.is_cut": False, "reuse.is_closed": False, "reuse.is_lost": False}
    if lives_s:
        told["reuse.lives_s"] = lives_s
    if idle_s not in series.rested:
        return told | {"reuse.idle_s": lives_s} if lives_s else {}
    end, told["reuse.kind"] = series.rested[idle_s]
    if end is End.CLOSED:
        return told | {"reuse.is_closed": True, "reuse.idle_s": idle_s}
    others = [one.end for rest_s, one in series.rested.items() if rest_s > idle_s]
    others += [one.end for one in series.beside]
    fresh = await course.attempt(course.target, ANSWER_S)
    # A bare connection is in use by empty packets alone: a peer that resets what is idle need not count them.
    lost = (End.CUT, End.SILENT) if course.target.probe is Probe.HTTP else (End.SILENT,)
    if End.LIVES in others or (lives_s and series.in_use in lost) or not fresh.ok:
        return told | {"reuse.is_lost": True}
    told |= {"reuse.is_cut": True, "reuse.idle_s": idle_s}
    if lives_s and end is End.SILENT and End.SILENT in others and series.in_use is End.LIVES:
        told["reuse.is_stable"] = True
    return told
