"""What is tested: a kind of probe and an address, parsed from what people type."""

import ipaddress
import re
from enum import StrEnum
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit, urlunsplit

import msgspec

from clearline.domain.problem import InputError, Problem


class Probe(StrEnum):
    """The kinds of probe; also the scheme of an address, except that `http` and `https` are both HTTP."""

    TCP = "tcp"
    TLS = "tls"
    HTTP = "http"
    H3 = "h3"
    """HTTP/3: the same request over QUIC."""
    DNS = "dns"
    UDP = "udp"
    ICMP = "icmp"
    PATH = "path"
    MTU = "mtu"
    BANNER = "banner"
    WS = "ws"
    NTP = "ntp"
    BEAT = "beat"
    """One long connection with heartbeats."""


_SCHEMES = {
    "tcp": Probe.TCP,
    "tls": Probe.TLS,
    "http": Probe.HTTP,
    "https": Probe.HTTP,
    "h3": Probe.H3,
    "dns": Probe.DNS,
    "udp": Probe.UDP,
    "icmp": Probe.ICMP,
    "path": Probe.PATH,
    "mtu": Probe.MTU,
    "banner": Probe.BANNER,
    "ws": Probe.WS,
    "wss": Probe.WS,
    "ntp": Probe.NTP,
    "beat": Probe.BEAT,
}
_DEFAULT_PORTS = {"http": 80, "https": 443, "h3": 443, "tls": 443, "dns": 53, "ws": 80, "wss": 443, "ntp": 123}
_NEEDS_PORT = {"tcp", "udp", "banner", "beat"}
_TRANSPORTS = {
    Probe.UDP: "udp",
    Probe.H3: "udp",
    Probe.NTP: "udp",
    Probe.DNS: "dns",
    Probe.ICMP: "icmp",
    Probe.PATH: "path",
    Probe.MTU: "mtu",
}
PROXIED = (Probe.TLS, Probe.HTTP, Probe.WS, Probe.BANNER)
"""What may go through a proxy."""
_SECRET_NAMES = re.compile(r"(?i)(pass|pwd|secret|token|api[-_]?key|auth|session|cookie|signature|^key$|^sig$|^code$)")
MASK = "•••"

_PATH_SIGNS = "/%:@!$&'()*+,;=~-._"
_QUERY_SIGNS = _PATH_SIGNS + "?[]|^{}`"
"""Beyond RFC 3986, as browsers send them; everything else, letters beyond ASCII first of all, is percent-encoded."""
_KEPT = 10_000
"""Addresses whose parts are kept: every attempt asks for them, and a plan may make a thousand a second."""
_HAS_PATH = ("http", "https", "h3", "ws", "wss")
_HAS_QUERY = (*_HAS_PATH, "dns", "tls", "banner")
STARTTLS = ("smtp", "imap", "pop", "ftp")
"""Protocols that a TLS target may begin in plain text: `tls://mail.example:25?starttls=smtp`."""
SERVICES = ("ssh", "smtp", "imap", "pop", "ftp")
"""Services whose greeting is known, for other ports than their own: `banner://mail.example:2525?service=smtp`."""
DNS_TRANSPORTS = ("udp", "tcp", "tls", "https")
DNS_TYPES = ("A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT")


