"""Frames between engine and window."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearline.domain.command import DropMarker, Progress, StartSession
from clearline.domain.event import AttemptEnded, CheckMissed, MarkerDropped
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan, new_target
from clearline.engine.process.frames import (
    LARGEST_FRAME_BYTES,
    FrameError,
    command_decoder,
    encode_command,
    encode_events,
    event_decoder,
)

EVENTS = [
    MarkerDropped(at_s=1.0, text="käbel • 🔌"),
    CheckMissed(at_s=2.5, target="a", check=3, due_s=2.0, reason="outstanding"),
    AttemptEnded(
        at_s=3.0,
        target="a",
        check=4,
        attempt=1,
        started_s=2.9,
        outcome=Outcome(
            PhaseTimes(resolve=1.5, connect=98.5),
            Fault("tcp.timed_out", Phase.CONNECT, {"deadline": {"phase": "connect", "value_s": 4.0}}),
        ),
    ),
]


def test_it_brings_events_back_as_they_were() -> None:
    assert list(event_decoder().feed(encode_events(EVENTS))) == [EVENTS]


def test_it_brings_commands_back_as_they_were() -> None:
    start = StartSession(
        session_id="s",
        path="",
        wall_s=1.0,
        plan=Plan(targets=(new_target("example.com"),)),
        progress={"a": Progress(3, 1.5)},
    )
    frames = encode_command(start) + encode_command(DropMarker(text="x"))
    assert list(command_decoder().feed(frames)) == [start, DropMarker(text="x")]


@given(st.lists(st.integers(1, 60), max_size=40))
def test_it_does_not_care_how_the_pipe_cuts_frames(cuts: list[int]) -> None:
    stream = encode_events(EVENTS) + encode_events([]) + encode_events(EVENTS[:1])
    decoder = event_decoder()
    found = []
    for cut in [*cuts, len(stream)]:
        found += decoder.feed(stream[:cut])
        stream = stream[cut:]
    assert found == [EVENTS, [], EVENTS[:1]]


def test_it_says_that_a_pipe_ended_inside_a_frame() -> None:
    decoder = event_decoder()
    assert list(decoder.feed(encode_events(EVENTS)[:-1])) == []
    with pytest.raises(FrameError, match="ended inside a frame"):
        decoder.finish()


def test_it_has_nothing_to_say_when_a_pipe_ends_between_frames() -> None:
    decoder = event_decoder()
    assert len(list(decoder.feed(encode_events(EVENTS)))) == 1
    decoder.finish()


def test_it_refuses_a_length_that_no_frame_has_without_waiting_for_it() -> None:
    with pytest.raises(FrameError, match="announced"):
        list(event_decoder().feed((LARGEST_FRAME_BYTES + 1).to_bytes(4)))


@given(st.binary(max_size=200))
def test_it_takes_garbage_for_garbage(body: bytes) -> None:
    said = ""
    found: list[object] = []
    try:
        found = list(event_decoder().feed(len(body).to_bytes(4) + body))
    except FrameError as error:
        said = str(error)
    assert "cannot be read" in said or found == [msgspec.msgpack.decode(body)] == [[]]


@given(st.data())
def test_it_never_lets_a_flipped_bit_raise_anything_else(data: st.DataObject) -> None:
    frame = bytearray(encode_events(EVENTS))
    place = data.draw(st.integers(0, len(frame) - 1))
    frame[place] ^= 1 << data.draw(st.integers(0, 7))
    decoder = event_decoder()
    try:
        found = list(decoder.feed(bytes(frame)))
        decoder.finish()
    except FrameError:
        return
    assert all(isinstance(batch, list) for batch in found)


def test_it_refuses_an_event_where_a_command_is_due() -> None:
    with pytest.raises(FrameError):
        list(command_decoder().feed(encode_events(EVENTS)))
