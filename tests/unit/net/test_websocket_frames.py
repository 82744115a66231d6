"""WebSocket bytes (RFC 6455), with the RFC's own examples."""

import pytest

from clearline.net.websocket_frames import (
    MAX_FRAME_BYTES,
    PING,
    PONG,
    TEXT,
    BrokenFrameError,
    Frame,
    FrameReader,
    accept_of,
    client_frame,
)


def test_it_knows_the_answer_to_the_rfcs_key() -> None:
    assert accept_of("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def test_it_masks_what_a_client_says() -> None:
    assert client_frame(TEXT, b"Hello", bytes.fromhex("37fa213d")) == bytes.fromhex("818537fa213d7f9f4d5158")


def test_it_says_no_more_than_a_control_frame_holds() -> None:
    with pytest.raises(ValueError, match="125"):
        client_frame(PING, b"x" * 126, b"abcd")


def test_it_reads_the_rfcs_frames_in_any_parts() -> None:
    said = bytes.fromhex("810548656c6c6f") + bytes.fromhex("8a0548656c6c6f") + b"\x82\x7e\x01\x00" + b"x" * 256
    reader = FrameReader()
    frames = [frame for at in range(0, len(said), 3) for frame in reader.feed(said[at : at + 3])]

    assert frames == [Frame(TEXT, b"Hello"), Frame(PONG, b"Hello"), Frame(2, b"x" * 256)]


@pytest.mark.parametrize(
    "said",
    [
        b"\xc1\x00",
        b"\x83\x00",
        b"\x81\x80",
        b"\x09\x00",
        b"\x89\x7e\x00\x80",
        b"\x82\x7f" + (MAX_FRAME_BYTES + 1).to_bytes(8, "big"),
    ],
)
def test_it_refuses_broken_frames(said: bytes) -> None:
    with pytest.raises(BrokenFrameError):
        FrameReader().feed(said)


@pytest.mark.parametrize(("payload", "code", "reason"), [(b"", 1005, ""), (b"\x03\xe9going", 1001, "going")])
def test_it_reads_why_a_server_closes(payload: bytes, code: int, reason: str) -> None:
    frame = Frame(8, payload)

    assert (frame.close_code, frame.close_reason) == (code, reason)
