"""How far one packet gets on Windows and macOS: by ICMP echo alone, as these systems tell no sender for UDP and TCP.

Pure parts are tested on recorded packets and answers; the sockets and calls ran nowhere yet.
"""

import errno
import secrets
import socket
import struct
import time

from clearline.net.echo import HEADER_BYTES, echo_request, is_echo_reply, without_ip_header
from clearline.net.evidence import Evidence, Icmp, NetworkError, OsError
from clearline.net.icmp_windows import Ask, InThread, question, read_answer
from clearline.net.machine import link_mtu
from clearline.net.network import Address
from clearline.net.reached import Method, Reach
from clearline.net.readiness import wait_ready
from clearline.net.timing import Limit

_IP_HEADER_BYTES = {socket.AF_INET: 20, socket.AF_INET6: 40}
_USUAL_BYTES = 60
_IP_DONTFRAG = 28
"""XNU bsd/netinet/in.h."""
_ERRORS = (3, 11)
_TOO_BIG = (3, 4)


def payload_for(family: int, size: int | None) -> bytes:
    """Random bytes that make a packet of this size, IP header included."""
    room = (size or _USUAL_BYTES) - _IP_HEADER_BYTES[socket.AddressFamily(family)] - HEADER_BYTES
    return secrets.token_bytes(max(0, room))


async def reach_on_windows(
    address: Address, method: Method, limit: Limit, ttl: int | None, size: int | None, run: InThread, ask: Ask
) -> Reach:
    """One echo request by IcmpSendEcho2. Raises NetworkError, also for UDP and TCP (`is_capability_missing`)."""
    if method is not Method.ICMP:
        raise NetworkError(Evidence(is_capability_missing=True, peer=address.ip))
    if (mtu := _too_long(address, size)) is not None:
        return Reach(device_mtu=mtu)
    asked = question(address, payload_for(address.family, size), limit, ttl, is_unsplit=size is not None)
    answer = await run(lambda: ask(asked))
    told = read_answer(address.family, answer)
    if not told.ip and told.icmp is None:
        return Reach()
    return Reach(told.ip, answer.ms, is_end=told.icmp is None, icmp=told.icmp)


async def reach_on_macos(address: Address, method: Method, limit: Limit, ttl: int | None, size: int | None) -> Reach:
    """One echo request over an ICMP datagram socket, which hears routers too. Raises NetworkError.

    Also for UDP, TCP and IPv6, which the system does not tell of (`is_capability_missing`).
    """
    if method is not Method.ICMP or address.family != socket.AF_INET:
        raise NetworkError(Evidence(is_capability_missing=True, peer=address.ip))
    if (mtu := _too_long(address, size)) is not None:
        return Reach(device_mtu=mtu)
    number, payload = secrets.randbelow(1 << 16), payload_for(address.family, size)
    request = echo_request(address.family, number, payload)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP) as sock:
        sock.setblocking(False)
        try:
            if ttl is not None:
                sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
            if size is not None:
                sock.setsockopt(socket.IPPROTO_IP, _IP_DONTFRAG, 1)
            began_ns = time.perf_counter_ns()
            # Not connected: a connected socket would hear the target alone and no router.
            sock.sendto(request, (address.ip, 0))
        except OSError as error:
            if error.errno == errno.EMSGSIZE:
                return Reach(device_mtu=link_mtu(address.ip))
            raise NetworkError(Evidence(os_error=OsError.of(error), peer=address.ip, elapsed_ms=0.0)) from error
        while True:
            try:
                at_ns = await wait_ready(sock, limit, is_writing=False)
            except NetworkError:
                return Reach()
            data, sender = sock.recvfrom(65_535)
            ms = round((at_ns - began_ns) / 1e6, 4)
            if is_echo_reply(data, address.family, number, payload):
                return Reach(str(sender[0]), ms, is_end=True)
            if (icmp := error_about(data, request, str(sender[0]))) is not None:
                return Reach(icmp.offender, ms, icmp=icmp)


def error_about(data: bytes, request: bytes, offender: str) -> Icmp | None:
    """The ICMP error in a packet if it is about this echo request; None else (RFC 792: it quotes 8 bytes of it)."""
    message = without_ip_header(data)
    if len(message) < HEADER_BYTES or message[0] not in _ERRORS:
        return None
    quoted = without_ip_header(message[HEADER_BYTES:])
    # Type, code, identifier and number; the checksum may have been filled in by the system.
    if len(quoted) < HEADER_BYTES or (quoted[:2], quoted[4:8]) != (request[:2], request[4:8]):
        return None
    (mtu,) = struct.unpack_from("!H", message, 6)
    return Icmp(4, message[0], message[1], offender, (mtu or None) if (message[0], message[1]) == _TOO_BIG else None)


def _too_long(address: Address, size: int | None) -> int | None:
    """This machine's own limit, where a packet is longer than that."""
    if size is None:
        return None
    mtu = link_mtu(address.ip)
    return mtu if size > mtu else None
