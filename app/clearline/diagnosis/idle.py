"""Connections that rest, beside fresh ones: after which rest are they cut, and what does a fresh one cost?"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

from clearline.diagnosis.course import Course
from clearline.diagnosis.facts import host_of
from clearline.diagnosis.resting import ANSWER_S, LOOK_S, End, Open, Seen, bare, seen_on, web
from clearline.domain.verdict import Saying, Step
from clearline.net.network import Address, literal_address

_AFTER_S = 2 * LOOK_S + ANSWER_S
"""Of a diagnosis' time, for what follows the longest rest: a look at it, one at the connection in use, a fresh one."""
_USES_A_REST = 2
_LEAST_TOLD_S, _MOST_TOLD = 1.0, 60
"""How far it is is told so often."""


async def try_reuse(course: Course) -> dict[str, Any]:
    """Connections rest at the same time, each for one of the policy's `rests_s`, and are then used once more.

    The shortest rest that ended one gives the answer, so longer ones are given up. A peer that ends its own idle
    connections properly may do so: only a reset or silence cuts, and only where a fresh connection works. One more
    connection is in use all the while: where it is lost too, it was no rest that ended the others. At most seven are
    open to the target at a time: six that rest and the one in use; the fresh one comes when those are closed.
    """
    told: dict[str, Any] = {}
    if course.target.probe.value == "http":
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
    seen, in_use = await _let_rest(course, make, rests_s)
    return told | await _meaning(course, seen, in_use)


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


async def _let_rest(course: Course, make: Open, rests_s: Sequence[float]) -> tuple[dict[float, Seen], End]:
    """What became of each that came to the end of its rest, and of the one in use."""
    seen: dict[float, Seen] = {}
    resting: dict[float, asyncio.Task[None]] = {}
    is_known = asyncio.Event()

    async def rest(rest_s: float) -> None:
        async with make() as look:
            if look is None:
                return
            await asyncio.sleep(rest_s)
            seen[rest_s] = await look()
        if seen[rest_s].end.is_over:
            for longer_s, task in resting.items():
                if longer_s > rest_s:
                    task.cancel()

    async with asyncio.TaskGroup() as tasks:
        # A single rest has no shorter one that lives: nothing is compared with the one in use.
        use = tasks.create_task(_use(make, rests_s[0] / _USES_A_REST, is_known)) if len(rests_s) > 1 else None
        telling = tasks.create_task(_tell_how_far(course, rests_s[-1]))
        for rest_s in rests_s:
            resting[rest_s] = tasks.create_task(rest(rest_s))
        await asyncio.wait(resting.values())
        is_known.set()
        telling.cancel()
    return seen, use.result() if use is not None else End.UNKNOWN


async def _use(make: Open, every_s: float, is_known: asyncio.Event) -> End:
    """Use a connection now and then, and once more when the answer is known. Says what became of it."""
    async with make() as look:
        end, is_last = End.UNKNOWN, look is None
        while look is not None and not is_last:
            is_last = await _comes_within(is_known, every_s)
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


async def _meaning(course: Course, seen: dict[float, Seen], in_use: End) -> dict[str, Any]:
    """`reuse.idle_s` is the shortest rest that ended a connection; where none did, the longest of all."""
    lived_s = [rest_s for rest_s, one in seen.items() if one.end is End.LIVES]
    ended_s = [rest_s for rest_s, one in seen.items() if one.end.is_over]
    if not lived_s and not ended_s:
        return {}
    told: dict[str, Any] = {"reuse.is_cut": False, "reuse.is_closed": False, "reuse.is_lost": False}
    if lived_s:
        told["reuse.lives_s"] = max(lived_s)
    if not ended_s:
        return told | {"reuse.idle_s": max(lived_s)}
    idle_s = min(ended_s)
    end, told["reuse.kind"] = seen[idle_s]
    if any(rest_s > idle_s for rest_s in lived_s):
        return told | {"reuse.is_lost": True}
    if end is End.CLOSED:
        return told | {"reuse.is_closed": True, "reuse.idle_s": idle_s}
    fresh = await course.attempt(course.target, ANSWER_S)
    if not fresh.ok or (lived_s and in_use in (End.CUT, End.SILENT)):
        return told | {"reuse.is_lost": True}
    told |= {"reuse.is_cut": True, "reuse.idle_s": idle_s}
    if lived_s and end is End.SILENT and in_use is End.LIVES:
        told["reuse.is_stable"] = True
    return told
