"""What macOS' echo sockets receive, from recorded packets: IP header first, routers' words with our request quoted."""

import asyncio
import socket
import struct

import pytest

from clearline.net.classify import classify
from clearline.net.echo import echo_request, is_echo_reply
from clearline.net.evidence import NetworkError
from clearline.net.network import Address
from clearline.net.reach_elsewhere import error_about, payload_for, reach_on_macos
from clearline.net.reached import Method
from clearline.net.timing import limit_in

ROUTER = "192.0.2.1"
REQUEST = echo_request(socket.AF_INET, 4711, b"x" * 32)


def packet(content: bytes, options: bytes = b"") -> bytes:
    """An IPv4 packet as the kernel hands it over."""
    words = 5 + len(options) // 4
    return bytes([0x40 | words]) + bytes(19) + options + content


def error(kind: int, code: int, quoted: bytes, rest: bytes = bytes(4)) -> bytes:
    return packet(bytes([kind, code, 0, 0]) + rest + packet(quoted[:8]))


def test_it_knows_its_own_echo_behind_the_ip_header() -> None:
    reply = bytes([0]) + REQUEST[1:]

    assert is_echo_reply(packet(reply), socket.AF_INET, 4711, b"x" * 32)
    assert is_echo_reply(packet(reply, options=bytes(8)), socket.AF_INET, 4711, b"x" * 32)
    assert error_about(packet(reply), REQUEST, ROUTER) is None


@pytest.mark.parametrize(("kind", "code"), [(11, 0), (3, 0), (3, 1), (3, 13)])
def test_it_reads_a_routers_word_about_its_request(kind: int, code: int) -> None:
    icmp = error_about(error(kind, code, REQUEST), REQUEST, ROUTER)

    assert icmp is not None
    assert (icmp.type, icmp.code, icmp.offender, icmp.mtu) == (kind, code, ROUTER, None)


def test_it_reads_the_size_that_fits() -> None:
    icmp = error_about(error(3, 4, REQUEST, struct.pack("!HH", 0, 1300)), REQUEST, ROUTER)

    assert icmp is not None
    assert icmp.mtu == 1300


def test_it_takes_a_request_whose_checksum_the_system_filled_in() -> None:
    changed = REQUEST[:2] + b"\xab\xcd" + REQUEST[4:]

    assert error_about(error(11, 0, changed), REQUEST, ROUTER) is not None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        packet(b""),
        packet(b"\x0b\x00"),
        error(11, 0, echo_request(socket.AF_INET, 4712, b"")),
        error(11, 0, b"\x11" + REQUEST[1:]),
        packet(bytes([11, 0]) + bytes(6)),
    ],
)
def test_it_leaves_what_is_about_others(data: bytes) -> None:
    assert error_about(data, REQUEST, ROUTER) is None


@pytest.mark.parametrize(("family", "size", "room"), [(socket.AF_INET, 576, 548), (socket.AF_INET6, 1280, 1232)])
def test_it_makes_packets_of_the_size_asked_for(family: int, size: int, room: int) -> None:
    assert len(payload_for(family, size)) == room


@pytest.mark.parametrize(
    ("address", "method"),
    [
        (Address(socket.AF_INET, ("192.0.2.9", 80)), Method.TCP),
        (Address(socket.AF_INET, ("192.0.2.9", 0)), Method.UDP),
        (Address(socket.AF_INET6, ("2001:db8::9", 0, 0, 0)), Method.ICMP),
    ],
)
def test_it_says_what_the_system_does_not_tell(address: Address, method: Method) -> None:
    with pytest.raises(NetworkError) as caught:
        asyncio.run(reach_on_macos(address, method, limit_in(1), 1, None))

    assert classify(caught.value.evidence).kind == "local.capability"
