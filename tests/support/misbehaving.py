"""Small servers that misbehave on loopback, in threads with blocking sockets, and one call to probe them.

Threads and not asyncio: its TLS server closes without flushing the alert, so a test against it would prove a reset.
"""

import asyncio
import contextlib
import datetime as dt
import re
import socket
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import msgspec

from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from clearline.domain.plan import new_target
from clearline.domain.profile import Timeouts
from clearline.domain.target import Target
from clearline.net.sockets import SystemNetwork
from clearline.probes.registry import run

LIMIT_S = 10.0
Handler = Callable[[socket.socket, "ThreadServer"], None]


class SteadyClock:
    """Implements Clock: session second 0 is when it was made."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._wall_s = dt.datetime.now(dt.UTC).timestamp()

    def now(self) -> float:
        return time.perf_counter() - self._began

    def wall(self) -> float:
        return self._wall_s + self.now()


class ThreadServer:
    """Accepts on a free port of loopback, if not said otherwise; gives each connection to a handler in a thread."""

    def __init__(self, handler: Handler, host: str = "127.0.0.1", port: int = 0) -> None:
        self._handler = handler
        self._listener = socket.create_server((host, port))
        self.port: int = self._listener.getsockname()[1]
        self.stopping = threading.Event()
        self.accepted = 0
        self.errors: list[Exception] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            thread = threading.Thread(target=self._handle, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _handle(self, connection: socket.socket) -> None:
        connection.settimeout(LIMIT_S)
        with connection:
            try:
                self._handler(connection, self)
            except OSError as error:
                # Whoever probes may hang up whenever it likes; ssl.SSLError is an OSError.
                self.errors.append(error)

    def close(self) -> None:
        self.stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(LIMIT_S)


@contextlib.contextmanager
def server(handler: Handler) -> Iterator[ThreadServer]:
    """A running server, closed afterwards."""
    running = ThreadServer(handler)
    try:
        yield running
    finally:
        running.close()


@contextlib.contextmanager
def datagram_server(reply: Callable[[bytes], list[bytes]]) -> Iterator[int]:
    """A UDP server on a free loopback port that answers each datagram with those of `reply`; gives its port."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    port = sock.getsockname()[1]
    stop = b"stop the server"

    def serve() -> None:
        while True:
            data, sender = sock.recvfrom(65_535)
            if data == stop:
                return
            for answer in reply(data):
                sock.sendto(answer, sender)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield port
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stopper:
            stopper.sendto(stop, ("127.0.0.1", port))
        thread.join(LIMIT_S)
        sock.close()


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    """A loopback port where nothing listens."""
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def receive_request(connection: socket.socket) -> bytes:
    """Everything up to the blank line, or to the end."""
    data = b""
    while b"\r\n\r\n" not in data and (part := connection.recv(65_536)):
        data += part
    return data


def receive_whole(connection: socket.socket) -> tuple[bytes, int]:
    """The head of a request, and its bytes with those of its body, which is thrown away; nothing of one cut short."""
    head, end, body = receive_request(connection).partition(b"\r\n\r\n")
    told = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    size = int(told[1]) if told else 0
    left = size - len(body)
    while left > 0 and (part := connection.recv(65_536)):
        left -= len(part)
    return (head, len(head) + len(end) + size) if end and left <= 0 else (b"", 0)


def answering(answer: bytes) -> Handler:
    """Reads a request, sends these bytes, hangs up politely."""

    def handle(connection: socket.socket, _: ThreadServer) -> None:
        receive_request(connection)
        connection.sendall(answer)

    return handle


def silent(connection: socket.socket, running: ThreadServer) -> None:
    """Accepts and says nothing until the test is over."""
    running.stopping.wait(LIMIT_S)


def reset(connection: socket.socket) -> None:
    """Close with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def target_at(address: str, **fields: Any) -> Target:
    """A target with some fields of its own."""
    return msgspec.structs.replace(new_target(address), **fields)


async def on_network(use: Callable[[SystemNetwork], Awaitable[Any]]) -> Any:
    """Use a real network and close it."""
    network = SystemNetwork()
    try:
        return await use(network)
    finally:
        network.close()


def probe(address: str, *, timeouts: Timeouts | None = None, deadline_s: float | None = None, **fields: Any) -> Outcome:
    """Run one attempt at an address, for real."""
    timeouts = timeouts or Timeouts()
    clock = SteadyClock()
    left_s = timeouts.attempt_s if deadline_s is None else deadline_s

    async def use(network: SystemNetwork) -> Outcome:
        return await run(target_at(address, **fields), timeouts, clock.now() + left_s, network, clock)

    outcome: Outcome = asyncio.run(on_network(use))
    return outcome


def limits(**seconds: float) -> Timeouts:
    """The standard limits but for those named."""
    return msgspec.structs.replace(Timeouts(), **seconds)


def reached(outcome: Outcome) -> list[Phase]:
    """The phases an outcome got to."""
    return [phase for phase, _ in outcome.phases.reached()]
