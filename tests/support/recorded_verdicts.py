"""For each rule what was seen when it was right: attempts as our probes record them, and the verdict they must get.

The real ladder asks and the real rules judge; only the network is a script (support.scripted_ladder).
"""

import msgspec

from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.proxy import NONE
from clearline.domain.verdict import Depth, DiagnosisPolicy, Outside, Thresholds, Trial
from clearline.net.machine_state import Adapter, Machine
from support.recorded_attempts import (
    _V6,
    ABROAD,
    ALIVE,
    BARE,
    CONNECT,
    CONTROL,
    FULL,
    LISTED,
    NAMED,
    NO_HOST,
    NO_NAME,
    PLAIN,
    RECEIVE,
    RESOLVE,
    TLS,
    TWO,
    VPN_IP,
    WAIT,
    Hosts,
    Recorded,
    _again,
    answer,
    by_type,
    certificate,
    dated,
    looked_up,
    names,
    plain,
    proxied,
    question,
    seen,
    service,
    spoken,
    straight,
    turns,
    vpn,
    web,
    well,
    where,
    wireless,
)
from support.scripted_ladder import GATEWAY, SERVER, TARGET_IP, Answer, ScriptedMachine, ok, silent

_DOWN: dict[str, Answer] = {f"tcp://{GATEWAY}": seen("local.neighbor_unreachable")}
_FAMILIES = {**ALIVE, NAMED: well, "dns://clearline": NO_HOST, f"tcp://[{_V6}]": silent}
_TOO_BIG: Answer = lambda _target: Outcome(  # noqa: E731
    PhaseTimes(connect=9.0), Fault("tcp.mtu_black_hole", Phase.SEND), f"{TARGET_IP}:443",
    detail={"mtu": {"mtu": 1300, "tcp": {"is_small_confirmed": True}}},
)  # fmt: skip
_FITS: Answer = lambda target: well(target, mtu={"mtu": 1500, "tcp": {"is_usual_confirmed": True}})  # noqa: E731
_MTU = {**ALIVE, f"mtu://{TARGET_IP}": _TOO_BIG}

_EVER_BUSY = DiagnosisPolicy(thresholds=Thresholds(busy_lag_ms=-1.0))
"""By this measure a computer that is on time is busy."""

HERE = (
    Recorded("no_link", "link", {PLAIN: seen("local.no_link")}, machine=lambda: ScriptedMachine(Machine())),
    Recorded(
        "no_address", "address", {PLAIN: seen("local.no_address")},
        machine=lambda: ScriptedMachine(Machine((Adapter("eth0", ("169.254.7.7",), 1500, is_vpn=False),))),
    ),
    plain("local_firewall", "self", "local.permission_denied"),
    plain("mac_privacy", "self", "local.privacy_blocked"),
    plain("out_of_resources", "self", "local.ports_exhausted"),
    plain("not_allowed_here", "self", "local.capability", WAIT, f"icmp://{TARGET_IP}"),
    plain("address_mistyped", "self", "tcp.address_invalid"),
    plain("source_unusable", "self", "local.bind_failed"),
    Recorded("family_missing", "address", {**ALIVE, "https://": seen("local.family_unavailable")}, f"https://[{_V6}]/"),
    Recorded("family_missing", "address", {**ALIVE, "https://": seen("local.no_route")}, f"https://[{_V6}]/"),
    Recorded("vpn_route", "gateway", ALIVE, machine=vpn, source=VPN_IP),
    Recorded("no_gateway", "gateway", {PLAIN: seen("local.no_route")}, machine=BARE),
    plain("route_forbidden", "gateway", "local.no_route"),
    Recorded("gateway_dead", "gateway", _DOWN),
    Recorded("only_this_adapter", "gateway", {**ALIVE, "wlan0: ": well}, machine=wireless),
    Recorded("only_through_vpn", "gateway", {**ALIVE, "tun0: ": well}, machine=vpn),
    plain("host_off_lan", "connect", "local.neighbor_unreachable", CONNECT, "tcp://192.0.2.40:9100"),
    Recorded(
        "portal", "internet",
        {**ALIVE, PLAIN: seen("tls.cert.name_invalid", TLS), "http://portal": seen("http.content_mismatch", RECEIVE)},
        policy=DiagnosisPolicy(outside=LISTED),
    ),
    web("sign_in_wanted", "http.error.511", step="internet"),
    Recorded(
        "no_internet", "internet", {**ALIVE, PLAIN: seen("tcp.timed_out", CONNECT, "9.9.9.9:443")},
        policy=DiagnosisPolicy(outside=msgspec.structs.replace(LISTED, control=())),
    ),
    Recorded("everything_fails", "gateway", {}, policy=DiagnosisPolicy(outside=Outside(control=(CONTROL,)))),
    Recorded("computer_busy", "self", {PLAIN: seen("local.stalled")}, policy=_EVER_BUSY),
)  # fmt: skip

