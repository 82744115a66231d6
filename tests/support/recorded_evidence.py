"""Recorded evidence of Linux, macOS and Windows, each with the kind of fault that it shows."""

from dataclasses import replace

from clearline.domain.phase import Phase
from clearline.net.classify import (
    NO_RESPONSE,
    TRUNCATED_CHUNKS,
    TRUNCATED_LENGTH,
)
from clearline.net.evidence import (
    BeatEvidence,
    Deadline,
    DnsEvidence,
    Evidence,
    HttpEvidence,
    Icmp,
    MtuEvidence,
    OsError,
    PathEvidence,
    ProxyEvidence,
    QuicEvidence,
    ServiceEvidence,
    SocketEvidence,
    TimeEvidence,
    TlsEvidence,
)

LINUX, MACOS, WINDOWS = "linux", "darwin", "win32"
PEER, OWN, ROUTER = "192.0.2.10", "192.0.2.2", "192.0.2.1"
CONNECT, TLS, SEND, WAIT, RECEIVE, RESOLVE = (
    Phase.CONNECT,
    Phase.TLS,
    Phase.SEND,
    Phase.WAIT,
    Phase.RECEIVE,
    Phase.RESOLVE,
)


def os_error(
    number: int,
    system: str = LINUX,
    phase: Phase = CONNECT,
    *,
    winerror: int | None = None,
    transport: str = "tcp",
    ms: float = 20,
) -> Evidence:
    error = OsError(number, winerror, system)
    return Evidence(phase=phase, os_error=error, transport=transport, elapsed_ms=ms, peer=PEER, local=OWN)


def icmp(
    kind: int, code: int, offender: str = ROUTER, *, version: int = 4, transport: str = "tcp", errno: int = 113
) -> Evidence:
    return Evidence(
        phase=CONNECT if transport == "tcp" else WAIT,
        transport=transport,
        os_error=OsError(errno, None, LINUX),
        icmp=Icmp(version, kind, code, offender),
        peer=PEER,
        local=OWN,
        elapsed_ms=20,
    )


def late(phase: Phase, transport: str = "tcp", by: str = "") -> Evidence:
    return Evidence(phase=phase, transport=transport, deadline=Deadline(4.0, by or phase.value))


def tls(phase: Phase = TLS, **told: object) -> Evidence:
    return Evidence(phase=phase, tls=TlsEvidence(**told))  # type: ignore[arg-type]


def bad_certificate(code: int, store: str = "openssl", **told: object) -> Evidence:
    return tls(verify_code=code, store=store, reason="CERTIFICATE_VERIFY_FAILED", **told)


def dns(**told: object) -> Evidence:
    return Evidence(phase=WAIT, transport="dns", dns=DnsEvidence(**told))  # type: ignore[arg-type]


def looked_up(code: int, system: str = LINUX) -> Evidence:
    return Evidence(phase=RESOLVE, transport="dns", dns=DnsEvidence(eai=code, system=system))


def http(phase: Phase = RECEIVE, *, is_eof: bool = False, first: bytes = b"", **told: object) -> Evidence:
    return Evidence(phase=phase, http=HttpEvidence(**told), is_eof=is_eof, first_bytes=first)  # type: ignore[arg-type]


def quic(**told: object) -> Evidence:
    return Evidence(phase=RECEIVE, transport="quic", quic=QuicEvidence(**told))  # type: ignore[arg-type]


def via_proxy(seen: Evidence | None = None, phase: Phase = Phase.PROXY, **told: object) -> Evidence:
    proxy = ProxyEvidence("http://proxy.test:8080", **told)  # type: ignore[arg-type]
    return replace(seen or Evidence(), phase=phase, proxy=proxy)


def greeting(phase: Phase = WAIT, **told: object) -> Evidence:
    return Evidence(phase=phase, service=ServiceEvidence(**told))  # type: ignore[arg-type]


def web_socket(**told: object) -> Evidence:
    return Evidence(phase=RECEIVE, ws=SocketEvidence(**told))  # type: ignore[arg-type]


