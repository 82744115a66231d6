"""The way to a server: straight, or through the proxy that the target or the system's settings name."""

import ssl
import time
from dataclasses import dataclass, replace

from clearline.domain.phase import Phase
from clearline.domain.proxy import ProxyAddress
from clearline.net.buffered import BufferedStream
from clearline.net.classify import classify
from clearline.net.evidence import NetworkError, ProxyEvidence
from clearline.net.network import Address, Connection, Stream, literal_address
from clearline.net.proxy import connect_by_http
from clearline.net.proxy_login import ProxyLogin
from clearline.net.socks import connect_by_socks
from clearline.net.tls import TlsStream
from clearline.probes.attempt import Attempt
from clearline.probes.lookup import look_up
from clearline.probes.place import Place
from clearline.probes.proxy_choice import proxy_choices
from clearline.probes.tls_open import load_context


@dataclass(frozen=True, slots=True)
class Way:
    """An open connection that leads to the server, or to a proxy that takes whole requests (`forwarder`)."""

    stream: Stream
    connection: Connection
    ready_at_ns: int
    """When it stood, perf_counter nanoseconds."""
    forwarder: ProxyAddress | None = None

    @property
    def rtt_s(self) -> float:
        """A round trip to whatever is connected, in seconds."""
        if self.connection.kernel:
            return self.connection.kernel.rtt_us / 1e6
        return (self.connection.connected_at_ns - self.connection.began_at_ns) / 1e9


def own_place(attempt: Attempt) -> Place:
    """Where the target itself is."""
    target = attempt.target
    return Place(target.scheme, target.host, target.port)


async def open_way(attempt: Attempt, place: Place) -> Way:
    """Phases: resolve, connect, and proxy where one stands between. Raises NetworkError.

    A script may name several proxies: the next is tried where one is not reached, as browsers do. The latest phase
    still runs: the caller's next one ends it, at `ready_at_ns`.
    """
    *others, last = await proxy_choices(attempt, place)
    for proxy in others:
        try:
            return await _open(attempt, place, proxy)
        except NetworkError as trouble:
            if (kind := _unreached(attempt, trouble)) is None or proxy is None:
                raise
            passed = {"address": proxy.shown, "kind": kind}
            attempt.detail["proxy"].setdefault("passed_over", []).append(passed)
            attempt.next_connection()
            attempt.proxy = None
    return await _open(attempt, place, last)


def _unreached(attempt: Attempt, trouble: NetworkError) -> str | None:
    seen = replace(trouble.evidence, phase=attempt.stopwatch.phase or Phase.CONNECT, proxy=attempt.proxy)
    kind = classify(seen).kind
    return kind if kind.startswith(("proxy.resolve_failed", "proxy.connect_failed")) else None


async def _open(attempt: Attempt, place: Place, proxy: ProxyAddress | None) -> Way:
    if proxy is None:
        connection = await attempt.connect_to(await _addresses(attempt, place))
        return Way(connection, connection, connection.connected_at_ns)
    attempt.proxy = ProxyEvidence(proxy.shown)
    attempt.detail.setdefault("proxy", {})["address"] = proxy.shown
    context = await load_context(attempt, alpn=(), has_own_certificate=False) if proxy.scheme == "https" else None
    login = ProxyLogin(proxy, "CONNECT", f"{place.host}:{place.port}")
    while (way := await _through(attempt, place, proxy, context, login)) is None:
        # It asked for a login and hung up.
        attempt.next_connection()
    return way


async def _through(
    attempt: Attempt, place: Place, proxy: ProxyAddress, context: ssl.SSLContext | None, login: ProxyLogin
) -> Way | None:
    connection = await attempt.connect_to(await attempt.resolve(proxy.host, proxy.port))
    if context is None and _is_forwarding(proxy, place):
        attempt.proxy = None
        return Way(connection, connection, connection.connected_at_ns, proxy)
    attempt.stopwatch.enter(Phase.PROXY, connection.connected_at_ns)
    limit = attempt.budget.limit(Phase.PROXY)
    stream: Stream = connection
    if context is not None:
        stream = secure = TlsStream(connection, context, proxy.host)
        await secure.handshake(limit)
    attempt.proxy = ProxyEvidence(proxy.shown, is_reached=True)
    if _is_forwarding(proxy, place):
        attempt.proxy = None
        return Way(stream, connection, time.perf_counter_ns(), proxy)
    tunnel = BufferedStream(stream)
    if proxy.is_socks:
        await connect_by_socks(tunnel, proxy, await _name_for(attempt, proxy, place), place.port, limit)
    else:
        told = await connect_by_http(tunnel, proxy, place.host, place.port, limit, login, attempt.network.log_in)
        if told is None:
            return None
        attempt.detail["proxy"] |= told
    attempt.proxy = None
    tunnel.begin_anew()
    return Way(tunnel, connection, max(tunnel.read_at_ns, connection.connected_at_ns))


async def _addresses(attempt: Attempt, place: Place) -> tuple[Address, ...]:
    return await (attempt.resolve() if place.is_own else attempt.resolve(place.host, place.port))


async def _name_for(attempt: Attempt, proxy: ProxyAddress, place: Place) -> str:
    """What a SOCKS proxy is asked for: with `socks5` the address that we look up, with `socks5h` the name."""
    if proxy.scheme == "socks5h" or literal_address(place.host, place.port):
        return place.host
    reached, attempt.proxy = attempt.proxy, None
    addresses = await look_up(attempt.network, place.host, place.port, attempt.budget, attempt.stopwatch)
    attempt.proxy = reached
    attempt.stopwatch.enter(Phase.PROXY)
    return addresses[0].ip


def _is_forwarding(proxy: ProxyAddress, place: Place) -> bool:
    """Plain HTTP goes to an HTTP proxy as a whole request and needs no tunnel (RFC 9112 section 3.2.2).

    A user with a domain needs one all the same: the login takes several requests on one connection.
    """
    return place.scheme == "http" and not proxy.is_socks and "\\" not in proxy.user
