"""One HTTP request over an open way, and its answer as plain values."""

import asyncio
import datetime as dt
import email.utils
import re
import zlib
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

import h2.events
import httpcore2

from clearline import __version__
from clearline.domain.target import mask_secrets
from clearline.net.evidence import DnsEvidence, Evidence, HttpEvidence, NetworkError, exception_chain
from clearline.net.proxy_login import first_credentials
from clearline.probes.attempt import Attempt
from clearline.probes.http_wire import HttpWire
from clearline.probes.secrets import basic_credentials
from clearline.probes.way import Way

MAX_BODY_BYTES = 1024 * 1024
_MAX_CHUNKS = 20_000
"""Chunks of one byte cost 33 µs each to read: a peer could keep this machine busy for half a minute."""
_CHUNKS_IN_A_ROW = 200
_SHOWN_HEADERS = (
    "server", "content-type", "content-length", "content-encoding", "date", "location", "retry-after", "via", "age",
    "x-cache", "x-request-id", "proxy-status", "alt-svc",
)  # fmt: skip
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\0]*")
_KEPT_FROM_STRANGERS = re.compile(r"(?i)auth|cookie|token|key|secret|session")

Headers = list[tuple[bytes, bytes]]
Client = httpcore2.AsyncHTTP11Connection | httpcore2.AsyncHTTP2Connection


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its URL, and whether it goes to the target's own origin, which alone gets its secrets."""

    url: str
    is_own: bool = True
    cookie: str = ""

    @property
    def origin(self) -> httpcore2.URL:
        """Where it goes, without what is asked for."""
        return httpcore2.URL(scheme=self.parts.scheme, host=self.host, port=self.port, target="/")

    @property
    def parts(self) -> SplitResult:
        """The URL in parts."""
        return urlsplit(self.url)

    @property
    def host(self) -> str:
        """Host name or literal address, without brackets."""
        return self.parts.hostname or ""

    @property
    def port(self) -> int:
        """The port that is connected to."""
        return self.parts.port or (443 if self.parts.scheme == "https" else 80)

    @property
    def place(self) -> str:
        """Host and, where it is not the usual one, port, as the URL has them."""
        return self.parts.netloc.rpartition("@")[2]

    @property
    def path(self) -> str:
        """Path and query."""
        return (self.parts.path or "/") + (f"?{self.parts.query}" if self.parts.query else "")


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back, its body up to MAX_BODY_BYTES."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str:
        """The first header of that name; empty without."""
        wanted = name.lower().encode("ascii")
        return next((value.decode("latin-1") for key, value in self.headers if key.lower() == wanted), "")

    @property
    def text(self) -> str:
        """The body as text, decompressed where the server compressed it unasked."""
        return _text(self.headers, self.body)


async def exchange(attempt: Attempt, way: Way, wire: HttpWire, client: Client, asked: Asked) -> Answered:
    """Phases: send, wait, receive. Raises NetworkError; then the way is used up."""
    return await send(attempt, wire, _request(attempt, asked, way), client)


def speak(wire: HttpWire, url: httpcore2.URL) -> Client:
    """The protocol over a way that just stood."""
    make = httpcore2.AsyncHTTP2Connection if wire.is_h2 else httpcore2.AsyncHTTP11Connection
    return make(origin=url.origin, stream=wire)


async def send(attempt: Attempt, wire: HttpWire, request: httpcore2.Request, client: Client | None = None) -> Answered:
    """The exchange of a request that is ready."""
    client = client or speak(wire, request.url)
    try:
        response = await client.handle_async_request(request)
        wire.note_answer()
        version = response.extensions.get("http_version", b"").decode("ascii", "replace")
        describe(attempt, response.status, response.headers, version)
        body = await _read_body(attempt, response)
        if not attempt.detail["http"].get("is_cut"):
            await response.aclose()
    except (httpcore2.RemoteProtocolError, httpcore2.LocalProtocolError, httpcore2.ConnectionNotAvailable) as error:
        raise _violation(wire, error) from error
    except (ValueError, LookupError) as error:
        # The HTTP/2 library reads `:status` and `content-length` as numbers unchecked.
        if not wire.is_h2:
            raise
        seen = HttpEvidence(is_rule_broken=True)
        raise NetworkError(Evidence(http=seen, chain=exception_chain(error))) from error
    return Answered(response.status, list(response.headers), body)