def time_server(**told: object) -> Evidence:
    return Evidence(phase=WAIT, transport="udp", ntp=TimeEvidence(**told))  # type: ignore[arg-type]


CONNECTING = [
    # what, evidence, kind
    ("no adapter is up", replace(os_error(101, ms=0.3), link="no_link"), "local.no_link"),
    ("no address was given", replace(os_error(101, ms=0.3), link="no_address"), "local.no_address"),
    ("no address was given, Windows", replace(os_error(10051, WINDOWS, winerror=10051, ms=0.3), link="no_address"),
     "local.no_address"),
    ("macOS keeps the own network", replace(os_error(65, MACOS, ms=0.3), link="on_link"), "local.privacy_blocked"),
    ("macOS, another network", replace(os_error(65, MACOS, ms=0.3), link=""), "local.no_route"),
    ("Linux, the own network", replace(os_error(113, ms=0.3), link="on_link"), "local.no_route"),
    ("Linux refused", os_error(111), "tcp.refused"),
    ("macOS refused", os_error(61, MACOS), "tcp.refused"),
    ("Windows refused", os_error(10061, WINDOWS, winerror=10061), "tcp.refused"),
    ("Windows refused, proactor", os_error(22, WINDOWS, winerror=1225), "tcp.refused"),
    ("refused by a firewall", icmp(3, 3, ROUTER, errno=111), "tcp.refused.by_firewall"),
    ("refused by the host with ICMP", icmp(3, 3, PEER, errno=111), "tcp.refused"),
    ("Linux kernel gave up", os_error(110), "tcp.timed_out"),
    ("macOS kernel gave up", os_error(60, MACOS), "tcp.timed_out"),
    ("Windows gave up", os_error(10060, WINDOWS, winerror=10060), "tcp.timed_out"),
    ("Windows gave up, proactor, errno is a catch-all", os_error(22, WINDOWS, winerror=121), "tcp.timed_out"),
    ("our limit", late(CONNECT), "tcp.timed_out"),
    ("our limit, but a router spoke", Evidence(icmp=Icmp(4, 3, 1, ROUTER), deadline=Deadline(4, "connect")),
     "tcp.address_unreachable.host"),
    ("no route at once", os_error(101, ms=0.3), "local.no_route"),
    ("no route at once, macOS", os_error(51, MACOS, ms=0.3), "local.no_route"),
    ("unreachable route at once", os_error(113, ms=0.3), "local.no_route"),
    ("net unreachable later", os_error(51, MACOS, ms=5000), "tcp.address_unreachable.net"),
    ("host unreachable later, macOS", os_error(65, MACOS, ms=5000), "tcp.address_unreachable.host"),
    ("host unreachable later, Windows", os_error(10065, WINDOWS, winerror=10065, ms=3000),
     "tcp.address_unreachable.host"),
    ("Windows proactor, host", os_error(22, WINDOWS, winerror=1232, ms=3000), "tcp.address_unreachable.host"),
    ("nobody answers ARP", icmp(3, 1, OWN), "local.neighbor_unreachable"),
    ("nobody answers ARP, macOS", os_error(64, MACOS, ms=5000), "local.neighbor_unreachable"),
    ("a router cannot reach the host", icmp(3, 1), "tcp.address_unreachable.host"),
    ("a router knows no net", icmp(3, 0, errno=101), "tcp.address_unreachable.net"),
    ("protocol unreachable", icmp(3, 2, errno=92), "tcp.address_unreachable.host"),
    ("net prohibited", icmp(3, 9, errno=101), "tcp.admin_prohibited"),
    ("host prohibited", icmp(3, 10), "tcp.admin_prohibited"),
    ("communication prohibited", icmp(3, 13), "tcp.admin_prohibited"),
    ("time exceeded", icmp(11, 0), "tcp.ttl_exceeded"),
    ("IPv6 no route", icmp(1, 0, "2001:db8::1", version=6), "tcp.address_unreachable.net"),
    ("IPv6 prohibited", icmp(1, 1, "2001:db8::1", version=6), "tcp.admin_prohibited"),
    ("IPv6 policy", icmp(1, 5, "2001:db8::1", version=6), "tcp.admin_prohibited"),
    ("IPv6 address", icmp(1, 3, "2001:db8::1", version=6), "tcp.address_unreachable.host"),
    ("IPv6 port by another", icmp(1, 4, "2001:db8::1", version=6), "tcp.refused.by_firewall"),
    ("IPv6 hop limit", icmp(3, 0, "2001:db8::1", version=6), "tcp.ttl_exceeded"),
    ("forbidden, Linux", os_error(13), "local.permission_denied"),
    ("forbidden by OUTPUT rule", os_error(1), "local.permission_denied"),
    ("forbidden, Windows firewall", os_error(13, WINDOWS, winerror=10013), "local.permission_denied"),
    ("black-hole route", os_error(22), "local.no_route"),
    ("adapter down", os_error(100), "local.no_link"),
    ("adapter down, Windows", os_error(10050, WINDOWS, winerror=10050), "local.no_link"),
    ("too many files", os_error(24), "local.resources"),
    ("no buffers, Windows", os_error(10055, WINDOWS, winerror=10055), "local.resources"),
    ("no local port left", os_error(99), "local.ports_exhausted"),
    ("no local port left, on the own network", replace(os_error(99), link="on_link"), "local.ports_exhausted"),
    ("its address is another's too", replace(os_error(99), link="no_source"), "local.bind_failed"),
    ("IPv6 is turned off", replace(os_error(99), link="no_family"), "local.family_unavailable"),
    ("address in use", os_error(98), "local.address_in_use"),
    ("no IPv6", os_error(97), "local.family_unavailable"),
    ("no IPv6, Windows", os_error(10047, WINDOWS, winerror=10047), "local.family_unavailable"),
    ("aborted, Windows", os_error(10053, WINDOWS, winerror=10053), "tcp.aborted"),
    ("reset while connecting", os_error(104), "tcp.reset"),
    ("protocol error", os_error(71), "tcp.failed"),
    ("a number nobody listed", os_error(9999), "tcp.failed"),
    ("nothing can be sent there", Evidence(is_invalid_address=True), "tcp.address_invalid"),
    ("cancelled by Windows", os_error(995, WINDOWS, winerror=995), "abandoned"),
]  # fmt: skip