NAMES = (
    names("dns_not_set", "", silent, "dns.not_configured", machine=lambda: ScriptedMachine(servers=())),
    Recorded(
        "hosts_file", "name",
        {
            **ALIVE, f"{NAMED} via": well, NAMED: seen("tcp.refused"), "dns://clearline": NO_HOST,
            "dns://": answer(TARGET_IP),
        },
        NAMED, machine=Hosts,
    ),
    names(
        "split_names", "", answer(TARGET_IP), machine=TWO, before={f"dns://shop.example?server={SERVER}": NO_HOST}
    ),
    names("resolver_broken", "", answer(TARGET_IP), "dns.timed_out"),
    names(
        "first_server_down", "", answer(TARGET_IP), "dns.timed_out", machine=TWO,
        before={f"dns://shop.example?server={SERVER}": silent},
    ),
    names("name_filtered", "", seen("dns.server.blocked", WAIT), "dns.server.blocked"),
    names("name_wrong", "", NO_HOST),
    names("no_such_record", "", seen("dns.name_not_resolved.no_data", WAIT), "dns.name_not_resolved.no_data"),
    names("dnssec_broken", "", seen("dns.server.dnssec_bogus", WAIT), "dns.server.dnssec_bogus"),
    names(
        "dns_server_sick", "", seen("dns.server.servfail", WAIT), "dns.server.servfail",
        other=seen("dns.server.servfail", WAIT), policy=DiagnosisPolicy(outside=LISTED),
        before={"dns://shop.example?server=203.0.113.53": answer(TARGET_IP)},
    ),
    names("zone_broken", "", seen("dns.server.servfail", WAIT), "dns.server.servfail"),
    names("dns_refuses", "", seen("dns.server.refused", WAIT), "dns.server.refused"),
    names("dns_not_there", "", seen("dns.unreachable.port", WAIT), "dns.unreachable.port"),
    names(
        "dns_blocked", "", silent, "dns.timed_out", other=silent, policy=DiagnosisPolicy(outside=LISTED),
        before={ABROAD: ok},
    ),
    names("dns_server_down", "", silent, "dns.timed_out", other=silent),
    names("dns_unreachable", "", seen("dns.unreachable", WAIT), "dns.unreachable"),
    names("dns_garbled", "", seen("dns.protocol", WAIT), "dns.protocol"),
    names("dns_long_answers", "", seen("dns.truncated_no_tcp", WAIT), "dns.truncated_no_tcp"),
    question("dns_long_answers", "dns.truncated_no_tcp"),
    names("names_fail", "", silent, "dns.failed", machine=lambda: ScriptedMachine(servers=())),
    question("dns_server_down", "dns.timed_out"),
    question("dns_not_there", "dns.unreachable.port"),
    question("name_wrong", NO_NAME, 3),
    question("no_such_record", "dns.name_not_resolved.no_data", 0),
    question("dnssec_broken", "dns.server.dnssec_bogus", 2),
    question("zone_broken", "dns.server.servfail", 2),
    question("dns_refuses", "dns.server.refused", 5),
    question("name_filtered", "dns.server.blocked", 3),
)  # fmt: skip

PROXIES = (
    proxied("proxy_name_wrong", "proxy.resolve_failed", knock=seen(NO_NAME, RESOLVE)),
    proxied("proxy_not_running", "proxy.connect_failed.refused", knock=seen("tcp.refused")),
    proxied("proxy_down", "proxy.connect_failed.timed_out", knock=silent),
    proxied("proxy_login", "proxy.auth_required"),
    proxied("proxy_denies", "proxy.denied"),
    proxied("proxy_certificate", "proxy.cert_invalid"),
    proxied("proxy_wrong_kind", "proxy.protocol"),
    proxied("proxy_cannot_reach", "proxy.upstream", well),
    proxied("server_not_proxy", "proxy.upstream", seen("tcp.refused"), "connect"),
    proxied("proxy_spoils", "tls.reset", well, phase=TLS),
    Recorded(
        "direct_blocked", "connect", {**ALIVE, PLAIN: straight(silent, well)},
        machine=lambda: ScriptedMachine(proxy="http://192.0.2.3:3128"), changes={"proxy": NONE},
    ),
)  # fmt: skip

