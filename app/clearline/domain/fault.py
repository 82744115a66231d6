"""What one attempt saw go wrong: a dotted kind, the phase it happened in, and the evidence."""

from enum import StrEnum
from typing import Any

import msgspec

from clearline.domain.phase import Phase


class Whose(StrEnum):
    """Who can mend a fault; what people read."""

    ME = "me"
    LAN = "lan"
    DNS = "dns"
    PROXY = "proxy"
    PATH = "path"
    SERVER = "server"
    APP = "app"
    NOBODY = "nobody"


class Blame(StrEnum):
    """What the client core makes of a fault. CALLER is void for the breaker: it proves nothing about the peer."""

    PEER = "peer"
    PATH = "path"
    CALLER = "caller"


class Sent(StrEnum):
    """Could the peer have acted on the request before the fault?"""

    NO = "no"
    MAYBE = "maybe"
    YES = "yes"


class Retry(StrEnum):
    """What another try could bring."""

    NO = "no"
    OTHER = "other"
    BACKOFF = "backoff"
    AFTER = "after"
    IDEMPOTENT = "idempotent"
    FIX = "fix"


class Layer(StrEnum):
    """Where a connection breaks, in the order a connection is made; the heat map and the layer lane show it."""

    SELF = "self"
    NAME = "name"
    CONNECT = "connect"
    PROXY = "proxy"
    TLS = "tls"
    ANSWER = "answer"

    @property
    def letter(self) -> str:
        """One letter for narrow places."""
        return {"self": "S", "name": "N", "connect": "C", "proxy": "P", "tls": "T", "answer": "A"}[self.value]


_LAYER = {
    Phase.RESOLVE: Layer.NAME,
    Phase.CONNECT: Layer.CONNECT,
    Phase.PROXY: Layer.PROXY,
    Phase.TLS: Layer.TLS,
    Phase.SEND: Layer.ANSWER,
    Phase.WAIT: Layer.ANSWER,
    Phase.RECEIVE: Layer.ANSWER,
}


def layer_of(kind: str, phase: Phase) -> Layer:
    """The layer a fault belongs to: its kind decides for this machine, names and TLS, its phase for the rest."""
    area = kind.partition(".")[0]
    named = {"local": Layer.SELF, "input": Layer.SELF, "dns": Layer.NAME, "tls": Layer.TLS, "proxy": Layer.PROXY}
    return named.get(area) or _LAYER[phase]


class Kind(msgspec.Struct, frozen=True):
    """What is known of a kind of fault before any evidence is read."""

    whose: Whose
    retry: Retry


_BLAME = {
    Whose.ME: Blame.CALLER,
    Whose.NOBODY: Blame.CALLER,
    Whose.LAN: Blame.PATH,
    Whose.DNS: Blame.PATH,
    Whose.PROXY: Blame.PATH,
    Whose.PATH: Blame.PATH,
    Whose.SERVER: Blame.PEER,
    Whose.APP: Blame.PEER,
}

_SENT = {
    Phase.RESOLVE: Sent.NO,
    Phase.CONNECT: Sent.NO,
    Phase.PROXY: Sent.NO,
    Phase.TLS: Sent.NO,
    Phase.SEND: Sent.MAYBE,
    Phase.WAIT: Sent.MAYBE,
    Phase.RECEIVE: Sent.YES,
}

