"""An HTTP/3 server on loopback that behaves as told; runs on a loop of its own in a thread."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from aioquic.asyncio import QuicConnectionProtocol, serve
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import DataReceived, H3Event, HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import ProtocolNegotiated, QuicEvent

LIMIT_S = 10.0
Answer = Callable[["Visitor", int, dict[bytes, bytes]], None]


class Visitor(QuicConnectionProtocol):
    """One connection; keeps what it is asked in `asked` and answers as its class says."""

    answer: Answer
    asked: list[tuple[dict[bytes, bytes], bytes]]
    http: H3Connection | None = None

    def quic_event_received(self, event: QuicEvent) -> None:
        if isinstance(event, ProtocolNegotiated):
            self.http = H3Connection(self._quic)
            self._heads: dict[int, dict[bytes, bytes]] = {}
            self._bodies: dict[int, bytes] = {}
        if self.http is not None:
            for told in self.http.handle_event(event):
                self._hear(told)

    def _hear(self, told: H3Event) -> None:
        if isinstance(told, HeadersReceived):
            self._heads[told.stream_id] = dict(told.headers)
        elif isinstance(told, DataReceived):
            self._bodies[told.stream_id] = self._bodies.get(told.stream_id, b"") + told.data
        if getattr(told, "stream_ended", False):
            head = self._heads[told.stream_id]
            self.asked.append((head, self._bodies.get(told.stream_id, b"")))
            type(self).answer(self, told.stream_id, head)
            self.transmit()

    def say(self, stream: int, status: int, body: bytes = b"", *headers: tuple[bytes, bytes]) -> None:
        """A whole answer."""
        assert self.http is not None
        self.http.send_headers(stream, [(b":status", str(status).encode()), *headers])
        self.http.send_data(stream, body, end_stream=True)

    def give_up(self, stream: int, error: int) -> None:
        """Break off this one request."""
        self._quic.reset_stream(stream, error)

    def hang_up(self, error: int) -> None:
        """End the connection with an error of HTTP/3."""
        self._quic.close(error_code=error, reason_phrase="enough")


def says(status: int, body: bytes = b"", *headers: tuple[bytes, bytes]) -> Answer:
    """Answers everything alike."""
    return lambda visitor, stream, _: visitor.say(stream, status, body, *headers)


@contextlib.contextmanager
def quic_server(
    certificate: Path, answer: Answer, alpn: list[str] | None = None
) -> Iterator[tuple[int, list[tuple[dict[bytes, bytes], bytes]]]]:
    """Gives the port and what is asked."""
    asked: list[tuple[dict[bytes, bytes], bytes]] = []
    visitor = type("Visiting", (Visitor,), {"answer": staticmethod(answer), "asked": asked})
    configuration = QuicConfiguration(is_client=False, alpn_protocols=alpn or H3_ALPN)
    configuration.load_cert_chain(certificate, certificate)
    loop = asyncio.new_event_loop()

    async def start() -> tuple[object, int]:
        server = await serve("127.0.0.1", 0, configuration=configuration, create_protocol=visitor)
        return server, server._transport.get_extra_info("sockname")[1]

    server, port = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield port, asked
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(LIMIT_S)
        server.close()  # type: ignore[attr-defined]
        # The transport closes its socket a turn later.
        loop.run_until_complete(asyncio.sleep(0))
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