WAYS = (
    Recorded("ipv6_broken", "connect", {**_FAMILIES, "dns://": by_type((TARGET_IP,), (_V6,)), "tcp://": well}, NAMED),
    Recorded(
        "ipv4_broken", "connect",
        {
            **ALIVE, NAMED: well, "dns://clearline": NO_HOST, "dns://": by_type((TARGET_IP,), (_V6,)),
            f"tcp://[{_V6}]": well,
        },
        NAMED,
    ),
    Recorded(
        "some_addresses", "connect",
        {**_FAMILIES, "dns://": by_type((TARGET_IP, "198.51.100.8"), ()), f"tcp://{TARGET_IP}": well}, NAMED,
    ),
    Recorded("service_down", "connect", {**ALIVE, PLAIN: seen("tcp.refused"), "icmp://": ok, "tcp://": ok}),
    Recorded("firewall_rejects", "connect", spoken("tcp.admin_prohibited")),
    Recorded("host_off", "connect", spoken("tcp.address_unreachable.host")),
    Recorded("no_such_network", "connect", spoken("tcp.address_unreachable.net")),
    Recorded("routing_loop", "connect", spoken("tcp.ttl_exceeded")),
    Recorded("queue_full", "connect", {**ALIVE, PLAIN: turns(silent, lambda target: well(target, syn=1))}),
    Recorded("udp_ignored", "connect", {**ALIVE, "icmp://": ok}, f"udp://{TARGET_IP}:514"),
    Recorded("port_dropped", "connect", {**ALIVE, f"tcp://{TARGET_IP}:80": seen("tcp.refused"), "icmp://": ok}),
    Recorded("host_filtered", "connect", {**ALIVE, "icmp://": ok}),
    plain("way_ends", "connect", "path.dead_after_hop", CONNECT, f"path://{TARGET_IP}:443"),
    plain("small_packets_only", "connect", "tcp.mtu_black_hole", CONNECT, f"mtu://{TARGET_IP}:443"),
    Recorded(
        "only_this_host", "connect", {**ALIVE, "tcp://198.51.100.8": well},
        policy=DiagnosisPolicy(Depth.FULL, consents=(Trial.NEIGHBOURS,)),
    ),
    Recorded("host_silent", "connect", ALIVE),
    Recorded("ping_unanswered", "connect", {**ALIVE, "tcp://": seen("tcp.refused")}, f"icmp://{TARGET_IP}"),
)  # fmt: skip