OPEN = [
    ("reset while waiting", os_error(104, LINUX, WAIT), "tcp.reset"),
    ("reset while waiting, macOS", os_error(54, MACOS, WAIT), "tcp.reset"),
    ("reset while waiting, Windows", os_error(10054, WINDOWS, RECEIVE, winerror=10054), "tcp.reset"),
    ("reset, proactor", os_error(22, WINDOWS, RECEIVE, winerror=64), "tcp.reset"),
    ("written after the peer closed", os_error(32, LINUX, SEND), "tcp.closed"),
    ("written after the peer closed, Windows", os_error(10058, WINDOWS, SEND, winerror=10058), "tcp.closed"),
    ("never acknowledged", os_error(110, LINUX, WAIT), "tcp.aborted"),
    ("keep-alive failed", os_error(102, LINUX, WAIT), "tcp.aborted"),
    ("could not send on", late(SEND), "tcp.stalled"),
    ("closed while sending", Evidence(phase=SEND, is_eof=True), "tcp.closed"),
    ("reset in the handshake", os_error(104, LINUX, TLS), "tls.reset"),
    ("reset in the handshake, Windows", os_error(10054, WINDOWS, TLS, winerror=10054), "tls.reset"),
    ("pipe broke in the handshake", os_error(32, LINUX, TLS), "tls.closed"),
    ("silence in the handshake", late(TLS), "tls.timed_out"),
]

