"""Every fault through the real probes: the kind and the phase that are recorded are those of the fault vocabulary."""

import asyncio
from dataclasses import dataclass

import msgspec
import pytest

from clearline.domain.fault import KINDS, kind_of
from clearline.domain.outcome import Outcome
from clearline.domain.profile import Timeouts
from clearline.domain.target import Target
from clearline.lab.faults import CATALOGUE, LabFault
from clearline.lab.lab import Lab
from clearline.lab.latency import Latency
from clearline.lab.scenario_records import (
    BannerServer,
    BeatServer,
    DnsServer,
    HttpServer,
    HttpsServer,
    LabTarget,
    NtpServer,
    ProxyServer,
    Scenario,
    Server,
    TcpServer,
    TlsServer,
    UdpServer,
    WebSocketServer,
)
from clearline.net.sockets import SystemNetwork
from clearline.probes import tls
from clearline.probes.registry import run
from support.misbehaving import SteadyClock

SHORT_S = 0.5
"""Limit of each phase where silence is what is to be seen; everything else has seconds."""
AT_ONCE = 6
SOON = Latency()
PUBLIC = "198.51.100.20"
ZONE = {"www.practice.example": ("A 10.2.0.20",)}
SERVERS: dict[str, Server] = {
    "tcp": TcpServer(greeting="220 ready\r\n"),
    "tls": TlsServer(greeting="220 ready\r\n", handshake=SOON),
    "http": HttpServer(latency=SOON, body="All is well.\n" * 20),
    "https": HttpsServer(latency=SOON, handshake=SOON),
    "udp": UdpServer(latency=SOON),
    "beat": BeatServer(latency=SOON),
    "banner": BannerServer(latency=SOON, service="smtp"),
    "ws": WebSocketServer(latency=SOON),
    "ntp": NtpServer(latency=SOON),
    "proxy": ProxyServer(latency=SOON),
    "dns": DnsServer(records=ZONE, ask="www.practice.example", latency=SOON),
}


@dataclass(frozen=True)
class Case:
    """A fault at a server, and how an attempt at it must end; an empty kind is success."""

    server: str
    fault: LabFault
    kind: str
    phase: str
    is_silent: bool = False
    way: str = "http"
    """How a proxy is spoken to."""

    @property
    def name(self) -> str:
        given = [f"{n}-{v}" for n, v in msgspec.to_builtins(self.fault).items() if n != "kind"]
        way = (self.way,) if self.way != "http" else ()
        return "-".join((self.server, *way, self.fault.kind.replace("_", "-"), *given)).replace("_", "-").lower()


def case(
    server: str,
    fault: str,
    kind: str,
    phase: str = "",
    *,
    is_silent: bool = False,
    way: str = "http",
    **options: float,
) -> Case:
    return Case(server, LabFault(fault, **options), kind, phase, is_silent, way)


EMPTY = "http.response.invalid.empty"
CUT = "http.response.invalid.content_length_mismatch"
INVALID = "http.response.invalid"
MISMATCH = "tls.version_or_cipher_mismatch"
ISSUER = "tls.cert.authority_invalid"
ALERTS = {
    **dict.fromkeys((10, 20, 21, 22, 47, 50, 51, 109, 110), "tls.protocol.error"),
    **dict.fromkeys((40, 70, 71, 86, 120), MISMATCH),
    **dict.fromkeys((42, 43, 44, 45, 46, 48, 49), "tls.bad_client_auth_cert"),
    0: "tls.closed",
    80: "tls.alert.internal_error",
    112: "tls.unrecognized_name_alert",
    115: "tls.failed",
    116: "tls.client_cert_required",
}
STATUSES = (401, 403, 404, 405, 408, 410, 418, 425, 429, 451, 500, 502, 503, 504, 511)
BOGUS, BLOCKED = "dns.server.dnssec_bogus", "dns.server.blocked"
EDES = {1: BOGUS, 6: BOGUS, 7: BOGUS, 9: BOGUS, 12: BOGUS, 22: "dns.server.servfail", 23: "dns.server.servfail"}

