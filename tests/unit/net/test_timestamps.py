"""The kernel's stamps of datagrams: read, paired, and dropped where they would lie."""

import socket
import struct
import sys
from threading import Event

import pytest

from clearline.net import timestamps
from clearline.net.timestamps import RoundTrip, StampBook, stamp_in

SECOND = 1_000_000_000
WALL = 1_700_000_000 * SECOND


def stamped(nanoseconds: int) -> tuple[int, int, bytes]:
    """As Linux puts it beside a message: software stamp, and two that are not filled in."""
    return socket.SOL_SOCKET, 37, struct.pack("@6l", *divmod(nanoseconds, SECOND), 0, 0, 0, 0)


@pytest.fixture
def gap(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How far the wall clock is ahead of the steady one; a test may step it."""
    held = [WALL]
    monkeypatch.setattr(timestamps, "_clock_gap_ns", lambda: held[0])
    return held


def test_it_reads_the_stamp_beside_a_message() -> None:
    assert stamp_in([stamped(WALL + 123)]) == WALL + 123


def test_it_has_none_where_the_kernel_gave_none() -> None:
    assert stamp_in([]) is None
    assert stamp_in([stamped(0)]) is None
    assert stamp_in([(socket.SOL_SOCKET, 29, bytes(48))]) is None


def test_it_pairs_the_latest_datagram_with_its_answer(gap: list[int]) -> None:
    book = StampBook()
    book.note_send(1_000)
    book.note_send(2_000_000)
    book.note_sent({0: WALL, 1: WALL + 2_100_000})
    book.note_received(9_000_000, WALL + 7_100_000)

    assert book.round_trip == RoundTrip(user_ms=7.0, kernel_ms=5.0)
    assert book.round_trip.lag_ms == 2.0


def test_it_has_only_its_own_figure_without_the_stamp_of_that_datagram(gap: list[int]) -> None:
    book = StampBook()
    book.note_send(0)
    book.note_send(1_000_000)
    book.note_sent({0: WALL})
    book.note_received(3_000_000, WALL + 5)

    assert book.round_trip == RoundTrip(2.0, None)
    assert book.round_trip.lag_ms is None


def test_it_drops_the_kernels_figure_where_the_wall_clock_stepped_meanwhile(gap: list[int]) -> None:
    book = StampBook()
    book.note_send(0)
    book.note_sent({0: WALL})
    gap[0] += 2_000_000
    book.note_received(1_000_000, WALL + 3_000_000)

    assert book.round_trip == RoundTrip(1.0, None)


def test_it_believes_no_answer_from_before_the_question(gap: list[int]) -> None:
    book = StampBook()
    book.note_send(0)
    book.note_sent({0: WALL})
    book.note_received(1_000_000, WALL - 1)

    assert book.round_trip == RoundTrip(1.0, None)


def test_it_has_nothing_before_an_answer() -> None:
    book = StampBook()
    assert book.round_trip is None

    book.note_send(0)
    assert book.round_trip is None


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's stamps")
def test_it_gets_stamps_from_this_kernel() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        timestamps.ask_for_stamps(sock)
        sock.bind(("127.0.0.1", 0))
        stamp = None
        # Where nobody asked for stamps before, the kernel begins with them a little later.
        for _ in range(200):
            sock.sendto(b"x", sock.getsockname())
            _, ancillary, _, _ = sock.recvmsg(10, 256)
            if (stamp := stamp_in(ancillary)) is not None:
                break
            Event().wait(0.01)

    assert stamp is not None
