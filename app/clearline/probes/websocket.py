"""The WebSocket probe: switch over from HTTP, then see whether a ping comes back (RFC 6455)."""

import base64
import secrets
from dataclasses import replace

import h11

from clearline import __version__
from clearline.domain.phase import Phase
from clearline.net.evidence import Evidence, HttpEvidence, NetworkError, SocketEvidence, exception_chain
from clearline.net.network import Stream
from clearline.net.timing import Limit
from clearline.net.websocket_frames import (
    CLOSE,
    PING,
    PONG,
    BrokenFrameError,
    Frame,
    FrameReader,
    accept_of,
    client_frame,
)
from clearline.probes.attempt import Attempt
from clearline.probes.http_exchange import own_header
from clearline.probes.secrets import basic_credentials
from clearline.probes.tls_open import load_context, shake_hands
from clearline.probes.way import open_way, own_place

_MAGIC = b"HTTP/"
_MAX_HEAD_BYTES = 64 * 1024
_NORMAL = (1000).to_bytes(2, "big")


async def probe_websocket(attempt: Attempt) -> None:
    """Phases: resolve, connect, proxy, tls (wss), send and wait for the switch, receive until the pong.

    Messages that the server sends on its own meanwhile are read over; `detail.ws.ping_ms` is the pong's own time.
    """
    target = attempt.target
    context = await load_context(attempt, alpn=("http/1.1",)) if target.scheme == "wss" else None
    way = await open_way(attempt, own_place(attempt))
    stream: Stream = way.stream
    ready_at_ns = way.ready_at_ns
    if context is not None:
        stream = secure = await shake_hands(attempt, way.stream, context, ready_at_ns, target.sni or target.host)
        ready_at_ns = secure.done_at_ns
    attempt.stopwatch.enter(Phase.SEND, ready_at_ns)
    key = base64.b64encode(secrets.token_bytes(16)).decode("ascii")
    peer = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEAD_BYTES)
    await stream.write(_request(attempt, peer, key), attempt.budget.limit(Phase.SEND))
    attempt.stopwatch.enter(Phase.WAIT)
    early = await _switch(attempt, stream, peer, key)
    attempt.stopwatch.enter(Phase.RECEIVE, stream.read_at_ns)
    switched_at_ns = stream.read_at_ns
    await _ping(attempt, stream, early)
    attempt.stopwatch.stop(stream.read_at_ns)
    attempt.detail["ws"] = {"ping_ms": round((stream.read_at_ns - switched_at_ns) / 1e6, 3)}


def _request(attempt: Attempt, peer: h11.Connection, key: str) -> bytes:
    target = attempt.target
    _, _, rest = target.address.partition("://")
    place, slash, path = rest.partition("/")
    headers = {
        "Host": place.rpartition("@")[2],
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Version": "13",
        "User-Agent": f"clearline/{__version__}",
    }
    if credentials := basic_credentials(target):
        headers["Authorization"] = f"Basic {credentials}"
    headers |= dict(map(own_header, target.headers))
    request = h11.Request(method="GET", target=slash + path or "/", headers=list(headers.items()))
    return (peer.send(request) or b"") + (peer.send(h11.EndOfMessage()) or b"")


async def _switch(attempt: Attempt, stream: Stream, peer: h11.Connection, key: str) -> bytes:
    """The answer to the request; returns what came behind it. Raises NetworkError."""
    limit = attempt.budget.limit(Phase.WAIT)
    first = b""
    while True:
        try:
            event = peer.next_event()
        except h11.RemoteProtocolError as error:
            seen = HttpEvidence(violation=str(error)[:200])
            raise NetworkError(Evidence(http=seen, first_bytes=first, chain=exception_chain(error))) from error
        if event is h11.NEED_DATA:
            data = await stream.read(limit)
            if not data:
                raise NetworkError(Evidence(http=HttpEvidence(), is_eof=True, first_bytes=first))
            first = (first + data[:64])[:64]
            size = min(len(first), len(_MAGIC))
            if first[:size] != _MAGIC[:size]:
                raise NetworkError(Evidence(http=HttpEvidence(is_foreign=True), first_bytes=first))
            peer.receive_data(data)
        elif isinstance(event, h11.InformationalResponse) and event.status_code == 101:
            attempt.status = 101
            known = {name.lower(): value for name, value in event.headers}
            if known.get(b"sec-websocket-accept", b"").decode("latin-1").strip() != accept_of(key):
                raise NetworkError(Evidence(ws=SocketEvidence(violation="Sec-WebSocket-Accept")))
            return bytes(peer.trailing_data[0])
        elif isinstance(event, h11.Response):
            attempt.status = event.status_code
            raise NetworkError(Evidence(ws=SocketEvidence(status=event.status_code)))


async def _ping(attempt: Attempt, stream: Stream, early: bytes) -> None:
    limit = attempt.budget.limit(Phase.RECEIVE)
    token = secrets.token_bytes(8)
    reader = FrameReader()
    seen = SocketEvidence(is_pong_missing=True)
    try:
        await stream.write(client_frame(PING, token, secrets.token_bytes(4)), limit)
        data = early
        while not await _has_pong(stream, reader.feed(data), token, limit):
            data = await stream.read(limit)
            if not data:
                raise NetworkError(Evidence(is_eof=True))  # noqa: TRY301 - told below like every failure of the ping
        await stream.write(client_frame(CLOSE, _NORMAL, secrets.token_bytes(4)), limit)
    except BrokenFrameError as error:
        raise NetworkError(Evidence(ws=SocketEvidence(violation=str(error)))) from error
    except NetworkError as trouble:
        raise NetworkError(replace(trouble.evidence, ws=trouble.evidence.ws or seen)) from trouble


async def _has_pong(stream: Stream, frames: list[Frame], token: bytes, limit: Limit) -> bool:
    for frame in frames:
        if frame.opcode == PONG and frame.payload == token:
            return True
        if frame.opcode == PING:
            await stream.write(client_frame(PONG, frame.payload, secrets.token_bytes(4)), limit)
        if frame.opcode == CLOSE:
            told = SocketEvidence(close_code=frame.close_code, reason=frame.close_reason[:120])
            raise NetworkError(Evidence(ws=told))
    return False
