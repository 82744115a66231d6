"""What was seen when something went wrong, before anybody says what it means."""

import sys
from dataclasses import dataclass, field
from typing import Any

from clearline.domain.phase import Phase


@dataclass(frozen=True, slots=True)
class OsError:
    """A number the operating system gave. On Windows `winerror` says more than `errno`."""

    number: int | None
    winerror: int | None = None
    system: str = sys.platform
    """Whose numbers these are: a value of sys.platform."""

    @classmethod
    def of(cls, error: OSError) -> "OsError":
        """The numbers of an exception of this machine."""
        return cls(error.errno, getattr(error, "winerror", None))


@dataclass(frozen=True, slots=True)
class Icmp:
    """An entry of the socket's error queue: a router or host spoke. `version` is 4 or 6."""

    version: int
    type: int
    code: int
    offender: str
    """Numeric address of whoever sent the message; empty where unknown."""
    mtu: int | None = None


@dataclass(frozen=True, slots=True)
class PathEvidence:
    """Where the trail of a path ends. `last_hop` is 0 where no router answered at all."""

    last_hop: int
    last_ip: str
    is_loop: bool
    """The same router answered at several distances."""


@dataclass(frozen=True, slots=True)
class MtuEvidence:
    """Sizes of whole packets, bytes: the largest that arrives, and the smallest that vanishes without a word."""

    fits: int
    vanishes: int
    method: str
    """`icmp`, `udp` or `tcp`: what carried them."""


@dataclass(frozen=True, slots=True)
class TcpFigures:
    """The kernel's own figures of a connection, microseconds. `min_rtt_us` is None before the first round trip."""

    rtt_us: int
    min_rtt_us: int | None
    total_retrans: int
    unacked: int
    """Segments sent that the peer's kernel has not confirmed: with silence, the path or the peer is gone."""
    is_coarse: bool = False
    """The round trip is too coarse to judge by (whole milliseconds), or there was none yet."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time limit that passed. `by` names whose it was: the phase's own, `attempt` or `total`."""

    value_s: float
    by: str


@dataclass(frozen=True, slots=True)
class TlsEvidence:
    """What the TLS library and the raw records told."""

    alert: int | None = None
    """Number of the alert the peer sent (RFC 8446 section 6)."""
    verify_code: int | None = None
    store: str = "openssl"
    """Number space of verify_code: `openssl`, `windows` (HRESULT) or `macos` (OSStatus)."""
    reason: str = ""
    """OpenSSL's reason name, `SSLError.reason`."""
    is_plain: bool = False
    """The first bytes of the peer are no TLS record."""
    is_store_unreadable: bool = False
    """Our own list of trusted roots cannot be read."""
    is_chain_short: bool = False
    """The peer sent its own certificate only, and that one names a place to fetch its issuer."""
    is_certificate_wanted: bool = False
    """The peer asked for a client certificate, and we have none to show."""
    certificate: dict[str, Any] = field(default_factory=dict)
    is_own_certificate_unreadable: bool = False
    """Our own client certificate or its key cannot be read."""
    is_bundled_trusted: bool | None = None
    """What the roots bundled with the program say of a chain that the system's do not trust; None where not asked."""


@dataclass(frozen=True, slots=True)
class DnsEvidence:
    """What a name server or the system's resolver said."""

    rcode: int | None = None
    ede: tuple[int, ...] = ()
    """Extended DNS errors (RFC 8914)."""
    ede_text: str = ""
    server: str = ""
    has_answer: bool = False
    eai: int | None = None
    """getaddrinfo's code, in the numbers of `system`."""
    system: str = sys.platform
    is_bad_name: bool = False
    """The name cannot be written as a DNS name."""
    is_truncated: bool = False
    """The answer said to come back by TCP."""
    is_malformed: bool = False
    is_sinkhole: bool = False
    """Nothing but addresses that lead nowhere (0.0.0.0, ::): how filters answer."""
    is_collision: bool = False
    """127.0.53.53: the name belongs to a private network and became a public ending since (ICANN, name collision)."""
    has_no_server: bool = False
    is_fine_unchecked: bool = False
    """The same question with checking disabled (CD, RFC 4035 section 3.2.2) was answered: its signatures are wrong."""
    unexpected: str = ""
    """Another answer than the target expects: `rewritten`, `bogon` or `changed` (probes.dns_expectation)."""
    rejected: int = 0
    """Replies with a wrong id, question or sender, thrown away."""


@dataclass(frozen=True, slots=True)
class HttpEvidence:
    """What the HTTP exchange told."""

    status: int | None = None
    retry_after_s: float | None = None
    violation: str = ""
    """The protocol library's words; compared with the pinned ones of h11 and httpcore2 only."""
    is_foreign: bool = False
    """The first bytes are no HTTP."""
    is_rule_broken: bool = False
    """The peer broke a rule of HTTP/2."""
    is_unexpected: bool = False
    """The exchange went well, but status or text are not the ones asked for."""
    missing: str = ""
    """What was not as expected: `status` or `text`."""
    h2_stream_error: int | None = None
    h2_goaway: int | None = None
    is_redirect_loop: bool = False
    """A redirect led to a request made before, or there were too many."""


