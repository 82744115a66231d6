"""How far one packet gets: a chosen distance (TTL) or size, by ICMP, UDP or TCP, without an administrator's rights.

Linux queues every ICMP message on the socket it is about, with its sender. Other systems tell no sender for UDP and
TCP, so these questions cannot be asked there this way.
"""

import asyncio
import errno
import secrets
import socket
import time

from clearline.net.echo import HEADER_BYTES, echo_request, is_echo_reply
from clearline.net.evidence import Evidence, NetworkError, OsError
from clearline.net.icmp_tables import ICMP_MEANING
from clearline.net.kernel import IS_LINUX, ErrorQueue, ask_for_errors, drain_error_queue, read_tcp_info
from clearline.net.network import Address
from clearline.net.reached import Method, Pushed, Reach
from clearline.net.readiness import wait_ready
from clearline.net.socket_evidence import AFTER_CONNECT
from clearline.net.timestamps import StampBook, ask_for_stamps, receive_stamped
from clearline.net.timing import Limit

# linux/in.h, linux/in6.h: *_MTU_DISCOVER and *_PMTUDISC_PROBE, which sets "don't fragment" and ignores what the kernel
# believes of the path.
_MTU_DISCOVER = {socket.AF_INET: (socket.IPPROTO_IP, 10), socket.AF_INET6: (socket.IPPROTO_IPV6, 23)}
_PROBE = 3
_TRACE_PORT = 33434
"""Where nothing listens, as traceroute has it: the target answers that the port is closed."""
_HEADER_BYTES = {socket.AF_INET: 20, socket.AF_INET6: 40}
_UDP_HEADER_BYTES = 8
_IN_PROGRESS = (0, errno.EINPROGRESS)
_ANSWERS = (0, errno.ECONNREFUSED, *AFTER_CONNECT)
"""A connection, a refusal, or a connection that was reset right behind the handshake: the target itself spoke."""
_LOOK_EVERY_S = 0.02


async def reach(
    address: Address, method: Method, limit: Limit, *, ttl: int | None = None, size: int | None = None
) -> Reach:
    """Send one packet to `address`, expiring after `ttl` hops, or `size` bytes long with its IP header and unsplit.

    TCP asks at the address's own port. Raises NetworkError where this machine refuses to send, also for a system that
    cannot tell (`is_capability_missing`).
    """
    if not IS_LINUX:
        raise NetworkError(Evidence(is_capability_missing=True, peer=address.ip))
    sock = _open(address, method)
    try:
        if ttl is not None:
            _set_ttl(sock, ttl)
        if size is not None:
            sock.setsockopt(*_MTU_DISCOVER[sock.family], _PROBE)
        if method is Method.TCP:
            return await _knock(sock, address, limit)
        return await _ask(sock, address, method, limit, ttl or 0, size)
    except OSError as error:
        raise NetworkError(Evidence(os_error=OsError.of(error), peer=address.ip, elapsed_ms=0.0)) from error
    finally:
        sock.close()


def _open(address: Address, method: Method) -> socket.socket:
    is_v6 = address.family == socket.AF_INET6
    kind, protocol = socket.SOCK_DGRAM, 0
    if method is Method.TCP:
        kind = socket.SOCK_STREAM
    elif method is Method.ICMP:
        protocol = socket.IPPROTO_ICMPV6 if is_v6 else socket.IPPROTO_ICMP
    try:
        sock = socket.socket(address.family, kind, protocol)
    except OSError as error:
        is_kept = method is Method.ICMP and isinstance(error, PermissionError)
        seen = Evidence(os_error=OsError.of(error), peer=address.ip, is_capability_missing=is_kept)
        raise NetworkError(seen) from error
    sock.setblocking(False)
    ask_for_errors(sock)
    ask_for_stamps(sock)
    return sock


def _set_ttl(sock: socket.socket, ttl: int) -> None:
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, ttl)
    else:
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)


