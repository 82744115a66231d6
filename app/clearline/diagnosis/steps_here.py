"""The rungs nearest to us: this computer, its link, its address, its gateway. None of them depends on the target."""

import asyncio
import ipaddress
from typing import Any

from clearline.diagnosis.course import Course, Found, bracketed, found
from clearline.diagnosis.other_adapter import other_sources
from clearline.domain.outcome import Outcome
from clearline.domain.verdict import Depth, StepState
from clearline.net.machine import source_address
from clearline.net.machine_state import Machine

_TICKS, _TICK_S = 8, 0.02
_LATE_ENOUGH_MS = 300.0
"""In all: more proof that this computer is busy is not waited for."""
_ANYWHERE = {4: "192.0.2.1", 6: "2001:db8::1"}
"""Documentation addresses (RFC 5737, RFC 3849): only the routing table is asked about them, nothing is sent."""
_GATEWAY_PORTS = (53, 80, 443)
_ECHO_S, _KNOCK_S = 1.0, 3.4
_OK, _NOTE, _FAILED, _SKIPPED = StepState.OK, StepState.NOTE, StepState.FAILED, StepState.SKIPPED


async def look_at_self(course: Course) -> Found:
    """How late does this process wake? A busy machine's figures are not the network's."""
    limit_ms = course.policy.thresholds.busy_lag_ms
    lags: list[float] = []
    for _ in range(_TICKS):
        before_s = course.clock.now()
        await asyncio.sleep(_TICK_S)
        lags.append(max(0.0, course.clock.now() - before_s - _TICK_S) * 1000)
        if sum(lags) > _LATE_ENOUGH_MS and sum(lag > limit_ms for lag in lags) > 1:
            break
    lag_ms = round(sorted(lags)[-2], 2)
    is_busy = lag_ms > limit_ms
    facts = {"self.lag_ms": lag_ms, "self.is_busy": is_busy}
    return found(_NOTE if is_busy else _OK, "self.busy" if is_busy else "self.ok", facts, lag_ms=lag_ms)


async def look_at_link(course: Course) -> Found:
    """Is any adapter up?"""
    machine = await course.network.look_around()
    names = [adapter.name for adapter in machine.adapters]
    facts: dict[str, Any] = {"link.is_up": bool(names), "link.adapters": names, **_facts_of_machine(machine)}
    if not names:
        return found(StepState.SKIPPED if course.facts["target.is_loopback"] else _FAILED, "link.none", facts)
    return found(_OK, "link.ok", facts, adapters=", ".join(names))


def _facts_of_machine(machine: Machine) -> dict[str, Any]:
    given = [ip for adapter in machine.adapters for ip in adapter.addresses if not _is_made_up(ip)]
    return {
        "address.all": given,
        "address.is_given": bool(given),
        "address.made_up": [ip for adapter in machine.adapters for ip in adapter.addresses if _is_made_up(ip)],
        "address.of": {ip: adapter.name for adapter in machine.adapters for ip in adapter.addresses},
        "address.vpns": [adapter.name for adapter in machine.adapters if adapter.is_vpn],
        "gateway.all": [[each.family, each.ip, each.adapter] for each in machine.gateways],
    }


def _is_made_up(ip: str) -> bool:
    return ipaddress.ip_address(ip).is_link_local


async def look_at_address(course: Course) -> Found:
    """Was this computer given an address, and which would packets to the target bear?"""
    facts = course.facts
    if not facts["address.is_given"]:
        state = _SKIPPED if facts["target.is_loopback"] else _FAILED
        made_up = facts["address.made_up"]
        return found(state, "address.made_up" if made_up else "address.none", {}, address=", ".join(made_up))
    ip = _target_ip(course)
    if facts["target.is_loopback"]:
        return found(_SKIPPED, "address.here")
    routed = source_address(ip or _ANYWHERE[4]) or source_address(ip or _ANYWHERE[6])
    source = routed or facts["address.all"][0]
    adapter = facts["address.of"].get(source, "")
    is_vpn = adapter in facts["address.vpns"]
    others = [other.adapter for other in other_sources(facts, source, routed)]
    told = {"address.source": source, "address.adapter": adapter, "address.is_vpn": is_vpn, "address.others": others}
    return found(_OK, "address.vpn" if is_vpn else "address.ok", told, address=source, adapter=adapter or "–")