CASES = [
    # First, as it takes longest: three misses of two seconds each.
    case("beat", "beat_wrong", "app.unexpected_reply", "wait"),
    case("tcp", "refused", "tcp.refused", "connect"),
    case("tcp", "refuses_after", "tcp.refused", "connect", after=0),
    case("tcp", "black_hole", "tcp.timed_out", "connect", is_silent=True),
    case("http", "refused", "tcp.refused", "connect"),
    case("http", "black_hole", "tcp.timed_out", "connect", is_silent=True),
    case("http", "reset_after_accept", "tcp.reset", "wait"),
    case("http", "closed_after_accept", EMPTY, "wait"),
    case("http", "half_closed", EMPTY, "wait"),
    case("http", "silent_after_accept", "http.timed_out", "wait", is_silent=True),
    case("http", "closes_idle", "", ""),
    case("http", "closes_when_reused", "tcp.reset", "wait", after=0),
    case("http", "slow_start", "http.timed_out", "wait", is_silent=True),
    case("http", "drip", "http.stalled", "receive", is_silent=True),
    case("http", "closes_mid_answer", INVALID, "receive"),
    case("http", "closes_mid_answer", CUT, "receive", after=220),
    case("http", "resets_mid_answer", "tcp.reset", "receive"),
    case("tls", "refused", "tcp.refused", "connect"),
    case("tls", "black_hole", "tcp.timed_out", "connect", is_silent=True),
    case("tls", "reset_after_accept", "tls.reset", "tls"),
    case("tls", "closed_after_accept", "tls.closed", "tls"),
    case("tls", "half_closed", "tls.closed", "tls"),
    case("tls", "silent_after_accept", "tls.timed_out", "tls", is_silent=True),
    case("tls", "slow_start", "tls.timed_out", "tls", is_silent=True),
    case("tls", "drip", "tls.timed_out", "tls", is_silent=True),
    case("tls", "closes_mid_answer", "tls.closed", "tls"),
    case("tls", "resets_mid_answer", "tls.reset", "tls"),
    *(
        case(server, fault, kind, "tls")
        for server in ("tls", "https")
        for fault, kind in (
            ("expired", "tls.cert.date_invalid.expired"),
            ("not_yet_valid", "tls.cert.date_invalid.not_yet_valid"),
            ("wrong_name", "tls.cert.name_invalid"),
            ("self_signed", f"{ISSUER}.self_signed"),
            ("unknown_ca", f"{ISSUER}.unknown_ca"),
            ("untrusted_root", f"{ISSUER}.untrusted_root"),
            ("inspected", f"{ISSUER}.untrusted_root"),
            ("incomplete_chain", f"{ISSUER}.incomplete_chain"),
            ("weak_key", "tls.cert.weak"),
            ("wrong_usage", "tls.cert.usage_invalid"),
            ("not_an_authority", "tls.cert.invalid.strict"),
            ("bad_signature", "tls.cert.invalid"),
            ("revoked", "tls.cert.revoked"),
            ("client_cert_required_1_2", "tls.client_cert_required"),
            ("old_version", MISMATCH),
            ("no_common_cipher", MISMATCH),
            ("tls_closed", "tls.closed"),
            ("tls_reset", "tls.reset"),
            ("tls_nonsense", "tls.protocol.error"),
            ("not_tls", "tls.protocol.error.not_tls"),
        )
    ),
    case("tls", "client_cert_required", "tls.client_cert_required", "tls"),
    case("https", "client_cert_required", "tls.client_cert_required", "wait"),
    case("tls", "tls_hang", "tls.timed_out", "tls", is_silent=True),
    case("https", "slow_handshake", "tls.timed_out", "tls", is_silent=True),
    case("tls", "delay", "tls.timed_out", "tls", is_silent=True, delay_ms=5000),
    *(case("tls", "tls_alert", kind, "tls", alert=alert) for alert, kind in ALERTS.items()),
    *(case("http", "status", f"http.error.{status}", "receive", status=status) for status in STATUSES),
    case("http", "retry_after_date", "http.error.503", "receive"),
    case("http", "retry_after_wrong", "http.error.503", "receive"),
    case("http", "slow_first_byte", "http.timed_out", "wait", is_silent=True, delay_ms=5000),
    case("http", "slow_body", "http.stalled", "receive", is_silent=True),
    case("http", "stops_in_head", "http.stalled", "receive", is_silent=True),
    case("http", "stops_halfway", "http.stalled", "receive", is_silent=True),
    case("http", "cut_in_head", INVALID, "receive"),
    case("http", "cut_off", CUT, "receive"),
    case("http", "reset_halfway", "tcp.reset", "receive"),
    case("http", "wrong_length", INVALID, "receive"),
    case("http", "bad_chunk", INVALID, "receive"),
    case("http", "cut_chunks", "http.response.invalid.incomplete_chunked_encoding", "receive"),
    case("http", "bad_status_line", INVALID, "receive"),
    case("http", "bad_header", INVALID, "receive"),
    case("http", "endless_head", INVALID, "receive"),
    case("http", "empty_answer", EMPTY, "wait"),
    case("http", "garbage", INVALID, "receive"),
    case("http", "other_protocol", INVALID, "receive"),
    case("http", "wrong_text", "http.content_mismatch", "receive"),
    case("https", "status", "http.error.503", "receive"),
    case("https", "cut_off", CUT, "receive"),
    case("https", "reset_halfway", "tcp.reset", "receive"),
    case("https", "empty_answer", EMPTY, "wait"),
    case("https", "h2_goaway", "h2.goaway", "wait"),
    case("https", "h2_calm_down", "h2.goaway", "wait"),
    case("https", "h2_reset", "h2.stream_reset", "wait"),
    case("https", "h2_reset", "h2.stream_reset", "wait", code=13),
    case("https", "h2_refused_stream", "h2.stream_reset", "wait"),
    case("https", "h2_silent", "http.timed_out", "wait", is_silent=True),
    case("https", "h2_stops_halfway", "http.stalled", "receive", is_silent=True),
    case("https", "h2_nonsense", "http.protocol.error", "wait"),
    case("dns", "nxdomain", "dns.name_not_resolved.nxdomain", "wait"),
    case("dns", "no_data", "dns.name_not_resolved.no_data", "wait"),
    case("dns", "only_alias", "dns.name_not_resolved.no_data", "wait"),
    case("dns", "servfail", "dns.server.servfail", "wait"),
    case("dns", "server_refuses", "dns.server.refused", "wait"),
    case("dns", "format_error", "dns.protocol", "wait"),
    *(case("dns", "rcode", "dns.protocol", "wait", code=code) for code in (4, 6, 7, 8, 9, 10, 16, 23)),
    *(case("dns", "rcode", kind, "wait", code=2, ede=ede) for ede, kind in EDES.items()),
    *(case("dns", "rcode", BLOCKED, "wait", code=3, ede=ede) for ede in (4, 15, 16, 17, 18)),
    case("dns", "rcode", "dns.server.refused", "wait", code=5, ede=20),
    case("dns", "wrong_id", "dns.protocol", "wait", is_silent=True),
    case("dns", "wrong_question", "dns.protocol", "wait", is_silent=True),
    case("dns", "malformed", "dns.protocol", "wait"),
    case("dns", "truncated", "dns.truncated_no_tcp", "connect"),
    case("dns", "truncated_tcp_silent", "dns.truncated_no_tcp", "wait", is_silent=True),
    case("dns", "truncated_tcp_reset", "dns.truncated_no_tcp", "wait"),
    case("dns", "drop", "dns.timed_out", "wait", is_silent=True),
    case("dns", "delay", "dns.timed_out", "wait", is_silent=True, delay_ms=5000),
    case("dns", "wrong_sender", "dns.timed_out", "wait", is_silent=True),
    case("dns", "port_closed", "dns.unreachable.port", "wait"),
    case("dns", "no_edns", ""),
    case("dns", "wildcard", "dns.address_changed", "wait"),
    case("dns", "private_answer", "dns.bogon", "wait"),
    case("dns", "truncated_tcp_well", ""),
    case("udp", "drop", "udp.no_reply", "wait", is_silent=True),
    case("udp", "loss_periodic", "udp.no_reply", "wait", is_silent=True),
    case("udp", "delay", "udp.no_reply", "wait", is_silent=True, delay_ms=5000),
    case("udp", "reordered", "udp.no_reply", "wait", is_silent=True, delay_ms=5000),
    case("udp", "wrong_sender", "udp.no_reply", "wait", is_silent=True),
    case("udp", "garbage", "udp.unexpected_reply", "wait"),
    case("udp", "empty_reply", "udp.unexpected_reply", "wait"),
    case("udp", "port_closed", "udp.port_unreachable", "wait"),
    case("udp", "duplicate", ""),
    case("http", "redirect_loop", "http.response.redirect_loop", "receive"),
    case("beat", "beat_stops", "tcp.stalled", "wait", is_silent=True),
    case("beat", "beat_late", "tcp.stalled", "wait", is_silent=True),
    case("beat", "beat_skips", "tcp.stalled", "wait", is_silent=True, every=1),
    case("beat", "beat_silent", "tcp.stalled", "wait", is_silent=True, after=0),
    case("beat", "beat_fin", "tcp.closed", "wait", after=0),
    case("beat", "beat_reset", "tcp.reset", "wait", after=0),
    case("banner", "banner_missing", "app.banner_missing", "wait", is_silent=True),
    case("banner", "banner_late", "app.banner_missing", "wait", is_silent=True),
    case("banner", "banner_wrong", "app.banner_unexpected", "wait"),
    case("banner", "banner_refuses", "app.smtp.554", "wait"),
    case("banner", "banner_refuses", "app.smtp.421", "wait", code=421),
    case("banner", "closed_after_accept", "tcp.closed", "wait"),
    case("banner", "reset_after_accept", "tcp.reset", "wait"),
    case("ws", "ws_rejected", "ws.upgrade_rejected", "wait"),
    case("ws", "ws_wrong_key", "ws.protocol.error", "wait"),
    case("ws", "ws_closes", "ws.closed.1013", "receive"),
    case("ws", "ws_no_pong", "ws.no_pong", "receive", is_silent=True),
    case("ws", "ws_nonsense", "ws.protocol.error", "receive"),
    case("ntp", "ntp_unsynchronized", "ntp.unsynchronized", "wait"),
    case("ntp", "ntp_kiss_rate", "ntp.kod.rate", "wait"),
    case("ntp", "ntp_kiss_deny", "ntp.kod.deny", "wait"),
    case("ntp", "ntp_wrong_time", "ntp.clock_differs", "wait"),
    case("ntp", "ntp_wrong_origin", "udp.unexpected_reply", "wait", is_silent=True),
    case("ntp", "drop", "udp.no_reply", "wait", is_silent=True),
    case("proxy", "refused", "proxy.connect_failed.refused", "connect"),
    case("proxy", "black_hole", "proxy.connect_failed.timed_out", "connect", is_silent=True),
    case("proxy", "closed_after_accept", "proxy.closed", "proxy"),
    case("proxy", "proxy_auth", "proxy.auth_required", "proxy"),
    case("proxy", "proxy_denied", "proxy.denied", "proxy"),
    case("proxy", "proxy_upstream", "proxy.upstream.connection_refused", "proxy"),
    case("proxy", "proxy_upstream", "proxy.upstream.connection_timeout", "proxy", status=504),
    case("proxy", "proxy_hangs", "proxy.timed_out", "proxy", is_silent=True),
    case("proxy", "proxy_nonsense", "proxy.protocol", "proxy"),
    case("proxy", "socks_no_method", "proxy.auth_required", "proxy", way="socks5h"),
    case("proxy", "proxy_nonsense", "proxy.protocol", "proxy", way="socks5h"),
    *(
        case("proxy", "socks_reply", f"proxy.socks{word}", "proxy", way="socks5h", code=code)
        for code, word in enumerate(
            (
                "",
                ".not_allowed",
                ".net_unreachable",
                ".host_unreachable",
                ".refused",
                ".ttl_expired",
                ".command",
                ".address_type",
            ),
            1,
        )
    ),
    *(case("tcp", f"{how}_after_accept", "") for how in ("reset", "closed", "silent")),
    *(case(server, "delay", "") for server in ("tls", "http", "https", "udp", "dns", "ws", "ntp")),
    *(
        case("https", fault, kind, phase, is_silent=is_silent)
        for fault, kind, phase, is_silent in (
            ("refused", "tcp.refused", "connect", False),
            ("black_hole", "tcp.timed_out", "connect", True),
            ("reset_after_accept", "tls.reset", "tls", False),
            ("closed_after_accept", "tls.closed", "tls", False),
            ("silent_after_accept", "tls.timed_out", "tls", True),
            ("tls_hang", "tls.timed_out", "tls", True),
            ("tls_alert", MISMATCH, "tls", False),
            ("slow_first_byte", "http.timed_out", "wait", True),
            ("stops_halfway", "http.stalled", "receive", True),
            ("garbage", INVALID, "receive", False),
        )
    ),
    # A minute is what this needs to be seen.
    case("https", "expires_soon", ""),
]
NAMES = [one.name for one in CASES]