def _request(attempt: Attempt, asked: Asked, way: Way) -> httpcore2.Request:
    parts = asked.parts
    path = asked.path
    headers = request_headers(attempt, asked)
    if way.forwarder is not None:
        path = f"{parts.scheme}://{asked.place}{path}"
        if login := first_credentials(way.forwarder):
            headers["Proxy-Authorization"] = login
    target = attempt.target
    url = httpcore2.URL(scheme=parts.scheme, host=asked.host, port=asked.port, target=path)
    return httpcore2.Request(target.method, url, headers=list(headers.items()), content=target.body.encode() or None)


def request_headers(attempt: Attempt, asked: Asked) -> dict[str, str]:
    """Ours, then the target's own in their place; secrets go to the target's own origin alone."""
    target = attempt.target
    headers = {
        "Host": asked.place,
        "User-Agent": f"clearline/{__version__}",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
    }
    if target.body:
        headers["Content-Length"] = str(len(target.body.encode()))
    if attempt.idempotency_key:
        # A structured string: draft-ietf-httpapi-idempotency-key-header, 2.1.
        headers["Idempotency-Key"] = f'"{attempt.idempotency_key}"'
    if asked.cookie:
        headers["Cookie"] = asked.cookie
    if asked.is_own and (credentials := basic_credentials(target)):
        headers["Authorization"] = f"Basic {credentials}"
    for line in target.headers:
        name, value = own_header(line)
        if asked.is_own or not _KEPT_FROM_STRANGERS.search(name):
            headers = {known: told for known, told in headers.items() if known.lower() != name.lower()}
            headers[name] = value
    return headers


def own_header(line: str) -> tuple[str, str]:
    """Name and value of a header as a target has it. Raises NetworkError (`input.invalid`) where it is none."""
    if not _HEADER.fullmatch(line) or not line.isascii():
        raise NetworkError(Evidence(dns=DnsEvidence(is_bad_name=True), chain=("header",)))
    name, _, value = line.partition(":")
    return name, value.strip()


async def _read_body(attempt: Attempt, response: httpcore2.Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    async with aclosing(response.aiter_stream()) as chunks:
        async for chunk in chunks:
            parts.append(chunk)
            size += len(chunk)
            if len(parts) % _CHUNKS_IN_A_ROW == 0:
                await asyncio.sleep(0)
            if size >= MAX_BODY_BYTES or len(parts) >= _MAX_CHUNKS:
                attempt.detail["http"]["is_cut"] = True
                break
    attempt.detail["http"]["body_bytes"] = size
    return b"".join(parts)[:MAX_BODY_BYTES]


def describe(attempt: Attempt, status: int, told: Headers, version: str) -> None:
    """Keep what an answer's head says, for people: `detail.http`."""
    headers: dict[str, str] = {}
    for name, value in told:
        lower = name.decode("latin-1").lower()
        if lower in _SHOWN_HEADERS and lower not in headers:
            headers[lower] = value.decode("latin-1")[:500]
    if location := headers.get("location"):
        headers["location"] = mask_secrets(location)
    attempt.status = status
    attempt.detail["http"] = {"version": version, "headers": headers}
    attempt.retry_after_s = None
    if "retry-after" in headers:
        attempt.retry_after_s = retry_after(headers["retry-after"], headers.get("date", ""), attempt.clock.wall())


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
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.UTC)
        return moment.timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


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
    except (LookupError, UnicodeDecodeError, ValueError):
        return body.decode("utf-8", "replace")
