"""The rungs between our network and the target: the internet where it may be asked, the proxy, the connection."""

import asyncio
import dataclasses
from typing import Any

import msgspec

from clearline.diagnosis.clock_skew import skew_of
from clearline.diagnosis.course import Course, Found, bracketed, found
from clearline.diagnosis.facts import facts_of_way
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from clearline.domain.problem import InputError
from clearline.domain.proxy import NONE, SYSTEM, parse_proxy
from clearline.domain.target import Target, parse_address
from clearline.domain.verdict import Saying, Step, StepState

_OK, _NOTE, _FAILED, _SKIPPED = StepState.OK, StepState.NOTE, StepState.FAILED, StepState.SKIPPED
_NOT_REACHED = StepState.NOT_REACHED
_OUTSIDE_S = 2.5
LATE_S = 1.0
"""After so long without an answer other tests begin beside the attempt."""
_ORDER = tuple(Step)


async def make_attempt(course: Course) -> None:
    """The target's own attempt, as its profile of options has it: everything else is compared with this."""
    course.attempt_began_ms = course.elapsed_ms
    limit_s = course.limits.attempt_s
    async with asyncio.TaskGroup() as tasks:
        late = tasks.create_task(_note_lateness(course))
        outcome = await course.attempt(course.target, limit_s)
        late.cancel()
    course.outcome, course.attempt_ended_ms = outcome, course.elapsed_ms
    told = course.facts_of(outcome, "target")
    course.facts |= told | facts_of_way(course.target, outcome, told.get("target.step"))
    course.facts |= skew_of(course, "target", outcome)
    course.is_late.set()
    course.attempted.set()


async def _note_lateness(course: Course) -> None:
    await asyncio.sleep(LATE_S)
    course.facts["target.is_late"] = True
    course.is_late.set()


async def look_outside(course: Course) -> Found:
    """Two places on the internet and a page that networks with a sign-in cannot leave alone; only where allowed."""
    outside = course.policy.outside
    if not outside.is_allowed or not (outside.points or outside.portals):
        return found(StepState.UNTESTED, "internet.not_allowed", {"internet.is_allowed": False})
    points, portals = await asyncio.gather(
        asyncio.gather(*(course.attempt_address(point, _OUTSIDE_S) for point in outside.points[:2])),
        asyncio.gather(*(_portal(course, page) for page in outside.portals[:2])),
    )
    reached = sum(one.ok or (one.fault is not None and one.fault.kind == "tcp.refused") for one in points)
    told: dict[str, Any] = {"internet.is_allowed": True, "internet.points_ok": reached}
    told["internet.is_reached"] = reached > 0 or "online" in portals
    if "portal" in portals and "online" not in portals:
        told["internet.portal"] = "portal"
        return found(_FAILED, "internet.portal", told)
    if "online" in portals:
        told["internet.portal"] = "online"
    if told.get("internet.is_reached"):
        return found(_OK, "internet.ok", told, count=reached)
    return found(_FAILED, "internet.none", told)


async def _portal(course: Course, page: str) -> str:
    """`online`, `portal` (something else answered) or `unknown`."""
    address, _, text = page.partition("#")
    target = Target("portal", parse_address(address), proxy=NONE, expect_text=text, follow=False)
    outcome = await course.attempt(target, _OUTSIDE_S)
    if outcome.ok:
        return "online" if outcome.status == 200 else "portal"
    fault = outcome.fault
    is_answered = fault is not None and (fault.kind == "http.content_mismatch" or fault.kind == "http.error.511")
    return "portal" if is_answered else "unknown"


async def look_at_proxy(course: Course) -> Found:
    """Is there one for this target, does it take connections, and is it the proxy or the server?"""
    target = course.target
    chosen = target.proxy
    if chosen == SYSTEM:
        is_web = course.facts["target.is_web"] and not target.via
        chosen = await course.network.system_proxy(target.scheme, target.host, target.port) if is_web else NONE
    if chosen in (NONE, ""):
        return await _without_proxy(course)
    try:
        proxy = parse_proxy(chosen)
    except InputError:
        return found(_FAILED, "proxy.unreadable", {"proxy.is_used": True})
    told: dict[str, Any] = {"proxy.is_used": True, "proxy.address": proxy.shown}
    course.facts |= told
    knock = await course.attempt_address(f"tcp://{bracketed(proxy.host)}:{proxy.port}", course.limits.connect_s)
    told["proxy.is_reached"] = knock.ok
    if knock.fault is not None:
        told["proxy.kind"] = knock.fault.kind
    await course.attempted.wait()
    outcome = course.outcome
    if outcome is None or outcome.ok:
        return found(_OK, "proxy.ok", told, proxy=proxy.shown)
    straight = msgspec.structs.replace(target, proxy=NONE)
    direct = await course.attempt(straight, 2.5)
    told |= course.facts_of(direct, "direct", straight)
    is_own = course.facts.get("target.step") == Step.PROXY.value
    if not knock.ok:
        return found(_FAILED, "proxy.down", told, proxy=proxy.shown)
    code = "proxy.only_direct" if direct.ok else "proxy.neither" if is_own else "proxy.ok"
    return found(_FAILED if is_own else _OK, code, told, proxy=proxy.shown)


