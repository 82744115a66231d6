"""IP packets as a router on the way makes, changes and reads them."""

import ipaddress
import struct

TCP = 6
_QUOTED_BYTES = 512


def checksum(data: bytes) -> int:
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def icmp_error(packet: bytes, router: str, kind: int, code: int, info: int = 0) -> bytes:
    """The ICMP message a router sends about a packet (RFC 792, RFC 4443), of the packet's own version."""
    if packet[0] >> 4 == 4:
        message = struct.pack("!BBHI", kind, code, 0, info) + packet[:_QUOTED_BYTES]
        message = message[:2] + struct.pack("!H", checksum(message)) + message[4:]
        source = ipaddress.IPv4Address(router).packed
        header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(message), 0, 0, 64, 1, 0, source, packet[12:16])
        return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + message
    source, target = ipaddress.IPv6Address(router).packed, packet[8:24]
    message = struct.pack("!BBHI", kind, code, 0, info) + packet[:_QUOTED_BYTES]
    pseudo = source + target + struct.pack("!II", len(message), 58)
    message = message[:2] + struct.pack("!H", checksum(pseudo + message)) + message[4:]
    return struct.pack("!IHBB", 0x60000000, len(message), 58, 64) + source + target + message


def lowered(packet: bytes, by: int) -> bytes:
    """The packet with its TTL lowered, checksum included."""
    if packet[0] >> 4 == 6:
        return packet[:7] + bytes([packet[7] - by]) + packet[8:]
    header = bytearray(packet[:20])
    header[8] -= by
    header[10:12] = b"\0\0"
    header[10:12] = struct.pack("!H", checksum(bytes(header)))
    return bytes(header) + packet[20:]


def tcp_reset(packet: bytes) -> bytes:
    """What a filter sends back for an IPv4 TCP packet, in the name of whom it was for (RFC 9293 section 3.5.2)."""
    at = 4 * (packet[0] & 15)
    sizes = int.from_bytes(packet[2:4], "big") - at - 4 * (packet[at + 12] >> 4)
    sequence = (int.from_bytes(packet[at + 4 : at + 8], "big") + sizes) & 0xFFFF_FFFF
    ends = packet[16:20], packet[12:16]
    ports = packet[at + 2 : at + 4] + packet[at : at + 2]
    segment = ports + packet[at + 8 : at + 12] + struct.pack("!IBBHHH", sequence, 0x50, 0x14, 0, 0, 0)
    pseudo = b"".join(ends) + struct.pack("!BBH", 0, TCP, len(segment))
    segment = segment[:16] + struct.pack("!H", checksum(pseudo + segment)) + segment[18:]
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), 0, 0, 64, TCP, 0, *ends)
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + segment


def flow_of(packet: bytes) -> frozenset[bytes]:
    """A TCP connection over IPv4, by its two ends."""
    at = 4 * (packet[0] & 15)
    return frozenset((packet[12:16] + packet[at : at + 2], packet[16:20] + packet[at + 2 : at + 4]))
