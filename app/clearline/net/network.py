"""The narrow seam to the network: everything a probe asks of it."""

import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from clearline.domain.liveness import KeepAlive
from clearline.net.evidence import TcpFigures
from clearline.net.machine_state import Machine
from clearline.net.name_settings import NameSettings
from clearline.net.proxy_login import ProxyLogin
from clearline.net.reached import Method, Pushed, Reach
from clearline.net.timestamps import RoundTrip
from clearline.net.timing import Limit

_KEPT = 10_000
"""Literal addresses that were read already: every attempt asks for its own."""


@dataclass(frozen=True, slots=True)
class Address:
    """A numeric address with its port, as the socket calls take it."""

    family: int
    sockaddr: tuple[Any, ...]

    @property
    def ip(self) -> str:
        """The numeric address alone."""
        return str(self.sockaddr[0])

    @property
    def scoped_ip(self) -> str:
        """The same with the number of its link, where it is known on one alone: `fe80::1%2` (RFC 4007 section 11)."""
        return f"{self.ip}%{self.sockaddr[3]}" if len(self.sockaddr) > 3 and self.sockaddr[3] else self.ip

    @property
    def port(self) -> int:
        """The port alone."""
        return int(self.sockaddr[1])

    @property
    def shown(self) -> str:
        """`ip:port`, IPv6 in brackets."""
        return f"[{self.ip}]:{self.port}" if self.family == socket.AF_INET6 else f"{self.ip}:{self.port}"

    @property
    def is_usable(self) -> bool:
        """Can a connection or datagram be sent there at all?"""
        return self.port > 0 and self.is_host

    @property
    def is_host(self) -> bool:
        """Can it be a machine's address? Linux would connect 0.0.0.0 to itself."""
        return _is_host(self.ip)


@lru_cache(maxsize=_KEPT)
def _is_host(ip: str) -> bool:
    try:
        known = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return False
    return not (known.is_unspecified or known.is_multicast or ip == "255.255.255.255")


@dataclass(frozen=True, slots=True)
class Source:
    """A network adapter and the numeric address of it that packets are to bear."""

    ip: str
    adapter: str


class Stream(Protocol):
    """Bytes in both directions. Every call that waits raises NetworkError, at its limit at the latest."""

    @property
    def bytes_in(self) -> int:
        """Bytes read from the wire."""
        ...

    @property
    def bytes_out(self) -> int:
        """Bytes given to the wire."""
        ...

    @property
    def read_at_ns(self) -> int:
        """When the bytes of the latest read came in, perf_counter nanoseconds."""
        ...

    @property
    def first_bytes(self) -> bytes:
        """The beginning of what the peer sent, at most 64 bytes."""
        ...

    async def read(self, limit: Limit) -> bytes:
        """What has come, at least one byte; nothing once the peer closed its side."""
        ...

    async def write(self, data: bytes, limit: Limit) -> None:
        """Give all of it to the kernel."""
        ...

    def close(self) -> None:
        """Let go of the connection at once. Closing twice is harmless."""
        ...


class Connection(Stream, Protocol):
    """A TCP connection and what is known of how it was made."""

    @property
    def address(self) -> Address:
        """The peer."""
        ...

    @property
    def local_ip(self) -> str:
        """Our own numeric address of it."""
        ...

    @property
    def began_at_ns(self) -> int:
        """Just before the connect call, perf_counter nanoseconds."""
        ...

    @property
    def connected_at_ns(self) -> int:
        """The moment the connect was known to have succeeded, perf_counter nanoseconds."""
        ...

    @property
    def kernel(self) -> TcpFigures | None:
        """The kernel's figures at that moment; None where the system has none."""
        ...

    @property
    def kernel_now(self) -> TcpFigures | None:
        """The same as they stand now."""
        ...

    @property
    def is_quiet(self) -> bool:
        """Is nothing waiting to be read: no byte, no FIN, no reset?"""
        ...

    @property
    def is_reset(self) -> bool:
        """Did the peer, or something in its name, reset it? Tells once."""
        ...

    def keep_alive(self, wanted: KeepAlive) -> dict[str, Any]:
        """Have the kernel watch over it. Says of each option what became of it: net.keepalive."""
        ...


class Datagrams(Protocol):
    """A connected datagram socket."""

    @property
    def address(self) -> Address:
        """The peer."""
        ...

    @property
    def local_ip(self) -> str:
        """Our own numeric address of it."""
        ...

    def send(self, data: bytes) -> None:
        """Send one datagram. Raises NetworkError."""
        ...

    async def receive(self, limit: Limit) -> tuple[bytes, int]:
        """The next datagram and when it came in. Raises NetworkError, at the limit at the latest."""
        ...

    @property
    def round_trip(self) -> RoundTrip | None:
        """From the latest datagram sent to the latest received after it; None before both."""
        ...

    def close(self) -> None:
        """Let go of the socket at once. Closing twice is harmless."""
        ...


