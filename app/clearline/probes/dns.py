"""The DNS probe: one question to one server, or the system's resolver as every program uses it."""

import socket
from dataclasses import replace
from typing import Any

import dns.exception

from clearline.domain.phase import Phase
from clearline.domain.target import parse_endpoint
from clearline.net.dns_message import Answer, Question, UnreadableAnswerError, rcode_name
from clearline.net.dns_query import ask
from clearline.net.evidence import DnsEvidence, Evidence, NetworkError, exception_chain
from clearline.net.network import Address, literal_address
from clearline.probes.attempt import Attempt
from clearline.probes.lookup import look_up

_PORT = 53
_NEEDS_PLAIN = (1, 4, 16)
"""FORMERR, NOTIMP, BADVERS: some servers and middleboxes fail on EDNS alone (RFC 6891 section 7)."""
_FAMILIES = {"A": socket.AF_INET, "AAAA": socket.AF_INET6}


async def probe_dns(attempt: Attempt) -> None:
    """With a server in the address: ask it. Phases: wait, and connect where the answer needs TCP.

    Without: addresses come from the system's resolver (phase resolve), other records from its first name server.
    """
    attempt.transport = "dns"
    target = attempt.target
    if target.server is None and target.record_type in _FAMILIES:
        await _ask_system(attempt)
        return
    await _ask_server(attempt, await _server_of(attempt))


async def _ask_system(attempt: Attempt) -> None:
    target = attempt.target
    addresses = await look_up(attempt.network, target.host, 0, attempt.budget, attempt.stopwatch)
    attempt.stopwatch.stop()
    found = [address.ip for address in addresses if address.family == _FAMILIES[target.record_type]]
    attempt.detail["dns"] = {"server": "system", "type": target.record_type, "answers": found}
    if not found:
        attempt.stopwatch.resume(Phase.RESOLVE)
        raise NetworkError(Evidence(transport="dns", dns=DnsEvidence(rcode=0, server="system")))


async def _server_of(attempt: Attempt) -> Address:
    """The server in the address, else the first one this machine is told to ask."""
    if attempt.target.server:
        host, port = parse_endpoint(attempt.target.server)
        known = literal_address(host, port or _PORT)
        servers: tuple[Address, ...] = (known,) if known else ()
    else:
        servers = await attempt.network.name_servers()
    if not servers:
        attempt.stopwatch.enter(Phase.RESOLVE)
        raise NetworkError(Evidence(transport="dns", dns=DnsEvidence(has_no_server=True)))
    return servers[0]


async def _ask_server(attempt: Attempt, address: Address) -> None:
    attempt.at(address)
    attempt.stopwatch.enter(Phase.WAIT)
    answer = await _question(attempt, address, use_edns=True)
    has_edns = True
    if answer.rcode in _NEEDS_PLAIN:
        has_edns = False
        answer = await _question(attempt, address, use_edns=False)
    attempt.status = answer.rcode
    attempt.detail["dns"] = _described(attempt, address, answer) | ({} if has_edns else {"edns": False})
    if answer.rcode != 0 or not answer.records:
        attempt.stopwatch.resume(Phase.WAIT)
        raise NetworkError(Evidence(transport="dns", dns=_seen(answer, address)))


async def _question(attempt: Attempt, address: Address, *, use_edns: bool) -> Answer:
    target = attempt.target
    try:
        question = Question(target.host, target.record_type, use_edns=use_edns)
    except (dns.exception.DNSException, ValueError) as error:
        bad = Evidence(transport="dns", dns=DnsEvidence(is_bad_name=True), chain=exception_chain(error))
        raise NetworkError(bad) from error
    answer = await _ask_by_datagram(attempt, address, question)
    if answer.is_truncated:
        answer = await _ask_by_stream(attempt, address, question)
    return answer


async def _ask_by_datagram(attempt: Attempt, address: Address, question: Question) -> Answer:
    attempt.stopwatch.enter(Phase.WAIT)
    datagrams = attempt.network.open_datagrams(address)
    attempt.hold(datagrams)
    attempt.bytes_out += len(question.wire)
    reply = await ask(datagrams, question, attempt.budget.limit(Phase.WAIT))
    attempt.bytes_in += reply.bytes_in
    attempt.stopwatch.stop(reply.at_ns)
    attempt.note_round_trip(datagrams)
    return reply.answer


async def _ask_by_stream(attempt: Attempt, address: Address, question: Question) -> Answer:
    """The answer was too long for a datagram (RFC 7766)."""
    attempt.stopwatch.enter(Phase.CONNECT)
    try:
        stream = await attempt.network.connect(address, attempt.budget.limit(Phase.CONNECT))
        attempt.hold(stream)
        attempt.stopwatch.enter(Phase.WAIT)
        limit = attempt.budget.limit(Phase.WAIT)
        await stream.write(len(question.wire).to_bytes(2, "big") + question.wire, limit)
        attempt.bytes_out += len(question.wire) + 2
        received = b""
        while len(received) < 2 or len(received) < 2 + int.from_bytes(received[:2], "big"):
            data = await stream.read(limit)
            if not data:
                raise NetworkError(Evidence(is_eof=True))  # noqa: TRY301 - told below like every failure of this way
            received += data
            attempt.bytes_in += len(data)
        answer = question.read(received[2 : 2 + int.from_bytes(received[:2], "big")])
    except (NetworkError, UnreadableAnswerError) as error:
        seen = error.evidence if isinstance(error, NetworkError) else Evidence()
        told = DnsEvidence(server=address.shown, is_truncated=True)
        raise NetworkError(replace(seen, transport="dns", dns=told)) from error
    attempt.stopwatch.stop(stream.read_at_ns)
    if answer is None or answer.is_truncated:
        broken = DnsEvidence(server=address.shown, is_malformed=True)
        raise NetworkError(Evidence(transport="dns", dns=broken))
    return answer


def _seen(answer: Answer, address: Address) -> DnsEvidence:
    return DnsEvidence(
        rcode=answer.rcode,
        ede=answer.ede,
        ede_text=answer.ede_text,
        server=address.shown,
        has_answer=bool(answer.records),
    )


def _described(attempt: Attempt, address: Address, answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {
        "server": address.shown,
        "type": attempt.target.record_type,
        "rcode": rcode_name(answer.rcode),
        "answers": list(answer.records),
        "ttl_s": answer.ttl_s,
        "is_authoritative": answer.is_authoritative,
    }
    if answer.aliases:
        told["aliases"] = list(answer.aliases)
    if answer.ede:
        told["ede"] = list(answer.ede)
    return told
