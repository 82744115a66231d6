"""The faults the lab can make: a closed vocabulary, which servers can make them, and what may be set."""

import msgspec

from clearline.domain.command import NoteLabFault

GREETING = frozenset({"tcp", "tls", "banner"})
SECURE = frozenset({"tls", "https"})
WEB = frozenset({"http", "https"})
H2 = frozenset({"https"})
NAMES = frozenset({"dns"})
BEAT = frozenset({"beat"})
PROXY = frozenset({"proxy"})
SOCKET = frozenset({"ws"})
NTP = frozenset({"ntp"})
DATAGRAM = frozenset({"udp", "dns", "ntp"})
STREAM = GREETING | SECURE | WEB | BEAT | PROXY | SOCKET
DELAYABLE = SECURE | WEB | DATAGRAM | SOCKET
"""The kernel itself completes a TCP connection on loopback, at once: no server can delay that."""


class LabFault(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One fault to make. Which of the options a kind takes, and their defaults, stand in CATALOGUE."""

    kind: str
    status: int | None = None
    """HTTP status of an answer."""
    retry_after_s: float | None = None
    """Retry-After header of `status`; 0 sends none."""
    delay_ms: float | None = None
    """What a slow or late answer takes longer, in milliseconds."""
    share: float | None = None
    """Share of datagrams that `loss` and `loss_bursts` swallow, 0 to 1."""
    burst: float | None = None
    """Length of a burst of lost datagrams: the mean of `loss_bursts`, each of `loss_periodic`; 1 or more."""
    alert: int | None = None
    """Alert number that `tls_alert` sends, RFC 8446 section 6."""
    every: float | None = None
    """`beat_skips` leaves out each so-manieth answer, `loss_periodic` loses a burst in each so many; 1 or more."""
    after: float | None = None
    """How many connections, answers or bytes are well before the fault comes, 0 or more."""
    code: int | None = None
    """The number in the answer: DNS rcode, HTTP/2 error, WebSocket close, SOCKS reply or SMTP."""
    ede: int | None = None
    """Extended DNS error, RFC 8914; -1 sends none."""

    def option(self, name: str) -> float:
        """The value of an option, or its kind's default. Raises KeyError for one the kind does not take."""
        given: float | None = getattr(self, name)
        return CATALOGUE[self.kind].options[name] if given is None else given


def note(target: str, fault: LabFault | None, by: str = "scenario") -> NoteLabFault:
    """What a session records of a fault; None is a server that is well."""
    if fault is None:
        return NoteLabFault(target=target, fault="", by=by)
    options = {name: value for name, value in msgspec.to_builtins(fault).items() if name != "kind"}
    return NoteLabFault(target=target, fault=fault.kind, options=options, by=by)


class FaultKind(msgspec.Struct, frozen=True):
    """What is known of a kind of fault: where the window shows it, which servers can make it, what may be set."""

    section: str
    """One of SECTIONS."""
    servers: frozenset[str]
    options: dict[str, float] = {}


class Option(msgspec.Struct, frozen=True):
    """What may be set of a fault: its range and its unit."""

    low: float
    high: float
    unit: str = ""
    """`s`, `ms`, `%` of a share from 0 to 1, or a word for what is counted; empty for a number that is a name."""
    is_whole: bool = False


_OPTIONS: dict[str, Option] = {
    "status": Option(200, 599, is_whole=True),
    "retry_after_s": Option(0, 86400, "s", is_whole=True),
    "delay_ms": Option(0, 600_000, "ms"),
    "share": Option(0, 0.95, "%"),
    "burst": Option(1, 1000, "datagrams"),
    "alert": Option(0, 255, is_whole=True),
    "every": Option(1, 1000, "datagrams", is_whole=True),
    "after": Option(0, 1_000_000, "answers", is_whole=True),
    "code": Option(0, 4999, is_whole=True),
    "ede": Option(-1, 65535, is_whole=True),
}
_SPECIAL: dict[tuple[str, str], Option] = {
    ("rcode", "code"): Option(0, 4095, is_whole=True),
    ("h2_goaway", "code"): Option(0, 13, is_whole=True),
    ("h2_reset", "code"): Option(0, 13, is_whole=True),
    ("ws_closes", "code"): Option(1000, 4999, is_whole=True),
    ("socks_reply", "code"): Option(1, 255, is_whole=True),
    ("banner_refuses", "code"): Option(400, 599, is_whole=True),
    ("beat_skips", "every"): Option(1, 1000, "answers", is_whole=True),
    ("refuses_after", "after"): Option(0, 1_000_000, "connections", is_whole=True),
    ("closes_mid_answer", "after"): Option(0, 1_000_000, "bytes", is_whole=True),
    ("resets_mid_answer", "after"): Option(0, 1_000_000, "bytes", is_whole=True),
}


def option_of(kind: str, name: str) -> Option:
    """Range and unit of an option of a kind of fault. Raises KeyError where there is no such option."""
    return _SPECIAL.get((kind, name)) or _OPTIONS[name]


OPTION_NAMES = tuple(_OPTIONS)


SECTIONS = ("connect", "tls", "http", "names", "beat", "proxy", "service", "network")
"""Where faults are shown, in order."""

CATALOGUE: dict[str, FaultKind] = {
    "refused": FaultKind("connect", STREAM),
    "black_hole": FaultKind("connect", STREAM),
    "reset_after_accept": FaultKind("connect", STREAM),
    "closed_after_accept": FaultKind("connect", STREAM),
    "half_closed": FaultKind("connect", STREAM),
    "silent_after_accept": FaultKind("connect", STREAM),
    "slow_start": FaultKind("connect", STREAM, {"delay_ms": 4000}),
    "refuses_after": FaultKind("connect", STREAM, {"after": 3}),
    "drip": FaultKind("connect", STREAM, {"delay_ms": 100}),
    "closes_mid_answer": FaultKind("connect", STREAM, {"after": 40}),
    "resets_mid_answer": FaultKind("connect", STREAM, {"after": 40}),
    "expired": FaultKind("tls", SECURE),
    "expires_soon": FaultKind("tls", SECURE),
    "not_yet_valid": FaultKind("tls", SECURE),
    "wrong_name": FaultKind("tls", SECURE),
    "self_signed": FaultKind("tls", SECURE),
    "unknown_ca": FaultKind("tls", SECURE),
    "untrusted_root": FaultKind("tls", SECURE),
    "inspected": FaultKind("tls", SECURE),
    "incomplete_chain": FaultKind("tls", SECURE),
    "weak_key": FaultKind("tls", SECURE),
    "wrong_usage": FaultKind("tls", SECURE),
    "not_an_authority": FaultKind("tls", SECURE),
    "bad_signature": FaultKind("tls", SECURE),
    "revoked": FaultKind("tls", SECURE),
    "client_cert_required": FaultKind("tls", SECURE),
    "client_cert_required_1_2": FaultKind("tls", SECURE),
    "old_version": FaultKind("tls", SECURE),
    "no_common_cipher": FaultKind("tls", SECURE),
    "slow_handshake": FaultKind("tls", SECURE, {"delay_ms": 8000}),
    "tls_hang": FaultKind("tls", SECURE),
    "tls_closed": FaultKind("tls", SECURE),
    "tls_reset": FaultKind("tls", SECURE),
    "tls_alert": FaultKind("tls", SECURE, {"alert": 40}),
    "tls_nonsense": FaultKind("tls", SECURE),
    "not_tls": FaultKind("tls", SECURE),
    "status": FaultKind("http", WEB, {"status": 503, "retry_after_s": 0}),
    "retry_after_date": FaultKind("http", WEB, {"status": 503, "retry_after_s": 30}),
    "retry_after_wrong": FaultKind("http", WEB, {"status": 503}),
    "closes_idle": FaultKind("http", WEB, {"delay_ms": 500}),
    "closes_when_reused": FaultKind("http", WEB, {"after": 1}),
    "slow_first_byte": FaultKind("http", WEB, {"delay_ms": 1500}),
    "slow_body": FaultKind("http", WEB, {"delay_ms": 15000}),
    "stops_in_head": FaultKind("http", WEB),
    "stops_halfway": FaultKind("http", WEB),
    "cut_in_head": FaultKind("http", WEB),
    "cut_off": FaultKind("http", WEB),
    "reset_halfway": FaultKind("http", WEB),
    "wrong_length": FaultKind("http", WEB),
    "bad_chunk": FaultKind("http", WEB),
    "cut_chunks": FaultKind("http", WEB),
    "bad_status_line": FaultKind("http", WEB),
    "bad_header": FaultKind("http", WEB),
    "endless_head": FaultKind("http", WEB),
    "empty_answer": FaultKind("http", WEB),
    "garbage": FaultKind("http", WEB | {"udp"}),
    "other_protocol": FaultKind("http", WEB),
    "redirect_loop": FaultKind("http", WEB),
    "wrong_text": FaultKind("http", WEB),
    "h2_goaway": FaultKind("http", H2, {"code": 0}),
    "h2_reset": FaultKind("http", H2, {"code": 2}),
    "h2_refused_stream": FaultKind("http", H2),
    "h2_calm_down": FaultKind("http", H2),
    "h2_silent": FaultKind("http", H2),
    "h2_stops_halfway": FaultKind("http", H2),
    "h2_nonsense": FaultKind("http", H2),
    "nxdomain": FaultKind("names", NAMES),
    "no_data": FaultKind("names", NAMES),
    "only_alias": FaultKind("names", NAMES),
    "servfail": FaultKind("names", NAMES),
    "server_refuses": FaultKind("names", NAMES),
    "format_error": FaultKind("names", NAMES),
    "rcode": FaultKind("names", NAMES, {"code": 4, "ede": -1}),
    "no_edns": FaultKind("names", NAMES),
    "wrong_id": FaultKind("names", NAMES),
    "wrong_question": FaultKind("names", NAMES),
    "malformed": FaultKind("names", NAMES),
    "private_answer": FaultKind("names", NAMES),
    "wildcard": FaultKind("names", NAMES),
    "truncated": FaultKind("names", NAMES),
    "truncated_tcp_silent": FaultKind("names", NAMES),
    "truncated_tcp_reset": FaultKind("names", NAMES),
    "truncated_tcp_well": FaultKind("names", NAMES),
    "beat_stops": FaultKind("beat", BEAT),
    "beat_late": FaultKind("beat", BEAT, {"delay_ms": 3000}),
    "beat_skips": FaultKind("beat", BEAT, {"every": 3}),
    "beat_wrong": FaultKind("beat", BEAT),
    "beat_fin": FaultKind("beat", BEAT, {"after": 3}),
    "beat_reset": FaultKind("beat", BEAT, {"after": 3}),
    "beat_silent": FaultKind("beat", BEAT, {"after": 3}),
    "proxy_auth": FaultKind("proxy", PROXY),
    "proxy_denied": FaultKind("proxy", PROXY),
    "proxy_upstream": FaultKind("proxy", PROXY, {"status": 502}),
    "proxy_hangs": FaultKind("proxy", PROXY),
    "proxy_nonsense": FaultKind("proxy", PROXY),
    "socks_reply": FaultKind("proxy", PROXY, {"code": 5}),
    "socks_no_method": FaultKind("proxy", PROXY),
    "ws_rejected": FaultKind("service", SOCKET, {"status": 403}),
    "ws_wrong_key": FaultKind("service", SOCKET),
    "ws_closes": FaultKind("service", SOCKET, {"code": 1013}),
    "ws_no_pong": FaultKind("service", SOCKET),
    "ws_nonsense": FaultKind("service", SOCKET),
    "banner_missing": FaultKind("service", GREETING),
    "banner_late": FaultKind("service", GREETING, {"delay_ms": 8000}),
    "banner_wrong": FaultKind("service", GREETING),
    "banner_refuses": FaultKind("service", GREETING, {"code": 554}),
    "ntp_unsynchronized": FaultKind("service", NTP),
    "ntp_kiss_rate": FaultKind("service", NTP),
    "ntp_kiss_deny": FaultKind("service", NTP),
    "ntp_wrong_time": FaultKind("service", NTP, {"delay_ms": 90000}),
    "ntp_wrong_origin": FaultKind("service", NTP),
    "delay": FaultKind("network", DELAYABLE, {"delay_ms": 300}),
    "drop": FaultKind("network", DATAGRAM),
    "loss": FaultKind("network", DATAGRAM, {"share": 0.05}),
    "loss_bursts": FaultKind("network", DATAGRAM, {"share": 0.1, "burst": 5}),
    "loss_periodic": FaultKind("network", DATAGRAM, {"every": 30, "burst": 3}),
    "duplicate": FaultKind("network", DATAGRAM),
    "reordered": FaultKind("network", DATAGRAM, {"delay_ms": 500}),
    "wrong_sender": FaultKind("network", DATAGRAM),
    "empty_reply": FaultKind("network", frozenset({"udp"})),
    "port_closed": FaultKind("network", DATAGRAM),
}
"""Every kind of fault, in the order the window offers them."""
