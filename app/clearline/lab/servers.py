"""Builds the server that a scenario describes, and the address that tests it."""

from datetime import UTC, datetime
from typing import Protocol

from clearline.domain.target import parse_address
from clearline.lab import http2_server
from clearline.lab.authority import GOOD, VARIANTS, Authority
from clearline.lab.beat_server import BeatConversation
from clearline.lab.conversations import Greeting
from clearline.lab.datagram_server import DatagramServer, echo
from clearline.lab.dns_answers import Zone
from clearline.lab.faults import CATALOGUE, LabFault
from clearline.lab.http2_server import Http2Conversation
from clearline.lab.http_server import HttpConversation
from clearline.lab.latency import LatencySource
from clearline.lab.name_server import NameServer
from clearline.lab.ntp_answers import TimeServer
from clearline.lab.port import LOOPBACK, has_ipv6
from clearline.lab.proxy_server import ProxyConversation
from clearline.lab.scenario_records import (
    BannerServer,
    BeatServer,
    DnsServer,
    HttpServer,
    HttpsServer,
    NtpServer,
    ProxyServer,
    Server,
    TcpServer,
    TlsServer,
    UdpServer,
    WebSocketServer,
    server_kind,
)
from clearline.lab.stream_server import Speak, StreamServer
from clearline.lab.tls_server import TlsConversation, broken_handshake
from clearline.lab.websocket_server import WebSocketConversation
from clearline.lab.wire import Conversation, Wire

WEB_FAULTS = frozenset(name for name, kind in CATALOGUE.items() if kind.section == "http")


class FaultServer(Protocol):
    """What the lab needs of a server."""

    port: int

    def open(self) -> None:
        """Serve from now on."""

    def set_fault(self, fault: LabFault | None) -> None:
        """Serve this fault from now on."""

    def close(self) -> None:
        """Stop and leave nothing behind."""


def build_server(spec: Server, family: int, seed: str, authority: Authority) -> FaultServer:
    """A server that is not open yet; `family` is 4 or 6. Raises OSError when the system gives no port."""
    latency = LatencySource(spec.latency, f"{seed}/latency")
    match spec:
        case UdpServer():
            return DatagramServer(echo, latency, f"{seed}/losses", family)
        case DnsServer():
            return NameServer(Zone(spec.records), latency, f"{seed}/losses", family)
        case HttpServer():
            return StreamServer(_speak_http(spec.body, latency), (family,))
        case TcpServer():
            return StreamServer(_speak_greeting(spec.greeting, latency), (family,))
        case NtpServer():
            return DatagramServer(TimeServer(_utc_s).answer, latency, f"{seed}/losses", family)
        case ProxyServer():
            return StreamServer(lambda wire, fault: ProxyConversation(wire, latency, fault), (family,))
        case WebSocketServer():
            return StreamServer(lambda wire, fault: WebSocketConversation(wire, latency, fault), (family,))
        case BannerServer():
            return StreamServer(_speak_greeting(spec.greeting, latency, spec.replies), (family,))
        case BeatServer():
            return StreamServer(_speak_beat(spec.greeting, latency), (family,))
        case HttpsServer() | TlsServer():
            # `localhost`, the name on the certificate, means both families on most machines.
            return StreamServer(_speak_tls(spec, latency, seed, authority), (4, 6) if has_ipv6() else (4,))


def address_of(spec: Server, port: int, path: str, family: int) -> str:
    """The address that tests a server. Raises InputError for a name or path that no address can have."""
    kind = server_kind(spec)
    place = f"[{LOOPBACK[6]}]" if family == 6 else LOOPBACK[4]
    if isinstance(spec, DnsServer):
        return parse_address(f"dns://{spec.ask}?type={spec.record_type}&server={place}:{port}")
    if isinstance(spec, HttpsServer | TlsServer):
        place = "localhost"  # the name the certificate is made out to
    if isinstance(spec, BannerServer):
        return parse_address(f"banner://{place}:{port}" + (f"?service={spec.service}" if spec.service else ""))
    # A proxy is no target of its own: whether it takes a connection is all that can be asked of it alone.
    scheme = "tcp" if isinstance(spec, ProxyServer) else kind
    return parse_address(f"{scheme}://{place}:{port}{path if kind in ('http', 'https', 'ws') else ''}")


def trusts_lab(spec: Server) -> bool:
    """Does testing it need the lab's root?"""
    return isinstance(spec, HttpsServer | TlsServer)


def _speak_http(body: str, latency: LatencySource) -> Speak:
    content = body.encode()
    return lambda wire, fault: HttpConversation(wire, content, latency, fault)


def _speak_greeting(greeting: str, latency: LatencySource, replies: dict[str, str] | None = None) -> Speak:
    words = greeting.encode()
    return lambda wire, fault: Greeting(wire, words, latency, fault, replies)


def _utc_s() -> float:
    return datetime.now(UTC).timestamp()


def _speak_beat(greeting: str, latency: LatencySource) -> Speak:
    words = greeting.encode()
    return lambda wire, fault: BeatConversation(wire, words, latency, fault)


def _speak_tls(spec: HttpsServer | TlsServer, latency: LatencySource, seed: str, authority: Authority) -> Speak:
    handshake = LatencySource(spec.handshake, f"{seed}/handshake")

    def speak_inside(wire: TlsConversation, fault: LabFault | None) -> Conversation:
        if isinstance(spec, TlsServer):
            return Greeting(wire, spec.greeting.encode(), latency, fault)
        speak = Http2Conversation if wire.alpn == "h2" else HttpConversation
        return speak(wire, spec.body.encode(), latency, fault)

    def speak(wire: Wire, fault: LabFault | None) -> Conversation:
        if broken := broken_handshake(wire, fault):
            return broken
        kind = fault.kind if fault is not None else ""
        delay_s = handshake.draw_s()
        if fault is not None and (kind == "slow_handshake" or (kind == "delay" and isinstance(spec, TlsServer))):
            # HTTP delays its answers itself; with mere TLS the handshake is all that a client waits for.
            delay_s += fault.option("delay_ms") / 1000
        context = authority.context(kind if kind in VARIANTS else GOOD, _alpn(spec, kind))
        return TlsConversation(wire, context, delay_s, lambda inner: speak_inside(inner, fault))

    return speak


def _alpn(spec: HttpsServer | TlsServer, fault: str) -> tuple[str, ...]:
    if fault in http2_server.FAULTS:
        return ("h2",)
    is_plain_enough = not fault or fault in http2_server.SHARED_FAULTS or fault not in WEB_FAULTS
    if isinstance(spec, HttpsServer) and spec.http2 and is_plain_enough:
        return ("h2", "http/1.1")
    return ("http/1.1",)