async def _ask(
    sock: socket.socket, address: Address, method: Method, limit: Limit, ttl: int, size: int | None
) -> Reach:
    number = secrets.randbelow(1 << 16)
    own = HEADER_BYTES if method is Method.ICMP else _UDP_HEADER_BYTES
    room = (size or 60) - _HEADER_BYTES[socket.AddressFamily(address.family)] - own
    payload = secrets.token_bytes(max(0, room))
    port = _TRACE_PORT + ttl if method is Method.UDP else 0
    sock.connect((address.ip, port, *address.sockaddr[2:]))
    data = echo_request(address.family, number, payload) if method is Method.ICMP else payload
    stamps = StampBook()
    began_ns = time.perf_counter_ns()
    stamps.note_send(began_ns)
    try:
        sock.send(data)
    except OSError as error:
        if error.errno == errno.EMSGSIZE and (mtu := drain_error_queue(sock).mtu) is not None:
            return Reach(device_mtu=mtu)
        raise
    while True:
        try:
            at_ns = await wait_ready(sock, limit, is_writing=False)
        except NetworkError:
            return Reach()
        queue = drain_error_queue(sock)
        stamps.note_sent(queue.sent_ns)
        if queue.icmp is not None:
            stamps.note_received(at_ns, queue.icmp_at_ns)
            return _told(queue, address, _ms(stamps))
        try:
            reply, stamp_ns = receive_stamped(sock, 65_535)
        except (BlockingIOError, InterruptedError):
            continue
        except OSError:
            # A router's word came between the two calls.
            if (queue := drain_error_queue(sock)).icmp is None:
                raise
            stamps.note_received(at_ns, queue.icmp_at_ns)
            return _told(queue, address, _ms(stamps))
        if method is Method.ICMP and not is_echo_reply(reply, address.family, number, payload):
            continue
        stamps.note_received(at_ns, stamp_ns)
        return Reach(address.ip, _ms(stamps), is_end=True)


def _ms(stamps: StampBook) -> float | None:
    trip = stamps.round_trip
    if trip is None:
        return None
    return round(trip.user_ms if trip.kernel_ms is None else trip.kernel_ms, 4)


def _told(queue: ErrorQueue, address: Address, ms: float | None) -> Reach:
    icmp = queue.icmp
    assert icmp is not None  # noqa: S101 (the caller looked)
    is_port = ICMP_MEANING.get((icmp.version, icmp.type, icmp.code)) == "port"
    is_end = is_port and icmp.offender.partition("%")[0] == address.ip.partition("%")[0]
    return Reach(icmp.offender, ms, is_end, icmp)


async def _knock(sock: socket.socket, address: Address, limit: Limit) -> Reach:
    """A connection request. An answer of either kind, or an ICMP message, tells how far it came."""
    began_ns = time.perf_counter_ns()
    number = sock.connect_ex(address.sockaddr)
    if number not in _IN_PROGRESS:
        raise OSError(number, "connect failed")
    try:
        at_ns = await wait_ready(sock, limit, is_writing=True)
    except NetworkError:
        return Reach()
    ms = round((at_ns - began_ns) / 1e6, 4)
    queue = drain_error_queue(sock)
    if queue.icmp is not None:
        return _told(queue, address, ms)
    number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if number not in _ANSWERS:
        raise OSError(number, "connect failed")
    figures = read_tcp_info(sock) if number == 0 else None
    if figures is not None and not figures.total_retrans:
        ms = figures.rtt_us / 1000
    return Reach(address.ip, ms, is_end=True)


async def push(address: Address, size: int, limit: Limit, *, mss: int | None = None) -> Pushed:
    """Connect, send `size` bytes and watch the kernel until the peer's kernel has confirmed them; the service need not.

    With `mss` no segment carries more payload than that. Raises NetworkError where there is no connection.
    """
    if not IS_LINUX:
        raise NetworkError(Evidence(is_capability_missing=True, peer=address.ip))
    sock = _open(address, Method.TCP)
    try:
        if mss is not None:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, mss)
        number = sock.connect_ex(address.sockaddr)
        if number in _IN_PROGRESS:
            await wait_ready(sock, limit, is_writing=True)
            number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            raise OSError(number, "connect failed")  # noqa: TRY301 - one place reads the error queue
        sock.send(b"\r\n" * (size // 2))
        return await _confirmed(sock, limit)
    except OSError as error:
        seen = Evidence(icmp=drain_error_queue(sock).icmp, os_error=OsError.of(error), peer=address.ip)
        raise NetworkError(seen) from error
    finally:
        sock.close()


async def _confirmed(sock: socket.socket, limit: Limit) -> Pushed:
    while True:
        figures = read_tcp_info(sock)
        if figures is None:
            return Pushed(is_confirmed=False, retransmits=0, unacked=0)
        if not figures.unacked or not limit.left_s:
            return Pushed(not figures.unacked, figures.total_retrans, figures.unacked)
        await asyncio.sleep(_LOOK_EVERY_S)