class Target(msgspec.Struct, frozen=True):
    """One thing to test. `id` stays the same when everything else is edited.

    `address` is what the person gave, normalised, and may hold a secret: show and record `shown`.
    """

    id: str
    address: str
    name: str = ""
    group: str = ""
    profile: str = "standard"
    interval_s: float | None = None
    """Pace of its own, 0.1 to 3600 s; None follows the plan's."""
    is_paused: bool = False
    verify: bool = True
    """Check the certificate. Turned off for one target at a time, and always shown."""
    ca_file: str | None = None
    """PEM file with roots trusted for this target besides the system's."""
    via: str | None = None
    """`ip[:port]` to connect to instead of what the name resolves to; the name is still used for TLS and HTTP."""
    method: str = "GET"
    expect_status: tuple[int, ...] = ()
    """HTTP statuses that count as success; empty means 200 to 399."""
    expect_text: str = ""
    """Text that an HTTP answer, the answer to a heartbeat or a record of a name server must contain; for a name that
    must not exist `NXDOMAIN`."""
    alternates: tuple[str, ...] = ()
    """`ip[:port]` each, asked in order when the address itself fails and the profile is to fail safe."""
    payload: str = ""
    """What a UDP probe sends; empty sends a numbered Clearline datagram. For `beat` the text of a heartbeat."""
    follow: bool = True
    """Follow redirects, up to ten, each shown; off takes the redirect itself as the answer."""
    proxy: str = "system"
    """`system` (web targets go as the system's settings say), `none`, a proxy's URL, which may hold a password, or
    `pac+` and the URL of an auto-configuration script."""
    sni: str = ""
    """The name asked for in TLS, and checked, instead of the address's own."""
    client_cert: str | None = None
    """PEM file with a client certificate and its key."""
    headers: tuple[str, ...] = ()
    """`Name: value` each, sent with an HTTP or WebSocket request; they replace our own of that name."""
    body: str = ""
    """What an HTTP request carries."""
    tags: tuple[str, ...] = ()
    """Words of the person's own to find it by; without blanks, commas or `#`."""

    @property
    def scheme(self) -> str:
        """`https`, `tcp`, …"""
        return self.address.partition("://")[0]

    @property
    def probe(self) -> Probe:
        """The kind of probe that tests it."""
        return _SCHEMES[self.scheme]

    @property
    def is_known(self) -> bool:
        """Is there a probe for it? In a file from elsewhere there may be an address of any kind."""
        return self.scheme in _SCHEMES

    @property
    def host(self) -> str:
        """Host name or literal address, without brackets. For DNS: the name that is asked for."""
        return _host_of(self.address)

    @property
    def port(self) -> int:
        """The port that is connected to."""
        return _port_of(self.address) or _DEFAULT_PORTS.get(self.scheme, 0)

    @property
    def label(self) -> str:
        """The name for people: the given name, else the address without its scheme."""
        return self.name or self.shown.partition("://")[2].removesuffix("/")

    @property
    def shown(self) -> str:
        """The address with every secret masked; the only form that is shown, logged, recorded or exported."""
        return mask_secrets(self.address)

    @property
    def query(self) -> dict[str, str]:
        """Options in the address: `type` and `server` of a DNS target."""
        return dict(parse_qsl(urlsplit(self.address).query))

    @property
    def server(self) -> str | None:
        """`ip:port` of the DNS server to ask; None asks the system's."""
        return self.query.get("server")

    @property
    def record_type(self) -> str:
        """DNS record type asked for."""
        return self.query.get("type", "A").upper()

    @property
    def transport(self) -> str:
        """How a DNS question travels: one of DNS_TRANSPORTS."""
        return self.query.get("transport", "udp").lower()

    @property
    def starttls(self) -> str:
        """The protocol that a TLS target begins in, one of STARTTLS; empty begins with TLS."""
        return self.query.get("starttls", "").lower() if self.probe is Probe.TLS else ""

    @property
    def service(self) -> str:
        """The service that a banner target is to be, one of SERVICES; empty goes by its port."""
        return self.query.get("service", "").lower() if self.probe is Probe.BANNER else ""

    @property
    def masked(self) -> "Target":
        """The target with every secret in it masked: what is recorded and exported."""
        return msgspec.structs.replace(
            self,
            address=self.shown,
            proxy=mask_secrets(self.proxy),
            headers=tuple(map(mask_header, self.headers)),
            body=MASK if self.body else "",
        )

    @property
    def breaker_key(self) -> str:
        """Targets with the same key share a circuit breaker: one a transport, host, port and profile."""
        return f"{self.origin}#{self.profile}"

    @property
    def origin(self) -> str:
        """Targets with the same origin share what is learned of a host: one a transport, host and port."""
        probe = self.probe
        place = self.via or f"{self.host}:{self.port}"
        if probe is Probe.DNS:
            # One name's failure says nothing about the next name on the same server.
            place = f"{self.server or 'system'}/{self.host}"
        return f"{_TRANSPORTS.get(probe, 'tcp')}://{place}"


@lru_cache(maxsize=_KEPT)
def _host_of(address: str) -> str:
    return urlsplit(address).hostname or ""


@lru_cache(maxsize=_KEPT)
def _port_of(address: str) -> int:
    return urlsplit(address).port or 0


@lru_cache(maxsize=_KEPT)
def mask_secrets(address: str) -> str:
    """An address with the password and every query value that looks like a secret replaced by `•••`."""
    try:
        parts = urlsplit(address)
        netloc, query = parts.netloc, parts.query
    except ValueError:
        return re.sub(r"//[^/@]*@", f"//{MASK}@", address)
    if "@" in netloc:
        user, _, host = netloc.rpartition("@")
        netloc = f"{user.partition(':')[0]}:{MASK}@{host}" if ":" in user else f"{MASK}@{host}"
    if query:
        pairs = [part.partition("=") for part in query.split("&")]
        query = "&".join(
            f"{name}={MASK}" if equals and _SECRET_NAMES.search(unquote(name)) else f"{name}{equals}{value}"
            for name, equals, value in pairs
        )
    return urlunsplit((parts.scheme, netloc, parts.path, query, parts.fragment))


def mask_header(header: str) -> str:
    """`Name: value` with the value replaced where the name says it is a secret."""
    name, colon, _ = header.partition(":")
    return f"{name}: {MASK}" if colon and _SECRET_NAMES.search(name) else header


