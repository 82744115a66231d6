"""Peers that say random, mangled and truncated things, in memory and on loopback; everything follows from one seed."""

import asyncio
import random
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

from clearline.domain.liveness import KeepAlive
from clearline.net.evidence import Evidence, NetworkError, OsError
from clearline.net.network import Address, literal_address
from clearline.net.sockets import SystemNetwork
from clearline.net.timing import Limit, Turns

React = Callable[[bytes], bytes]
"""What a peer says to what was said to it."""


def mangled(rng: random.Random, data: bytes) -> bytes:
    """The data with one to three things done to it: cut, changed, doubled, filled in, or left as it is."""
    for _ in range(rng.randint(0, 3)):
        at = rng.randrange(len(data) + 1)
        size = rng.choice((1, 1, 2, 4, 16, 200))
        match rng.randrange(7):
            case 0:
                data = data[:at]
            case 1:
                data = data[:at] + rng.randbytes(size) + data[at + size :]
            case 2:
                data = data[:at] + data[at + size :]
            case 3:
                data = data[:at] + rng.randbytes(size) + data[at:]
            case 4:
                data = data[:at] + data[at : at + size] * rng.randint(2, 40) + data[at:]
            case 5:
                data = data[:at] + bytes([rng.choice((0, 0x7F, 0x80, 0xFF))]) * size + data[at + size :]
            case _ if data:
                place = rng.randrange(len(data))
                data = data[:place] + bytes([data[place] ^ (1 << rng.randrange(8))]) + data[place + 1 :]
            case _:
                data = rng.randbytes(size)
    return data


class ScriptedStream:
    """Implements Connection. Says what `react` returns in random parts, then ends as it was told to."""

    def __init__(self, rng: random.Random, address: Address, react: React, opening: bytes, ending: str) -> None:
        self.address = address
        self.local_ip = "127.0.0.1"
        self.began_at_ns = self.connected_at_ns = self.read_at_ns = time.perf_counter_ns()
        self.kernel = None
        self.bytes_in = self.bytes_out = 0
        self.first_bytes = b""
        self.is_closed = False
        self._turns = Turns()
        self._rng, self._react, self._waiting, self._ending = rng, react, opening, ending

    async def read(self, limit: Limit) -> bytes:
        await self._turns.take(limit)
        if not self._waiting:
            if self._ending == "reset":
                raise NetworkError(Evidence(os_error=OsError(104, None, "linux")))
            if self._ending == "silence":
                raise NetworkError(Evidence(deadline=limit.deadline))
            return b""
        size = self._rng.choice((1, 7, 100, 65_536, 65_536, 65_536)) if len(self._waiting) < 3000 else 65_536
        data, self._waiting = self._waiting[:size], self._waiting[size:]
        self.bytes_in += len(data)
        self.first_bytes = (self.first_bytes + data[:64])[:64]
        self.read_at_ns = time.perf_counter_ns()
        return data

    async def write(self, data: bytes, limit: Limit) -> None:
        self.bytes_out += len(data)
        self._waiting += self._react(bytes(data))

    @property
    def is_quiet(self) -> bool:
        return not self._waiting

    @property
    def is_reset(self) -> bool:
        return False

    @property
    def kernel_now(self) -> None:
        return None

    def keep_alive(self, wanted: KeepAlive) -> dict[str, Any]:
        return {}

    def close(self) -> None:
        self.is_closed = True


class ScriptedDatagrams:
    """Implements Datagrams. After what `react` returns comes silence."""

    round_trip = None

    def __init__(self, address: Address, react: Callable[[bytes], Iterable[bytes]]) -> None:
        self.address = address
        self.local_ip = "127.0.0.1"
        self.is_closed = False
        self._react = react
        self._waiting: list[bytes] = []

    def send(self, data: bytes) -> None:
        self._waiting += self._react(data)

    async def receive(self, limit: Limit) -> tuple[bytes, int]:
        if not self._waiting:
            raise NetworkError(Evidence(deadline=limit.deadline))
        return self._waiting.pop(0), time.perf_counter_ns()

    def close(self) -> None:
        self.is_closed = True


class ScriptedNetwork(SystemNetwork):
    """A network whose every peer is scripted; only TLS contexts are the real ones."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__()
        self.rng = rng
        self.opened: list[ScriptedStream | ScriptedDatagrams] = []
        self.opening = b""
        self.make_react: Callable[[], React] = lambda: lambda _: b""
        self.answer: Callable[[bytes], Iterable[bytes]] = lambda _: []

    async def resolve(self, host: str, port: int, limit: Limit) -> tuple[Address, ...]:
        found = literal_address(host, port) or literal_address("192.0.2.1", port)
        return (found,) if found else ()

    async def connect(self, address: Address, limit: Limit) -> Any:
        ending = self.rng.choice(("eof", "eof", "silence", "reset"))
        stream = ScriptedStream(self.rng, address, self.make_react(), self.opening, ending)
        self.opened.append(stream)
        return stream

    def open_datagrams(self, address: Address) -> Any:
        datagrams = ScriptedDatagrams(address, self.answer)
        self.opened.append(datagrams)
        return datagrams


def once(answer: Callable[[bytes], bytes]) -> Callable[[], React]:
    """A peer that answers the first thing it hears."""

    def make() -> React:
        answered = False

        def react(data: bytes) -> bytes:
            nonlocal answered
            said = b"" if answered else answer(data)
            answered = True
            return said

        return react

    return make


def tls_peer(
    rng: random.Random, context: ssl.SSLContext, say: Callable[[], bytes], *, is_asked_first: bool = False
) -> Callable[[], React]:
    """A real TLS server in memory; most have their flights mangled. Those asked first say whole flights of nonsense."""

    def make() -> React:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        server = context.wrap_bio(incoming, outgoing, server_side=True)
        is_broken = not is_asked_first and rng.random() < 0.8
        has_said = False

        def react(data: bytes) -> bytes:
            nonlocal has_said
            incoming.write(data)
            try:
                server.do_handshake()
                if is_asked_first:
                    server.read()
                if not has_said:
                    has_said = True
                    if words := say():
                        server.write(words)
            except ssl.SSLError:
                # The client's answer to mangled bytes; what the server says to that is still said.
                pass
            flight = outgoing.read()
            return mangled(rng, flight) if is_broken and flight else flight

        return react

    return make


class RandomServer:
    """A loopback server in this loop: each connection gets the next answer, then an end, a reset or silence."""

    def __init__(self, rng: random.Random, make_answer: Callable[[], bytes]) -> None:
        self._rng, self._make_answer = rng, make_answer
        self._server: asyncio.Server | None = None
        self._over = asyncio.Event()
        self.port = 0

    async def __aenter__(self) -> "RandomServer":
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._over.set()
        if self._server is not None:
            self._server.close()
            # The handlers end by themselves now.
            await asyncio.sleep(0.05)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ending = self._rng.choice(("eof", "eof", "eof", "reset", "silence"))
        try:
            if self._rng.random() < 0.9:
                async with asyncio.timeout(1):
                    await reader.read(65_536)
            writer.write(self._make_answer())
            await writer.drain()
            if ending == "silence":
                async with asyncio.timeout(2):
                    await self._over.wait()
            elif ending == "reset":
                sock: socket.socket = writer.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        except (OSError, TimeoutError):
            # The probe has gone: that is its good right.
            pass
        finally:
            writer.close()
