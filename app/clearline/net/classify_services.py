"""Rules of the classifier for what stands on a connection: proxies, HTTP/3, greetings, WebSockets, time servers."""

from clearline.domain.phase import Phase
from clearline.net.evidence import Evidence, ProxyEvidence


def service(evidence: Evidence) -> str:
    """A service that greets wrongly, refuses or says nothing."""
    seen = evidence.service
    if seen is None:
        return ""
    if seen.is_starttls_missing:
        return "app.starttls_missing"
    if seen.is_bye:
        return "app.imap.bye"
    if seen.code is not None and seen.service == "smtp":
        return f"app.smtp.{seen.code}"
    if seen.is_unexpected:
        return "app.banner_unexpected"
    return "app.banner_missing" if evidence.deadline is not None else ""


def web_socket(evidence: Evidence) -> str:
    """A WebSocket that does not open, closes or falls silent."""
    socket = evidence.ws
    if socket is None:
        return ""
    if socket.violation:
        return "ws.protocol.error"
    if socket.status is not None:
        return "ws.upgrade_rejected"
    if socket.close_code is not None:
        return f"ws.closed.{socket.close_code}"
    return "ws.no_pong" if socket.is_pong_missing and evidence.deadline is not None else ""


# RFC 9114 section 8.1 and RFC 9204 section 6: somebody broke the rules.
_H3_RULES = frozenset((0x101, *range(0x103, 0x107), *range(0x108, 0x10B), 0x10E, *range(0x200, 0x203)))


def quic(evidence: Evidence) -> str:
    """A QUIC connection that is not made, or that ends with its request. Its TLS alerts are told as TLS."""
    seen = evidence.quic
    if seen is None:
        return ""
    if seen.stream_error is not None:
        return "h3.stream_reset"
    if seen.error is None:
        return ""
    if not seen.is_ready:
        return "h3.handshake_failed"
    return "h3.protocol.error" if seen.error in _H3_RULES else "h3.closed"


def time_server(evidence: Evidence) -> str:
    """A time server that has no time for us, or another one."""
    time = evidence.ntp
    if time is None:
        return ""
    if time.kiss:
        return f"ntp.kod.{time.kiss.lower()}"
    if time.is_unsynchronized:
        return "ntp.unsynchronized"
    return "ntp.clock_differs" if time.offset_s is not None else ""


# RFC 1928 section 6.
_SOCKS_KINDS = {
    2: "proxy.socks.not_allowed",
    3: "proxy.socks.net_unreachable",
    4: "proxy.socks.host_unreachable",
    5: "proxy.socks.refused",
    6: "proxy.socks.ttl_expired",
    7: "proxy.socks.command",
    8: "proxy.socks.address_type",
}
_PROXY_STATUSES = {
    401: "proxy.auth_required",
    403: "proxy.denied",
    405: "proxy.denied",
    407: "proxy.auth_required",
    451: "proxy.denied",
}
_UPSTREAM_STATUSES = {502: "bad_gateway", 503: "unavailable", 504: "timed_out"}
# RFC 9209 section 2.3: what is the proxy's own "no" and not the server's.
_PROXY_ERRORS = {"http_request_denied": "proxy.denied", "destination_ip_prohibited": "proxy.denied"}


_SCRIPT_KINDS = {
    "script": "proxy.pac_failed.script",
    "time": "proxy.pac_failed.timed_out",
    "names": "proxy.pac_failed.timed_out",
}


def said_by_proxy(proxy: ProxyEvidence) -> str:
    """What the proxy itself said; empty where it said nothing that counts."""
    if proxy.script_problem:
        return _SCRIPT_KINDS.get(proxy.script_problem, "proxy.pac_failed")
    if proxy.is_foreign:
        return "proxy.protocol"
    if proxy.is_login_refused:
        return "proxy.auth_required"
    if proxy.socks_reply is not None:
        return _SOCKS_KINDS.get(proxy.socks_reply, "proxy.socks")
    return _proxy_answer(proxy) if proxy.status is not None else ""


def _proxy_answer(proxy: ProxyEvidence) -> str:
    status = proxy.status or 0
    if known := _PROXY_STATUSES.get(status) or _PROXY_ERRORS.get(proxy.error):
        return known
    if proxy.error or status >= 500:
        return f"proxy.upstream.{proxy.error or _UPSTREAM_STATUSES.get(status, 'error')}"
    return "proxy.denied" if status >= 402 else "proxy.protocol"


def near_proxy(kind: str, evidence: Evidence) -> str:
    """The same finding, said of the proxy."""
    area = kind.partition(".")[0]
    if area in ("local", "input") or kind in ("tls.local_ca_missing", "tcp.address_invalid"):
        return kind
    if area == "dns":
        return "proxy.resolve_failed"
    if kind.startswith("tls.cert."):
        return "proxy.cert_invalid"
    if kind == "tls.protocol.error.not_tls":
        return "proxy.protocol"
    if evidence.phase is Phase.PROXY:
        return "proxy.timed_out" if evidence.deadline is not None else "proxy.closed"
    how = {"tcp.refused": ".refused", "tcp.timed_out": ".timed_out"}.get(kind, "")
    return f"proxy.connect_failed{how}"