def parse_address(text: str) -> str:
    """The normalised address of what a person typed: `host:port` is tcp, a bare host is https.

    Raises InputError with one problem (codes `address.*`) that says what to write instead.
    """
    typed = text.strip()
    if not typed:
        raise InputError(Problem("address.empty", field="address"))
    if re.search(r"\s", typed):
        raise InputError(_problem("address.space", typed))
    scheme, separator, rest = typed.partition("://")
    if not separator:
        scheme, rest = ("tcp" if _has_port(typed) else "https"), _bracketed(typed)
    scheme = scheme.lower()
    if scheme not in _SCHEMES:
        raise InputError(_problem("address.scheme", typed, scheme=scheme, known=", ".join(_SCHEMES)))
    if not rest or rest.startswith("/"):
        raise InputError(_problem("address.no_host", typed))
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        port = parts.port
    except ValueError:
        raise InputError(_problem("address.port", typed)) from None
    host = parts.hostname or ""
    if not host:
        raise InputError(_problem("address.no_host", typed))
    if port == 0:
        raise InputError(_problem("address.port", typed))
    if port is None and scheme in _NEEDS_PORT:
        raise InputError(_problem("address.needs_port", typed, example=f"{scheme}://{host or 'host'}:443"))
    # The name as it will be asked for: "²" and full-width digits become plain ones on the way.
    ascii_host = _ascii_host(host, typed)
    _check_host(ascii_host.strip("[]"), typed)
    if scheme == "dns":
        _check_dns(parts, typed)
    if scheme == "tls":
        _check_choice("starttls", parts, typed, STARTTLS)
    if scheme == "banner":
        _check_choice("service", parts, typed, SERVICES)
    netloc = _netloc(parts, ascii_host, port)
    path = parts.path if scheme in _HAS_PATH else ""
    if scheme in _HAS_PATH and not path:
        path = "/"
    query = parts.query if scheme in _HAS_QUERY else ""
    return urlunsplit((scheme, netloc, quote(path, safe=_PATH_SIGNS), quote(query, safe=_QUERY_SIGNS), ""))


def parse_endpoint(text: str) -> tuple[str, int | None]:
    """`ip` or `ip:port`, IPv6 in brackets when a port follows. Raises InputError (`endpoint.*`)."""
    typed = text.strip()
    host, port = typed, None
    if match := re.fullmatch(r"\[([^\]]+)\](?::(\d{1,5}))?", typed) or re.fullmatch(r"([^:\s]+):(\d{1,5})", typed):
        host, port = match[1], int(match[2]) if match[2] else None
    try:
        ipaddress.ip_address(host)
    except ValueError:
        raise InputError(_problem("endpoint.not_numeric", typed)) from None
    if port is not None and not 0 < port < 65536:
        raise InputError(_problem("address.port", typed))
    return host, port


def _problem(code: str, typed: str, **values: str) -> Problem:
    return Problem(code, {"typed": mask_secrets(typed), **values}, field="address")


def _has_port(typed: str) -> bool:
    return bool(re.fullmatch(r"[^:/?#\[\]]+:\d+|\[[^\]]+\]:\d+", typed))


def _bracketed(typed: str) -> str:
    """An IPv6 literal may be typed without brackets when no port follows."""
    try:
        return f"[{typed}]" if ipaddress.ip_address(typed).version == 6 else typed
    except ValueError:
        return typed


def _check_host(host: str, typed: str) -> None:
    try:
        literal = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        if re.fullmatch(r"[\d.]+", host):
            raise InputError(_problem("address.bad_ip", typed)) from None
        return
    if literal.is_unspecified or literal.is_multicast or literal == ipaddress.ip_address("255.255.255.255"):
        raise InputError(_problem("address.unusable_ip", typed))


def _check_dns(parts: SplitResult, typed: str) -> None:
    query = dict(parse_qsl(parts.query))
    if (kind := query.get("type", "A").upper()) not in DNS_TYPES:
        raise InputError(_problem("address.dns_type", typed, type=kind, known=", ".join(DNS_TYPES)))
    _check_choice("transport", parts, typed, DNS_TRANSPORTS)
    if server := query.get("server"):
        parse_endpoint(server)


def _check_choice(option: str, parts: SplitResult, typed: str, known: tuple[str, ...]) -> None:
    given = dict(parse_qsl(parts.query)).get(option, known[0])
    if given.lower() not in known:
        raise InputError(_problem("address.option", typed, option=option, value=given, known=", ".join(known)))


def _ascii_host(host: str, typed: str) -> str:
    if ":" in host:
        return f"[{host}]"
    name = host.removesuffix(".")
    labels = name.split(".")
    if any(not label or len(label) > 63 for label in labels) or len(name) > 253:
        raise InputError(_problem("address.bad_host", typed))
    try:
        ascii_name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        raise InputError(_problem("address.bad_host", typed)) from None
    if not re.fullmatch(r"[a-z0-9_.-]+", ascii_name):
        raise InputError(_problem("address.bad_host", typed))
    return ascii_name


def _netloc(parts: SplitResult, host: str, port: int | None) -> str:
    user = parts.netloc.rpartition("@")[0]
    place = host if port is None or port == _DEFAULT_PORTS.get(parts.scheme) else f"{host}:{port}"
    return f"{user}@{place}" if user else place