HANDSHAKES = [
    ("no TLS", tls(is_plain=True, reason="WRONG_VERSION_NUMBER"), "tls.protocol.error.not_tls"),
    ("no TLS by reason", tls(reason="WRONG_VERSION_NUMBER"), "tls.protocol.error.not_tls"),
    ("no TLS, OpenSSL 3.2", tls(reason="RECORD_LAYER_FAILURE"), "tls.protocol.error.not_tls"),
    ("handshake failure", tls(alert=40), "tls.version_or_cipher_mismatch"),
    ("handshake failure after asking for a certificate", tls(alert=40, is_certificate_wanted=True),
     "tls.client_cert_required"),
    ("bad certificate after asking for one", tls(alert=42, is_certificate_wanted=True), "tls.client_cert_required"),
    ("protocol version", tls(alert=70), "tls.version_or_cipher_mismatch"),
    ("no application protocol", tls(alert=120), "tls.version_or_cipher_mismatch"),
    ("unrecognized name", tls(alert=112), "tls.unrecognized_name_alert"),
    ("unrecognized name by reason", tls(reason="TLSV1_UNRECOGNIZED_NAME"), "tls.unrecognized_name_alert"),
    ("certificate required", tls(alert=116), "tls.client_cert_required"),
    ("certificate required while reading", tls(WAIT, alert=116), "tls.client_cert_required"),
    ("our certificate", tls(alert=48), "tls.bad_client_auth_cert"),
    ("internal error", tls(alert=80), "tls.alert.internal_error"),
    ("decode error", tls(alert=50), "tls.protocol.error"),
    ("an alert nobody listed", tls(alert=200), "tls.failed"),
    ("close_notify", tls(alert=0), "tls.closed"),
    ("old version", tls(reason="UNSUPPORTED_PROTOCOL"), "tls.version_or_cipher_mismatch"),
    ("weak server", tls(reason="DH_KEY_TOO_SMALL"), "tls.version_or_cipher_mismatch"),
    ("weak key by reason", tls(reason="EE_KEY_TOO_SMALL"), "tls.cert.weak"),
    ("end of file", Evidence(phase=TLS, is_eof=True, tls=TlsEvidence()), "tls.closed"),
    ("end of file by reason", tls(reason="UNEXPECTED_EOF_WHILE_READING"), "tls.closed"),
    ("a reason nobody listed", tls(reason="FEELING_UNWELL"), "tls.failed"),
    ("no roots", tls(is_store_unreadable=True), "tls.local_ca_missing"),
    ("expired", bad_certificate(10), "tls.cert.date_invalid.expired"),
    ("not yet", bad_certificate(9), "tls.cert.date_invalid.not_yet_valid"),
    ("other name", bad_certificate(62), "tls.cert.name_invalid"),
    ("other address", bad_certificate(64), "tls.cert.name_invalid"),
    ("self-signed", bad_certificate(18), "tls.cert.authority_invalid.self_signed"),
    ("untrusted root", bad_certificate(19), "tls.cert.authority_invalid.untrusted_root"),
    ("unknown issuer", bad_certificate(20), "tls.cert.authority_invalid.unknown_ca"),
    ("forgotten intermediate", bad_certificate(20, is_chain_short=True), "tls.cert.authority_invalid.incomplete_chain"),
    ("revoked", bad_certificate(23), "tls.cert.revoked"),
    ("revocation unknown", bad_certificate(3), "tls.cert.revocation_unknown"),
    ("usage", bad_certificate(26), "tls.cert.usage_invalid"),
    ("weak", bad_certificate(66), "tls.cert.weak"),
    ("strict rules", bad_certificate(86), "tls.cert.invalid.strict"),
    ("signature", bad_certificate(7), "tls.cert.invalid"),
    ("a code nobody listed", bad_certificate(4711), "tls.cert.invalid"),
    ("out of memory", bad_certificate(17), "local.resources"),
    ("expired, Windows", bad_certificate(0x800B0101, "windows"), "tls.cert.date_invalid.expired"),
    ("expired, Windows, signed", bad_certificate(0x800B0101 - 2**32, "windows"), "tls.cert.date_invalid.expired"),
    ("other name, Windows", bad_certificate(0x800B010F, "windows"), "tls.cert.name_invalid"),
    ("untrusted root, Windows", bad_certificate(0x800B0109, "windows"), "tls.cert.authority_invalid.untrusted_root"),
    ("self-signed, Windows", bad_certificate(0x800B0109, "windows", certificate={"is_self_signed": True}),
     "tls.cert.authority_invalid.self_signed"),
    ("unknown issuer, Windows", bad_certificate(0x800B010A, "windows"), "tls.cert.authority_invalid.unknown_ca"),
    ("revoked, Windows", bad_certificate(0x80092010, "windows"), "tls.cert.revoked"),
    ("expired, macOS", bad_certificate(-67818, "macos"), "tls.cert.date_invalid.expired"),
    ("other name, macOS", bad_certificate(-67602, "macos"), "tls.cert.name_invalid"),
    ("untrusted, macOS", bad_certificate(-67843, "macos"), "tls.cert.authority_invalid.untrusted_root"),
]  # fmt: skip

