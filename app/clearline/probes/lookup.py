"""Looking up a name for a probe, and finding out more where the system's resolver only says that it failed."""

from dataclasses import replace

import dns.exception

from clearline.domain.phase import Phase
from clearline.net.classify import classify
from clearline.net.dns_message import Question
from clearline.net.dns_query import ask, is_fine_unchecked
from clearline.net.evidence import DnsEvidence, Evidence, NetworkError
from clearline.net.network import Address, Network
from clearline.net.timing import Budget, Stopwatch, limit_in

_SECOND_LOOK_S = 1.0
SERVFAIL = 2
_NO_BETTER = ("dns.name_not_resolved.nxdomain", "dns.name_not_resolved.no_data", "dns.failed")
"""A direct answer of this kind disagrees with the resolver instead of explaining it."""


async def look_up(network: Network, host: str, port: int, budget: Budget, stopwatch: Stopwatch) -> tuple[Address, ...]:
    """The resolve phase: the addresses of a name as every program gets them.

    getaddrinfo has one error (EAI_AGAIN) for a server that fails, refuses, is silent or is not there (faults.md §1.11).
    Then one question goes straight to the first name server, for the evidence and outside the phase's figure.
    Raises NetworkError.
    """
    stopwatch.enter(Phase.RESOLVE)
    try:
        return await network.resolve(host, port, budget.limit(Phase.RESOLVE))
    except NetworkError as error:
        if classify(error.evidence).kind != "dns.failed":
            raise
        stopwatch.stop()
        stopwatch.resume(Phase.RESOLVE)
        raise NetworkError(await _explained(network, host, budget, error.evidence)) from error


async def _explained(network: Network, host: str, budget: Budget, seen: Evidence) -> Evidence:
    servers = await network.name_servers()
    if not servers:
        return replace(seen, dns=DnsEvidence(has_no_server=True))
    found = await _second_look(network, host, servers[0], budget)
    if found is None or classify(found).kind in _NO_BETTER:
        return seen
    # That the second look has a limit of its own is no deadline of the attempt.
    return replace(found, phase=Phase.RESOLVE, chain=seen.chain)


async def _second_look(network: Network, host: str, server: Address, budget: Budget) -> Evidence | None:
    """What the name server itself says; None where it has an answer."""
    try:
        question = Question(host, "A")
        datagrams = network.open_datagrams(server)
    except (dns.exception.DNSException, ValueError):
        return None
    except NetworkError as error:
        return replace(error.evidence, transport="dns", dns=DnsEvidence(server=server.shown))
    try:
        reply = await ask(datagrams, question, limit_in(min(_SECOND_LOOK_S, budget.left_s), "second look"))
    except NetworkError as error:
        return error.evidence
    finally:
        datagrams.close()
    answer = reply.answer
    if answer.records or answer.is_truncated:
        return None
    is_fine = answer.rcode == SERVFAIL and await is_fine_unchecked(
        network, server, host, "A", limit_in(min(_SECOND_LOOK_S, budget.left_s), "second look")
    )
    seen = DnsEvidence(
        rcode=answer.rcode, is_fine_unchecked=is_fine, ede=answer.ede, ede_text=answer.ede_text, server=server.shown
    )
    return Evidence(transport="dns", dns=seen)
