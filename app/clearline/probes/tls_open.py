"""Opening TLS for a probe: its context, its handshake, and what the certificate says for people."""

import asyncio
import datetime as dt
import ssl
from dataclasses import replace
from typing import Any

from clearline.domain.phase import Phase
from clearline.net.classify import classify
from clearline.net.evidence import Evidence, NetworkError, TlsEvidence, exception_chain
from clearline.net.network import Stream
from clearline.net.tls import TlsStream
from clearline.net.tls_context import ClientCertificateError, has_system_roots
from clearline.net.tls_trust import is_anchored_in
from clearline.probes.attempt import Attempt

_UNTRUSTED = "tls.cert.authority_invalid"


async def load_context(attempt: Attempt, alpn: tuple[str, ...], *, has_own_certificate: bool = True) -> ssl.SSLContext:
    """The context for a target, before any phase begins: reading the roots is no part of the measurement."""
    target = attempt.target
    own = target.client_cert if has_own_certificate else None
    cause: Exception
    try:
        async with asyncio.timeout(attempt.budget.left_s):
            return await attempt.network.tls_context(
                verify=target.verify, ca_file=target.ca_file, alpn=alpn, client_cert=own
            )
    except TimeoutError as error:
        # A file on a drive that hangs, or a machine too busy: nothing was asked of the peer.
        attempt.stopwatch.enter(Phase.TLS)
        deadline = attempt.budget.limit(Phase.TLS).deadline
        raise NetworkError(Evidence(is_disturbed=True, deadline=deadline)) from error
    except ClientCertificateError as error:
        told, cause = TlsEvidence(is_own_certificate_unreadable=True), error
    except OSError as error:
        told, cause = TlsEvidence(is_store_unreadable=True), error
    attempt.stopwatch.enter(Phase.TLS)
    raise NetworkError(Evidence(tls=told, chain=exception_chain(cause))) from cause


async def shake_hands(
    attempt: Attempt, stream: Stream, context: ssl.SSLContext, began_at_ns: int, host: str
) -> TlsStream:
    """The TLS phase, from the moment the way stood. It still runs: the caller ends it at `done_at_ns`."""
    attempt.stopwatch.enter(Phase.TLS, began_at_ns)
    secure = TlsStream(stream, context, host, has_own_certificate=attempt.target.client_cert is not None)
    try:
        await secure.handshake(attempt.budget.limit(Phase.TLS))
    except NetworkError as trouble:
        raise NetworkError(await _second_opinion(attempt, secure, trouble.evidence, host)) from trouble
    attempt.detail["tls"] = _described(attempt, secure)
    return secure


async def _second_opinion(attempt: Attempt, stream: TlsStream, seen: Evidence, host: str) -> Evidence:
    """Nobody here trusts the issuer: would others? Outside the phase's figure."""
    if seen.tls is None or not classify(seen).kind.startswith(_UNTRUSTED):
        return seen
    attempt.stopwatch.stop()
    attempt.stopwatch.resume(Phase.TLS)
    is_trusted: bool | None = None
    try:
        async with asyncio.timeout(attempt.budget.left_s):
            is_trusted = await attempt.network.is_trusted_by_bundle(stream.peer_chain, host, attempt.clock.wall())
    except TimeoutError:
        # The first opinion stands alone.
        pass
    return replace(seen, tls=replace(seen.tls, is_bundled_trusted=is_trusted))


def _described(attempt: Attempt, stream: TlsStream) -> dict[str, Any]:
    target = attempt.target
    told = stream.describe() | {"is_verified": target.verify, "verified_by": _verified_by(attempt, stream)}
    if target.sni:
        told["sni"] = target.sni
    if expires_at := told.get("expires_at"):
        ends = dt.datetime.fromisoformat(expires_at)
        now = dt.datetime.fromtimestamp(attempt.clock.wall(), dt.UTC)
        told["expires_days"] = (ends - now).days
    return told


def _verified_by(attempt: Attempt, stream: TlsStream) -> str:
    """`nobody`, `ca_file`, `system`, or `bundled` where the system has no roots of its own."""
    target = attempt.target
    if not target.verify:
        return "nobody"
    if target.ca_file and is_anchored_in(stream.peer_chain, target.ca_file):
        return "ca_file"
    return "system" if has_system_roots() else "bundled"
