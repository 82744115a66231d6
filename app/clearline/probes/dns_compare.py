"""Asks each configured name server what the system's resolver was asked, and says where they disagree."""

import asyncio
from collections.abc import Sequence
from typing import Any

import dns.exception

from clearline.net.classify import classify
from clearline.net.dns_message import Question, rcode_name
from clearline.net.dns_query import ask
from clearline.net.evidence import NetworkError
from clearline.net.network import Address, Network
from clearline.net.timing import limit_in

MAX_SERVERS = 3
"""As many as the C library asks."""
LIMIT_S = 0.5


async def compare(
    network: Network, name: str, record_type: str, system: Sequence[str], left_s: float
) -> dict[str, Any]:
    """What each server says of a name, and findings: how it differs from `system`, the resolver's addresses.

    Findings: `hosts_file` (the answer stands there), `search_domain` (the name was completed), `servers_disagree`
    (among themselves), `resolver_disagrees` (with every server that answered; split DNS, or a stale cache). Other
    addresses of the same name are no disagreement as long as one is shared: servers turn them. Never raises
    NetworkError; takes LIMIT_S at most and belongs to no phase.
    """
    settings = await network.name_settings()
    servers = (await network.name_servers())[:MAX_SERVERS]
    completed = settings.search_names(name)
    asked = completed[0] if completed and system else name
    limit_s = min(LIMIT_S, left_s)
    told = await asyncio.gather(*(_ask(network, server, asked, record_type, limit_s) for server in servers))
    answered = [set(one["answers"]) for one in told if "rcode" in one]
    findings: list[str] = []
    in_hosts_file = set(settings.in_hosts_file(name)) & set(system)
    if in_hosts_file:
        findings.append("hosts_file")
    elif completed and system:
        findings.append("search_domain")
    if any(_differ(one, other) for one in answered for other in answered):
        findings.append("servers_disagree")
    if answered and not in_hosts_file and all(_differ(one, set(system)) for one in answered):
        findings.append("resolver_disagrees")
    return {"servers": list(told), "findings": findings}


def _differ(one: set[str], other: set[str]) -> bool:
    return not one & other and bool(one | other)


async def _ask(network: Network, server: Address, name: str, record_type: str, limit_s: float) -> dict[str, Any]:
    told: dict[str, Any] = {"server": server.shown, "answers": []}
    try:
        question = Question(name, record_type)
        datagrams = network.open_datagrams(server)
    except (dns.exception.DNSException, ValueError):
        return told | {"kind": "input.invalid"}
    except NetworkError as error:
        return told | {"kind": classify(error.evidence).kind}
    limit = limit_in(limit_s, "comparison")
    try:
        answer = (await ask(datagrams, question, limit)).answer
    except NetworkError as error:
        return told | {"kind": classify(error.evidence).kind}
    finally:
        datagrams.close()
    if answer.is_truncated:
        return told | {"kind": "dns.truncated"}
    ms = round((limit_s - limit.left_s) * 1000, 3)
    return told | {"rcode": rcode_name(answer.rcode), "answers": list(answer.records), "ms": ms}
