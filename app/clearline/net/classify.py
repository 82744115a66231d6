"""Evidence to fault: pure and driven by tables, in the order of faults.md §1.13; the first rule that speaks wins."""

from collections.abc import Callable
from dataclasses import replace

from clearline.domain.fault import Fault
from clearline.domain.phase import Phase
from clearline.net.classify_services import near_proxy, quic, said_by_proxy, service, time_server, web_socket
from clearline.net.evidence import DnsEvidence, Evidence
from clearline.net.icmp_tables import ICMP_KINDS, ICMP_MEANING
from clearline.net.os_errors import error_name, lookup_error_name
from clearline.net.os_tables import CONNECT_OS_KINDS, DATAGRAM_OS_KINDS, OPEN_OS_KINDS, TLS_OS_KINDS
from clearline.net.plain_evidence import plain_evidence
from clearline.net.tls_tables import ALERTS, NO_CERTIFICATE_ALERTS, REASONS, kind_of_verify_code

_IMMEDIATE_MS = 2.0
"""An unreachable that came faster was our own routing table's: no router answers in that time."""

_OPENING = (Phase.RESOLVE, Phase.CONNECT)


def classify(evidence: Evidence) -> Fault:
    """The fault that this evidence shows. `unknown` where no rule knows it; never raises."""
    kind = next((kind for rule in _RULES if (kind := rule(evidence))), "unknown")
    is_cut_short = evidence.deadline is not None and evidence.deadline.by == "total"
    return Fault(
        kind=kind,
        phase=evidence.phase,
        evidence=plain_evidence(evidence),
        is_void=evidence.is_cancelled or evidence.is_disturbed or (is_cut_short and kind in _TIMEOUT_KINDS),
    )


def _cancelled(evidence: Evidence) -> str:
    return "abandoned" if evidence.is_cancelled else ""


def _disturbed(evidence: Evidence) -> str:
    return "local.stalled" if evidence.is_disturbed else ""


def _invalid_input(evidence: Evidence) -> str:
    if evidence.missing_part:
        return "local.part_missing"
    if evidence.is_capability_missing:
        return "local.capability"
    return "tcp.address_invalid" if evidence.is_invalid_address else ""


def _way(evidence: Evidence) -> str:
    if evidence.mtu is not None:
        return "tcp.mtu_black_hole"
    if evidence.path is None:
        return ""
    return "path.loop" if evidence.path.is_loop else "path.dead_after_hop"


def _icmp(evidence: Evidence) -> str:
    icmp = evidence.icmp
    if icmp is None:
        return ""
    meaning = ICMP_MEANING.get((icmp.version, icmp.type, icmp.code), "")
    if meaning == "host" and _is_same(icmp.offender, evidence.local):
        return "local.neighbor_unreachable" if evidence.transport != "dns" else "dns.unreachable"
    if meaning == "port" and evidence.transport == "tcp":
        is_from_peer = not icmp.offender or _is_same(icmp.offender, evidence.peer)
        return "tcp.refused" if is_from_peer else "tcp.refused.by_firewall"
    return ICMP_KINDS[evidence.transport].get(meaning, "")


def _is_same(ip: str, other: str) -> bool:
    """The same address, whatever link it was reached by (`fe80::1%eth0`)."""
    return bool(ip) and ip.partition("%")[0] == other.partition("%")[0]


def _os_error(evidence: Evidence) -> str:
    if evidence.os_error is None:
        return ""
    name = error_name(evidence.os_error)
    if evidence.dns is not None and evidence.dns.is_truncated:
        return "dns.truncated_no_tcp"
    if evidence.transport != "tcp":
        kinds = DATAGRAM_OS_KINDS[evidence.transport]
    elif evidence.phase in _OPENING:
        kinds = CONNECT_OS_KINDS
    else:
        kinds = TLS_OS_KINDS if evidence.phase is Phase.TLS else OPEN_OS_KINDS
    # Linux queues each ICMP message: without one this machine's own routing table spoke, however busy it was meanwhile.
    is_own = evidence.os_error.system == "linux" and evidence.icmp is None
    is_immediate = is_own or (evidence.elapsed_ms is not None and evidence.elapsed_ms < _IMMEDIATE_MS)
    is_opening = evidence.phase in _OPENING or evidence.transport in ("udp", "icmp", "quic")
    if name in ("ENETUNREACH", "EHOSTUNREACH") and is_opening and is_immediate and evidence.transport != "dns":
        return _no_route(evidence, name)
    if name == "EADDRNOTAVAIL" and evidence.link in _NO_SOURCE:
        return _NO_SOURCE[evidence.link]
    if name in kinds:
        return kinds[name]
    return "tcp.failed" if evidence.transport == "tcp" and evidence.phase is Phase.CONNECT else ""


