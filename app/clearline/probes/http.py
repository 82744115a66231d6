"""The HTTP probe: one request on a fresh connection, every phase stamped where it happens.

Connecting and TLS are ours; httpcore2's connection classes speak HTTP/1.1 and HTTP/2 over the finished stream. No pool:
a pool would resolve, connect and shake hands itself and throw the causes of its errors away.
"""

import datetime as dt
import email.utils
import zlib
from contextlib import aclosing
from typing import Any
from urllib.parse import urlsplit

import anyio
import h2.events
import httpcore2

from clearline import __version__
from clearline.domain.phase import Phase
from clearline.domain.target import mask_secrets
from clearline.net.evidence import Evidence, HttpEvidence, NetworkError, exception_chain
from clearline.net.network import Stream
from clearline.probes.attempt import Attempt
from clearline.probes.http_wire import HttpWire
from clearline.probes.secrets import basic_credentials
from clearline.probes.tls import load_context, shake_hands

MAX_BODY_BYTES = 1024 * 1024
_SHOWN_HEADERS = (
    "server", "content-type", "content-length", "content-encoding", "date", "location", "retry-after", "via", "age",
    "x-cache", "x-request-id", "proxy-status", "alt-svc",
)  # fmt: skip
_ALPN = ("h2", "http/1.1")

Headers = list[tuple[bytes, bytes]]


async def probe_http(attempt: Attempt) -> None:
    """Ask once, read the answer up to 1 MiB, compare. Redirects are not followed.

    Phases: resolve, connect, tls (https only), send, wait, receive.
    """
    # httpcore2's locks load anyio's backend when first used: not in the middle of a measurement.
    anyio.get_cancelled_exc_class()
    request = _request(attempt)
    context = await load_context(attempt, _ALPN) if attempt.target.scheme == "https" else None
    connection = await attempt.connect()
    stream: Stream = connection
    alpn = ""
    if context is None:
        attempt.stopwatch.stop(connection.connected_at_ns)
    else:
        stream = secure = await shake_hands(attempt, connection, context)
        alpn = secure.alpn
        attempt.stopwatch.stop(secure.done_at_ns)
    wire = HttpWire(stream, attempt.stopwatch, attempt.budget, is_h2=alpn == "h2")
    response, body = await _exchange(attempt, wire, request)
    attempt.stopwatch.stop(max(stream.read_at_ns, wire.answered_at_ns))
    _judge(attempt, response, body)


async def _exchange(attempt: Attempt, wire: HttpWire, request: httpcore2.Request) -> tuple[httpcore2.Response, bytes]:
    make = httpcore2.AsyncHTTP2Connection if wire.is_h2 else httpcore2.AsyncHTTP11Connection
    client = make(origin=request.url.origin, stream=wire)
    try:
        response = await client.handle_async_request(request)
        wire.note_answer()
        _describe(attempt, response)
        return response, await _read_body(attempt, response)
    except (httpcore2.RemoteProtocolError, httpcore2.LocalProtocolError, httpcore2.ConnectionNotAvailable) as error:
        raise _violation(wire, error) from error


