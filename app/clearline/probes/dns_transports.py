"""A DNS question over each transport: datagram, TCP (RFC 7766), TLS (RFC 7858), HTTPS (RFC 8484)."""

from dataclasses import replace

import anyio
import httpcore2

from clearline import __version__
from clearline.domain.phase import Phase
from clearline.net.buffered import BufferedStream
from clearline.net.dns_message import Answer, Question, UnreadableAnswerError
from clearline.net.dns_query import ask
from clearline.net.evidence import DnsEvidence, Evidence, HttpEvidence, NetworkError, exception_chain
from clearline.net.network import Address, Stream
from clearline.probes.attempt import Attempt
from clearline.probes.http_exchange import send
from clearline.probes.http_wire import HttpWire
from clearline.probes.tls_open import load_context, shake_hands

PORTS = {"udp": 53, "tcp": 53, "tls": 853, "https": 443}
_MEDIA_TYPE = "application/dns-message"


async def ask_by_datagram(attempt: Attempt, address: Address, question: Question) -> Answer:
    """Phase wait; and connect where the answer is too long for a datagram and comes by TCP."""
    attempt.stopwatch.enter(Phase.WAIT)
    datagrams = attempt.network.open_datagrams(address)
    attempt.hold(datagrams)
    attempt.bytes_out += len(question.wire)
    reply = await ask(datagrams, question, attempt.budget.limit(Phase.WAIT))
    attempt.bytes_in += reply.bytes_in
    attempt.stopwatch.stop(reply.at_ns)
    attempt.note_round_trip(datagrams)
    if not reply.answer.is_truncated:
        return reply.answer
    try:
        return await ask_by_tcp(attempt, address, question)
    except NetworkError as error:
        if error.evidence.dns is not None and error.evidence.dns.is_malformed:
            raise
        told = DnsEvidence(server=address.shown, is_truncated=True)
        raise NetworkError(replace(error.evidence, transport="dns", dns=told)) from error


async def ask_by_tcp(attempt: Attempt, address: Address, question: Question) -> Answer:
    """Phases: connect, wait."""
    attempt.stopwatch.enter(Phase.CONNECT)
    stream = await attempt.network.connect(address, attempt.budget.limit(Phase.CONNECT))
    attempt.hold(stream)
    return await _converse(attempt, address, stream, question)


async def ask_by_tls(attempt: Attempt, address: Address, question: Question) -> Answer:
    """Phases: connect, tls, wait. The certificate must name the server: its address, or the target's TLS name."""
    context = await load_context(attempt, alpn=("dot",))
    connection = await attempt.connect_to((address,))
    secure = await shake_hands(
        attempt, connection, context, connection.connected_at_ns, attempt.target.sni or address.ip
    )
    attempt.stopwatch.stop(secure.done_at_ns)
    return await _converse(attempt, address, secure, question)


async def ask_by_https(attempt: Attempt, address: Address, question: Question) -> Answer:
    """Phases: connect, tls, send, wait, receive. One POST to `path` of the address query, `/dns-query` without."""
    anyio.get_cancelled_exc_class()
    target = attempt.target
    context = await load_context(attempt, alpn=("h2", "http/1.1"))
    connection = await attempt.connect_to((address,))
    secure = await shake_hands(attempt, connection, context, connection.connected_at_ns, target.sni or address.ip)
    attempt.stopwatch.stop(secure.done_at_ns)
    wire = HttpWire(secure, attempt.stopwatch, attempt.budget, is_h2=secure.alpn == "h2")
    url = httpcore2.URL(
        scheme="https", host=target.sni or address.ip, port=address.port, target=target.query.get("path", "/dns-query")
    )
    headers = {
        "Host": target.sni or address.shown,
        "User-Agent": f"clearline/{__version__}",
        "Accept": _MEDIA_TYPE,
        "Content-Type": _MEDIA_TYPE,
        "Content-Length": str(len(question.wire)),
    }
    request = httpcore2.Request("POST", url, headers=list(headers.items()), content=question.wire)
    answered = await send(attempt, wire, request)
    attempt.stopwatch.stop(max(secure.read_at_ns, wire.answered_at_ns))
    if answered.status != 200:
        attempt.stopwatch.resume(Phase.RECEIVE)
        raise NetworkError(Evidence(http=HttpEvidence(status=answered.status, is_unexpected=True, missing="status")))
    return _whole(address, question, answered.body)


async def _converse(attempt: Attempt, address: Address, stream: Stream, question: Question) -> Answer:
    attempt.stopwatch.enter(Phase.WAIT)
    limit = attempt.budget.limit(Phase.WAIT)
    received = BufferedStream(stream)
    before_in, before_out = stream.bytes_in, stream.bytes_out
    await stream.write(len(question.wire).to_bytes(2, "big") + question.wire, limit)
    wire = await received.exactly(int.from_bytes(await received.exactly(2, limit), "big"), limit)
    attempt.stopwatch.stop(stream.read_at_ns)
    attempt.bytes_in += stream.bytes_in - before_in
    attempt.bytes_out += stream.bytes_out - before_out
    return _whole(address, question, wire)


def _whole(address: Address, question: Question, wire: bytes) -> Answer:
    broken = DnsEvidence(server=address.shown, is_malformed=True)
    try:
        answer = question.read(wire)
    except UnreadableAnswerError as error:
        raise NetworkError(Evidence(transport="dns", dns=broken, chain=exception_chain(error))) from error
    if answer is None or answer.is_truncated:
        raise NetworkError(Evidence(transport="dns", dns=broken))
    return answer


TRANSPORTS = {"udp": ask_by_datagram, "tcp": ask_by_tcp, "tls": ask_by_tls, "https": ask_by_https}
