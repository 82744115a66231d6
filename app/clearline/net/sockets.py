"""The real network: non-blocking sockets of our own on the running loop.

The loop's own connect and streams are not used: they stamp after the task woke, hide which address failed, and take the
error queue away. Here a readiness callback takes the stamp, and a connect that completed inside the system call (as on
loopback) never waits for a poll.
"""

import asyncio
import copy
import errno
import select
import socket
import ssl
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from clearline.domain.liveness import KeepAlive
from clearline.net import icmp_windows
from clearline.net.datagrams import SystemDatagrams
from clearline.net.evidence import Evidence, NetworkError, OsError, TcpFigures
from clearline.net.keepalive import set_keep_alive
from clearline.net.kernel import (
    read_tcp_info,
    stop_asking_for_errors,
)
from clearline.net.machine import link_state, look_around
from clearline.net.machine_state import Machine
from clearline.net.name_settings import NameSettings, read_name_settings
from clearline.net.network import Address, Datagrams, Source, literal_address
from clearline.net.open_socket import open_socket
from clearline.net.pac_scripts import PacScripts
from clearline.net.pac_settings import PacSettings
from clearline.net.proxy import PROXY_MAY_BLOCK, system_proxy
from clearline.net.proxy_login import ProxyLogin
from clearline.net.reach import push, reach
from clearline.net.reach_elsewhere import reach_on_macos, reach_on_windows
from clearline.net.reached import Method, Pushed, Reach
from clearline.net.readiness import wait_ready
from clearline.net.resolver import LookupThreads, read_name_servers, resolve_name
from clearline.net.socket_evidence import AFTER_CONNECT, local_ip, trouble_of, with_queue
from clearline.net.timestamps import ask_for_stamps
from clearline.net.timing import Limit, Turns
from clearline.net.tls_context import ContextCache
from clearline.net.tls_trust import is_trusted_by_bundle

_IN_PROGRESS = {0, errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY, getattr(errno, "WSAEWOULDBLOCK", 0)}
_READ_BYTES = 65_536
_FIRST_BYTES = 64