@dataclass(frozen=True, slots=True)
class QuicEvidence:
    """How a QUIC connection or the HTTP/3 request on it ended."""

    is_ready: bool = False
    """The handshake was complete."""
    error: int | None = None
    """Error code of the end of the connection: RFC 9000 section 20 before it was ready, RFC 9114 section 8.1 after."""
    reason: str = ""
    stream_error: int | None = None
    """Error code that ended the request alone."""


@dataclass(frozen=True, slots=True)
class ProxyEvidence:
    """What happened on the way to a proxy or at it."""

    address: str
    """The proxy, without user and password."""
    is_reached: bool = False
    """The connection to the proxy stands; from here on it speaks."""
    status: int | None = None
    """HTTP status of its own answer."""
    authenticate: str = ""
    """Its Proxy-Authenticate header."""
    error: str = ""
    """Error type in its Proxy-Status header (RFC 9209 section 2.3)."""
    status_text: str = ""
    """The whole Proxy-Status header."""
    socks_reply: int | None = None
    """RFC 1928 section 6."""
    login: str = ""
    """How a login was tried: `negotiate`, `ntlm`, `digest` or `basic`."""
    login_problem: str = ""
    is_login_refused: bool = False
    """No way to log in that both sides know, or wrong user and password (SOCKS)."""
    is_foreign: bool = False
    """It does not speak as a proxy of this kind."""
    script_problem: str = ""
    """Why an auto-configuration script, whose address this is, gave no answer: `fetch`, `script`, `time`, `names`."""


@dataclass(frozen=True, slots=True)
class ServiceEvidence:
    """What a service said of itself, instead of what was expected."""

    service: str = ""
    """`smtp`, `imap`, …; empty where unknown."""
    expected: str = ""
    said: str = ""
    code: int | None = None
    """The number an SMTP or FTP server refuses with."""
    is_bye: bool = False
    is_unexpected: bool = False
    is_starttls_missing: bool = False


@dataclass(frozen=True, slots=True)
class SocketEvidence:
    """What became of a WebSocket."""

    status: int | None = None
    """The HTTP status instead of 101."""
    close_code: int | None = None
    """RFC 6455 section 7.4; 1005 where the server gave none."""
    reason: str = ""
    violation: str = ""
    """Which rule of RFC 6455 the peer broke."""
    is_pong_missing: bool = False


@dataclass(frozen=True, slots=True)
class TimeEvidence:
    """What a time server said (RFC 5905)."""

    kiss: str = ""
    """Kiss code, section 7.4."""
    is_unsynchronized: bool = False
    stratum: int = 0
    offset_s: float | None = None
    """Its clock less ours."""


@dataclass(frozen=True, slots=True)
class BeatEvidence:
    """How a long connection stood when it failed."""

    silent_s: float
    """Since the last byte read."""
    lived_s: float
    """Since it was made."""
    misses: int = 0
    """Beats in a row without an answer."""
    is_idle: bool = False
    """It ended between two beats."""
    is_strange: bool = False
    """The peer answered, but nothing that was expected."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything one failed attempt saw. Plain values; `classify` turns it into a fault."""

    phase: Phase = Phase.CONNECT
    transport: str = "tcp"
    """`tcp`, `udp`, `icmp`, `dns` or `quic`: what a bare operating system error is about."""
    os_error: OsError | None = None
    icmp: Icmp | None = None
    path: PathEvidence | None = None
    mtu: MtuEvidence | None = None
    tcp_info: TcpFigures | None = None
    deadline: Deadline | None = None
    tls: TlsEvidence | None = None
    dns: DnsEvidence | None = None
    http: HttpEvidence | None = None
    quic: QuicEvidence | None = None
    proxy: ProxyEvidence | None = None
    service: ServiceEvidence | None = None
    ws: SocketEvidence | None = None
    ntp: TimeEvidence | None = None
    beat: BeatEvidence | None = None
    is_eof: bool = False
    """The peer closed its side."""
    is_reused: bool = False
    """It happened on a connection kept from an earlier request."""
    is_cancelled: bool = False
    is_disturbed: bool = False
    """This machine was asleep or too busy meanwhile."""
    missing_part: str = ""
    """A part of this program that is not installed: `http3` or `pac`."""
    is_capability_missing: bool = False
    """This kind of socket is kept from users like this one."""
    is_invalid_address: bool = False
    """An address no packet can be sent to, seen before anything was sent."""
    is_wrong_reply: bool = False
    """A datagram came back that answers nothing we asked."""
    link: str = ""
    """Where no route or no address to send from was found, what is known of this machine: net.machine.link_state."""
    peer: str = ""
    """Numeric address, without port."""
    local: str = ""
    elapsed_ms: float | None = None
    """Time in the phase until it failed."""
    bytes_in: int = 0
    bytes_out: int = 0
    first_bytes: bytes = b""
    """The beginning of what the peer sent, where it is not what was expected."""
    chain: tuple[str, ...] = ()
    """Names and texts of the exceptions, outermost first."""


class NetworkError(Exception):
    """Something on the way to the peer failed; carries what was seen."""

    def __init__(self, evidence: Evidence) -> None:
        super().__init__(evidence)
        self.evidence = evidence


def exception_chain(error: BaseException) -> tuple[str, ...]:
    """An exception and what caused it, outermost first, as short texts without addresses of objects."""
    texts: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(texts) < 6:
        seen.add(id(current))
        if not isinstance(current, NetworkError):
            texts.append(f"{type(current).__name__}: {current}"[:200])
        current = current.__cause__ or current.__context__
    return tuple(texts)
