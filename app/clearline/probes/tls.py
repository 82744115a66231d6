"""The TLS probe, and the handshake that the HTTP probe begins with."""

import datetime as dt
import ssl
from typing import Any

from clearline.domain.phase import Phase
from clearline.net.evidence import Evidence, NetworkError, TlsEvidence, exception_chain
from clearline.net.network import Connection
from clearline.net.timing import limit_in
from clearline.net.tls import TlsStream
from clearline.probes.attempt import Attempt

_LATE_ALERT_S = 0.05
"""How long beyond a round trip a TLS 1.3 server may take to refuse a client without a certificate."""


async def probe_tls(attempt: Attempt) -> None:
    """Connect, shake hands, look at the certificate. Phases: resolve, connect, tls."""
    context = await load_context(attempt, alpn=())
    connection = await attempt.connect()
    stream = await shake_hands(attempt, connection, context)
    if stream.is_alert_after_handshake_possible:
        await _wait_for_late_alert(attempt, connection, stream)
    attempt.stopwatch.stop(stream.done_at_ns)


async def load_context(attempt: Attempt, alpn: tuple[str, ...]) -> ssl.SSLContext:
    """The context for a target, before any phase begins: reading the roots is no part of the measurement."""
    target = attempt.target
    try:
        return await attempt.network.tls_context(verify=target.verify, ca_file=target.ca_file, alpn=alpn)
    except OSError as error:
        seen = Evidence(tls=TlsEvidence(is_store_unreadable=True), chain=exception_chain(error))
        attempt.stopwatch.enter(Phase.TLS)
        raise NetworkError(seen) from error


async def shake_hands(attempt: Attempt, connection: Connection, context: ssl.SSLContext) -> TlsStream:
    """The TLS phase, from the moment the connection was made. It still runs: the caller ends it at `done_at_ns`."""
    attempt.stopwatch.enter(Phase.TLS, connection.connected_at_ns)
    stream = TlsStream(connection, context, attempt.target.host)
    await stream.handshake(attempt.budget.limit(Phase.TLS))
    attempt.detail["tls"] = _described(attempt, stream)
    return stream


def _described(attempt: Attempt, stream: TlsStream) -> dict[str, Any]:
    told = stream.describe() | {"is_verified": attempt.target.verify}
    if expires_at := told.get("expires_at"):
        ends = dt.datetime.fromisoformat(expires_at)
        now = dt.datetime.fromtimestamp(attempt.clock.wall(), dt.UTC)
        told["expires_days"] = (ends - now).days
    return told


async def _wait_for_late_alert(attempt: Attempt, connection: Connection, stream: TlsStream) -> None:
    """Silence means the server is content without a certificate; the wait is no part of the figures then."""
    rtt_s = (
        connection.kernel.rtt_us / 1e6
        if connection.kernel
        else (connection.connected_at_ns - connection.began_at_ns) / 1e9
    )
    limit = limit_in(min(rtt_s + _LATE_ALERT_S, attempt.budget.left_s))
    try:
        data = await stream.read(limit)
    except NetworkError as trouble:
        if trouble.evidence.deadline is None:
            raise
        return
    if not data:
        raise NetworkError(Evidence(is_eof=True))