NAMES = [
    ("filtered to nowhere", dns(rcode=0, has_answer=True, is_sinkhole=True), "dns.server.blocked"),
    ("collides with a private name", dns(rcode=0, has_answer=True, is_collision=True), "dns.bogon"),
    ("no such name, glibc", looked_up(-2), "dns.name_not_resolved.nxdomain"),
    ("no such name, macOS", looked_up(8, MACOS), "dns.name_not_resolved.nxdomain"),
    ("no such name, Windows", looked_up(11001, WINDOWS), "dns.name_not_resolved.nxdomain"),
    ("no data, glibc", looked_up(-5), "dns.name_not_resolved.no_data"),
    ("no data, Windows", looked_up(11004, WINDOWS), "dns.name_not_resolved.no_data"),
    ("try again, glibc", looked_up(-3), "dns.failed"),
    ("try again, macOS", looked_up(2, MACOS), "dns.failed"),
    ("try again, Windows", looked_up(11002, WINDOWS), "dns.failed"),
    ("service", looked_up(-8), "input.invalid"),
    ("family", looked_up(-6), "local.family_unavailable"),
    ("memory", looked_up(-10), "local.resources"),
    ("our limit", late(RESOLVE, "dns"), "dns.timed_out"),
    ("no name at all", dns(is_bad_name=True), "input.invalid"),
    ("no server", dns(has_no_server=True), "dns.not_configured"),
    ("an answer to a made-up name", dns(rcode=0, unexpected="rewritten"), "dns.rewritten"),
    ("a private address for a public name", dns(rcode=0, unexpected="bogon"), "dns.bogon"),
    ("another answer than expected", dns(rcode=0, unexpected="changed"), "dns.address_changed"),
    ("NODATA", dns(rcode=0), "dns.name_not_resolved.no_data"),
    ("NXDOMAIN", dns(rcode=3), "dns.name_not_resolved.nxdomain"),
    ("SERVFAIL", dns(rcode=2), "dns.server.servfail"),
    ("REFUSED", dns(rcode=5), "dns.server.refused"),
    ("FORMERR", dns(rcode=1), "dns.protocol"),
    ("bogus", dns(rcode=2, ede=(6,)), "dns.server.dnssec_bogus"),
    ("no authority", dns(rcode=2, ede=(22,)), "dns.server.servfail"),
    ("blocked", dns(rcode=3, ede=(15,)), "dns.server.blocked"),
    ("stale NXDOMAIN", dns(rcode=3, ede=(19,)), "dns.name_not_resolved.nxdomain"),
    ("not authoritative", dns(rcode=5, ede=(20,)), "dns.server.refused"),
    ("nonsense", dns(is_malformed=True), "dns.protocol"),
    ("only forgeries", Evidence(phase=WAIT, transport="dns", dns=DnsEvidence(rejected=2), deadline=Deadline(1, "wait")),
     "dns.protocol"),
    ("no TCP", Evidence(phase=CONNECT, transport="dns", dns=DnsEvidence(is_truncated=True), os_error=OsError(111)),
     "dns.truncated_no_tcp"),
    ("TCP silent", Evidence(phase=CONNECT, transport="dns", dns=DnsEvidence(is_truncated=True),
     deadline=Deadline(1, "connect")), "dns.truncated_no_tcp"),
    ("drops", late(WAIT, "dns"), "dns.timed_out"),
    ("no service", os_error(111, LINUX, WAIT, transport="dns"), "dns.unreachable.port"),
    ("no service, Windows", os_error(10054, WINDOWS, WAIT, winerror=10054, transport="dns"), "dns.unreachable.port"),
    ("no route", os_error(101, LINUX, WAIT, transport="dns", ms=0.2), "dns.unreachable"),
    ("a router spoke", icmp(3, 13, transport="dns"), "dns.unreachable"),
    ("port closed with ICMP", icmp(3, 3, PEER, transport="dns"), "dns.unreachable.port"),
]  # fmt: skip