KINDS: dict[str, Kind] = {
    # this machine
    "local.no_link": Kind(Whose.ME, Retry.FIX),
    "local.no_address": Kind(Whose.LAN, Retry.BACKOFF),
    "local.no_route": Kind(Whose.ME, Retry.OTHER),
    "local.family_unavailable": Kind(Whose.ME, Retry.OTHER),
    "local.permission_denied": Kind(Whose.ME, Retry.NO),
    "local.privacy_blocked": Kind(Whose.ME, Retry.FIX),
    "local.neighbor_unreachable": Kind(Whose.LAN, Retry.BACKOFF),
    "local.resources": Kind(Whose.ME, Retry.BACKOFF),
    "local.ports_exhausted": Kind(Whose.ME, Retry.BACKOFF),
    "local.address_in_use": Kind(Whose.ME, Retry.FIX),
    "local.bind_failed": Kind(Whose.ME, Retry.FIX),
    "local.clock_skew": Kind(Whose.ME, Retry.FIX),
    "local.stalled": Kind(Whose.ME, Retry.BACKOFF),
    "local.capability": Kind(Whose.ME, Retry.NO),
    "local.part_missing": Kind(Whose.ME, Retry.FIX),
    "input.invalid": Kind(Whose.ME, Retry.NO),
    "abandoned": Kind(Whose.NOBODY, Retry.NO),
    # name resolution
    "dns.name_not_resolved.nxdomain": Kind(Whose.DNS, Retry.NO),
    "dns.name_not_resolved.no_data": Kind(Whose.DNS, Retry.OTHER),
    "dns.server.servfail": Kind(Whose.DNS, Retry.BACKOFF),
    "dns.server.refused": Kind(Whose.DNS, Retry.OTHER),
    "dns.server.dnssec_bogus": Kind(Whose.DNS, Retry.BACKOFF),
    "dns.server.blocked": Kind(Whose.LAN, Retry.NO),
    "dns.timed_out": Kind(Whose.DNS, Retry.OTHER),
    "dns.unreachable": Kind(Whose.PATH, Retry.OTHER),
    "dns.unreachable.port": Kind(Whose.DNS, Retry.OTHER),
    "dns.protocol": Kind(Whose.DNS, Retry.OTHER),
    "dns.truncated_no_tcp": Kind(Whose.PATH, Retry.OTHER),
    "dns.not_configured": Kind(Whose.ME, Retry.FIX),
    "dns.bogon": Kind(Whose.LAN, Retry.NO),
    "dns.rewritten": Kind(Whose.LAN, Retry.NO),
    "dns.address_changed": Kind(Whose.APP, Retry.NO),
    "dns.failed": Kind(Whose.DNS, Retry.BACKOFF),
    # the TCP connection
    "tcp.refused": Kind(Whose.SERVER, Retry.BACKOFF),
    "tcp.refused.by_firewall": Kind(Whose.PATH, Retry.NO),
    "tcp.timed_out": Kind(Whose.PATH, Retry.BACKOFF),
    "tcp.address_unreachable.host": Kind(Whose.PATH, Retry.BACKOFF),
    "tcp.address_unreachable.net": Kind(Whose.PATH, Retry.BACKOFF),
    "tcp.admin_prohibited": Kind(Whose.PATH, Retry.NO),
    "tcp.ttl_exceeded": Kind(Whose.PATH, Retry.BACKOFF),
    "tcp.address_invalid": Kind(Whose.ME, Retry.NO),
    "tcp.reset": Kind(Whose.SERVER, Retry.IDEMPOTENT),
    "tcp.closed": Kind(Whose.SERVER, Retry.IDEMPOTENT),
    "tcp.aborted": Kind(Whose.PATH, Retry.IDEMPOTENT),
    "tcp.stalled": Kind(Whose.SERVER, Retry.IDEMPOTENT),
    "tcp.failed": Kind(Whose.PATH, Retry.BACKOFF),
    # datagrams
    "udp.no_reply": Kind(Whose.PATH, Retry.BACKOFF),
    "udp.port_unreachable": Kind(Whose.SERVER, Retry.NO),
    "udp.unreachable.host": Kind(Whose.PATH, Retry.BACKOFF),
    "udp.unreachable.net": Kind(Whose.PATH, Retry.BACKOFF),
    "udp.admin_prohibited": Kind(Whose.PATH, Retry.NO),
    "udp.message_too_big": Kind(Whose.PATH, Retry.NO),
    "udp.unexpected_reply": Kind(Whose.SERVER, Retry.NO),
    # ping, and the way packets take
    "icmp.no_reply": Kind(Whose.PATH, Retry.BACKOFF),
    "icmp.unreachable.host": Kind(Whose.PATH, Retry.BACKOFF),
    "icmp.unreachable.net": Kind(Whose.PATH, Retry.BACKOFF),
    "icmp.unreachable.port": Kind(Whose.PATH, Retry.NO),
    "icmp.admin_prohibited": Kind(Whose.PATH, Retry.NO),
    "icmp.ttl_exceeded": Kind(Whose.PATH, Retry.BACKOFF),
    "icmp.message_too_big": Kind(Whose.PATH, Retry.NO),
    "path.loop": Kind(Whose.PATH, Retry.BACKOFF),
    "path.dead_after_hop": Kind(Whose.PATH, Retry.BACKOFF),
    "tcp.mtu_black_hole": Kind(Whose.PATH, Retry.NO),
    # proxies
    "proxy.resolve_failed": Kind(Whose.PROXY, Retry.OTHER),
    "proxy.connect_failed": Kind(Whose.PROXY, Retry.BACKOFF),
    "proxy.connect_failed.refused": Kind(Whose.PROXY, Retry.BACKOFF),
    "proxy.connect_failed.timed_out": Kind(Whose.PROXY, Retry.BACKOFF),
    "proxy.auth_required": Kind(Whose.PROXY, Retry.FIX),
    "proxy.denied": Kind(Whose.PROXY, Retry.NO),
    "proxy.upstream": Kind(Whose.PROXY, Retry.BACKOFF),
    "proxy.cert_invalid": Kind(Whose.PROXY, Retry.NO),
    "proxy.pac_failed": Kind(Whose.PROXY, Retry.BACKOFF),
    "proxy.pac_failed.script": Kind(Whose.PROXY, Retry.NO),
    "proxy.pac_failed.timed_out": Kind(Whose.PROXY, Retry.BACKOFF),
    "proxy.timed_out": Kind(Whose.PROXY, Retry.BACKOFF),
    "proxy.closed": Kind(Whose.PROXY, Retry.BACKOFF),
    "proxy.protocol": Kind(Whose.ME, Retry.NO),
    "proxy.socks": Kind(Whose.PROXY, Retry.BACKOFF),
    "proxy.socks.not_allowed": Kind(Whose.PROXY, Retry.NO),
    "proxy.socks.net_unreachable": Kind(Whose.PROXY, Retry.BACKOFF),
    "proxy.socks.host_unreachable": Kind(Whose.PROXY, Retry.BACKOFF),
    "proxy.socks.refused": Kind(Whose.SERVER, Retry.BACKOFF),
    "proxy.socks.ttl_expired": Kind(Whose.PROXY, Retry.BACKOFF),
    "proxy.socks.command": Kind(Whose.PROXY, Retry.NO),
    "proxy.socks.address_type": Kind(Whose.PROXY, Retry.NO),
    # TLS
    "tls.protocol.error": Kind(Whose.SERVER, Retry.NO),
    "tls.protocol.error.not_tls": Kind(Whose.SERVER, Retry.NO),
    "tls.version_or_cipher_mismatch": Kind(Whose.SERVER, Retry.NO),
    "tls.unrecognized_name_alert": Kind(Whose.SERVER, Retry.NO),
    "tls.client_cert_required": Kind(Whose.SERVER, Retry.NO),
    "tls.bad_client_auth_cert": Kind(Whose.SERVER, Retry.NO),
    "tls.cert.date_invalid.expired": Kind(Whose.SERVER, Retry.NO),
    "tls.cert.date_invalid.not_yet_valid": Kind(Whose.SERVER, Retry.NO),
    "tls.cert.name_invalid": Kind(Whose.SERVER, Retry.NO),
    "tls.cert.authority_invalid.unknown_ca": Kind(Whose.SERVER, Retry.NO),
    "tls.cert.authority_invalid.self_signed": Kind(Whose.SERVER, Retry.NO),
    "tls.cert.authority_invalid.untrusted_root": Kind(Whose.SERVER, Retry.NO),
    "tls.cert.authority_invalid.incomplete_chain": Kind(Whose.SERVER, Retry.NO),
    "tls.cert.revoked": Kind(Whose.SERVER, Retry.NO),
    "tls.cert.revocation_unknown": Kind(Whose.LAN, Retry.BACKOFF),
    "tls.cert.weak": Kind(Whose.SERVER, Retry.NO),
    "tls.cert.usage_invalid": Kind(Whose.SERVER, Retry.NO),
    "tls.cert.invalid.strict": Kind(Whose.SERVER, Retry.NO),
    "tls.cert.invalid": Kind(Whose.SERVER, Retry.NO),
    "tls.reset": Kind(Whose.SERVER, Retry.BACKOFF),
    "tls.closed": Kind(Whose.SERVER, Retry.BACKOFF),
    "tls.timed_out": Kind(Whose.SERVER, Retry.BACKOFF),
    "tls.alert.internal_error": Kind(Whose.SERVER, Retry.BACKOFF),
    "tls.client_cert_unreadable": Kind(Whose.ME, Retry.FIX),
    "tls.local_ca_missing": Kind(Whose.ME, Retry.FIX),
    "tls.failed": Kind(Whose.SERVER, Retry.BACKOFF),
    # HTTP and what stands on it
    "http.error.401": Kind(Whose.APP, Retry.NO),
    "http.error.403": Kind(Whose.APP, Retry.NO),
    "http.error.404": Kind(Whose.APP, Retry.NO),
    "http.error.405": Kind(Whose.APP, Retry.NO),
    "http.error.408": Kind(Whose.SERVER, Retry.IDEMPOTENT),
    "http.error.410": Kind(Whose.APP, Retry.NO),
    "http.error.425": Kind(Whose.SERVER, Retry.IDEMPOTENT),
    "http.error.429": Kind(Whose.APP, Retry.AFTER),
    "http.error.451": Kind(Whose.APP, Retry.NO),
    "http.error.500": Kind(Whose.APP, Retry.IDEMPOTENT),
    "http.error.502": Kind(Whose.APP, Retry.BACKOFF),
    "http.error.503": Kind(Whose.APP, Retry.AFTER),
    "http.error.504": Kind(Whose.APP, Retry.BACKOFF),
    "http.error.511": Kind(Whose.LAN, Retry.FIX),
    "http.error": Kind(Whose.APP, Retry.NO),
    "http.response.invalid": Kind(Whose.SERVER, Retry.NO),
    "http.response.invalid.empty": Kind(Whose.SERVER, Retry.IDEMPOTENT),
    "http.response.invalid.content_length_mismatch": Kind(Whose.SERVER, Retry.IDEMPOTENT),
    "http.response.invalid.incomplete_chunked_encoding": Kind(Whose.SERVER, Retry.IDEMPOTENT),
    "http.response.redirect_loop": Kind(Whose.APP, Retry.NO),
    "http.content_mismatch": Kind(Whose.APP, Retry.NO),
    "http.timed_out": Kind(Whose.APP, Retry.IDEMPOTENT),
    "http.stalled": Kind(Whose.APP, Retry.IDEMPOTENT),
    "http.protocol.error": Kind(Whose.SERVER, Retry.NO),
    "h2.goaway": Kind(Whose.SERVER, Retry.IDEMPOTENT),
    "h2.stream_reset": Kind(Whose.SERVER, Retry.IDEMPOTENT),
    "h3.handshake_failed": Kind(Whose.PATH, Retry.OTHER),
    "h3.handshake_failed.timed_out": Kind(Whose.PATH, Retry.OTHER),
    "h3.closed": Kind(Whose.SERVER, Retry.IDEMPOTENT),
    "h3.stream_reset": Kind(Whose.SERVER, Retry.IDEMPOTENT),
    "h3.protocol.error": Kind(Whose.SERVER, Retry.NO),
    "app.unexpected_reply": Kind(Whose.APP, Retry.NO),
    "ws.upgrade_rejected": Kind(Whose.APP, Retry.NO),
    "ws.closed": Kind(Whose.APP, Retry.BACKOFF),
    "ws.no_pong": Kind(Whose.APP, Retry.BACKOFF),
    "ws.protocol.error": Kind(Whose.APP, Retry.NO),
    "app.banner_missing": Kind(Whose.APP, Retry.BACKOFF),
    "app.banner_unexpected": Kind(Whose.APP, Retry.NO),
    "app.smtp": Kind(Whose.APP, Retry.NO),
    "app.smtp.421": Kind(Whose.APP, Retry.BACKOFF),
    "app.smtp.454": Kind(Whose.APP, Retry.BACKOFF),
    "app.imap.bye": Kind(Whose.APP, Retry.BACKOFF),
    "app.starttls_missing": Kind(Whose.SERVER, Retry.NO),
    "ntp.kod": Kind(Whose.SERVER, Retry.OTHER),
    "ntp.kod.rate": Kind(Whose.SERVER, Retry.BACKOFF),
    "ntp.unsynchronized": Kind(Whose.SERVER, Retry.OTHER),
    "ntp.clock_differs": Kind(Whose.ME, Retry.FIX),
    "unknown": Kind(Whose.NOBODY, Retry.BACKOFF),
}
"""Every kind this version can report. Names: W3C Network Error Logging, then Chromium's, then our suffixes."""