async def _without_proxy(course: Course) -> Found:
    told: dict[str, Any] = {"proxy.is_used": False}
    course.facts |= told
    target = course.target
    if target.proxy == NONE and course.facts["target.is_web"]:
        await course.attempted.wait()
        named = await course.network.system_proxy(target.scheme, target.host, target.port)
        if named and course.facts.get("target.step") == Step.CONNECT.value:
            through = msgspec.structs.replace(target, proxy=named)
            told |= course.facts_of(await course.attempt(through, 2.5), "proxied", through)
            told["proxy.is_reached"] = bool(told.get("proxied.ok"))
            code = "proxy.only_proxied" if told["proxied.ok"] else "proxy.not_used"
            return found(_NOTE, code, told, proxy=told.get("proxied.proxy", ""))
    return found(_SKIPPED, "proxy.none", told)


async def look_at_connection(course: Course) -> Found:
    """What the attempt's connection came to."""
    outcome = await _outcome(course)
    told = {name: value for name, value in course.facts.items() if name.startswith(("target.", "connect."))}
    return dataclasses.replace(_phase(course, outcome, Step.CONNECT, Phase.CONNECT), facts=told)


async def look_at_encryption(course: Course) -> Found:
    """What the attempt's TLS came to."""
    outcome = await _outcome(course)
    if not course.facts["target.is_tls"]:
        return found(_SKIPPED, "tls.none")
    return _phase(course, outcome, Step.TLS, Phase.TLS)


async def look_at_http(course: Course) -> Found:
    """What the server answered."""
    outcome = await _outcome(course)
    if course.target.probe.value != "http":
        return found(_SKIPPED, "http.none")
    return _phase(course, outcome, Step.HTTP, Phase.WAIT)


async def look_at_application(course: Course) -> Found:
    """What a service with a protocol of its own answered."""
    outcome = await _outcome(course)
    if course.target.probe.value in ("http", "tcp", "tls", "icmp", "path", "mtu"):
        return found(_SKIPPED, "application.none")
    return _phase(course, outcome, Step.APPLICATION, Phase.WAIT)


async def _outcome(course: Course) -> Outcome:
    await course.attempted.wait()
    assert course.outcome is not None  # noqa: S101 (the event is set after it)
    return course.outcome


def _phase(course: Course, outcome: Outcome, step: Step, phase: Phase) -> Found:
    """A rung as the attempt saw it, with the attempt's own times."""
    broke_at = course.facts.get("target.step")
    before_ms = sum(ms for each, ms in outcome.phases.reached() if list(Phase).index(each) < list(Phase).index(phase))
    took_ms = outcome.phases.of(phase) or 0.0
    if phase is Phase.WAIT:
        took_ms += (outcome.phases.receive or 0.0) + (outcome.phases.send or 0.0)
    times = (round(course.attempt_began_ms + before_ms, 1), round(took_ms, 1))
    if broke_at == step.value:
        said = Saying("step.fault", {"kind": str(course.facts["target.kind"]), "address": outcome.address or "–"})
        return Found(_FAILED, said, {}, *times)
    if broke_at is not None and _ORDER.index(Step(broke_at)) < _ORDER.index(step):
        return Found(_NOT_REACHED, Saying("step.not_reached"))
    values: dict[str, str | int | float] = {"address": outcome.address or "–", "ms": round(took_ms, 1)}
    code = step.value
    if step is Step.CONNECT and outcome.syn_retransmits:
        return Found(_NOTE, Saying("step.connect.repeated", {**values, "count": outcome.syn_retransmits}), {}, *times)
    if step is Step.TLS:
        values |= {"issuer": str(course.facts.get("target.issuer", "–"))}
        days = course.facts.get("target.certificate_days")
        if days is not None:
            values["days"] = int(days)
            code = "tls.soon" if course.facts.get("target.expires_soon") else "tls.ok"
        else:
            code = "tls.plain"
        state = _NOTE if code == "tls.soon" else _OK
        return Found(state, Saying(f"step.{code}", values), {}, *times)
    if step is Step.HTTP:
        values["status"] = outcome.status or 0
    return Found(_OK, Saying(f"step.{code}.ok", values), {}, *times)