DATAGRAMS = [
    ("silence", late(WAIT, "udp"), "udp.no_reply"),
    ("no service", os_error(111, LINUX, WAIT, transport="udp"), "udp.port_unreachable"),
    ("no service, Windows", os_error(10054, WINDOWS, WAIT, winerror=10054, transport="udp"), "udp.port_unreachable"),
    ("no host", icmp(3, 1, transport="udp"), "udp.unreachable.host"),
    ("no net", icmp(3, 0, transport="udp"), "udp.unreachable.net"),
    ("prohibited", icmp(3, 13, transport="udp"), "udp.admin_prohibited"),
    ("neighbour", icmp(3, 1, OWN, transport="udp"), "local.neighbor_unreachable"),
    ("no route", os_error(101, LINUX, SEND, transport="udp", ms=0.2), "local.no_route"),
    ("too big", os_error(90, LINUX, SEND, transport="udp"), "udp.message_too_big"),
    ("too big, Windows", os_error(10040, WINDOWS, SEND, winerror=10040, transport="udp"), "udp.message_too_big"),
    ("stranger", Evidence(phase=WAIT, transport="udp", is_wrong_reply=True), "udp.unexpected_reply"),
    ("forbidden", os_error(1, LINUX, SEND, transport="udp"), "local.permission_denied"),
]

ANSWERS = [
    ("silence", late(WAIT), "http.timed_out"),
    ("stopped half-way", late(RECEIVE), "http.stalled"),
    ("nothing", http(WAIT, is_eof=True, violation=NO_RESPONSE), "http.response.invalid.empty"),
    ("nothing over HTTP/2", http(WAIT, is_eof=True, violation="Server disconnected"), "http.response.invalid.empty"),
    ("half a head", http(RECEIVE, is_eof=True, violation=NO_RESPONSE, first=b"HTTP/1.1 2"), "http.response.invalid"),
    ("length", http(is_eof=True, violation=f"{TRUNCATED_LENGTH} 5 bytes, expected 50)"),
     "http.response.invalid.content_length_mismatch"),
    ("chunks", http(is_eof=True, violation=TRUNCATED_CHUNKS), "http.response.invalid.incomplete_chunked_encoding"),
    ("HTTP/2 cut", http(is_eof=True, violation="Server disconnected"), "http.response.invalid.content_length_mismatch"),
    ("another protocol", http(is_foreign=True, first=b"220 "), "http.response.invalid"),
    ("a bad header", http(violation="illegal header line", first=b"HTTP/1.1"), "http.response.invalid"),
    ("stream reset", http(h2_stream_error=8), "h2.stream_reset"),
    ("goaway", http(h2_goaway=11), "h2.goaway"),
    ("HTTP/2 rule broken", http(is_rule_broken=True), "http.protocol.error"),
    ("not the text", http(status=200, is_unexpected=True, missing="text"), "http.content_mismatch"),
    ("not the status", http(status=200, is_unexpected=True, missing="status"), "http.content_mismatch"),
    *[
        (f"status {status}", http(status=status, is_unexpected=True, missing="status"), f"http.error.{status}")
        for status in (401, 403, 404, 405, 408, 410, 425, 429, 451, 500, 502, 503, 504, 511, 418)
    ],
]  # fmt: skip

CLIENT_SIDE = [
    ("redirects in a circle", http(is_redirect_loop=True), "http.response.redirect_loop"),
    ("own certificate", tls(is_own_certificate_unreadable=True), "tls.client_cert_unreadable"),
    ("fine without checking", dns(rcode=2, is_fine_unchecked=True), "dns.server.dnssec_bogus"),
]