@dataclass(frozen=True)
class Seen:
    """What is recorded of an attempt and stays the same on every machine."""

    kind: str
    phase: str
    status: int | None
    reached: tuple[str, ...]


def as_seen(outcome: Outcome) -> Seen:
    fault = outcome.fault
    reached = tuple(phase.value for phase, _ in outcome.phases.reached())
    return Seen(fault.kind if fault else "", fault.phase.value if fault else "", outcome.status, reached)


def limits(one: Case) -> Timeouts:
    if not one.is_silent:
        return Timeouts()
    short = {name: SHORT_S for name in Timeouts.__struct_fields__ if name not in ("attempt_s", "total_s")}
    return Timeouts(**short, attempt_s=1.5)


async def probe_all(seed: int) -> dict[str, Outcome]:
    targets = tuple(target for one in CASES for target in _targets(one))
    scenario = Scenario("all", "All faults", {"en": ""}, seed, 60, 1.0, (), targets, ())
    network, clock, room = SystemNetwork(), SteadyClock(), asyncio.Semaphore(AT_ONCE)
    seen: dict[str, Outcome] = {}

    async def probe(one: Case, target: Target) -> None:
        async with room:
            timeouts = limits(one)
            seen[one.name] = await run(target, timeouts, clock.now() + timeouts.attempt_s, network, clock)

    try:
        async with Lab(scenario, seed) as lab, asyncio.TaskGroup() as tasks:
            for one in CASES:
                target = lab.plan.target(one.name)
                assert target is not None
                tasks.create_task(probe(one, target))
    finally:
        network.close()
    return seen


