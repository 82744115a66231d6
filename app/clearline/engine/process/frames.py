"""How events and commands travel between engine and window: a 4-byte big-endian length, then MessagePack."""

from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

import msgspec

from clearline.domain.command import AnyCommand, Command
from clearline.domain.event import AnyEvent, Event

LARGEST_FRAME_BYTES = 64 * 1024 * 1024
"""A plan of 10,000 targets takes about 5 MB; a longer announcement is no frame but foreign bytes in the pipe."""

T = TypeVar("T")


class FrameError(Exception):
    """What came through the pipe is no frame; the pipe cannot be trusted any further."""


class FrameDecoder(Generic[T]):
    """Turns bytes, in pieces of any size, into values of one type."""

    def __init__(self, decoder: "msgspec.msgpack.Decoder[T]") -> None:
        self._decoder = decoder
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[T]:
        """Yield every value that is complete now. Raises FrameError."""
        self._buffer += data
        while len(self._buffer) >= 4:
            size = int.from_bytes(self._buffer[:4])
            if size > LARGEST_FRAME_BYTES:
                raise FrameError(f"a frame of {size} bytes was announced, {LARGEST_FRAME_BYTES} are allowed")
            if len(self._buffer) < 4 + size:
                return
            body = bytes(self._buffer[4 : 4 + size])
            del self._buffer[: 4 + size]
            try:
                value = self._decoder.decode(body)
            except (msgspec.DecodeError, ValueError, RecursionError) as error:
                raise FrameError(f"a frame of {size} bytes cannot be read: {error}") from error
            yield value

    def finish(self) -> None:
        """The pipe has ended. Raises FrameError where it ended inside a frame."""
        if self._buffer:
            raise FrameError(f"the pipe ended inside a frame, after {len(self._buffer)} bytes of it")


_encoder = msgspec.msgpack.Encoder()


def encode_events(events: Sequence[Event]) -> bytes:
    """One frame with these events. Raises FrameError where they are too many for one."""
    return _frame(_encoder.encode(events))


def encode_command(command: Command) -> bytes:
    """One frame with this command. Raises FrameError where it is too long."""
    return _frame(_encoder.encode(command))


def event_decoder() -> "FrameDecoder[list[AnyEvent]]":
    """Reads what encode_events wrote."""
    return FrameDecoder(msgspec.msgpack.Decoder(list[AnyEvent]))


def command_decoder() -> "FrameDecoder[AnyCommand]":
    """Reads what encode_command wrote."""
    return FrameDecoder(msgspec.msgpack.Decoder(AnyCommand))


def _frame(body: bytes) -> bytes:
    if len(body) > LARGEST_FRAME_BYTES:
        raise FrameError(f"{len(body)} bytes do not fit a frame, {LARGEST_FRAME_BYTES} do")
    return len(body).to_bytes(4) + body