_RAN_OUT = frozenset({"timed_out", "stalled", "no_reply"})


def kind_of(name: str) -> Kind:
    """What is known of a kind, falling back along its dots: `http.error.418` is an `http.error`."""
    while name:
        if known := KINDS.get(name):
            return known
        name = name.rpartition(".")[0]
    return KINDS["unknown"]


class Fault(msgspec.Struct, frozen=True, gc=False):
    """What one attempt saw go wrong.

    `evidence` holds plain values only (numbers, texts, lists, dicts), masked, ready to be shown and recorded:
    os_error{name, errno, winerror}, icmp{type, code, offender}, tls{alert, verify_code, reason},
    dns{rcode, ede, server}, http{status, retry_after_s}, deadline{phase, value_s}, bytes_in, bytes_out, chain[…].
    """

    kind: str
    phase: Phase
    evidence: dict[str, Any] = {}
    is_void: bool = False
    """Proves nothing about the peer: cancelled, or cut short by the caller's total deadline."""

    @property
    def whose(self) -> Whose:
        """Who can mend it."""
        return kind_of(self.kind).whose

    @property
    def retry(self) -> Retry:
        """What another try could bring."""
        return kind_of(self.kind).retry

    @property
    def blame(self) -> Blame:
        """What the breaker makes of it; CALLER is void."""
        return Blame.CALLER if self.is_void else _BLAME[self.whose]

    @property
    def sent(self) -> Sent:
        """Could the peer have acted on the request?"""
        return _SENT[self.phase]

    @property
    def layer(self) -> Layer:
        """Where the connection broke."""
        return layer_of(self.kind, self.phase)

    @property
    def is_timeout(self) -> bool:
        """Did a time limit end the phase, and not an answer of any kind?"""
        return self.kind.rpartition(".")[2] in _RAN_OUT

    @property
    def is_transient(self) -> bool:
        """May the same attempt succeed a little later with nothing changed?"""
        return self.retry in (Retry.BACKOFF, Retry.AFTER, Retry.IDEMPOTENT, Retry.OTHER)
