"""Structures as the headers of macOS and Windows lay them out."""

import struct

from clearline.net.evidence import TcpFigures
from clearline.net.kernel_elsewhere import parse_macos_info, parse_windows_info


def macos(rtt_ms: int, retransmitted: int) -> bytes:
    head = struct.pack("<BBBx10I", 4, 6, 6, 7, 0, 230, 1448, 0, 14480, 131_712, 0, 131_072, rtt_ms)
    tail = struct.pack("<III7Q", 21, 4, 0, 12, 900, 0, 11, 4000, 0, retransmitted)
    return head + tail


def windows(rtt_us: int, min_rtt_us: int, in_flight: int, syn_retransmits: int) -> bytes:
    return struct.pack(
        "<IIQB3x7IQQ5IB3x",
        *(4, 1460, 35, 0, rtt_us, min_rtt_us, in_flight, 14_600, 65_535, 65_535, 65_535),
        *(517, 4096, 0, 0, 0, 0, 1, syn_retransmits),
    )


def test_it_reads_lost_requests_on_macos_and_calls_the_round_trip_coarse() -> None:
    assert parse_macos_info(macos(20, 1)) == TcpFigures(20_000, None, 1, 0, is_coarse=True)


def test_it_reads_windows_figures() -> None:
    assert parse_windows_info(windows(20_410, 20_100, 0, 0)) == TcpFigures(20_410, 20_100, 0, 0)
    assert parse_windows_info(windows(20_410, 20_100, 517, 2)) == TcpFigures(20_410, 20_100, 2, 1)


def test_it_knows_that_windows_has_no_round_trip_yet() -> None:
    figures = parse_windows_info(windows(0, 0xFFFFFFFF, 0, 0))

    assert figures is not None
    assert (figures.min_rtt_us, figures.is_coarse) == (None, True)


def test_it_gives_nothing_for_what_is_too_short() -> None:
    assert parse_macos_info(macos(20, 1)[:-1]) is None
    assert parse_windows_info(b"") is None