ENCRYPTED = (
    Recorded("packets_too_big", "tls", {**_MTU, PLAIN: seen("tls.timed_out", TLS), "tcp://": ok}, policy=FULL),
    Recorded("packets_too_big", "http", {**_MTU, PLAIN: seen("http.timed_out", WAIT), "tcp://": ok}, policy=FULL),
    Recorded(
        "packets_too_big", "application", {**_MTU, "wss://": seen("http.timed_out", WAIT), "tcp://": ok},
        f"wss://{TARGET_IP}/", policy=FULL,
    ),
    Recorded(
        "clock_wrong", "tls", {**ALIVE, PLAIN: certificate("tls.cert.date_invalid.expired", dated), "http://": dated},
        policy=DiagnosisPolicy(outside=Outside(control=("http://192.0.2.99/",))),
    ),
    *(
        Recorded(code, "tls", {**ALIVE, PLAIN: certificate(kind, **told), "tcp://": ok})
        for code, kind, told in (
            ("certificate_expired", "tls.cert.date_invalid.expired", {"expires_at": "2026-01-01T00:00:00Z"}),
            ("certificate_too_new", "tls.cert.date_invalid.not_yet_valid", {}),
            ("inspected", "tls.cert.authority_invalid.unknown_ca", {"issuer": "Zscaler Root CA"}),
            ("certificate_other_name", "tls.cert.name_invalid", {"names": ["other.example"]}),
            ("chain_incomplete", "tls.cert.authority_invalid.incomplete_chain", {}),
            ("certificate_self_made", "tls.cert.authority_invalid.self_signed", {}),
            ("roots_out_of_date", "tls.cert.authority_invalid.unknown_ca", {"is_bundled_trusted": True}),
            ("issuer_unknown", "tls.cert.authority_invalid.unknown_ca", {"is_bundled_trusted": False}),
            ("issuer_not_strict", "tls.cert.invalid.strict", {}),
            ("certificate_revoked", "tls.cert.revoked", {}),
            ("certificate_unfit", "tls.cert.weak", {}),
        )
    ),
    *(
        Recorded(code, "tls", {**ALIVE, PLAIN: seen(kind, TLS), "tcp://": ok, "tls://": seen("tls.reset", TLS)})
        for code, kind in (
            ("no_roots", "tls.local_ca_missing"),
            ("own_certificate_unreadable", "tls.client_cert_unreadable"),
            ("own_certificate_wanted", "tls.client_cert_required"),
            ("own_certificate_refused", "tls.bad_client_auth_cert"),
            ("not_encrypted", "tls.protocol.error.not_tls"),
            ("tls_too_old", "tls.version_or_cipher_mismatch"),
            ("name_not_served", "tls.unrecognized_name_alert"),
            ("tls_breaks", "tls.closed"),
        )
    ),
    Recorded("name_filtered_in_tls", "tls", {**ALIVE, PLAIN: seen("tls.reset", TLS), "tls://": well, "tcp://": ok}),
)  # fmt: skip

ANSWERS = (
    web("rate_limited", "http.error.429"),
    Recorded(
        "only_browsers", "http",
        {**ALIVE, PLAIN: where(lambda target: bool(target.headers), well, seen("http.error.403", WAIT))},
    ),
    *(
        web(code, f"http.error.{status}")
        for code, status in (
            ("login_wanted", 401), ("forbidden", 403), ("page_missing", 404), ("request_refused", 405),
            ("backend_down", 502), ("in_maintenance", 503), ("application_broken", 500),
        )
    ),
    web("goes_in_circles", "http.response.redirect_loop"),
    web("other_content", "http.content_mismatch", RECEIVE, status=200),
    Recorded("http2_broken", "http", {**ALIVE, PLAIN: turns(seen("h2.goaway", WAIT), well), "tcp://": ok}),
    web("not_http", "http.response.invalid"),
    web("hangs_up", "http.response.invalid.empty"),
    web("answer_cut", "http.response.invalid.content_length_mismatch", RECEIVE),
    Recorded(
        "application_silent", "http",
        {**ALIVE, PLAIN: seen("http.timed_out", WAIT, tcp_info={"unacked": 0}), "mtu://": _FITS, "tcp://": ok},
    ),
    Recorded("answer_stalls", "http", {**ALIVE, PLAIN: seen("http.stalled", RECEIVE), "mtu://": _FITS, "tcp://": ok}),
    service("rate_limited", f"banner://{TARGET_IP}:25", "app.smtp.421"),
    service("upgrade_refused", f"wss://{TARGET_IP}/", "ws.upgrade_rejected"),
    service("service_closes", f"wss://{TARGET_IP}/", "ws.closed"),
    service("service_refuses", f"banner://{TARGET_IP}:25", "app.smtp"),
    service("greets_strangely", f"banner://{TARGET_IP}:25", "app.banner_unexpected"),
    service("greets_not", f"banner://{TARGET_IP}:25", "app.banner_missing"),
    service("no_time", f"ntp://{TARGET_IP}", "ntp.unsynchronized"),
    service("clock_differs", f"ntp://{TARGET_IP}", "ntp.clock_differs", step="self"),
    service(
        "idle_is_cut", f"beat://{TARGET_IP}:7000", "tcp.reset", RECEIVE, beat={"is_idle": True, "lived_s": 300.0}
    ),
    service("line_went_dead", f"beat://{TARGET_IP}:7000", "tcp.aborted", RECEIVE, tcp_info={"unacked": 3}),
    service("service_hangs_up", f"banner://{TARGET_IP}:25", "tcp.reset"),
    service("service_silent", f"wss://{TARGET_IP}/", "ws.no_pong", RECEIVE),
)  # fmt: skip

