"""The same attempt by this computer's other network adapters: is it only the one in use that does not lead there?"""

import asyncio
from typing import Any

import msgspec

from clearline.diagnosis.course import Course, bracketed, other_target
from clearline.diagnosis.facts import facts_of_way, is_literal
from clearline.domain.outcome import Outcome
from clearline.domain.target import Target
from clearline.net.machine import source_address
from clearline.net.network import Source

MOST_ADAPTERS = 3
_LIMIT_S = 2.5
_HEARD = ("tcp.refused", "tcp.reset", "udp.port_unreachable", "udp.unexpected_reply")
"""The target itself spoke: the way to it works."""


async def try_interfaces(course: Course) -> dict[str, Any]:
    """The target's own attempt, tied to each other adapter with an address of the right family; at most three.

    Where one leads there, the attempt is made once more as it was: both ways are then known at the same time.
    """
    ip = course.host
    if not is_literal(ip):
        return {}
    sources = other_sources(course.facts, ip, source_address(ip))
    there = _there(course, f"{bracketed(ip)}:{course.target.port}")
    outcomes = await asyncio.gather(
        *(course.attempt(there, _LIMIT_S, network=course.network.leaving_by(source)) for source in sources)
    )
    kinds = {source.adapter: one.fault.kind if one.fault else "" for source, one in zip(sources, outcomes, strict=True)}
    # What this system does not let us tie to an adapter was not tested.
    made = {adapter: kind for adapter, kind in kinds.items() if kind != "local.capability"}
    if not made:
        return {}
    works = [source.adapter for source, one in zip(sources, outcomes, strict=True) if _is_heard(course, one)]
    vpns = course.facts["address.vpns"]
    told: dict[str, Any] = {
        "interfaces.ok": bool(works),
        "interfaces.each": made,
        "interfaces.tried": list(made),
        "interfaces.works": works,
        "interfaces.by_link": any(adapter not in vpns for adapter in works),
        "interfaces.by_vpn_only": bool(works) and all(adapter in vpns for adapter in works),
    }
    if works:
        told["interfaces.is_repeated"] = not _is_heard(course, await course.attempt(there, _LIMIT_S))
    return told


def _there(course: Course, place: str) -> Target:
    """What is attempted by another adapter, at the same address. A request that is not encrypted to a proven peer is
    not sent again through a network that nobody chose for it: there a connection must do."""
    target, facts = course.target, course.facts
    if facts["target.is_web"] and not (facts["target.is_tls"] and target.verify):
        return other_target(f"tcp://{place}")
    return target if facts["target.is_literal"] else msgspec.structs.replace(target, via=place)


def other_sources(facts: dict[str, Any], ip: str, used: str) -> list[Source]:
    """Adapters that packets to `ip` do not leave by, those with a way out first; none where that is not known.

    `used` is our own address towards `ip`, empty where there is no route.
    """
    names: dict[str, str] = facts.get("address.of", {})
    if used and used not in names:
        return []
    found: dict[str, Source] = {}
    for own in facts.get("address.all", ()):
        adapter = names[own]
        if (":" in own) == (":" in ip) and adapter != names.get(used):
            found.setdefault(adapter, Source(own, adapter))
    # Windows tells the adapter's address instead of its name.
    ways = {told for _, _, told in facts.get("gateway.all", ())}
    vpns = facts.get("address.vpns", ())
    ranked = sorted(
        found.values(), key=lambda one: (not {one.ip, one.adapter} & ways, one.adapter not in vpns, one.adapter)
    )
    return ranked[:MOST_ADAPTERS]


def _is_heard(course: Course, outcome: Outcome) -> bool:
    told = course.facts_of(outcome, "other")
    way = facts_of_way(course.target, outcome, told.get("other.step"))
    return bool(way.get("connect.ok")) or (told.get("other.kind") in _HEARD and told.get("other.spoken_by") != "router")
