"""A network whose connections are peers in a script, on virtual time: what they are sent, what they say and when."""

import asyncio
import errno
from collections import deque
from collections.abc import Callable
from typing import Any

from clearline.domain.liveness import KeepAlive
from clearline.net.evidence import Evidence, NetworkError, OsError
from clearline.net.network import Address
from clearline.net.timing import Limit

Peer = Callable[["ScriptedConnection", bytes], None]
"""Hears each line it is sent."""

FIN = b""
RESET = OSError(errno.ECONNRESET, "reset")
ABORTED = OSError(errno.ETIMEDOUT, "timed out")


class ScriptedConnection:
    """Implements net.network.Connection."""

    kernel = None
    local_ip = "127.0.0.1"
    began_at_ns = connected_at_ns = read_at_ns = 0
    first_bytes = b""

    def __init__(self, address: Address, peer: Peer) -> None:
        self.address = address
        self.peer = peer
        self.sent: list[tuple[float, bytes]] = []
        """When each line was written, loop time."""
        self.bytes_in = self.bytes_out = 0
        self.is_closed = False
        self.kept: list[KeepAlive] = []
        self._waiting: deque[bytes | OSError] = deque()
        self._came = asyncio.Event()

    def say(self, data: bytes | OSError, after_s: float = 0.0) -> None:
        """The peer sends bytes, FIN or RST."""
        asyncio.get_running_loop().call_later(after_s, self._arrive, data)

    def _arrive(self, data: bytes | OSError) -> None:
        self._waiting.append(data)
        self._came.set()

    async def read(self, limit: Limit) -> bytes:
        assert not self.is_closed
        while not self._waiting:
            self._came.clear()
            await self._came.wait()
        data = self._waiting.popleft()
        if isinstance(data, OSError):
            raise NetworkError(Evidence(os_error=OsError.of(data)))
        self.bytes_in += len(data)
        return data

    async def write(self, data: bytes, limit: Limit) -> None:
        assert not self.is_closed
        self.sent.append((asyncio.get_running_loop().time(), data))
        self.bytes_out += len(data)
        self.peer(self, data)

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
        self.kept.append(wanted)
        return {"keep_alive": {"state": "set", "value": 1}}

    def close(self) -> None:
        self.is_closed = True


class ScriptedNetwork:
    """Each connection gets the next peer of the script; the last one for ever. An OSError refuses."""

    def __init__(self, *peers: Peer | OSError) -> None:
        self.peers = list(peers)
        self.connections: list[ScriptedConnection] = []
        self.tried_s: list[float] = []

    async def connect(self, address: Address, limit: Limit) -> ScriptedConnection:
        self.tried_s.append(asyncio.get_running_loop().time())
        peer = self.peers.pop(0) if len(self.peers) > 1 else self.peers[0]
        await asyncio.sleep(0.001)
        if isinstance(peer, OSError):
            raise NetworkError(Evidence(os_error=OsError.of(peer)))
        connection = ScriptedConnection(address, peer)
        self.connections.append(connection)
        return connection

    @property
    def open(self) -> list[ScriptedConnection]:
        return [connection for connection in self.connections if not connection.is_closed]


REFUSED = ConnectionRefusedError(errno.ECONNREFUSED, "refused")


def pong(after_s: float = 0.005) -> Peer:
    """A peer that answers each beat after a while."""

    def answer(connection: ScriptedConnection, data: bytes) -> None:
        connection.say(data.replace(b"PING", b"PONG"), after_s)

    return answer


def pong_then(beats: int, then: bytes | OSError | None, after_s: float = 0.0) -> Peer:
    """A peer that answers so many beats, and after the last one sends FIN or RST, or (None) nothing ever again."""
    seen = 0

    def answer(connection: ScriptedConnection, data: bytes) -> None:
        nonlocal seen
        seen += 1
        if seen <= beats:
            connection.say(data.replace(b"PING", b"PONG"), 0.005)
        if seen == beats and then is not None:
            connection.say(then, 0.005 + after_s)

    return answer


def silent(_connection: ScriptedConnection, _data: bytes) -> None:
    """A peer that never answers."""