_NO_SOURCE = {"no_family": "local.family_unavailable", "no_source": "local.bind_failed"}
"""What a computer lacks that has ports left, and no address to send from."""


def _no_route(evidence: Evidence, name: str) -> str:
    if evidence.link in ("no_link", "no_address"):
        return f"local.{evidence.link}"
    # macOS 15 and newer refuse their own network to programs that were not allowed it, and nothing else.
    is_macos = evidence.os_error is not None and evidence.os_error.system == "darwin"
    if is_macos and name == "EHOSTUNREACH" and evidence.link == "on_link":
        return "local.privacy_blocked"
    return "local.no_route"


def _tls(evidence: Evidence) -> str:
    tls = evidence.tls
    if tls is None:
        return ""
    if tls.is_own_certificate_unreadable:
        return "tls.client_cert_unreadable"
    if tls.is_store_unreadable:
        return "tls.local_ca_missing"
    if tls.is_plain:
        return "tls.protocol.error.not_tls"
    if tls.alert in NO_CERTIFICATE_ALERTS and tls.is_certificate_wanted:
        return "tls.client_cert_required"
    if tls.alert is not None:
        return ALERTS.get(tls.alert, "tls.failed")
    if tls.verify_code is not None:
        return kind_of_verify_code(
            tls.store,
            tls.verify_code,
            is_self_signed=bool(tls.certificate.get("is_self_signed")),
            is_chain_short=tls.is_chain_short,
        )
    if evidence.is_eof:
        return "tls.closed"
    if tls.reason:
        return REASONS.get(tls.reason, "tls.failed")
    return "" if evidence.deadline is not None else "tls.failed"


# RFC 8914, and the registry's later entries up to 32.
_EDE_KINDS: dict[int, str] = {
    **dict.fromkeys((1, 2, *range(5, 13), 25, 27), "dns.server.dnssec_bogus"),
    **dict.fromkeys((4, 15, 16, 17, 18), "dns.server.blocked"),
    20: "dns.server.refused",
}
_RCODE_KINDS: dict[int, str] = {
    0: "dns.name_not_resolved.no_data",
    2: "dns.server.servfail",
    3: "dns.name_not_resolved.nxdomain",
    5: "dns.server.refused",
}
_LOOKUP_KINDS: dict[str, str] = {
    "EAI_NONAME": "dns.name_not_resolved.nxdomain",
    "EAI_NODATA": "dns.name_not_resolved.no_data",
    "EAI_ADDRFAMILY": "dns.name_not_resolved.no_data",
    "EAI_AGAIN": "dns.failed",
    "EAI_FAIL": "dns.failed",
    "EAI_SERVICE": "input.invalid",
    "EAI_SOCKTYPE": "local.family_unavailable",
    "EAI_FAMILY": "local.family_unavailable",
    "EAI_MEMORY": "local.resources",
    "EAI_SYSTEM": "dns.failed",
}


_UNEXPECTED_KINDS = {"rewritten": "dns.rewritten", "bogon": "dns.bogon", "changed": "dns.address_changed"}


def _dns(evidence: Evidence) -> str:
    dns = evidence.dns
    if dns is None:
        return ""
    if dns.is_bad_name:
        return "input.invalid"
    if dns.has_no_server:
        return "dns.not_configured"
    if dns.unexpected:
        return _UNEXPECTED_KINDS[dns.unexpected]
    if dns.is_truncated:
        return "dns.truncated_no_tcp"
    if dns.is_malformed:
        return "dns.protocol"
    if dns.is_sinkhole or dns.is_collision:
        return "dns.server.blocked" if dns.is_sinkhole else "dns.bogon"
    if dns.eai is not None:
        return _LOOKUP_KINDS.get(lookup_error_name(dns.eai, dns.system), "dns.failed")
    if dns.rcode is not None:
        return _rcode(dns)
    # Only answers to something else came until time was up.
    return "dns.protocol" if dns.rejected else ""


def _rcode(dns: DnsEvidence) -> str:
    if dns.is_fine_unchecked and dns.rcode == 2:
        return "dns.server.dnssec_bogus"
    kind = _RCODE_KINDS.get(dns.rcode or 0, "dns.protocol")
    if dns.rcode in (0, 3):
        # Blocking resolvers say NXDOMAIN or nothing, and why in the extended error.
        kinds = [found for code in dns.ede if (found := _EDE_KINDS.get(code)) == "dns.server.blocked"]
    else:
        kinds = [_EDE_KINDS[code] for code in dns.ede if code in _EDE_KINDS]
    return kinds[0] if kinds else kind