class SystemNetwork:
    """Implements Network with this machine's sockets and resolver. Close it to let its threads go."""

    def __init__(self) -> None:
        self._threads = LookupThreads()
        self._contexts = ContextCache()
        self._pac = PacSettings()
        self._scripts = PacScripts(self, self._threads)
        self._source: Source | None = None

    async def resolve(self, host: str, port: int, limit: Limit) -> tuple[Address, ...]:
        """The addresses of a name as any program on this machine would get them. Literals skip the resolver."""
        if literal := literal_address(host, port):
            return (literal,)
        return await resolve_name(self._threads, host, port, limit)

    async def connect(self, address: Address, limit: Limit) -> "SystemStream":
        """A TCP connection to one address."""
        return await _connect(address, limit, self._source)

    def open_datagrams(self, address: Address) -> SystemDatagrams:
        """A connected datagram socket; the kernel tells it of ICMP errors."""
        return self._open(address, open_socket(address, socket.SOCK_DGRAM, source=self._source))

    def open_echo(self, address: Address) -> Datagrams:
        """A connected socket for ICMP echo, which Linux allows to the groups in net.ipv4.ping_group_range."""
        if sys.platform == "win32":
            if self._source is not None:
                raise NetworkError(Evidence(peer=address.ip, is_capability_missing=True))
            return icmp_windows.WindowsEcho(address, self._threads.run, icmp_windows.ask)
        is_v6 = address.family == socket.AF_INET6
        protocol = socket.IPPROTO_ICMPV6 if is_v6 else socket.IPPROTO_ICMP
        sock = open_socket(address, socket.SOCK_DGRAM, protocol, self._source)
        return self._open(address, sock)

    async def reach(
        self, address: Address, method: Method, limit: Limit, *, ttl: int | None = None, size: int | None = None
    ) -> Reach:
        """Send one packet that expires after `ttl` hops, or is `size` bytes long and unsplit."""
        if sys.platform == "win32":
            return await reach_on_windows(address, method, limit, ttl, size, self._threads.run, icmp_windows.ask)
        if sys.platform == "darwin":
            return await reach_on_macos(address, method, limit, ttl, size)
        return await reach(address, method, limit, ttl=ttl, size=size)

    async def push(self, address: Address, size: int, limit: Limit, *, mss: int | None = None) -> Pushed:
        """Connect and send bytes until the peer's kernel has confirmed them."""
        return await push(address, size, limit, mss=mss)

    def _open(self, address: Address, sock: socket.socket) -> SystemDatagrams:
        ask_for_stamps(sock)
        try:
            sock.connect(address.sockaddr)
        except OSError as error:
            sock.close()
            raise NetworkError(Evidence(os_error=OsError.of(error), peer=address.ip)) from error
        except BaseException:
            sock.close()
            raise
        return SystemDatagrams(sock, address)

    def leaving_by(self, source: Source) -> "SystemNetwork":
        """The same network, tied to one adapter: threads and contexts are shared."""
        tied = copy.copy(self)
        tied._source = source  # noqa: SLF001 (our own copy)
        return tied

    def link_state(self, ip: str) -> str:
        """Why there may be no route to `ip`."""
        return link_state(ip)

    async def look_around(self) -> Machine:
        """This machine's adapters, addresses, gateways, name servers and proxies; a thread looks."""
        return await self._threads.run(lambda: look_around(self._pac))

    async def name_servers(self) -> tuple[Address, ...]:
        """The name servers this machine is told to ask."""
        return await self._threads.run(read_name_servers)

    async def name_settings(self) -> NameSettings:
        """How this machine turns names into addresses."""
        return await self._threads.run(read_name_settings)

    async def system_proxy(self, scheme: str, host: str, port: int) -> str:
        """What this machine's settings name for a URL; reading them may start a program or look names up."""
        if self._pac.is_fresh and not PROXY_MAY_BLOCK:
            return system_proxy(scheme, host, port, self._pac)
        return await self._threads.run(lambda: system_proxy(scheme, host, port, self._pac))

    async def log_in(self, login: ProxyLogin, offered: dict[str, str], limit: Limit) -> None:
        """Have a login find its answer to a proxy's challenge; Kerberos asks its server for a ticket."""
        try:
            async with asyncio.timeout(limit.left_s):
                await self._threads.run(lambda: login.go_on(offered))
        except TimeoutError as error:
            raise NetworkError(Evidence(deadline=limit.deadline)) from error

    async def run_pac(
        self,
        script_url: str,
        url: str,
        host: str,
        context: Callable[[], Awaitable[ssl.SSLContext]],
        limit: Limit,
    ) -> str:
        """What a proxy auto-configuration script answers for a URL."""
        return await self._scripts.run(script_url, url, host, context, limit)

    async def tls_context(
        self, *, verify: bool, ca_file: str | None, alpn: tuple[str, ...], client_cert: str | None = None
    ) -> ssl.SSLContext:
        """A shared client context. Loading the roots takes tens of milliseconds, so a thread does it, once."""
        if known := self._contexts.known(verify, ca_file, alpn, client_cert):
            return known
        return await self._threads.run(lambda: self._contexts.load(verify, ca_file, alpn, client_cert))

    async def verify_chain(self, chain: tuple[bytes, ...], host: str, ca_file: str | None) -> int | None:
        """None where a chain is trusted, else OpenSSL's verify code."""
        from clearline.net.quic_trust import verify_chain

        return await self._threads.run(lambda: verify_chain(chain, host, ca_file))

    async def is_trusted_by_bundle(self, chain: tuple[bytes, ...], host: str, at_s: float) -> bool | None:
        """What the roots bundled with the program say of a chain."""
        return await self._threads.run(lambda: is_trusted_by_bundle(chain, host, at_s))

    def close(self) -> None:
        """Let the look-up threads go, without waiting for look-ups that hang."""
        self._scripts.close()
        self._threads.close()


async def _connect(address: Address, limit: Limit, source: Source | None = None) -> "SystemStream":
    if not address.is_usable:
        raise NetworkError(Evidence(is_invalid_address=True, peer=address.ip))
    sock = open_socket(address, socket.SOCK_STREAM, source=source)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        began_ns = time.perf_counter_ns()
        number = sock.connect_ex(address.sockaddr)
        if number in _IN_PROGRESS:
            if number == 0 or _is_settled(sock):
                done_ns = time.perf_counter_ns()
            else:
                done_ns = await wait_ready(sock, limit, is_writing=True)
            number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if number == 0 or (number in AFTER_CONNECT and sys.platform != "win32"):
                stop_asking_for_errors(sock)
                return SystemStream(sock, address, began_ns, done_ns, read_tcp_info(sock), broken_by=number)
        raise _numbered(number)  # noqa: TRY301 - one place lets go of the socket
    except OSError as error:
        trouble = trouble_of(sock, address, error)
        sock.close()
        raise trouble from error
    except NetworkError as error:
        trouble = with_queue(sock, address, error)
        sock.close()
        raise trouble from error
    except BaseException:
        sock.close()
        raise