PROXIES = [
    ("script not there", via_proxy(os_error(111), script_problem="fetch"), "proxy.pac_failed"),
    ("script throws", via_proxy(script_problem="script"), "proxy.pac_failed.script"),
    ("script loops", via_proxy(script_problem="time"), "proxy.pac_failed.timed_out"),
    ("script asks for a hundred names", via_proxy(script_problem="names"), "proxy.pac_failed.timed_out"),
    ("proxy's name unknown", via_proxy(looked_up(-2), RESOLVE), "proxy.resolve_failed"),
    ("proxy refuses", via_proxy(os_error(111), CONNECT), "proxy.connect_failed.refused"),
    ("proxy silent", via_proxy(late(CONNECT), CONNECT), "proxy.connect_failed.timed_out"),
    ("no way to the proxy", via_proxy(icmp(3, 1), CONNECT), "proxy.connect_failed"),
    ("no route of our own to the proxy", via_proxy(os_error(101, ms=0.3), CONNECT), "local.no_route"),
    ("proxy's certificate", via_proxy(bad_certificate(10)), "proxy.cert_invalid"),
    ("proxy speaks no TLS", via_proxy(tls(is_plain=True)), "proxy.protocol"),
    ("407", via_proxy(status=407, authenticate='Basic realm="x"'), "proxy.auth_required"),
    ("403", via_proxy(status=403), "proxy.denied"),
    ("405", via_proxy(status=405), "proxy.denied"),
    ("400", via_proxy(status=400), "proxy.protocol"),
    ("502", via_proxy(status=502), "proxy.upstream.bad_gateway"),
    ("504", via_proxy(status=504), "proxy.upstream.timed_out"),
    ("502 with its reason", via_proxy(status=502, error="dns_error"), "proxy.upstream.dns_error"),
    ("502 that is a rule", via_proxy(status=502, error="http_request_denied"), "proxy.denied"),
    ("no HTTP at the proxy", via_proxy(is_foreign=True), "proxy.protocol"),
    ("proxy hung up", via_proxy(Evidence(is_eof=True)), "proxy.closed"),
    ("proxy slammed", via_proxy(os_error(104)), "proxy.closed"),
    ("proxy keeps silent", via_proxy(late(Phase.PROXY)), "proxy.timed_out"),
    ("SOCKS login refused", via_proxy(is_login_refused=True), "proxy.auth_required"),
    *(
        (f"SOCKS reply {number}", via_proxy(socks_reply=number), kind)
        for number, kind in [
            (1, "proxy.socks"), (2, "proxy.socks.not_allowed"), (3, "proxy.socks.net_unreachable"),
            (4, "proxy.socks.host_unreachable"), (5, "proxy.socks.refused"), (6, "proxy.socks.ttl_expired"),
            (7, "proxy.socks.command"), (8, "proxy.socks.address_type"), (200, "proxy.socks"),
        ]
    ),
]  # fmt: skip

SERVICES = [
    ("wrong greeting", greeting(is_unexpected=True), "app.banner_unexpected"),
    (
        "strange answer to a heartbeat",
        Evidence(phase=WAIT, beat=BeatEvidence(1.0, 5.0, is_strange=True)),
        "app.unexpected_reply",
    ),
    ("no greeting", replace(late(WAIT), service=ServiceEvidence()), "app.banner_missing"),
    ("greeting cut off", replace(greeting(), is_eof=True), "tcp.closed"),
    ("mail server refuses", greeting(service="smtp", code=554), "app.smtp.554"),
    ("mail server busy", greeting(service="smtp", code=421), "app.smtp.421"),
    ("mail server without its key", greeting(TLS, service="smtp", code=454), "app.smtp.454"),
    ("file server refuses", greeting(service="ftp", code=421, is_unexpected=True), "app.banner_unexpected"),
    ("mailbox server ends", greeting(service="imap", is_bye=True), "app.imap.bye"),
    ("no STARTTLS", greeting(TLS, is_starttls_missing=True), "app.starttls_missing"),
    ("WebSocket refused", web_socket(status=403), "ws.upgrade_rejected"),
    ("WebSocket closed", web_socket(close_code=1013), "ws.closed.1013"),
    ("WebSocket rules", web_socket(violation="masked"), "ws.protocol.error"),
    ("no pong", replace(late(RECEIVE), ws=SocketEvidence(is_pong_missing=True)), "ws.no_pong"),
    ("kiss of rate", time_server(kiss="RATE"), "ntp.kod.rate"),
    ("kiss of denial", time_server(kiss="DENY"), "ntp.kod.deny"),
    ("server without time", time_server(is_unsynchronized=True), "ntp.unsynchronized"),
    ("another time", time_server(offset_s=90.0), "ntp.clock_differs"),
]