def _targets(one: Case) -> tuple[LabTarget, ...]:
    """The target that is probed, with the proxy before it where that is what breaks."""
    if one.server != "proxy":
        return (LabTarget(one.name, one.name, SERVERS[one.server], fault=one.fault, expect_text=_expected(one)),)
    proxy = LabTarget(f"{one.name}-proxy", "Proxy", SERVERS["proxy"], fault=one.fault)
    behind = LabTarget(one.name, one.name, SERVERS["https"], through=proxy.id, through_scheme=one.way)
    return proxy, behind


def _expected(one: Case) -> str:
    return {"wrong_text": "All is well", "wildcard": PUBLIC, "private_answer": PUBLIC}.get(one.fault.kind, "")


@pytest.fixture(scope="module")
def twice() -> list[dict[str, Outcome]]:
    """Two labs with the same seed, side by side: what takes long is waiting."""

    async def run_both() -> list[dict[str, Outcome]]:
        return await asyncio.gather(probe_all(seed=5), probe_all(seed=5))

    with pytest.MonkeyPatch.context() as patch:
        # Both labs and all probes share one loop here: an alert may be later than it is anywhere else.
        patch.setattr(tls, "_LATE_ALERT_S", 1.0)
        return asyncio.run(run_both())


@pytest.fixture(scope="module")
def first(twice: list[dict[str, Outcome]]) -> dict[str, Outcome]:
    return twice[0]


