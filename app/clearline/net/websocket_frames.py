"""WebSocket as bytes (RFC 6455): the key of the handshake, client frames out, server frames in."""

import base64
import hashlib
from dataclasses import dataclass

_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
_KNOWN = (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG)
MAX_FRAME_BYTES = 1024 * 1024
NO_CODE = 1005


class BrokenFrameError(Exception):
    """The peer breaks a rule of RFC 6455, said in a few words."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of the server."""

    opcode: int
    payload: bytes

    @property
    def close_code(self) -> int:
        """The code of a close frame; 1005 without one (section 7.1.5)."""
        return int.from_bytes(self.payload[:2], "big") if len(self.payload) >= 2 else NO_CODE

    @property
    def close_reason(self) -> str:
        """The words of a close frame."""
        return self.payload[2:].decode("utf-8", "replace")


def accept_of(key: str) -> str:
    """The Sec-WebSocket-Accept that belongs to a key (section 4.2.2)."""
    return base64.b64encode(hashlib.sha1((key + _MAGIC).encode("ascii")).digest()).decode("ascii")  # noqa: S324 - RFC 6455 demands it


def client_frame(opcode: int, payload: bytes, mask: bytes) -> bytes:
    """A whole control frame of a client: at most 125 bytes, masked with four (section 5.3)."""
    if len(payload) > 125 or len(mask) != 4:
        raise ValueError("a control frame holds 125 bytes at most, and its mask four")
    masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
    return bytes([0x80 | opcode, 0x80 | len(payload)]) + mask + masked


class FrameReader:
    """Takes bytes as they come and gives whole frames. Raises BrokenFrameError; holds MAX_FRAME_BYTES at most."""

    def __init__(self) -> None:
        self._data = b""
        self._at = 0

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are whole now."""
        self._data += data
        self._at = 0
        frames: list[Frame] = []
        while (frame := self._next()) is not None:
            frames.append(frame)
        self._data = self._data[self._at :]
        return frames

    def _next(self) -> Frame | None:
        data, at = self._data, self._at
        if len(data) < at + 2:
            return None
        first, second = data[at], data[at + 1]
        opcode, size, head = first & 0x0F, second & 0x7F, at + 2
        is_control = opcode >= CLOSE
        if first & 0x70 or opcode not in _KNOWN:
            raise BrokenFrameError("unknown kind of frame")
        if second & 0x80:
            raise BrokenFrameError("frame of a server is masked")
        if is_control and (size > 125 or not first & 0x80):
            raise BrokenFrameError("control frame is too long or in parts")
        if size >= 126:
            wide = 2 if size == 126 else 8
            if len(data) < head + wide:
                return None
            size, head = int.from_bytes(data[head : head + wide], "big"), head + wide
        if size > MAX_FRAME_BYTES:
            raise BrokenFrameError("frame is too long")
        if len(data) < head + size:
            return None
        self._at = head + size
        return Frame(opcode, data[head : head + size])
