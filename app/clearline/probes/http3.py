"""The HTTP/3 probe: one request over QUIC. Its library is an extra; without it the fault says what to install."""

import asyncio
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlunsplit

from clearline.domain.phase import Phase
from clearline.net.certificate import describe_chain, is_chain_short
from clearline.net.evidence import Evidence, HttpEvidence, NetworkError, QuicEvidence, TlsEvidence, exception_chain
from clearline.net.timing import Limit
from clearline.net.tls_context import ClientCertificateError
from clearline.probes.attempt import Attempt
from clearline.probes.http import judge
from clearline.probes.http_exchange import MAX_BODY_BYTES, Answered, Asked, Headers, describe, request_headers

if TYPE_CHECKING:
    from clearline.net.quic import QuicLink


async def probe_http3(attempt: Attempt) -> None:
    """Phases: resolve; connect, to the first datagram that comes back; tls, the rest of the handshake; send, wait,
    receive. QUIC does not pass proxies of HTTP or SOCKS, so it goes straight; a redirect is the answer.
    """
    try:
        from clearline.net.quic import QuicLink
    except ImportError as error:
        raise NetworkError(Evidence(missing_part="http3", chain=exception_chain(error))) from error
    address = (await attempt.resolve())[0]
    attempt.transport = "quic"
    attempt.at(address)
    attempt.stopwatch.enter(Phase.CONNECT)
    if not address.is_usable:
        raise NetworkError(Evidence(is_invalid_address=True, peer=address.ip))
    datagrams = attempt.network.open_datagrams(address)
    attempt.hold(datagrams)
    target = attempt.target
    name = target.sni or target.host
    try:
        link = QuicLink(datagrams, name.rstrip("."), target.client_cert)
    except ClientCertificateError as error:
        attempt.stopwatch.enter(Phase.TLS)
        seen = TlsEvidence(is_own_certificate_unreadable=True)
        raise NetworkError(Evidence(tls=seen, chain=exception_chain(error))) from error
    try:
        await _open(attempt, link, name)
        answered = await _exchange(attempt, link, Asked(urlunsplit(("https", *Asked(target.address).parts[1:]))))
    finally:
        link.close()
        attempt.bytes_in, attempt.bytes_out = link.bytes_in, link.bytes_out
    attempt.stopwatch.stop(link.read_at_ns)
    judge(attempt, answered)


async def _open(attempt: Attempt, link: "QuicLink", name: str) -> None:
    attempt.stopwatch.began(time.perf_counter_ns())
    await link.begin_handshake(attempt.budget.limit(Phase.CONNECT))
    attempt.stopwatch.enter(Phase.TLS, link.answered_at_ns)
    await link.finish_handshake(attempt.budget.limit(Phase.TLS))
    attempt.stopwatch.stop(link.ready_at_ns)
    chain = link.chain
    attempt.detail["quic"] = {"version": link.version}
    verified = attempt.target.verify
    told = {"version": "TLSv1.3", "cipher": link.cipher, "alpn": "h3", "is_verified": verified}
    attempt.detail["tls"] = told | describe_chain(chain)
    if not verified:
        return
    code = await _verdict(attempt, chain, name)
    if code is None:
        return
    del attempt.detail["tls"]
    attempt.stopwatch.resume(Phase.TLS)
    seen = TlsEvidence(verify_code=code, certificate=describe_chain(chain), is_chain_short=is_chain_short(chain))
    raise NetworkError(Evidence(tls=seen))


async def _verdict(attempt: Attempt, chain: tuple[bytes, ...], name: str) -> int | None:
    """Outside the figures: reading roots is no time of the network."""
    try:
        async with asyncio.timeout(attempt.budget.left_s):
            return await attempt.network.verify_chain(chain, name, attempt.target.ca_file)
    except TimeoutError as error:
        attempt.stopwatch.resume(Phase.TLS)
        deadline = attempt.budget.limit(Phase.TLS).deadline
        raise NetworkError(Evidence(is_disturbed=True, deadline=deadline)) from error
    except OSError as error:
        attempt.stopwatch.resume(Phase.TLS)
        raise NetworkError(Evidence(tls=TlsEvidence(is_store_unreadable=True), chain=exception_chain(error))) from error


async def _exchange(attempt: Attempt, link: "QuicLink", asked: Asked) -> Answered:
    from aioquic.h3.connection import H3Connection
    from aioquic.h3.events import DataReceived, HeadersReceived
    from aioquic.quic.events import StreamDataReceived, StreamReset

    http = H3Connection(link.connection)
    stream = link.connection.get_next_available_stream_id()
    attempt.stopwatch.enter(Phase.SEND)
    body = attempt.target.body.encode()
    http.send_headers(stream, _pseudo(attempt, asked), end_stream=not body)
    if body:
        http.send_data(stream, body, end_stream=True)
    link.flush()
    attempt.stopwatch.enter(Phase.WAIT)
    limit: Limit = attempt.budget.limit(Phase.WAIT)
    head: Headers = []
    parts: list[bytes] = []
    size, is_over = 0, False
    while not is_over and size < MAX_BODY_BYTES:
        for event in await link.events(limit):
            if isinstance(event, StreamReset) and event.stream_id == stream:
                raise NetworkError(Evidence(quic=QuicEvidence(is_ready=True, stream_error=event.error_code)))
            if (
                isinstance(event, StreamDataReceived)
                and event.stream_id == stream
                and attempt.stopwatch.phase is Phase.WAIT
            ):
                attempt.stopwatch.enter(Phase.RECEIVE, link.read_at_ns)
                limit = attempt.budget.limit(Phase.RECEIVE)
            for told in http.handle_event(event):
                if isinstance(told, HeadersReceived) and told.stream_id == stream and not head:
                    head = _final(told.headers)
                elif isinstance(told, DataReceived) and told.stream_id == stream:
                    parts.append(told.data)
                    size += len(told.data)
                is_over |= getattr(told, "stream_id", None) == stream and bool(getattr(told, "stream_ended", False))
    if not head:
        raise NetworkError(
            Evidence(is_eof=True, http=HttpEvidence(violation="no head"), quic=QuicEvidence(is_ready=True))
        )
    status = int(dict(head)[b":status"])
    headers = [(key, value) for key, value in head if not key.startswith(b":")]
    describe(attempt, status, headers, "HTTP/3")
    attempt.detail["http"]["body_bytes"] = size
    if not is_over:
        attempt.detail["http"]["is_cut"] = True
    return Answered(status, headers, b"".join(parts)[:MAX_BODY_BYTES])


def _pseudo(attempt: Attempt, asked: Asked) -> Headers:
    headers = request_headers(attempt, asked)
    place = headers.pop("Host")
    first = {":method": attempt.target.method.upper(), ":scheme": "https", ":authority": place, ":path": asked.path}
    return [(key.lower().encode(), value.encode()) for key, value in (first | headers).items()]


def _final(headers: Any) -> Headers:
    """The head of the answer; nothing where it is only an interim one (1xx)."""
    found = list(headers)
    return found if not dict(found).get(b":status", b"").startswith(b"1") else []
