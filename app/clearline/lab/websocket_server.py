"""A WebSocket server that echoes and answers pings, or refuses, closes, falls silent or talks nonsense. RFC 6455."""

import base64
import hashlib

from clearline.lab.faults import LabFault
from clearline.lab.http_answers import head
from clearline.lab.latency import LatencySource
from clearline.lab.wire import LiveConversation, Wire

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_HEAD_LIMIT = 64 * 1024
_LONGEST_FRAME = 1024 * 1024
_CLOSE, _PING, _PONG = 8, 9, 10


class WebSocketConversation(LiveConversation):
    """The upgrade, then frames. A fault acts on connections that are open already."""

    def __init__(self, wire: Wire, latency: LatencySource, fault: LabFault | None = None) -> None:
        self._wire = wire
        self._latency = latency
        self._fault = fault
        self._unread = bytearray()
        self._is_open = False

    def begun(self) -> None:
        """The client speaks first."""

    def received(self, data: bytes) -> None:
        """More of the upgrade, or frames."""
        self._unread += data
        if not self._is_open:
            self._upgrade()
        while self._is_open and (frame := self._next_frame()) is not None:
            self._answer(*frame)

    def ended(self) -> None:
        """Part."""
        self._wire.finish()

    def fault_changed(self, fault: LabFault | None) -> None:
        """From now on; a server that closes does so at once."""
        self._fault = fault
        if self._is_open:
            self._spoil()

    def _upgrade(self) -> None:
        request, end, rest = bytes(self._unread).partition(b"\r\n\r\n")
        if not end:
            if len(request) > _HEAD_LIMIT:
                self._wire.reset()
            return
        self._unread = bytearray(rest)
        lines = (line.partition(b":") for line in request.split(b"\r\n")[1:])
        headers = {name.strip().lower(): value.strip() for name, _, value in lines}
        fault, key = self._fault, headers.get(b"sec-websocket-key", b"")
        if fault is not None and fault.kind == "ws_rejected":
            self._refuse(int(fault.option("status")))
        elif not key or headers.get(b"upgrade", b"").lower() != b"websocket":
            self._refuse(426)
        else:
            wait_s = self._latency.draw_s()
            if fault is not None and fault.kind == "delay":
                wait_s += fault.option("delay_ms") / 1000
            self._wire.later(wait_s, lambda: self._accept(key))

    def _accept(self, key: bytes) -> None:
        if self._fault is not None and self._fault.kind == "ws_wrong_key":
            key = b"somebody else's"
        digest = base64.b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest())
        self._wire.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + digest + b"\r\n\r\n"
        )
        self._is_open = True
        self._spoil()
        self.received(b"")

    def _refuse(self, status: int) -> None:
        self._wire.write(head(status, 0, "Connection: close\r\n"))
        self._wire.finish()

    def _spoil(self) -> None:
        """What a fault has the server say on its own."""
        match self._fault.kind if self._fault is not None else "":
            case "ws_closes" if self._fault is not None:
                self._end(int(self._fault.option("code")).to_bytes(2, "big"))
            case "ws_nonsense":
                # A frame with reserved bits set, which nobody agreed on (RFC 6455 section 5.2).
                self._wire.write(b"\xf1\x03abc")

    def _next_frame(self) -> tuple[int, bytes] | None:
        """Opcode and unmasked payload; None until a whole frame is there."""
        data = self._unread
        if len(data) < 2:
            return None
        size, at = data[1] & 0x7F, 2
        extra = {126: 2, 127: 8}.get(size, 0)
        if extra:
            if len(data) < at + extra:
                return None
            size, at = int.from_bytes(data[at : at + extra], "big"), at + extra
        if size > _LONGEST_FRAME or not data[1] & 0x80:
            # A client must mask (section 5.1): 1002 is a protocol error.
            self._end((1002).to_bytes(2, "big"))
            return None
        if len(data) < at + 4 + size:
            return None
        mask = data[at : at + 4]
        payload = bytes(byte ^ mask[place % 4] for place, byte in enumerate(data[at + 4 : at + 4 + size]))
        first = data[0]
        del data[: at + 4 + size]
        return first, payload

    def _answer(self, first: int, payload: bytes) -> None:
        opcode = first & 0x0F
        if opcode == _CLOSE:
            self._end(payload[:2])
        elif opcode == _PING:
            if self._fault is None or self._fault.kind != "ws_no_pong":
                self._send(0x80 | _PONG, payload)
        elif opcode != _PONG:
            self._send(first, payload)

    def _end(self, payload: bytes) -> None:
        self._is_open = False
        self._send(0x80 | _CLOSE, payload)
        self._wire.finish()

    def _send(self, first: int, payload: bytes) -> None:
        size = len(payload)
        if size < 126:
            length = bytes((size,))
        else:
            length = b"\x7e" + size.to_bytes(2, "big") if size < 65536 else b"\x7f" + size.to_bytes(8, "big")
        self._wire.write(bytes((first,)) + length + payload)
