"""A local port before a real TCP service that delays, slows, loses, slices and cuts what passes; seeded, live."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from clearline.lab.conversations import Silence, SuddenEnd
from clearline.lab.dialling import Dialling
from clearline.lab.faults import LabFault
from clearline.lab.flow import Flow
from clearline.lab.impairment import Impairment, Script
from clearline.lab.stream_server import StreamServer
from clearline.lab.wire import Connection, Conversation, Wire


@dataclass(frozen=True)
class Upstream:
    """The service behind the proxy: a numeric address, looked up once. `family` is 4 or 6."""

    family: int
    ip: str
    port: int


class FaultProxy:
    """`open`, then connect to `port` on 127.0.0.1. The same seed draws the same chances for the same connections."""

    def __init__(
        self,
        upstream: Upstream,
        seed: int = 1,
        script: Script | None = None,
        on_change: Callable[[Impairment], None] = lambda impairment: None,
    ) -> None:
        self.impairment = Impairment()
        self._upstream = upstream
        self._seed = seed
        self._script = script or Script()
        self._on_change = on_change
        self._server = StreamServer(self._speak)
        self.port = self._server.port
        self._connections = 0
        self._fars: dict[Connection, None] = {}
        self._losses = Random(f"{seed}/losses")
        self._began_s = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def open(self) -> None:
        """Pass on from now on, and begin to play the script."""
        self._server.open()
        self._began_s = asyncio.get_running_loop().time()
        if self._script.steps:
            self._play(0.0)

    def set_impairment(self, impairment: Impairment) -> None:
        """Spoil what comes in from now on like this; what is under way keeps its times. The script ends."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._change(impairment)

    def close(self) -> None:
        """Drop every connection and give the port back."""
        if self._timer is not None:
            self._timer.cancel()
        self._server.close()
        # A far side may outlive its near side by what is still under way to it.
        for far in list(self._fars):
            far.reset()

    def _play(self, at_s: float) -> None:
        self._timer = None
        self._change(self._script.at(at_s))
        next_s = self._script.next_change(at_s)
        if next_s is not None:
            self._timer = asyncio.get_running_loop().call_at(self._began_s + next_s, self._play, next_s)

    def _change(self, impairment: Impairment) -> None:
        if impairment == self.impairment:
            return
        self.impairment = impairment
        self._server.set_fault(LabFault("refused") if impairment.is_down else None)
        self._on_change(impairment)

    def _speak(self, wire: Wire, fault: LabFault | None) -> Conversation:
        number = self._connections
        self._connections += 1
        if self._losses.random() < self.impairment.loss_share:
            return Silence(wire) if self.impairment.is_loss_silent else SuddenEnd(wire)
        if not isinstance(wire, Connection):
            raise TypeError("a proxy passes on whole connections")
        return _Relay(wire, self._upstream, lambda: self.impairment, f"{self._seed}/{number}", self._fars)


class _Relay:
    """One connection through the proxy, heard from the near side."""

    def __init__(
        self,
        near: Connection,
        upstream: Upstream,
        impairment: Callable[[], Impairment],
        seed: str,
        fars: dict[Connection, None],
    ) -> None:
        self._near = near
        self._fars = fars
        self._upstream = upstream
        self._impairment = impairment
        self._seed = seed
        self._far: Connection | None = None
        self._out: Flow | None = None
        self._back: Flow | None = None
        self._dialling: Dialling | None = None
        self._passed = 0
        self._has_near_ended = False
        self._has_far_ended = False

    def begun(self) -> None:
        """Connect onwards before anything is read."""
        self._near.pause()
        place = (self._upstream.ip, self._upstream.port)
        loop = asyncio.get_running_loop()
        # What the service does not take, the client is told by a reset: it was accepted already.
        self._dialling = Dialling(
            loop, self._upstream.family, place, lambda sock: self._join(loop, sock), lambda _: self._near.reset()
        )

    def received(self, data: bytes) -> None:
        """The client said this."""
        if self._out is not None:
            self._out.take(data)

    def ended(self) -> None:
        """The client says no more."""
        self._has_near_ended = True
        if self._out is not None:
            self._out.end()

    def parted(self) -> None:
        """The near side is gone."""
        if self._dialling is not None:
            self._dialling.close()
        if self._back is not None:
            self._back.stop()
        if self._far is not None and not self._has_near_ended:
            self._far.reset()
            self._stop()

    def heard(self, data: bytes) -> None:
        """The service said this."""
        if self._back is not None:
            self._back.take(data)

    def far_ended(self) -> None:
        """The service says no more."""
        self._has_far_ended = True
        if self._back is not None:
            self._back.end()

    def far_parted(self) -> None:
        """The far side is gone: a reset is passed on, a good end takes its time."""
        if self._out is not None:
            self._out.stop()
        if not self._has_far_ended:
            self._stop()
            self._near.reset()

    def _join(self, loop: asyncio.AbstractEventLoop, sock: socket.socket) -> None:
        self._dialling = None
        far = Connection(loop, sock, lambda gone: self._fars.pop(gone, None))
        self._fars[far] = None
        self._far = far
        self._out = Flow(loop, self._impairment, Random(f"{self._seed}/out"), self._near, far, self._count)
        self._back = Flow(loop, self._impairment, Random(f"{self._seed}/back"), far, self._near, self._count)
        far.converse(_FarSide(self))
        self._near.resume()

    def _count(self, size: int) -> bool:
        """Count what went through, and reset when it was enough. True while the connection stands."""
        self._passed += size
        limit = self._impairment().reset_after_bytes
        if not limit or self._passed < limit:
            return True
        self._stop()
        self._near.reset()
        if self._far is not None:
            self._far.reset()
        return False

    def _stop(self) -> None:
        for flow in (self._out, self._back):
            if flow is not None:
                flow.stop()


class _FarSide:
    """The same connection, heard from the far side."""

    def __init__(self, relay: _Relay) -> None:
        self._relay = relay

    def begun(self) -> None:
        """Nothing is said first."""

    def received(self, data: bytes) -> None:
        """The service said this."""
        self._relay.heard(data)

    def ended(self) -> None:
        """The service says no more."""
        self._relay.far_ended()

    def parted(self) -> None:
        """The far side is gone."""
        self._relay.far_parted()
