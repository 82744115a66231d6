"""Fetches one small file over HTTP, straight and with nothing measured: scripts of proxy settings."""

import ssl
from collections.abc import Awaitable, Callable
from urllib.parse import urljoin, urlsplit

import h11

from clearline import __version__
from clearline.net.evidence import Evidence, HttpEvidence, NetworkError, exception_chain
from clearline.net.network import Network, Stream
from clearline.net.timing import Limit
from clearline.net.tls import TlsStream

MAX_BYTES = 1024 * 1024
_MAX_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)


async def fetch(network: Network, url: str, context: Callable[[], Awaitable[ssl.SSLContext]], limit: Limit) -> bytes:
    """The body of a 200 answer, at most MAX_BYTES. Redirects are followed. Raises NetworkError."""
    for _ in range(_MAX_REDIRECTS + 1):
        answer = await _get(network, url, context, limit)
        if isinstance(answer, bytes):
            return answer
        url = urljoin(url, answer)
    raise NetworkError(Evidence(http=HttpEvidence(is_redirect_loop=True)))


async def _get(
    network: Network, url: str, context: Callable[[], Awaitable[ssl.SSLContext]], limit: Limit
) -> bytes | str:
    parts = urlsplit(url)
    try:
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        host, port = "", 0
    if parts.scheme not in ("http", "https") or not host:
        raise NetworkError(Evidence(chain=("not a web address",)))
    addresses = await network.resolve(host, port, limit)
    connection: Stream = await network.connect(addresses[0], limit)
    try:
        if parts.scheme == "https":
            connection = secure = TlsStream(connection, await context(), host)
            await secure.handshake(limit)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return await _exchange(connection, parts.netloc.rpartition("@")[2], path, limit)
    except h11.RemoteProtocolError as error:
        seen = HttpEvidence(violation=str(error)[:200])
        raise NetworkError(Evidence(http=seen, chain=exception_chain(error))) from error
    finally:
        connection.close()


async def _exchange(stream: Stream, place: str, path: str, limit: Limit) -> bytes | str:
    peer = h11.Connection(h11.CLIENT)
    headers = [("Host", place), ("User-Agent", f"clearline/{__version__}"), ("Connection", "close")]
    await stream.write(
        (peer.send(h11.Request(method="GET", target=path, headers=headers)) or b"")
        + (peer.send(h11.EndOfMessage()) or b""),
        limit,
    )
    body, is_answered = b"", False
    while True:
        event = peer.next_event()
        if event is h11.NEED_DATA:
            data = await stream.read(limit)
            if not data and not is_answered:
                raise NetworkError(Evidence(is_eof=True, first_bytes=stream.first_bytes))
            peer.receive_data(data)
        elif isinstance(event, h11.Response):
            is_answered = True
            told = {name.lower(): value.decode("latin-1") for name, value in event.headers}
            if event.status_code in _REDIRECTS and b"location" in told:
                return told[b"location"]
            if event.status_code != 200:
                raise NetworkError(
                    Evidence(http=HttpEvidence(status=event.status_code, is_unexpected=True, missing="status"))
                )
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > MAX_BYTES:
                raise NetworkError(Evidence(http=HttpEvidence(violation="too long")))
        elif isinstance(event, h11.EndOfMessage):
            return body
