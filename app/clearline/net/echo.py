"""ICMP echo messages: RFC 792 for IPv4, RFC 4443 for IPv6."""

import socket
import struct

_HEADER = struct.Struct("!BBHHH")
_REQUEST_TYPE = {socket.AF_INET: 8, socket.AF_INET6: 128}
_REPLY_TYPE = {socket.AF_INET: 0, socket.AF_INET6: 129}
HEADER_BYTES = _HEADER.size


def echo_request(family: int, number: int, payload: bytes) -> bytes:
    """An echo request. Linux fills in identifier and checksum; macOS and ICMPv6 leave what is here or do the same."""
    kind = _REQUEST_TYPE[socket.AddressFamily(family)]
    identifier = number ^ 0x5A5A
    bare = _HEADER.pack(kind, 0, 0, identifier, number) + payload
    return _HEADER.pack(kind, 0, internet_checksum(bare), identifier, number) + payload


def echo_reply(family: int, number: int, payload: bytes) -> bytes:
    """The reply to an echo request, for systems that tell only that one came."""
    kind = _REPLY_TYPE[socket.AddressFamily(family)]
    return _HEADER.pack(kind, 0, 0, 0, number) + payload


def read_echo(data: bytes) -> tuple[int, bytes]:
    """Number and payload of an echo message."""
    return int(_HEADER.unpack_from(data)[4]), data[HEADER_BYTES:]


def without_ip_header(data: bytes) -> bytes:
    """An IPv4 packet's own content; data that begins with no such header as it is."""
    return data[4 * (data[0] & 0x0F) :] if data and data[0] >> 4 == 4 else data


def is_echo_reply(data: bytes, family: int, number: int, payload: bytes) -> bool:
    """Does this answer that request? On macOS the IPv4 header comes first."""
    if family == socket.AF_INET:
        data = without_ip_header(data)
    if len(data) < HEADER_BYTES:
        return False
    kind, _, _, _, seen = _HEADER.unpack_from(data)
    return kind == _REPLY_TYPE[socket.AddressFamily(family)] and seen == number and data[HEADER_BYTES:] == payload


def internet_checksum(data: bytes) -> int:
    """The checksum of RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return int(~total & 0xFFFF)
