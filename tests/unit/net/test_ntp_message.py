"""Time questions and answers (RFC 5905) against hand-made packets."""

import struct

import pytest

from clearline.net.ntp_message import TimeQuestion, stamp

NOW_S = 1_795_000_000.25


def answer(
    question: TimeQuestion, *, first: int = 0x24, stratum: int = 1, reference: bytes = b"GPS\0", at_s: float = NOW_S
) -> bytes:
    cookie = struct.unpack_from("!Q", question.wire, 40)[0]
    head = struct.pack("!BBbb2I4s", first, stratum, 6, -10, 65_536, 32_768, reference)
    return head + struct.pack("!4Q", 0, cookie, stamp(at_s), stamp(at_s + 0.001))


def test_it_asks_as_a_client_of_version_four_and_hides_its_clock() -> None:
    first, second = TimeQuestion(), TimeQuestion()

    assert first.wire[0] == 0x23
    assert len(first.wire) == 48
    assert first.wire[40:] != second.wire[40:]


def test_it_reads_what_the_server_says() -> None:
    question = TimeQuestion()
    told = question.read(answer(question))

    assert told is not None
    assert (told.stratum, told.reference) == (1, "GPS")
    assert told.received_s == pytest.approx(NOW_S, abs=1e-6)
    assert told.root_delay_s == 1.0
    assert told.root_dispersion_s == 0.5
    assert told.precision_s == 2**-10


def test_it_finds_offset_and_delay() -> None:
    question = TimeQuestion()
    told = question.read(answer(question, at_s=NOW_S + 10))

    assert told is not None
    # 30 ms there and 30 ms back around the server's one.
    assert told.offset_s(NOW_S - 0.030, NOW_S + 0.031) == pytest.approx(10.0, abs=1e-5)
    assert told.delay_s(NOW_S - 0.030, NOW_S + 0.031) == pytest.approx(0.060, abs=1e-5)


def test_it_reads_moments_after_2036() -> None:
    question = TimeQuestion()
    later_s = 2_100_000_000.0
    told = question.read(answer(question, at_s=later_s))

    assert told is not None
    assert told.sent_s == pytest.approx(later_s, abs=0.01)


@pytest.mark.parametrize("wire", [b"", b"x" * 47, bytes(48)])
def test_it_takes_nothing_else_for_an_answer(wire: bytes) -> None:
    assert TimeQuestion().read(wire) is None


def test_it_takes_no_answer_to_another_question() -> None:
    assert TimeQuestion().read(answer(TimeQuestion())) is None


@pytest.mark.parametrize("first", [0x23, 0x20])
def test_it_takes_no_client_for_a_server(first: int) -> None:
    question = TimeQuestion()

    assert question.read(answer(question, first=first)) is None


@pytest.mark.parametrize(
    ("stratum", "reference", "kiss"), [(0, b"RATE", "RATE"), (0, b"\0\0\0\0", ""), (1, b"RATE", "")]
)
def test_it_knows_a_kiss_of_death(stratum: int, reference: bytes, kiss: str) -> None:
    question = TimeQuestion()
    told = question.read(answer(question, stratum=stratum, reference=reference))

    assert told is not None
    assert told.kiss == kiss