SELF = [
    ("stopped", Evidence(is_cancelled=True, os_error=OsError(104)), "abandoned"),
    ("asleep", Evidence(is_disturbed=True, deadline=Deadline(1, "connect")), "local.stalled"),
    ("nothing known", Evidence(phase=WAIT), "unknown"),
    # ping, and the way packets take
    ("no ping for users", replace(os_error(13, transport="icmp"), is_capability_missing=True), "local.capability"),
    ("no pong", late(WAIT, "icmp"), "icmp.no_reply"),
    ("no host", icmp(3, 1, transport="icmp"), "icmp.unreachable.host"),
    ("no net", icmp(3, 0, transport="icmp"), "icmp.unreachable.net"),
    ("rejected", icmp(3, 3, transport="icmp"), "icmp.unreachable.port"),
    ("forbidden", icmp(3, 13, transport="icmp"), "icmp.admin_prohibited"),
    ("in circles", icmp(11, 0, transport="icmp"), "icmp.ttl_exceeded"),
    ("too big", icmp(3, 4, transport="icmp"), "icmp.message_too_big"),
    ("no route", os_error(101, transport="icmp", phase=SEND, ms=0.1), "local.no_route"),
    ("not longer allowed", os_error(13, transport="icmp", phase=SEND, ms=0.1), "local.permission_denied"),
    ("a loop", Evidence(path=PathEvidence(9, ROUTER, is_loop=True)), "path.loop"),
    ("a dead end", Evidence(path=PathEvidence(3, ROUTER, is_loop=False)), "path.dead_after_hop"),
    ("big ones vanish", Evidence(mtu=MtuEvidence(1300, 1301, "icmp")), "tcp.mtu_black_hole"),
]

QUIC = [
    ("silence", late(CONNECT, "quic"), "h3.handshake_failed.timed_out"),
    ("silence half-way", late(TLS, "quic"), "h3.handshake_failed.timed_out"),
    ("no answer", late(WAIT, "quic"), "http.timed_out"),
    ("answer stops", late(RECEIVE, "quic"), "http.stalled"),
    ("closed port", os_error(111, transport="quic"), "udp.port_unreachable"),
    ("closed port, Windows", os_error(10054, WINDOWS, winerror=10054, transport="quic"), "udp.port_unreachable"),
    ("no route", os_error(101, transport="quic", ms=0.1), "local.no_route"),
    ("prohibited", icmp(3, 13, transport="quic"), "udp.admin_prohibited"),
    ("no version in common", quic(error=1, reason="no common version"), "h3.handshake_failed"),
    ("alert", replace(quic(error=0x178), tls=TlsEvidence(alert=120)), "tls.version_or_cipher_mismatch"),
    ("untrusted", replace(quic(), tls=TlsEvidence(verify_code=20)), "tls.cert.authority_invalid.unknown_ca"),
    ("server goes", quic(is_ready=True, error=0x100), "h3.closed"),
    ("frame error", quic(is_ready=True, error=0x106), "h3.protocol.error"),
    ("header table error", quic(is_ready=True, error=0x200), "h3.protocol.error"),
    ("request rejected", quic(is_ready=True, stream_error=0x10B), "h3.stream_reset"),
    ("extra not installed", Evidence(missing_part="http3"), "local.part_missing"),
]

TABLE = [*QUIC, *CONNECTING, *OPEN, *HANDSHAKES, *NAMES, *DATAGRAMS, *ANSWERS, *CLIENT_SIDE, *PROXIES, *SERVICES, *SELF]