# The only texts that classification reads; a test pins them to the libraries' own (faults.md §1.12).
TRUNCATED_LENGTH = "peer closed connection without sending complete message body (received"
TRUNCATED_CHUNKS = "peer closed connection without sending complete message body (incomplete chunked read)"
NO_RESPONSE = "Server disconnected without sending a response."


def _http(evidence: Evidence) -> str:
    http = evidence.http
    if http is None:
        return ""
    if http.is_redirect_loop:
        return "http.response.redirect_loop"
    if http.is_foreign:
        return "http.response.invalid"
    if http.h2_stream_error is not None:
        return "h2.stream_reset"
    if http.h2_goaway is not None:
        return "h2.goaway"
    if http.is_rule_broken:
        return "http.protocol.error"
    if http.violation.startswith(TRUNCATED_CHUNKS):
        return "http.response.invalid.incomplete_chunked_encoding"
    if http.violation.startswith(TRUNCATED_LENGTH):
        return "http.response.invalid.content_length_mismatch"
    if http.violation.startswith(NO_RESPONSE) or (evidence.is_eof and evidence.phase is Phase.WAIT):
        return "http.response.invalid.empty" if not evidence.first_bytes else "http.response.invalid"
    if http.violation:
        is_cut = evidence.is_eof and evidence.phase is Phase.RECEIVE and not evidence.first_bytes
        return "http.response.invalid.content_length_mismatch" if is_cut else "http.response.invalid"
    if http.is_unexpected:
        status = http.status or 0
        return f"http.error.{status}" if status >= 400 and http.missing == "status" else "http.content_mismatch"
    return ""


def _datagram(evidence: Evidence) -> str:
    return "udp.unexpected_reply" if evidence.is_wrong_reply else ""


def _beat(evidence: Evidence) -> str:
    if evidence.beat is None or evidence.is_eof:
        return ""
    if evidence.beat.is_strange:
        return "app.unexpected_reply"
    return "tcp.stalled" if evidence.deadline is not None else ""


def _closed(evidence: Evidence) -> str:
    if not evidence.is_eof:
        return ""
    return "tls.closed" if evidence.phase is Phase.TLS else "tcp.closed"


_PHASE_TIMEOUTS: dict[Phase, str] = {
    Phase.RESOLVE: "dns.timed_out",
    Phase.CONNECT: "tcp.timed_out",
    Phase.TLS: "tls.timed_out",
    Phase.SEND: "tcp.stalled",
    Phase.WAIT: "http.timed_out",
    Phase.RECEIVE: "http.stalled",
}
_DATAGRAM_TIMEOUTS = {"udp": "udp.no_reply", "dns": "dns.timed_out", "icmp": "icmp.no_reply"}
_NO_QUIC = "h3.handshake_failed.timed_out"
_TIMEOUT_KINDS = {
    _NO_QUIC,
    *_PHASE_TIMEOUTS.values(),
    *_DATAGRAM_TIMEOUTS.values(),
    "proxy.timed_out",
    "proxy.connect_failed.timed_out",
    "app.banner_missing",
    "ws.no_pong",
}


def _deadline(evidence: Evidence) -> str:
    if evidence.deadline is None:
        return ""
    if evidence.transport == "quic":
        is_open = evidence.phase not in (Phase.CONNECT, Phase.TLS)
        return _PHASE_TIMEOUTS[evidence.phase] if is_open else _NO_QUIC
    if evidence.transport != "tcp":
        return _DATAGRAM_TIMEOUTS[evidence.transport]
    return _PHASE_TIMEOUTS.get(evidence.phase, "")


_EXCHANGE_RULES: tuple[Callable[[Evidence], str], ...] = (
    _icmp,
    _os_error,
    _tls,
    _dns,
    _http,
    quic,
    web_socket,
    service,
    time_server,
    _datagram,
    _beat,
    _closed,
    _deadline,
)


def _proxy(evidence: Evidence) -> str:
    """What failed before the way to the server stood is told of the proxy, not of the server."""
    if evidence.proxy is None:
        return ""
    if told := said_by_proxy(evidence.proxy):
        return told
    bare = replace(evidence, proxy=None)
    return near_proxy(next((kind for rule in _EXCHANGE_RULES if (kind := rule(bare))), ""), evidence)


_RULES: tuple[Callable[[Evidence], str], ...] = (
    _cancelled,
    _disturbed,
    _invalid_input,
    _proxy,
    _way,
    *_EXCHANGE_RULES,
)
