"""Kernel structures as Linux fills them, recorded from real sockets."""

import socket
import struct

from clearline.net.evidence import Icmp, TcpFigures
from clearline.net.kernel import (
    parse_extended_error,
    parse_local_mtu,
    parse_stamp_number,
    parse_tcp_info,
    read_error_queue,
    read_tcp_info,
)


def tcp_info(size: int = 192, **fields: int) -> bytes:
    raw = bytearray(size)
    places = {"unacked": 24, "rtt": 68, "total_retrans": 100, "min_rtt": 148}
    for name, value in fields.items():
        struct.pack_into("=I", raw, places[name], value)
    return bytes(raw)


def test_it_reads_round_trip_and_retransmits() -> None:
    raw = tcp_info(rtt=20_400, min_rtt=20_100, total_retrans=1, unacked=2)

    assert parse_tcp_info(raw) == TcpFigures(rtt_us=20_400, min_rtt_us=20_100, total_retrans=1, unacked=2)


def test_it_knows_that_there_was_no_round_trip_yet() -> None:
    figures = parse_tcp_info(tcp_info(min_rtt=0xFFFFFFFF))

    assert figures is not None
    assert figures.min_rtt_us is None


def test_it_reads_the_shorter_structure_of_older_kernels() -> None:
    figures = parse_tcp_info(tcp_info(104, rtt=500))

    assert figures is not None
    assert (figures.rtt_us, figures.min_rtt_us) == (500, None)


def test_it_gives_nothing_for_a_structure_that_is_too_short() -> None:
    assert parse_tcp_info(b"\x01\x00") is None


def test_it_gives_nothing_for_a_closed_socket() -> None:
    sock = socket.socket()
    sock.close()

    assert read_tcp_info(sock) is None
    assert read_error_queue(sock) is None


def extended(errno: int, origin: int, kind: int, code: int, info: int, offender: bytes) -> bytes:
    return struct.pack("=IBBBBII", errno, origin, kind, code, 0, info, 0) + offender


IPV4_OFFENDER = struct.pack("=H", socket.AF_INET) + b"\0\0" + socket.inet_aton("192.0.2.1") + bytes(8)
IPV6_OFFENDER = (
    struct.pack("=H", socket.AF_INET6)
    + b"\0\0"
    + bytes(4)
    + socket.inet_pton(socket.AF_INET6, "2001:db8::1")
    + bytes(4)
)


def test_it_reads_who_sent_an_icmp_message() -> None:
    assert parse_extended_error(extended(113, 2, 3, 1, 0, IPV4_OFFENDER)) == Icmp(4, 3, 1, "192.0.2.1")


def test_it_reads_icmp_for_ipv6() -> None:
    assert parse_extended_error(extended(111, 3, 1, 4, 0, IPV6_OFFENDER)) == Icmp(6, 1, 4, "2001:db8::1")


def test_it_reads_the_mtu_of_a_packet_that_was_too_big() -> None:
    assert parse_extended_error(extended(90, 2, 3, 4, 1400, IPV4_OFFENDER)) == Icmp(4, 3, 4, "192.0.2.1", 1400)


def test_it_takes_no_notice_of_this_machines_own_errors() -> None:
    assert parse_extended_error(extended(90, 1, 0, 0, 1500, b"")) is None


def test_it_does_without_the_offender() -> None:
    assert parse_extended_error(extended(113, 2, 3, 1, 0, bytes(16))) == Icmp(4, 3, 1, "")
    assert parse_extended_error(extended(113, 2, 3, 1, 0, b"")) == Icmp(4, 3, 1, "")


def test_it_gives_nothing_for_a_structure_that_is_cut_off() -> None:
    assert parse_extended_error(b"\x01\x02") is None


def queued(number: int, origin: int, info: int = 0, data: int = 0) -> bytes:
    return struct.pack("=IBBBBII", number, origin, 0, 0, 0, info, data) + bytes(16)


def test_it_knows_which_datagram_a_time_stamp_is_about() -> None:
    assert parse_stamp_number(queued(42, 4, data=7)) == 7
    assert parse_stamp_number(queued(111, 2)) is None
    assert parse_stamp_number(b"short") is None


def test_it_reads_the_limit_of_this_machines_own_link() -> None:
    assert parse_local_mtu(queued(90, 1, info=1500)) == 1500
    assert parse_local_mtu(queued(90, 2, info=1400)) is None
    assert parse_local_mtu(queued(111, 1)) is None
