"""A TCP port that serves conversations, refuses, resets, swallows or stays silent, and changes between them live."""

import asyncio
import socket
import sys
from collections.abc import Callable

from clearline.lab.conversations import HalfClosed, PoliteEnd, Silence, SuddenEnd
from clearline.lab.faults import LabFault
from clearline.lab.port import LOOPBACK, ReservedPort, abort
from clearline.lab.wire import Connection, Conversation, Wire
from clearline.lab.wire_faults import CutWire, DripWire, LateWire

Speak = Callable[[Wire, LabFault | None], Conversation]
"""Makes the conversation for a new connection, given the fault that is on."""

BACKLOG = 128
MOST_CONNECTIONS = 512
"""More at once than this, and the oldest is dropped."""
_PAUSE_S = 0.2
_HANGING = frozenset({
    "silent_after_accept", "half_closed", "slow_start", "drip", "tls_hang", "stops_in_head", "stops_halfway",
    "h2_silent", "h2_stops_halfway", "proxy_hangs", "banner_missing",
})  # fmt: skip
"""A service that is mended lets go of whoever still waits."""


class StreamServer:
    """One port on loopback, on one family or both. Needs a loop with add_reader (on Windows the selector loop)."""

    def __init__(self, speak: Speak, families: tuple[int, ...] = (4,), reserved: ReservedPort | None = None) -> None:
        self._speak = speak
        self._fault: LabFault | None = None
        self._accepted = 0
        self._listeners: list[socket.socket] = []
        self._fillers: list[socket.socket] = []
        self._connections: dict[Connection, None] = {}
        self._reserved = reserved or ReservedPort(families)
        self.port = self._reserved.number
        self._is_open = False

    def open(self) -> None:
        """Serve from now on."""
        self._is_open = True
        self._listen()

    def set_fault(self, fault: LabFault | None) -> None:
        """Serve this fault from now on, None serves well. Answers under way are completed unless the port closes."""
        before, self._fault = self._fault, fault
        self._accepted = 0
        if not self._is_open or before == fault:
            return
        kinds = {item.kind if item else "" for item in (before, fault)}
        if kinds & {"refused", "black_hole", "refuses_after"}:
            # A stopped service takes its connections along.
            self._drop_connections()
            self._unlisten()
            self._listen()
        elif before is not None and before.kind in _HANGING:
            self._drop_connections()
        for connection in list(self._connections):
            connection.fault_changed(fault)

    def close(self) -> None:
        """Stop serving and give the port back."""
        self._is_open = False
        self._unlisten()
        self._drop_connections()
        self._reserved.close()

    @property
    def _kind(self) -> str:
        return self._fault.kind if self._fault else ""

    def _listen(self) -> None:
        if self._kind == "refused" or self._is_used_up:
            return  # the port stays reserved by a socket that does not listen: the kernel refuses for us
        loop = asyncio.get_running_loop()
        for family in self._reserved.families:
            listener = self._reserved.open(family, socket.SOCK_STREAM)
            self._listeners.append(listener)
            if self._kind == "black_hole":
                listener.listen(0)
                self._fill(family)
            else:
                listener.listen(BACKLOG)
                loop.add_reader(listener.fileno(), self._accept, loop, listener)

    def _fill(self, family: int) -> None:
        """Take the only place in the accept queue, so that every further SYN is dropped, as by a firewall.

        Linux queues one more than asked for and drops the rest in silence (net/ipv4/tcp_ipv4.c, sk_acceptq_is_full);
        Windows answers an overflow with a reset instead (unverified).
        """
        for _ in range(1 if sys.platform == "linux" else 3):
            filler = socket.socket(socket.AF_INET if family == 4 else socket.AF_INET6, socket.SOCK_STREAM)
            filler.setblocking(False)
            self._fillers.append(filler)
            filler.connect_ex((LOOPBACK[family], self.port))

    def _unlisten(self) -> None:
        for listener in self._listeners:
            asyncio.get_running_loop().remove_reader(listener.fileno())
            listener.close()
        self._listeners.clear()
        for filler in self._fillers:
            abort(filler)
        self._fillers.clear()

    def _drop_connections(self) -> None:
        for connection in list(self._connections):
            connection.reset()

    def _accept(self, loop: asyncio.AbstractEventLoop, listener: socket.socket) -> None:
        for _ in range(BACKLOG):
            try:
                sock, _ = listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:
                # Out of file descriptors: the listener stays readable, so look away for a while.
                loop.remove_reader(listener.fileno())
                loop.call_later(_PAUSE_S, self._resume, loop, listener)
                return
            self._begin(loop, sock)
            self._accepted += 1
            if self._is_used_up:
                self._unlisten()
                return

    def _resume(self, loop: asyncio.AbstractEventLoop, listener: socket.socket) -> None:
        if listener in self._listeners:
            loop.add_reader(listener.fileno(), self._accept, loop, listener)

    def _begin(self, loop: asyncio.AbstractEventLoop, sock: socket.socket) -> None:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(loop, sock, self._forget)
        self._connections[connection] = None
        if len(self._connections) > MOST_CONNECTIONS:
            next(iter(self._connections)).reset()
        connection.converse(self._conversation(connection))

    @property
    def _is_used_up(self) -> bool:
        """Has the server taken as many connections as `refuses_after` allows?"""
        fault = self._fault
        return fault is not None and fault.kind == "refuses_after" and self._accepted >= fault.option("after")

    def _conversation(self, wire: Wire) -> Conversation:
        if self._kind == "half_closed":
            return HalfClosed(wire)
        if self._kind == "silent_after_accept":
            return Silence(wire)
        if self._kind == "reset_after_accept":
            return SuddenEnd(wire)
        if self._kind == "closed_after_accept":
            return PoliteEnd(wire)
        return self._speak(self._spoilt(wire), self._fault)

    def _spoilt(self, wire: Wire) -> Wire:
        """What the fault does to every answer, whatever is said."""
        fault = self._fault
        match fault.kind if fault is not None else "":
            case "drip" if fault is not None:
                return DripWire(wire, fault.option("delay_ms") / 1000)
            case "slow_start" if fault is not None:
                # Each connection waits half as long as the one before: caches fill, pools grow.
                return LateWire(wire, fault.option("delay_ms") / 1000 / 2 ** min(self._accepted, 30))
            case "closes_mid_answer" | "resets_mid_answer" as kind if fault is not None:
                return CutWire(wire, int(fault.option("after")), is_reset=kind == "resets_mid_answer")
        return wire

    def _forget(self, connection: Connection) -> None:
        self._connections.pop(connection, None)