def _target_ip(course: Course) -> str:
    host = course.target.via or course.target.host
    host = (
        host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0] if host.count(":") == 1 else host
    )
    return host if course.facts["target.is_literal"] else ""


async def look_at_gateway(course: Course) -> Found:
    """Does the way out of our own network exist, and does the first router answer? A refusal is an answer too."""
    if course.facts["target.is_loopback"]:
        return found(_SKIPPED, "gateway.here")
    ip = _target_ip(course)
    family = 6 if ":" in ip else 4
    routes: list[list[Any]] = course.facts["gateway.all"]
    own = [each for each in routes if each[0] == family] or ([] if ip else routes)
    told: dict[str, Any] = {
        "gateway.has_route": bool(own),
        "gateway.has_route_other": any(each[0] != family for each in routes),
    }
    if not own:
        return found(_NOTE, "gateway.none", told)
    gateway, adapter = own[0][1], own[0][2]
    if not gateway:
        return found(_OK, "gateway.tunnel", told, adapter=adapter)
    told["gateway.ip"] = gateway
    place = f"{gateway}%{adapter}" if gateway.startswith("fe80") else gateway
    count = 3 if course.policy.depth is Depth.QUICK else 5
    first = await _echo(course, place, 0)
    ports = () if first.ok else _GATEWAY_PORTS
    # All at once: a router that is gone is told after three seconds, and there are not many more.
    async with asyncio.TaskGroup() as tasks:
        echoing = [tasks.create_task(_echo(course, place, number)) for number in range(1, count)]
        knocking = [tasks.create_task(_knock(course, place, port)) for port in ports]
    echoes, knocks = ([task.result() for task in made] for made in (echoing, knocking))
    return _judged(course, gateway, [first, *echoes], knocks, told)


async def _echo(course: Course, ip: str, number: int) -> Outcome:
    await asyncio.sleep(0.1 * number)
    return await course.attempt_address(f"icmp://{bracketed(ip)}", _ECHO_S)


async def _knock(course: Course, place: str, port: int) -> Outcome:
    return await course.attempt_address(f"tcp://{bracketed(place)}:{port}", _KNOCK_S)


def _judged(course: Course, gateway: str, echoes: list[Outcome], knocks: list[Outcome], told: dict[str, Any]) -> Found:
    thresholds = course.policy.thresholds
    answered = sorted(echo.latency_ms or echo.phases.total_ms for echo in echoes if echo.ok)
    if answered:
        rtt_ms = round(answered[len(answered) // 2], 2)
        loss = 1 - len(answered) / len(echoes)
        is_slow, is_lossy = rtt_ms > thresholds.gateway_slow_ms, loss >= thresholds.gateway_loss
        told |= {
            "gateway.is_alive": True,
            "gateway.rtt_ms": rtt_ms,
            "gateway.sent": len(echoes),
            "gateway.loss": loss,
            "gateway.is_slow": is_slow,
            "gateway.is_lossy": is_lossy,
        }
        code = "gateway.lossy" if is_lossy else "gateway.slow" if is_slow else "gateway.ok"
        state = _NOTE if is_slow or is_lossy else _OK
        return found(state, code, told, gateway=gateway, ms=rtt_ms, answered=len(answered), sent=len(echoes))
    kinds = {knock.fault.kind if knock.fault else "" for knock in knocks}
    if kinds & {"", "tcp.refused", "tcp.reset"}:
        told |= {"gateway.is_alive": True, "gateway.is_slow": False, "gateway.is_lossy": False}
        return found(_OK, "gateway.no_ping", told, gateway=gateway)
    if "local.neighbor_unreachable" in kinds:
        told |= {"gateway.is_alive": False, "gateway.is_dead": True}
        return found(_FAILED, "gateway.dead", told, gateway=gateway)
    told["gateway.is_silent"] = True
    return found(_NOTE, "gateway.silent", told, gateway=gateway)