def _request(attempt: Attempt) -> httpcore2.Request:
    target = attempt.target
    parts = urlsplit(target.address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = [
        ("Host", parts.netloc.rpartition("@")[2]),
        ("User-Agent", f"clearline/{__version__}"),
        ("Accept", "*/*"),
        ("Accept-Encoding", "identity"),
    ]
    if credentials := basic_credentials(target):
        headers.append(("Authorization", f"Basic {credentials}"))
    if attempt.idempotency_key:
        # A structured string: draft-ietf-httpapi-idempotency-key-header, 2.1.
        headers.append(("Idempotency-Key", f'"{attempt.idempotency_key}"'))
    url = httpcore2.URL(scheme=target.scheme, host=target.host, port=target.port, target=path)
    return httpcore2.Request(target.method, url, headers=headers)


async def _read_body(attempt: Attempt, response: httpcore2.Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    async with aclosing(response.aiter_stream()) as chunks:
        async for chunk in chunks:
            parts.append(chunk)
            size += len(chunk)
            if size >= MAX_BODY_BYTES:
                attempt.detail["http"]["is_cut"] = True
                break
    attempt.detail["http"]["body_bytes"] = size
    return b"".join(parts)[:MAX_BODY_BYTES]


def _describe(attempt: Attempt, response: httpcore2.Response) -> None:
    headers: dict[str, str] = {}
    for name, value in response.headers:
        lower = name.decode("latin-1").lower()
        if lower in _SHOWN_HEADERS and lower not in headers:
            headers[lower] = value.decode("latin-1")[:500]
    if location := headers.get("location"):
        headers["location"] = mask_secrets(location)
    attempt.status = response.status
    version = response.extensions.get("http_version", b"").decode("ascii", "replace")
    attempt.detail["http"] = {"version": version, "headers": headers}
    if "retry-after" in headers:
        attempt.retry_after_s = retry_after(headers["retry-after"], headers.get("date", ""), attempt.clock.wall())


def _judge(attempt: Attempt, response: httpcore2.Response, body: bytes) -> None:
    target, status = attempt.target, response.status
    is_welcome = status in target.expect_status if target.expect_status else status < 400
    missing = "" if is_welcome else "status"
    if is_welcome and target.expect_text and target.expect_text not in _text(response.headers, body):
        missing = "text"
    if missing:
        seen = HttpEvidence(status=status, retry_after_s=attempt.retry_after_s, is_unexpected=True, missing=missing)
        attempt.stopwatch.resume(Phase.RECEIVE)
        raise NetworkError(Evidence(http=seen))


def _violation(wire: HttpWire, error: Exception) -> NetworkError:
    if wire.trouble is not None:
        # The library swallowed it and stumbled over what followed.
        return wire.trouble
    cause: Any = error.args[0] if error.args else None
    seen = HttpEvidence(violation=str(error)[:200])
    if isinstance(cause, h2.events.StreamReset):
        seen = HttpEvidence(h2_stream_error=int(cause.error_code or 0))
    elif isinstance(cause, h2.events.ConnectionTerminated):
        seen = HttpEvidence(h2_goaway=int(cause.error_code or 0))
    elif isinstance(error, httpcore2.ConnectionNotAvailable):
        seen = HttpEvidence(h2_goaway=0)
    elif isinstance(error, httpcore2.LocalProtocolError) and wire.is_h2:
        seen = HttpEvidence(is_rule_broken=True)
    first = b"" if wire.is_h2 or wire.has_answer else wire.first_bytes
    return NetworkError(Evidence(http=seen, is_eof=wire.is_eof, first_bytes=first, chain=exception_chain(error)))


def retry_after(value: str, date: str, now_s: float) -> float | None:
    """Seconds the server asks to wait: a number, or a date relative to the server's own `Date` (RFC 9110 §10.2.3).

    `now_s` (seconds since 1970 UTC) stands in for a missing date. None where the value makes no sense.
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    until = _http_date(value)
    if until is None:
        return None
    return max(0.0, until - (_http_date(date) or now_s))


def _http_date(text: str) -> float | None:
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return moment.timestamp()


def _text(headers: Headers, body: bytes) -> str:
    known = {name.lower(): value for name, value in headers}
    if known.get(b"content-encoding", b"").strip().lower() in (b"gzip", b"x-gzip", b"deflate"):
        # Some servers compress although they were asked not to. 32 lets zlib read either header.
        try:
            body = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(body, MAX_BODY_BYTES)
        except zlib.error:
            return ""
    charset = known.get(b"content-type", b"").lower().partition(b"charset=")[2].strip(b" \"'").partition(b";")[0]
    try:
        return body.decode(charset.decode("ascii") or "utf-8", "replace")
    except (LookupError, UnicodeDecodeError):
        return body.decode("utf-8", "replace")
