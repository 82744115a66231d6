"""Differential tests: the same thing tried in another way, each only where its difference would tell something."""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from clearline.diagnosis.clock_skew import skew_of
from clearline.diagnosis.clues import LOST
from clearline.diagnosis.course import Course, bracketed, other_target
from clearline.diagnosis.facts import is_literal
from clearline.diagnosis.http1 import OnlyHttp1
from clearline.diagnosis.idle import try_reuse
from clearline.diagnosis.load import try_load
from clearline.diagnosis.other_adapter import try_interfaces
from clearline.domain.proxy import NONE
from clearline.domain.target import Target, parse_address
from clearline.domain.verdict import Trial

Facts = dict[str, Any]
SIBLINGS = (443, 80, 22, 53)
CLOSED_PORT = 9
"""Discard (RFC 863): surely closed, so a host that is there refuses it at once."""
APART_S = 1.0
MOST_SIBLINGS = 6
"""Connects to other ports or hosts of one diagnosis, at most, and so far apart: never to be taken for a scan."""
_CONNECT_S = 1.5
_SPARE_S = 1.0
"""Of a diagnosis' time, for what the answers lead to."""
_ALIVE = ("", "tcp.refused", "tcp.reset")
_NEUTRAL_NAME = "www.example.com"
_BROWSER = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept: text/html,application/xhtml+xml,*/*;q=0.8",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A trial and when it is worth making: any of `when` is enough."""

    trial: Trial
    when: tuple[tuple[str, ...], ...]
    make: Callable[[Course], Awaitable[Facts]]


async def try_ports(course: Course) -> Facts:
    """Other ports of the same host, one a second, until one answers. A refusal is an answer as well."""
    host = course.host
    own = course.target.port
    room = max(1, int((course.left_s - _CONNECT_S - _SPARE_S) / APART_S) + 1)
    wanted = [port for port in (*SIBLINGS[:2], CLOSED_PORT, *SIBLINGS[2:]) if port != own][:room]
    answers: dict[str, str] = {}
    running: list[asyncio.Task[None]] = []
    is_answered = asyncio.Event()

    async def knock(port: int) -> None:
        outcome = await course.attempt_address(f"tcp://{bracketed(host)}:{port}", _CONNECT_S)
        answers[str(port)] = outcome.fault.kind if outcome.fault else ""
        if answers[str(port)] in _ALIVE:
            is_answered.set()

    async with asyncio.TaskGroup() as tasks:
        for port in wanted[: MOST_SIBLINGS - 1]:
            running.append(tasks.create_task(knock(port)))
            try:
                async with asyncio.timeout(APART_S):
                    await is_answered.wait()
                break
            except TimeoutError:
                continue
        if is_answered.is_set():
            for task in running:
                task.cancel()
    alive = [port for port, kind in answers.items() if kind in _ALIVE]
    return {
        "ports.answers": len(alive),
        "ports.any_answer": bool(alive),
        "ports.answered": alive,
        "ports.open": [port for port, kind in answers.items() if not kind],
        "ports.each": answers,
        "ports.is_forbidden": bool(answers) and set(answers.values()) == {"local.permission_denied"},
    }


async def try_ping(course: Course) -> Facts:
    """An echo request to the target's own address. Silence proves nothing."""
    outcome = await course.attempt_address(f"icmp://{bracketed(course.host)}", 1.5)
    kind = outcome.fault.kind if outcome.fault else ""
    if kind == "local.capability":
        return {}
    return {"ping.ok": outcome.ok, "ping.kind": kind, "ping.ms": round(outcome.phases.total_ms, 1)}


async def try_families(course: Course) -> Facts:
    """Every address of the name by itself, at most four of each family, with nothing sent on the connections."""
    places = await _addresses(course)
    if len(places) < 2:
        return {}
    # An attempt that met a dead address first has left little time, and bad addresses are asked twice.
    limit_s = min(2.5, max(0.5, course.left_s / 2 - 0.2))
    outcomes = await asyncio.gather(*(course.attempt_address(f"tcp://{place}", limit_s) for place in places))
    kinds = {place: one.fault.kind if one.fault else "" for place, one in zip(places, outcomes, strict=True)}
    told: Facts = {
        "families.count": len(places),
        "families.each": kinds,
        "families.ok_count": sum(not kind for kind in kinds.values()),
        "families.all_refused": set(kinds.values()) == {"tcp.refused"},
    }
    for family in (4, 6):
        own = [kind for place, kind in kinds.items() if place.startswith("[") == (family == 6)]
        if own:
            told[f"families.v{family}_ok"] = "" in own
            told[f"families.v{family}_kind"] = next((kind for kind in own if kind), "")
    bad = [place for place, kind in kinds.items() if kind]
    is_family = told.get("families.v4_ok") is False or told.get("families.v6_ok") is False
    told["families.bad"] = bad
    if bad and told["families.ok_count"] and not is_family:
        again = await asyncio.gather(*(course.attempt_address(f"tcp://{place}", min(limit_s, 1.0)) for place in bad))
        told["families.is_partial"] = told["families.is_repeated"] = not any(one.ok for one in again)
    return told


async def _addresses(course: Course) -> list[str]:
    port = course.target.port
    names = Target("names", parse_address(f"dns://{course.target.host}"), proxy=NONE)
    found: list[str] = []
    for kind in ("AAAA", "A"):
        asked = msgspec.structs.replace(names, address=f"dns://{course.target.host}?type={kind}")
        outcome = await course.attempt(asked, 1.5)
        answers = [str(answer) for answer in outcome.detail.get("dns", {}).get("answers", [])]
        found += [f"{bracketed(ip)}:{port}" for ip in answers[:4] if is_literal(ip)]
    return found


async def try_by_address(course: Course) -> Facts:
    """The address that the name servers give, with the same name in TLS and HTTP: is only the lookup at fault?"""
    answers = course.facts.get("name.answers") or []
    usable = [ip for ip in answers if is_literal(str(ip))]
    if not usable:
        return {}
    there = msgspec.structs.replace(course.target, via=f"{bracketed(usable[0])}:{course.target.port}", proxy=NONE)
    return course.facts_of(await course.attempt(there, 2.5), "by_address", there)


async def try_again(course: Course) -> Facts:
    """The same once more: was it only this once?"""
    await asyncio.sleep(0.3)
    return course.facts_of(await course.attempt(course.target, 2.5), "again")


async def try_control(course: Course) -> Facts:
    """Targets of the company's own that are known to be good."""
    addresses = course.policy.outside.control[:3]
    outcomes = await asyncio.gather(*(course.attempt_address(address, 2.5) for address in addresses))
    works = [one for one in outcomes if one.ok]
    ms = min((one.phases.connect or one.phases.total_ms for one in works), default=0.0)
    told: Facts = {"control.ok": bool(works), "control.is_quick": bool(works) and ms < 100}
    return told | skew_of(course, "control", *outcomes)


async def try_other_name(course: Course) -> Facts:
    """The same address asked for a neutral name in TLS: is it the name that is filtered?"""
    target = course.target
    neutral = Target(
        "sni",
        f"tls://{target.host}:{target.port}",
        via=course.facts.get("target.address") or None,
        verify=False,
        sni=_NEUTRAL_NAME,
        proxy=target.proxy,
    )
    outcomes = [await course.attempt(neutral, 2.0)]
    told: Facts = {}
    kind = outcomes[0].fault.kind if outcomes[0].fault else ""
    # A server that does not know the name says so in an alert: it heard us all the same.
    is_heard = outcomes[0].ok or kind == "tls.unrecognized_name_alert" or kind.startswith("tls.alert")
    if is_heard:
        own = await course.attempt(target, 2.0)
        told["sni.is_repeated"] = own.fault is not None and own.fault.kind == course.facts.get("target.kind")
    return told | {"sni.ok": is_heard, "sni.kind": kind}


async def try_unverified(course: Course) -> Facts:
    """The same without looking at the certificate: does everything behind it work, and what is the time there?"""
    open_eyed = msgspec.structs.replace(course.target, verify=False)
    outcome = await course.attempt(open_eyed, 2.5)
    return course.facts_of(outcome, "trust", open_eyed) | skew_of(course, "trust", outcome)


async def try_sizes(course: Course) -> Facts:
    """Do large packets vanish where small ones pass?"""
    place = course.facts.get("target.address") or f"{course.target.host}:{course.target.port}"
    limit_s = min(4.5, max(2.5, course.limits.attempt_s))
    outcome = await course.attempt(other_target(f"mtu://{place}"), limit_s, connect_s=1.5)
    detail = outcome.detail.get("mtu", {})
    tcp = detail.get("tcp", {})
    told: Facts = {"sizes.mtu": detail.get("mtu", 0), "sizes.told_mtu": detail.get("told_mtu", 0)}
    if tcp.get("is_small_confirmed"):
        told |= {"sizes.is_black_hole": True, "sizes.is_small_confirmed": True}
    elif tcp.get("is_usual_confirmed"):
        told["sizes.is_black_hole"] = False
    elif outcome.fault is not None and outcome.fault.kind == "tcp.mtu_black_hole":
        told["sizes.is_black_hole"] = True
    return told


async def try_http1(course: Course) -> Facts:
    """The same by HTTP/1.1."""
    outcome = await course.attempt(course.target, 2.5, network=OnlyHttp1(course.network))
    return course.facts_of(outcome, "http1")


async def try_as_browser(course: Course) -> Facts:
    """The same request with a browser's headers: does a filter turn programs away?"""
    like_browser = msgspec.structs.replace(course.target, headers=(*_BROWSER, *course.target.headers))
    return course.facts_of(await course.attempt(like_browser, 2.5), "browser", like_browser)


async def try_neighbours(course: Course) -> Facts:
    """Hosts beside the target, on its own port, one a second: only when a person agreed."""
    address = ipaddress.ip_address(course.host.partition("%")[0])
    network = ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 64}", strict=False)
    wanted = [each for each in (network[1], address + 1, address - 1) if each in network and each != address]
    answers: dict[str, str] = {}
    for number, neighbour in enumerate(dict.fromkeys(wanted)):
        if number:
            await asyncio.sleep(APART_S)
        outcome = await course.attempt_address(
            f"tcp://{bracketed(str(neighbour))}:{course.target.port or 443}", _CONNECT_S
        )
        answers[str(neighbour)] = outcome.fault.kind if outcome.fault else ""
        if answers[str(neighbour)] in _ALIVE:
            break
    alive = [ip for ip, kind in answers.items() if kind in _ALIVE]
    return {"neighbours.answers": len(alive), "neighbours.any_answer": bool(alive), "neighbours.each": answers}


_SILENT = "target.kind = tcp.timed_out | udp.no_reply | icmp.no_reply | dns.timed_out"
_LATE = ("target.is_late", "not target.is_datagram", "not target.is_loopback")
_APART = ("address.others", "not proxy.is_used", "target.probe != dns")
_TLS_CUT = ("target.kind = tls.reset | tls.closed | tls.timed_out",)

PLANS: tuple[Plan, ...] = (
    Plan(
        Trial.PORTS,
        (
            (_SILENT, "target.step = connect"),
            (*_LATE, "target.is_literal"),
            ("target.probe = dns", _SILENT),
            ("target.kind = tcp.refused", "target.is_web"),
            ("target.kind = local.permission_denied | app.banner_missing",),
        ),
        try_ports,
    ),
    Plan(
        Trial.PING,
        (
            (_SILENT, "target.step = connect", "target.probe != icmp"),
            (*_LATE, "target.is_literal"),
            ("target.probe = dns", "target.kind = dns.timed_out | dns.unreachable.port"),
            ("target.kind = tcp.refused | tcp.stalled | tcp.aborted | ws.no_pong",),
            ("target.kind = udp.port_unreachable | udp.unexpected_reply",),
        ),
        try_ping,
    ),
    Plan(
        Trial.FAMILIES,
        (
            ("target.is_literal = False", "proxy.is_used = False", "target.is_datagram = False", "target.step != name"),
            ("target.is_literal = False", "proxy.is_used = False", "target.is_datagram = False", "target.ok"),
        ),
        try_families,
    ),
    Plan(
        Trial.BY_ADDRESS,
        (("target.step = name", "name.any_own_ok"), ("name.findings = hosts_file_differs", "target.ok = False")),
        try_by_address,
    ),
    Plan(
        Trial.INTERFACES,
        ((LOST, "target.step = connect | gateway", *_APART), (*_LATE, "target.is_literal", *_APART)),
        try_interfaces,
    ),
    Plan(
        Trial.BASELINE,
        (
            ("target.kind = tcp.timed_out | tcp.reset | tcp.closed | tcp.aborted | tcp.stalled",),
            ("target.kind ~ http.response.invalid",),
        ),
        try_again,
    ),
    Plan(Trial.CONTROL, (("control.is_set", "target.ok = False"), ("control.is_set", "clock.is_wrong")), try_control),
    Plan(Trial.SNI, (_TLS_CUT, ("target.kind = tls.unrecognized_name_alert",)), try_other_name),
    Plan(Trial.TRUST, (("target.kind ~ tls.cert",),), try_unverified),
    Plan(
        Trial.SIZES,
        (
            ("connect.ok", "target.kind = tls.timed_out | http.timed_out | http.stalled | tcp.stalled"),
            ("target.kind = udp.message_too_big",),
        ),
        try_sizes,
    ),
    Plan(Trial.HTTP1, (("target.kind ~ h2 | http.protocol.error", "target.is_tls"),), try_http1),
    Plan(
        Trial.BROWSER,
        (
            ("target.kind = http.error.403 | http.error.405 | http.error.406",),
            ("target.is_web", "target.kind = http.response.invalid.empty"),
        ),
        try_as_browser,
    ),
    Plan(
        Trial.NEIGHBOURS,
        (("consent.neighbours", _SILENT), ("consent.neighbours", "target.kind = local.neighbor_unreachable")),
        try_neighbours,
    ),
    Plan(
        Trial.REUSE,
        (
            ("consent.reuse", "target.can_rest", "target.ok"),
            ("consent.reuse", "target.can_rest", "target.is_idle"),
        ),
        try_reuse,
    ),
    Plan(Trial.LOAD, (("consent.load", "target.ok", "load.is_possible"),), try_load),
)
"""Every trial, in the order they are begun."""