@pytest.mark.parametrize("one", CASES, ids=NAMES)
def test_it_is_recorded_as_what_it_is(one: Case, first: dict[str, Outcome]) -> None:
    seen = as_seen(first[one.name])

    assert (seen.kind, seen.phase) == (one.kind, one.phase), first[one.name].fault


def test_the_same_seed_gives_the_same_events_again(twice: list[dict[str, Outcome]]) -> None:
    first, again = ({name: as_seen(outcome) for name, outcome in seen.items()} for seen in twice)

    assert first == again


def test_at_least_eighty_distinct_faults_are_seen() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert sum(1 for one in CASES if one.kind) >= 80
    assert all(kind_of(one.kind) is not KINDS["unknown"] for one in CASES if one.kind)


def test_every_fault_of_the_probed_servers_is_among_them() -> None:
    probed = {name for name, kind in CATALOGUE.items() if kind.servers & SERVERS.keys()}
    by_chance = {"loss", "loss_bursts"}

    assert probed - by_chance == {one.fault.kind for one in CASES}


def test_a_server_that_asks_for_patience_is_understood_in_both_forms(first: dict[str, Outcome]) -> None:
    assert first["http-retry-after-date"].retry_after_s == 30
    assert first["http-retry-after-wrong"].retry_after_s is None


def test_a_long_answer_comes_by_tcp(first: dict[str, Outcome]) -> None:
    assert first["dns-truncated-tcp-well"].phases.connect is not None
    assert first["dns-truncated-tcp-well"].detail["dns"]["answers"] == ["10.2.0.20"]


def test_an_answer_sent_twice_is_counted(first: dict[str, Outcome]) -> None:
    assert first["udp-duplicate"].detail["udp"]["duplicates"] == 1


@pytest.mark.parametrize(("fault", "kind"), [(LabFault("wildcard"), "dns.rewritten"), (None, "")])
def test_a_made_up_name_that_gets_an_answer_is_told(fault: LabFault | None, kind: str) -> None:
    server = DnsServer({}, "no-such-name.practice.example", SOON)
    made_up = LabTarget("it", "It", server, fault=fault, expect_text="NXDOMAIN")
    scenario = Scenario("one", "One", {"en": ""}, 1, 60, 1.0, (), (made_up,), ())

    async def probe() -> Outcome:
        clock, network = SteadyClock(), SystemNetwork()
        try:
            async with Lab(scenario, 1) as lab:
                return await run(lab.plan.targets[0], Timeouts(), clock.now() + 5.0, network, clock)
        finally:
            network.close()

    assert as_seen(asyncio.run(probe())).kind == kind