_GOOD = {**ALIVE, PLAIN: well}
QUALITY = (
    Recorded("comes_and_goes", "quality", _GOOD, earlier=_again(40, lambda n: n % 9 < 5)),
    Recorded("fails_regularly", "quality", _GOOD, earlier=_again(48, lambda n: n % 8 != 0)),
    Recorded(
        "own_network_poor", "gateway",
        {
            f"icmp://{GATEWAY}": lambda _t: Outcome(PhaseTimes(wait=210.0), None, GATEWAY),
            PLAIN: lambda target: well(target, connect=420.0),
        },
        policy=FULL,
    ),
    Recorded("loses_packets", "quality", {**ALIVE, PLAIN: turns(well, *([silent, well] * 5))}, policy=FULL),
    Recorded(
        "first_server_down", "name",
        {
            **_FAMILIES, NAMED: lambda target: looked_up(target, 2100.0),
            f"dns://shop.example?server={SERVER}": silent, "dns://": answer(TARGET_IP),
        },
        NAMED, machine=TWO,
    ),
    Recorded(
        "names_slow", "name",
        {
            **_FAMILIES, NAMED: lambda target: looked_up(target, 900.0),
            "dns://": lambda target: msgspec.structs.replace(answer(TARGET_IP)(target), phases=PhaseTimes(wait=880.0)),
        },
        NAMED,
    ),
    Recorded("answers_slowly", "quality", {**ALIVE, PLAIN: lambda target: well(target, wait=2600.0)}),
    Recorded("far_away", "quality", {**ALIVE, PLAIN: lambda target: well(target, connect=420.0)}),
    Recorded(
        "queue_full", "quality", {**ALIVE, PLAIN: turns(well, *([lambda target: well(target, syn=1)] * 3), well)},
        policy=FULL,
    ),
    Recorded(
        "jumps", "quality",
        {**ALIVE, PLAIN: turns(*([well] * 5), *([lambda target: well(target, wait=180.0)] * 3), well)}, policy=FULL,
    ),
    Recorded(
        "clock_off", "self", {**ALIVE, PLAIN: dated, "http://": dated},
        policy=DiagnosisPolicy(outside=Outside(control=("http://192.0.2.99/",))),
    ),
    Recorded("certificate_ends_soon", "tls", {**ALIVE, PLAIN: lambda target: well(target, tls={"expires_days": 3})}),
    Recorded(
        "worked_before", "quality", _GOOD, earlier=_again(60, lambda _n: True, lambda n: 20.0 if n < 30 else 400.0)
    ),
)  # fmt: skip

CALM: tuple[Recorded, ...] = (
    Recorded("works", "", {**ALIVE, PLAIN: dated}),
    Recorded(
        "works", "", {**ALIVE, PLAIN: dated, "http://": well},
        policy=DiagnosisPolicy(outside=Outside(control=("http://192.0.2.99/",))),
    ),
    Recorded("works", "", {**ALIVE, PLAIN: lambda target: well(target, tls={"expires_days": 22})}),
    Recorded("works", "", {**ALIVE, PLAIN: lambda target: well(target, tls={"expires_days": -3})}),
    Recorded("works", "", {**ALIVE, PLAIN: lambda target: well(target, wait=700.0)}, policy=FULL),
    Recorded("works", "", {PLAIN: well}),
    Recorded("works", "", {**_FAMILIES, "dns://": by_type((TARGET_IP,), ()), "tcp://": well}, NAMED),
    *(
        Recorded(
            "works", "",
            {
                **ALIVE, NAMED: well, "dns://clearline": NO_HOST, "dns://": by_type((TARGET_IP,), (_V6,)),
                f"tcp://[{_V6}]": seen(kind), "tcp://": well,
            },
            NAMED,
        )
        for kind in ("local.no_route", "local.family_unavailable")
    ),
)  # fmt: skip
"""Nothing that anybody should be called for: one server's clock, a certificate that lasts, one that nobody looks at,
a slow answer, a gateway that answers no pings, a name without an IPv6 address, a computer without IPv6."""

RECORDED: tuple[Recorded, ...] = (*HERE, *NAMES, *PROXIES, *WAYS, *ENCRYPTED, *ANSWERS, *QUALITY)
