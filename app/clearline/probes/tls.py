"""The TLS probe: connect, begin in plain text where the protocol does, shake hands, look at the certificate."""

from typing import Any

from clearline.domain.phase import Phase
from clearline.net.buffered import BufferedStream
from clearline.net.evidence import Evidence, NetworkError
from clearline.net.greeting import SERVICES, ask_for_tls
from clearline.net.network import Stream
from clearline.net.timing import limit_in
from clearline.net.tls import TlsStream
from clearline.probes.attempt import Attempt
from clearline.probes.tls_open import load_context, shake_hands
from clearline.probes.way import Way, open_way, own_place

_LATE_ALERT_S = 0.05
"""How long beyond a round trip a TLS 1.3 server may take to refuse a client without a certificate."""


async def probe_tls(attempt: Attempt) -> None:
    """Phases: resolve, connect, proxy (where one stands between), tls.

    Asking a mail or file server for TLS (`?starttls=smtp`) belongs to the phase tls; `detail.starttls` has its part.
    """
    target = attempt.target
    context = await load_context(attempt, alpn=())
    way = await open_way(attempt, own_place(attempt))
    stream, ready_at_ns = way.stream, way.ready_at_ns
    if target.starttls:
        stream = await _begin_in_plain(attempt, way)
    secure = await shake_hands(attempt, stream, context, ready_at_ns, target.sni or target.host)
    if secure.is_alert_after_handshake_possible:
        await _wait_for_late_alert(attempt, way, secure)
    attempt.stopwatch.stop(secure.done_at_ns)


async def _begin_in_plain(attempt: Attempt, way: Way) -> Stream:
    attempt.stopwatch.enter(Phase.TLS, way.ready_at_ns)
    stream = BufferedStream(way.stream)
    await ask_for_tls(stream, SERVICES[attempt.target.starttls], attempt.budget.limit(Phase.TLS))
    told: dict[str, Any] = {"protocol": attempt.target.starttls}
    attempt.detail["starttls"] = told | {"ms": round((stream.read_at_ns - way.ready_at_ns) / 1e6, 3)}
    return stream


async def _wait_for_late_alert(attempt: Attempt, way: Way, stream: TlsStream) -> None:
    """Silence means the server is content without a certificate; the wait is no part of the figures then."""
    limit = limit_in(min(way.rtt_s + _LATE_ALERT_S, attempt.budget.left_s))
    try:
        data = await stream.read(limit)
    except NetworkError as trouble:
        if trouble.evidence.deadline is None:
            raise
        return
    # A mail server may greet again; only hanging up tells that it is not content.
    if not data:
        raise NetworkError(Evidence(is_eof=True))