def _numbered(number: int) -> OSError:
    """An error by its number. Windows' WSA numbers are both errno and winerror."""
    return OSError(0, "connect failed", None, number) if sys.platform == "win32" else OSError(number, "connect failed")


def _is_settled(sock: socket.socket) -> bool:
    """Did the connect succeed or fail already? On loopback and for instant refusals it has."""
    return _is_ready(sock, is_writing=True)


def _is_ready(sock: socket.socket, *, is_writing: bool) -> bool:
    """Is it ready, or in trouble, at this very moment?"""
    # select() takes no descriptor above 1023, and Windows has no poll().
    make_poll = getattr(select, "poll", None)
    if make_poll is None:
        return any(select.select([] if is_writing else [sock], [sock] if is_writing else [], [sock], 0))
    poll = make_poll()
    poll.register(sock, select.POLLOUT if is_writing else select.POLLIN)
    return bool(poll.poll(0))


class SystemStream:
    """A TCP connection. Reads try the socket first and wait only when it has nothing.

    `broken_by` is the error that had come with the connection and that the kernel tells only once; 0 for none.
    """

    def __init__(
        self,
        sock: socket.socket,
        address: Address,
        began_at_ns: int,
        connected_at_ns: int,
        kernel: TcpFigures | None,
        *,
        broken_by: int = 0,
    ) -> None:
        self.address = address
        self.local_ip = local_ip(sock)
        self.began_at_ns = began_at_ns
        self.connected_at_ns = connected_at_ns
        self.kernel = kernel
        self.bytes_in = 0
        self.bytes_out = 0
        self.read_at_ns = 0
        self.first_bytes = b""
        self._socket = sock
        self._broken_by = broken_by
        self._turns = Turns()

    async def read(self, limit: Limit) -> bytes:
        """What has come, at least one byte; nothing once the peer closed its side."""
        await self._turns.take(limit)
        at_ns = 0
        while True:
            try:
                self._refuse_broken()
                data = self._socket.recv(_READ_BYTES)
            except (BlockingIOError, InterruptedError):
                at_ns = await self._wait(limit, is_writing=False)
            except OSError as error:
                raise trouble_of(self._socket, self.address, error) from error
            else:
                self.read_at_ns = at_ns or time.perf_counter_ns()
                self.bytes_in += len(data)
                if len(self.first_bytes) < _FIRST_BYTES:
                    self.first_bytes = (self.first_bytes + data[:_FIRST_BYTES])[:_FIRST_BYTES]
                return data

    async def write(self, data: bytes, limit: Limit) -> None:
        """Give all of it to the kernel."""
        left = memoryview(data)
        while left:
            try:
                self._refuse_broken()
                sent = self._socket.send(left)
            except (BlockingIOError, InterruptedError):
                await self._wait(limit, is_writing=True)
            except OSError as error:
                raise trouble_of(self._socket, self.address, error) from error
            else:
                self.bytes_out += sent
                left = left[sent:]

    @property
    def is_quiet(self) -> bool:
        """Is nothing waiting to be read: no byte, no FIN, no reset?"""
        return not _is_ready(self._socket, is_writing=False)

    @property
    def is_reset(self) -> bool:
        """Did a reset come?"""
        self._broken_by = self._broken_by or self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        return self._broken_by != 0

    @property
    def kernel_now(self) -> TcpFigures | None:
        """What the kernel tells of it now."""
        return read_tcp_info(self._socket)

    def keep_alive(self, wanted: KeepAlive) -> dict[str, Any]:
        """Have the kernel watch over it, as far as this system can."""
        return set_keep_alive(self._socket, wanted)

    def close(self) -> None:
        """Let go of the connection at once."""
        self._socket.close()

    def _refuse_broken(self) -> None:
        if self._broken_by:
            raise _numbered(self._broken_by)

    async def _wait(self, limit: Limit, *, is_writing: bool) -> int:
        try:
            return await wait_ready(self._socket, limit, is_writing=is_writing)
        except NetworkError as error:
            raise with_queue(self._socket, self.address, error) from error