class Network(Protocol):
    """What a probe asks of the network."""

    async def resolve(self, host: str, port: int, limit: Limit) -> tuple[Address, ...]:
        """The addresses of a name as any program on this machine would get them, in that order.

        Raises NetworkError.
        """
        ...

    async def connect(self, address: Address, limit: Limit) -> Connection:
        """A TCP connection to one address. Raises NetworkError; leaves no socket behind when it is cancelled."""
        ...

    def open_datagrams(self, address: Address) -> Datagrams:
        """A datagram socket to one address. Raises NetworkError."""
        ...

    def open_echo(self, address: Address) -> Datagrams:
        """A socket for ICMP echo to one address, without its port. Raises NetworkError, also where it is not allowed.

        What is sent begins with the ICMP header; what is received does too, on some systems behind an IPv4 header.
        """
        ...

    async def reach(
        self, address: Address, method: Method, limit: Limit, *, ttl: int | None = None, size: int | None = None
    ) -> Reach:
        """Send one packet that expires after `ttl` hops, or is `size` bytes long and unsplit. Raises NetworkError."""
        ...

    async def push(self, address: Address, size: int, limit: Limit, *, mss: int | None = None) -> Pushed:
        """Connect and send bytes until the peer's kernel has confirmed them. Raises NetworkError."""
        ...

    def leaving_by(self, source: Source) -> "Network":
        """The same network, whose connections, datagrams and echoes leave by one adapter; it is closed with this one.

        What cannot be tied to an adapter raises NetworkError, a missing capability, and goes no other way.
        """
        ...

    def link_state(self, ip: str) -> str:
        """Why there may be no way to `ip`, or no address to send from: net.machine.link_state."""
        ...

    async def look_around(self) -> Machine:
        """This machine's adapters, addresses, gateways, name servers and proxies, as they are now."""
        ...

    async def name_servers(self) -> tuple[Address, ...]:
        """The name servers this machine is told to ask; empty without any."""
        ...

    async def name_settings(self) -> NameSettings:
        """How this machine turns names into addresses: servers, search domains, hosts file."""
        ...

    async def system_proxy(self, scheme: str, host: str, port: int) -> str:
        """What this machine's settings name for a URL: a proxy, `pac+` and the URL of a script, or nothing."""
        ...

    async def log_in(self, login: ProxyLogin, offered: dict[str, str], limit: Limit) -> None:
        """Have a login find its answer to a proxy's challenge. Raises LoginError; NetworkError when time is up."""
        ...

    async def run_pac(
        self,
        script_url: str,
        url: str,
        host: str,
        context: Callable[[], Awaitable[ssl.SSLContext]],
        limit: Limit,
    ) -> str:
        """What a proxy auto-configuration script answers for a URL: net.pac_scripts. Raises PacError, NetworkError."""
        ...

    async def tls_context(
        self, *, verify: bool, ca_file: str | None, alpn: tuple[str, ...], client_cert: str | None = None
    ) -> ssl.SSLContext:
        """A client context with the system's roots and those in `ca_file`. Raises OSError where that cannot be read.

        Raises ClientCertificateError for a certificate of our own that cannot be read.
        """
        ...

    async def verify_chain(self, chain: tuple[bytes, ...], host: str, ca_file: str | None) -> int | None:
        """None where a chain is trusted, else OpenSSL's verify code: net.quic_trust, of the extra `http3`."""
        ...

    async def is_trusted_by_bundle(self, chain: tuple[bytes, ...], host: str, at_s: float) -> bool | None:
        """What the roots bundled with the program say of a chain: net.tls_trust."""
        ...


def literal_address(host: str, port: int) -> Address | None:
    """The address a literal IP stands for, None for a name. Never asks the network."""
    # The number of an adapter that a scope names may change.
    return _read_literal(host, port) if "%" in host else _known_literal(host, port)


@lru_cache(maxsize=_KEPT)
def _known_literal(host: str, port: int) -> Address | None:
    return _read_literal(host, port)


def _read_literal(host: str, port: int) -> Address | None:
    try:
        ipaddress.ip_address(host.partition("%")[0])
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (ValueError, OSError):
        return None
    family, _, _, _, sockaddr = found[0]
    return Address(family, sockaddr)
