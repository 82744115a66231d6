"""The rung of names: this machine's name servers asked directly, its hosts file, and outside servers where allowed."""

import asyncio
import ipaddress
import secrets
from typing import Any

from clearline.diagnosis.course import Course, Found, found
from clearline.domain.outcome import Outcome
from clearline.domain.verdict import StepState
from clearline.net.name_settings import NameSettings

MOST_SERVERS = 3
"""As many as the C library asks."""
_ASK_S = 2.0
_OK, _NOTE, _FAILED = StepState.OK, StepState.NOTE, StepState.FAILED

_WORD = {
    "dns.name_not_resolved.nxdomain": "nxdomain",
    "dns.name_not_resolved.no_data": "no_data",
    "dns.server.servfail": "servfail",
    "dns.server.refused": "refused",
    "dns.server.dnssec_bogus": "bogus",
    "dns.server.blocked": "blocked",
    "dns.timed_out": "timed_out",
    "dns.unreachable": "unreachable",
    "dns.unreachable.port": "port_closed",
    "dns.truncated_no_tcp": "cut_off",
    "local.no_route": "unreachable",
    "local.neighbor_unreachable": "unreachable",
}
"""What a name server's failure is called here; everything else is `protocol`."""


async def look_at_names(course: Course) -> Found:
    """What each name server says by itself, beside what this machine's own lookup came to."""
    target, facts = course.target, course.facts
    if facts["target.is_literal"] or facts["target.is_loopback"]:
        return found(StepState.SKIPPED, "name.literal")
    if target.probe.value == "dns" and target.server:
        return found(StepState.SKIPPED, "name.own_server")
    settings, servers = await asyncio.gather(course.network.name_settings(), course.network.name_servers())
    places = [server.shown for server in servers[:MOST_SERVERS]]
    outside = course.policy.outside
    references = list(outside.resolvers[:2]) if outside.is_allowed else []
    other_name = f"clearline-{secrets.token_hex(4)}.invalid"
    completed = settings.search_names(target.host)
    name = completed[0] if completed else target.host
    answers = await asyncio.gather(
        *(_ask(course, name, place) for place in (*places, *references)),
        *((_ask(course, other_name, places[0]),) if places else ()),
    )
    told: dict[str, Any] = {"name.servers": places, "name.own_count": len(places)}
    own, referred = answers[: len(places)], answers[len(places) : len(places) + len(references)]
    if own:
        told |= _of_own(own, places)
        other = answers[-1]
        told["name.other_name"] = word_of(other)
        told["name.random_resolves"] = other.ok
    if referred:
        told["name.reference"] = "ok" if any(one.ok for one in referred) else word_of(referred[0])
    told |= _of_settings(settings, target.host, own)
    await course.attempted.wait()
    return _judged(course, told)


async def _ask(course: Course, name: str, server: str) -> Outcome:
    return await course.attempt_address(f"dns://{name}?server={server}", _ASK_S)


def word_of(outcome: Outcome) -> str:
    """How a name server's answer is called in the facts: `ok`, `nxdomain`, `timed_out` …"""
    return "ok" if outcome.fault is None else _WORD.get(outcome.fault.kind, "protocol")


def answers_of(outcome: Outcome) -> list[str]:
    """The addresses in an answer."""
    return [str(answer) for answer in outcome.detail.get("dns", {}).get("answers", [])]


def _of_own(own: list[Outcome], places: list[str]) -> dict[str, Any]:
    words = [word_of(one) for one in own]
    first = answers_of(own[0])
    told: dict[str, Any] = {
        "name.own": words[0],
        "name.server": places[0],
        "name.any_own_ok": "ok" in words,
        "name.each": dict(zip(places, words, strict=True)),
        "name.answers": next((answers_of(one) for one in own if one.ok), []),
        "name.is_sinkhole": bool(first) and all(_is_nowhere(answer) for answer in first),
    }
    ms = own[0].phases.total_ms
    if own[0].ok:
        told["name.own_is_slow"] = ms > 200
    if any(one.fault is not None and one.fault.kind.endswith("bogus") for one in own):
        told["name.is_fine_unchecked"] = True
    return told


def _is_nowhere(ip: str) -> bool:
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    return address.is_unspecified or address.is_loopback


def _of_settings(settings: NameSettings, host: str, own: list[Outcome]) -> dict[str, Any]:
    findings: list[str] = []
    in_file = set(settings.in_hosts_file(host))
    answers = [set(answers_of(one)) for one in own if one.ok]
    if in_file and answers and not any(in_file & each for each in answers):
        findings.append("hosts_file_differs")
    words = {word_of(one) for one in own}
    if {"ok", "nxdomain"} <= words or any(not one & other for one in answers for other in answers):
        findings.append("servers_disagree")
    return {"name.in_hosts_file": bool(in_file), "name.findings": findings}


def _judged(course: Course, told: dict[str, Any]) -> Found:
    outcome = course.outcome
    fault = outcome.fault if outcome else None
    is_own_lookup = course.facts.get("proxy.is_used") is not True
    failed = fault is not None and course.facts.get("target.step") == "name"
    server = told.get("name.server", "–")
    if failed:
        code = f"name.{told.get('name.own', 'failed')}"
        if told.get("name.any_own_ok"):
            code = "name.only_direct"
        return found(_FAILED, code, told, server=server, host=course.target.host)
    told["name.is_found"] = outcome is not None and (is_own_lookup or told.get("name.any_own_ok", False))
    took_ms = outcome.phases.resolve if outcome and is_own_lookup else None
    if took_ms is not None:
        told["name.system_ms"] = round(took_ms, 1)
        told["name.is_slow"] = took_ms > course.policy.thresholds.dns_slow_ms
    if told.get("name.own") not in (None, "ok") and not told["name.in_hosts_file"]:
        code = "name.other_answered" if told.get("name.any_own_ok") else "name.only_system"
        return found(_NOTE, code, told, server=server, host=course.target.host)
    code = "name.hosts_file" if told["name.in_hosts_file"] else "name.slow" if told.get("name.is_slow") else "name.ok"
    state = _NOTE if told.get("name.is_slow") else _OK
    answers = ", ".join(told.get("name.answers", [])[:3]) or (outcome.address if outcome else "") or "–"
    return found(state, code, told, server=server, answers=answers, ms=round(took_ms or 0.0, 1))
