"""ICMP echo messages, as sent and as recognised."""

import socket
import struct

import pytest

from clearline.net.echo import echo_request, internet_checksum, is_echo_reply

V4, V6 = socket.AF_INET, socket.AF_INET6


def reply(kind: int, number: int, payload: bytes, *, before: bytes = b"") -> bytes:
    return before + struct.pack("!BBHHH", kind, 0, 0, 77, number) + payload


def test_it_sums_as_rfc_1071_does() -> None:
    assert internet_checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0x220D


@pytest.mark.parametrize("payload", [b"even", b"odd"])
def test_it_sends_a_request_whose_checksum_is_right(payload: bytes) -> None:
    request = echo_request(V4, 5, payload)

    assert (request[0], internet_checksum(request)) == (8, 0)
    assert request.endswith(payload)


@pytest.mark.parametrize(("family", "kind"), [(V4, 0), (V6, 129)])
def test_it_knows_its_answer_by_number_and_payload(family: int, kind: int) -> None:
    assert is_echo_reply(reply(kind, 5, b"mine"), family, 5, b"mine")
    assert not is_echo_reply(reply(kind, 6, b"mine"), family, 5, b"mine")
    assert not is_echo_reply(reply(kind, 5, b"other"), family, 5, b"mine")


def test_it_takes_no_other_message_for_an_answer() -> None:
    assert not is_echo_reply(reply(8, 5, b"mine"), V4, 5, b"mine")
    assert not is_echo_reply(b"", V4, 5, b"mine")
    assert not is_echo_reply(b"\x00\x00\x00", V6, 5, b"mine")


def test_it_passes_over_the_ipv4_header_that_macos_leaves() -> None:
    header = bytes([0x46]) + bytes(23)

    assert is_echo_reply(reply(0, 5, b"mine", before=header), V4, 5, b"mine")
