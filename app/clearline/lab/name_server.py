"""A name server on UDP and TCP with the same port: TCP takes part in the faults that only it can show. RFC 7766."""

import socket
from functools import partial

from clearline.lab.datagram_server import DatagramServer
from clearline.lab.dns_answers import Zone
from clearline.lab.faults import LabFault
from clearline.lab.latency import LatencySource
from clearline.lab.port import ReservedPort
from clearline.lab.stream_server import Speak, StreamServer
from clearline.lab.wire import Conversation, Wire

_OVER_TCP = {
    "truncated": "refused",
    "port_closed": "refused",
    "drop": "black_hole",
    "truncated_tcp_silent": "silent_after_accept",
    "truncated_tcp_reset": "reset_after_accept",
}
"""What TCP does while UDP has a fault; with the others it answers just the same."""


class NameServer:
    """One port on 127.0.0.1 or ::1, held by both transports also while neither answers."""

    def __init__(self, zone: Zone, latency: LatencySource, seed: str, family: int = 4) -> None:
        reserved = ReservedPort((family,), (socket.SOCK_DGRAM, socket.SOCK_STREAM))
        self._datagrams = DatagramServer(zone.answer, latency, seed, family, reserved=reserved)
        self._streams = StreamServer(_speak(zone, latency), (family,), reserved=reserved)
        self.port = reserved.number

    def open(self) -> None:
        """Serve from now on."""
        self._datagrams.open()
        self._streams.open()

    def set_fault(self, fault: LabFault | None) -> None:
        """Serve this fault from now on, None serves well."""
        self._datagrams.set_fault(fault)
        other = _OVER_TCP.get(fault.kind) if fault is not None else None
        self._streams.set_fault(LabFault(other) if other else fault)

    def close(self) -> None:
        """Stop serving and give the port back."""
        self._streams.close()
        self._datagrams.close()


class NameConversation:
    """Questions with their length before them, answered one after the other."""

    def __init__(self, wire: Wire, zone: Zone, latency: LatencySource, fault: LabFault | None) -> None:
        self._wire = wire
        self._zone = zone
        self._latency = latency
        self._fault = fault
        self._unread = bytearray()

    def begun(self) -> None:
        """The client speaks first."""

    def received(self, data: bytes) -> None:
        """Answer every whole question."""
        self._unread += data
        while len(self._unread) >= 2:
            end = 2 + int.from_bytes(self._unread[:2], "big")
            if len(self._unread) < end:
                return
            question = bytes(self._unread[2:end])
            del self._unread[:end]
            answer = self._zone.answer(question, self._fault, is_stream=True)
            if answer is None:
                self._wire.finish()
                return
            self._wire.later(self._latency.draw_s(), partial(self._wire.write, _framed(answer)))

    def ended(self) -> None:
        """Part, when what was asked is answered."""
        self._wire.finish()


def _framed(answer: bytes) -> bytes:
    return len(answer).to_bytes(2, "big") + answer


def _speak(zone: Zone, latency: LatencySource) -> Speak:
    def speak(wire: Wire, fault: LabFault | None) -> Conversation:
        return NameConversation(wire, zone, latency, fault)

    return speak
