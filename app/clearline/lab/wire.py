"""One accepted connection as the lab's servers see it: bytes come in, bytes and endings go out, nothing blocks."""

import asyncio
import socket
from abc import abstractmethod
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from clearline.lab.faults import LabFault
from clearline.lab.port import abort

IDLE_LIMIT_S = 300.0
"""No connection is kept longer than this after the last byte."""
DRAIN_LIMIT_S = 2.0
_CHUNK = 65536


class Wire(Protocol):
    """What a conversation may do with its connection. After an ending every call is without effect."""

    def write(self, data: bytes) -> None:
        """Send, in order."""

    def finish(self, linger_s: float = DRAIN_LIMIT_S) -> None:
        """End politely, after all that was written: FIN, and for TLS close_notify before it.

        What the peer still sends is read for `linger_s`.
        """

    def reset(self) -> None:
        """End with RST, at once."""

    def later(self, delay_s: float, act: Callable[[], None]) -> None:
        """Call after a while, unless the connection has ended by then."""


class Conversation(Protocol):
    """What a server says on one connection."""

    def begun(self) -> None:
        """The connection is up."""

    def received(self, data: bytes) -> None:
        """The peer sent this."""

    def ended(self) -> None:
        """The peer will send no more (FIN)."""


@runtime_checkable
class LiveConversation(Conversation, Protocol):
    """A conversation so long that faults come and go while it lasts."""

    @abstractmethod
    def fault_changed(self, fault: LabFault | None) -> None:
        """This fault is on from now on; None: all is well."""


@runtime_checkable
class PartingConversation(Conversation, Protocol):
    """A conversation that holds something beside its own connection."""

    @abstractmethod
    def parted(self) -> None:
        """The connection is closed, by whichever side."""


class Connection:
    """A Wire over a non-blocking TCP socket and the loop's readiness callbacks: no task, nothing to leak."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, sock: socket.socket, forget: Callable[["Connection"], object]
    ) -> None:
        self._loop = loop
        self._sock = sock
        self._forget = forget
        self._unsent = bytearray()
        self._timers: list[asyncio.TimerHandle] = []
        self._conversation: Conversation | None = None
        self._is_finishing = False
        self._drained: Callable[[], None] = lambda: None
        self._is_paused = False
        self._has_ended_writing = False
        self._has_heard_end = False
        self._linger_s = DRAIN_LIMIT_S
        self._used_at_s = loop.time()
        self.is_closed = False

    def converse(self, conversation: Conversation) -> None:
        """Begin."""
        self._conversation = conversation
        self._loop.add_reader(self._sock.fileno(), self._read)
        self.later(IDLE_LIMIT_S, self._end_if_idle)
        conversation.begun()

    def fault_changed(self, fault: LabFault | None) -> None:
        """Tell the conversation, if it is one that cares."""
        if isinstance(self._conversation, LiveConversation):
            self._conversation.fault_changed(fault)

    def write(self, data: bytes) -> None:
        """Send, in order."""
        if self.is_closed or self._is_finishing or self._has_ended_writing or not data:
            return
        self._unsent += data
        if len(self._unsent) == len(data):
            self._send()

    def finish(self, linger_s: float = DRAIN_LIMIT_S) -> None:
        """Send what is left, then FIN, then read what still comes: closing with unread bytes would send RST."""
        if self.is_closed or self._is_finishing:
            return
        self._is_finishing = True
        self._linger_s = linger_s
        if not self._unsent:
            self._half_close()

    def end_writing(self) -> None:
        """Send what is left, then FIN, and go on listening; once the peer has ended too, the connection is closed."""
        if self.is_closed or self._is_finishing or self._has_ended_writing:
            return
        self._has_ended_writing = True
        if not self._unsent:
            self._shut()

    def reset(self) -> None:
        """End with RST, at once."""
        self._close(abort)

    def close(self) -> None:
        """End at once; the kernel chooses between FIN and RST."""
        self._close(socket.socket.close)

    def later(self, delay_s: float, act: Callable[[], None]) -> None:
        """Call after a while, unless the connection has ended by then."""
        if not self.is_closed:
            now = self._loop.time()
            self._timers = [timer for timer in self._timers if timer.when() > now]
            self._timers.append(self._loop.call_later(delay_s, act))

    @property
    def unsent(self) -> int:
        """Bytes that the system did not take yet."""
        return len(self._unsent)

    def when_drained(self, act: Callable[[], None]) -> None:
        """Call this whenever the system has taken all that was written after it once could not."""
        self._drained = act

    def pause(self) -> None:
        """Read no more for now, so that the peer has to wait."""
        if not self.is_closed and not self._is_paused:
            self._is_paused = True
            self._loop.remove_reader(self._sock.fileno())

    def resume(self) -> None:
        """Read on."""
        if self._is_paused:
            self._is_paused = False
            if not self.is_closed:
                self._loop.add_reader(self._sock.fileno(), self._read)

    def _end_if_idle(self) -> None:
        left_s = self._used_at_s + IDLE_LIMIT_S - self._loop.time()
        if left_s <= 0:
            self.reset()
        else:
            self.later(left_s, self._end_if_idle)

    def _read(self) -> None:
        self._used_at_s = self._loop.time()
        try:
            data = self._sock.recv(_CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.close()
            return
        if self._is_finishing:
            if not data:
                self.close()
        elif data:
            self._told().received(data)
        else:
            self._loop.remove_reader(self._sock.fileno())
            self._has_heard_end = True
            self._told().ended()
            if self._has_ended_writing and not self._unsent:
                self.close()

    def _send(self) -> None:
        self._used_at_s = self._loop.time()
        try:
            sent = self._sock.send(self._unsent)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            self.close()
            return
        del self._unsent[:sent]
        if self._unsent:
            self._loop.add_writer(self._sock.fileno(), self._send)
            return
        self._loop.remove_writer(self._sock.fileno())
        self._drained()
        if self._is_finishing:
            self._half_close()
        elif self._has_ended_writing:
            self._shut()

    def _shut(self) -> None:
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.close()
            return
        if self._has_heard_end:
            self.close()

    def _half_close(self) -> None:
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.close()
            return
        # The reader may have been taken away at the peer's FIN; it tells at once when that was so.
        if not self._is_paused:
            self._loop.add_reader(self._sock.fileno(), self._read)
        self.later(self._linger_s, self.close)

    def _close(self, how: Callable[[socket.socket], None]) -> None:
        if self.is_closed:
            return
        self.is_closed = True
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._loop.remove_reader(self._sock.fileno())
        self._loop.remove_writer(self._sock.fileno())
        how(self._sock)
        self._forget(self)
        if isinstance(self._conversation, PartingConversation):
            self._conversation.parted()

    def _told(self) -> Conversation:
        if self._conversation is None:
            raise AssertionError("read before the conversation began")
        return self._conversation
