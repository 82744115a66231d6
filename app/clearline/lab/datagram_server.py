"""A UDP port that answers after a while, loses what it is told to lose, or is closed; live."""

import asyncio
import socket
from collections.abc import Callable
from random import Random

from clearline.lab.faults import LabFault
from clearline.lab.latency import LatencySource
from clearline.lab.port import ReservedPort

Answer = Callable[[bytes, LabFault | None], bytes | None]
"""What to send back for a datagram, None for nothing."""

_Peer = tuple[str, int]
_LARGEST = 65535
_MOST_WAITING = 4096


class Losses:
    """Which datagrams are lost: each by itself, in bursts as E. N. Gilbert's two-state channel does (1960), or so many
    of each so many."""

    def __init__(self, seed: str) -> None:
        self._chance = Random(seed)
        self._is_in_burst = False
        self._seen = 0

    def takes(self, fault: LabFault | None) -> bool:
        """Is the next datagram lost? The share is reached over many datagrams, not over each few."""
        self._seen += 1
        match fault.kind if fault else "":
            case "loss_periodic" if fault is not None:
                return (self._seen - 1) % int(fault.option("every")) < fault.option("burst")
            case "drop":
                return True
            case "loss" if fault is not None:
                return self._chance.random() < fault.option("share")
            case "loss_bursts" if fault is not None:
                self._is_in_burst = self._chance.random() < self._stay(fault)
                return self._is_in_burst
        return False

    def _stay(self, fault: LabFault) -> float:
        """How likely the next datagram is in a burst, so that `share` are lost in bursts of mean length `burst`."""
        share, leave = fault.option("share"), 1 / fault.option("burst")
        if self._is_in_burst:
            return 1 - leave
        return leave * share / (1 - share)


class DatagramServer:
    """One UDP port on 127.0.0.1 or ::1."""

    def __init__(
        self,
        answer: Answer,
        latency: LatencySource,
        seed: str,
        family: int = 4,
        *,
        reserved: ReservedPort | None = None,
    ) -> None:
        self._answer = answer
        self._latency = latency
        self._losses = Losses(seed)
        self._family = family
        self._fault: LabFault | None = None
        self._socket: socket.socket | None = None
        self._waiting: set[asyncio.TimerHandle] = set()
        self._is_open = False
        self._held: list[tuple[bytes, _Peer]] = []
        self._reserved = reserved or ReservedPort((family,), (socket.SOCK_DGRAM,))
        self.port = self._reserved.number

    def open(self) -> None:
        """Serve from now on."""
        self._is_open = True
        self._listen()

    def set_fault(self, fault: LabFault | None) -> None:
        """Serve this fault from now on, None serves well."""
        before, self._fault = self._fault, fault
        self._held.clear()
        if self._is_open and (_closes_port(before) != _closes_port(fault)):
            self._unlisten()
            self._listen()

    def close(self) -> None:
        """Stop serving and give the port back."""
        self._is_open = False
        self._unlisten()
        self._reserved.close()

    def _listen(self) -> None:
        if _closes_port(self._fault):
            return  # what keeps the port takes no datagrams: the kernel answers "port unreachable" for us
        self._socket = self._reserved.open(self._family, socket.SOCK_DGRAM)
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._read, self._socket)

    def _unlisten(self) -> None:
        for timer in self._waiting:
            timer.cancel()
        self._waiting.clear()
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None

    def _read(self, sock: socket.socket) -> None:
        try:
            data, peer = sock.recvfrom(_LARGEST)
        except OSError:
            return  # nothing there after all, or the ICMP error of an earlier answer whose asker had left
        if self._losses.takes(self._fault) or len(self._waiting) >= _MOST_WAITING:
            return
        answer = self._answer(data, self._fault)
        if answer is None:
            return
        wait_s = self._latency.draw_s()
        if self._fault is not None and self._fault.kind == "delay":
            wait_s += self._fault.option("delay_ms") / 1000
        self._later(wait_s, lambda: self._reply(answer, peer))

    def _reply(self, answer: bytes, peer: _Peer) -> None:
        """Send an answer, with what the network is told to do to it."""
        fault = self._fault
        match fault.kind if fault is not None else "":
            case "duplicate":
                self._send(answer, peer)
                self._send(answer, peer)
            case "reordered" if fault is not None:
                # Answers leave in pairs, the later one first; a last one without a companion leaves alone.
                self._held.append((answer, peer))
                if len(self._held) == 1:
                    self._later(fault.option("delay_ms") / 1000, self._release)
                else:
                    self._release()
            case "wrong_sender":
                with socket.socket(
                    socket.AF_INET if self._family == 4 else socket.AF_INET6, socket.SOCK_DGRAM
                ) as other:
                    _send(other, answer, peer)
            case _:
                self._send(answer, peer)

    def _release(self) -> None:
        held, self._held = self._held, []
        for answer, peer in reversed(held):
            self._send(answer, peer)

    def _send(self, answer: bytes, peer: _Peer) -> None:
        if self._socket is not None:
            _send(self._socket, answer, peer)

    def _later(self, wait_s: float, act: Callable[[], None]) -> None:
        if wait_s <= 0:
            act()
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._waiting = {timer for timer in self._waiting if timer.when() > now}
        self._waiting.add(loop.call_later(wait_s, act))


def echo(data: bytes, fault: LabFault | None) -> bytes | None:
    """The answer of an echo server."""
    match fault.kind if fault is not None else "":
        case "garbage":
            return b"not what you said"
        case "empty_reply":
            return b""
    return data


def _closes_port(fault: LabFault | None) -> bool:
    return fault is not None and fault.kind == "port_closed"


def _send(sock: socket.socket, answer: bytes, peer: _Peer) -> None:
    try:
        sock.sendto(answer, peer)
    except OSError:
        pass  # the asker has gone, or its queue is full: datagrams may be lost
