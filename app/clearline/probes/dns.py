"""The DNS probe: one question to one server, or the system's resolver as every program uses it."""

import socket
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import dns.exception

from clearline.domain.phase import Phase
from clearline.domain.target import parse_endpoint
from clearline.net.dns_message import Answer, Question, rcode_name
from clearline.net.dns_query import is_fine_unchecked
from clearline.net.evidence import DnsEvidence, Evidence, NetworkError, exception_chain
from clearline.net.network import Address, literal_address
from clearline.net.timing import limit_in
from clearline.probes.attempt import Attempt
from clearline.probes.dns_compare import compare
from clearline.probes.dns_expectation import NO_SUCH_NAME, unexpected
from clearline.probes.dns_transports import PORTS, TRANSPORTS
from clearline.probes.lookup import SERVFAIL, look_up

_NEEDS_PLAIN = (1, 4, 16)
"""FORMERR, NOTIMP, BADVERS: some servers and middleboxes fail on EDNS alone (RFC 6891 section 7)."""
_NXDOMAIN = 3
_NOWHERE = ("0.0.0.0", "::")
_COLLISION = "127.0.53.53"
_FAMILIES = {"A": socket.AF_INET, "AAAA": socket.AF_INET6}
_UNCHECKED_S = 1.0


async def probe_dns(attempt: Attempt) -> None:
    """With a server in the address: ask it, by `transport` of the address query, and hold its answer against what is
    expected.

    Phases: wait; connect where that needs TCP; tls, send and receive as the transport has them.
    Without: addresses come from the system's resolver (phase resolve), other records from its first name server.
    """
    attempt.transport = "dns"
    target = attempt.target
    if target.server is None and target.transport == "udp" and target.record_type in _FAMILIES:
        await _ask_system(attempt)
        return
    await _ask_server(attempt, await _server_of(attempt))


async def _ask_system(attempt: Attempt) -> None:
    target = attempt.target
    told: dict[str, Any] = {"server": "system", "type": target.record_type, "answers": []}
    attempt.detail["dns"] = told
    try:
        addresses = await look_up(attempt.network, target.host, 0, attempt.budget, attempt.stopwatch)
    except NetworkError:
        phase = attempt.stopwatch.phase or Phase.RESOLVE
        attempt.stopwatch.stop()
        await _add_comparison(attempt, told)
        attempt.stopwatch.resume(phase)
        raise
    attempt.stopwatch.stop()
    told["answers"] = [address.ip for address in addresses if address.family == _FAMILIES[target.record_type]]
    await _add_comparison(attempt, told)
    if not told["answers"]:
        attempt.stopwatch.resume(Phase.RESOLVE)
        raise NetworkError(Evidence(transport="dns", dns=DnsEvidence(rcode=0, server="system")))
    _refuse_misleading(attempt, Phase.RESOLVE, DnsEvidence(rcode=0, server="system"), told["answers"])


async def _add_comparison(attempt: Attempt, told: dict[str, Any]) -> None:
    target = attempt.target
    if left_s := attempt.budget.left_s:
        told |= await compare(attempt.network, target.host, target.record_type, told["answers"], left_s)


def _refuse_misleading(attempt: Attempt, phase: Phase, seen: DnsEvidence, answers: Sequence[str]) -> None:
    """Raises NetworkError for answers that lead nowhere: a filter's, or the mark of a name that collides."""
    is_sinkhole = bool(answers) and all(answer in _NOWHERE for answer in answers)
    if is_sinkhole or _COLLISION in answers:
        attempt.stopwatch.resume(phase)
        told = replace(seen, is_sinkhole=is_sinkhole, is_collision=not is_sinkhole)
        raise NetworkError(Evidence(transport="dns", dns=told))


async def _server_of(attempt: Attempt) -> Address:
    """The server in the address, else the first one this machine is told to ask."""
    target = attempt.target
    usual = PORTS[target.transport]
    if target.server:
        host, port = parse_endpoint(target.server)
        known = literal_address(host, port or usual)
        servers: tuple[Address, ...] = (known,) if known else ()
    else:
        servers = await attempt.network.name_servers()
        if target.transport in ("tls", "https"):
            moved = (literal_address(server.ip, usual) for server in servers)
            servers = tuple(server for server in moved if server is not None)
    if not servers:
        attempt.stopwatch.enter(Phase.RESOLVE)
        raise NetworkError(Evidence(transport="dns", dns=DnsEvidence(has_no_server=True)))
    return servers[0]


async def _ask_server(attempt: Attempt, address: Address) -> None:
    attempt.at(address)
    answer = await _question(attempt, address, use_edns=True)
    has_edns = True
    if answer.rcode in _NEEDS_PLAIN:
        has_edns = False
        answer = await _question(attempt, address, use_edns=False)
    attempt.status = answer.rcode
    attempt.detail["dns"] = _described(attempt, address, answer) | ({} if has_edns else {"edns": False})
    expected = attempt.target.expect_text
    if answer.rcode == _NXDOMAIN and expected.upper() == NO_SUCH_NAME:
        return
    if answer.rcode != 0 or not answer.records:
        is_fine = answer.rcode == SERVFAIL and await _is_fine_unchecked(attempt, address)
        attempt.stopwatch.resume(Phase.WAIT)
        raise NetworkError(Evidence(transport="dns", dns=_seen(answer, address, is_fine=is_fine)))
    _refuse_misleading(attempt, Phase.WAIT, _seen(answer, address), answer.records)
    if wrong := unexpected(expected, answer.records):
        attempt.stopwatch.resume(Phase.WAIT)
        raise NetworkError(Evidence(transport="dns", dns=replace(_seen(answer, address), unexpected=wrong)))


async def _question(attempt: Attempt, address: Address, *, use_edns: bool) -> Answer:
    target = attempt.target
    try:
        question = Question(target.host, target.record_type, use_edns=use_edns)
    except (dns.exception.DNSException, ValueError) as error:
        attempt.stopwatch.enter(Phase.WAIT)
        bad = Evidence(transport="dns", dns=DnsEvidence(is_bad_name=True), chain=exception_chain(error))
        raise NetworkError(bad) from error
    return await TRANSPORTS[target.transport](attempt, address, question)


async def _is_fine_unchecked(attempt: Attempt, address: Address) -> bool:
    """Asked after the fact and outside the figures; by datagram, as most servers answer those too."""
    target = attempt.target
    plain = address if target.transport in ("udp", "tcp") else literal_address(address.ip, PORTS["udp"])
    limit = limit_in(min(_UNCHECKED_S, attempt.budget.left_s), "second look")
    return plain is not None and await is_fine_unchecked(attempt.network, plain, target.host, target.record_type, limit)


def _seen(answer: Answer, address: Address, *, is_fine: bool = False) -> DnsEvidence:
    return DnsEvidence(
        rcode=answer.rcode,
        ede=answer.ede,
        ede_text=answer.ede_text,
        server=address.shown,
        has_answer=bool(answer.records),
        is_fine_unchecked=is_fine,
    )


def _described(attempt: Attempt, address: Address, answer: Answer) -> dict[str, Any]:
    target = attempt.target
    told: dict[str, Any] = {
        "server": address.shown,
        "type": target.record_type,
        "rcode": rcode_name(answer.rcode),
        "answers": list(answer.records),
        "ttl_s": answer.ttl_s,
        "is_authoritative": answer.is_authoritative,
    }
    if target.transport != "udp":
        told["transport"] = target.transport
    if answer.is_validated:
        told["is_validated"] = True
    if answer.aliases:
        told["aliases"] = list(answer.aliases)
    if answer.ede:
        told["ede"] = list(answer.ede)
    return told
