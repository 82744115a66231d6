"""Broken and healthy situations on loopback, made by the lab, each with the verdict that it must get."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from clearline.diagnosis.course import Course
from clearline.diagnosis.judge import RULES
from clearline.diagnosis.ladder import Ladder, Surroundings
from clearline.domain.event import Event, VerdictChanged
from clearline.domain.plan import new_target
from clearline.domain.profile import Timeouts
from clearline.domain.target import Target
from clearline.domain.verdict import Depth, DiagnosisPolicy, Outside, Trial, Verdict
from clearline.lab.faults import LabFault
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
from clearline.net.network import Network
from clearline.net.sockets import SystemNetwork
from clearline.probes.keeping import keeping
from clearline.probes.registry import run
from support.misbehaving import SteadyClock

AT_ONCE = 12
_SOON = Latency()
_ZONE = {"www.practice.example": ("A 10.2.0.20",)}
SERVERS: dict[str, Server] = {
    "tcp": TcpServer(greeting="220 ready\r\n"),
    "tls": TlsServer(greeting="220 ready\r\n", handshake=_SOON),
    "http": HttpServer(latency=_SOON, body="All is well.\n" * 20),
    "https": HttpsServer(latency=_SOON, handshake=_SOON),
    "udp": UdpServer(latency=_SOON),
    "beat": BeatServer(latency=_SOON),
    "banner": BannerServer(latency=_SOON, service="smtp"),
    "ws": WebSocketServer(latency=_SOON),
    "ntp": NtpServer(latency=_SOON),
    "proxy": ProxyServer(latency=_SOON),
    "dns": DnsServer(records=_ZONE, ask="www.practice.example", latency=_SOON),
}
HEALTHY = ""
_TIMED = {rule.code for rule in RULES if "self.is_busy" in rule.unless}


@dataclass(frozen=True)
class Situation:
    """What is broken, and what must be said of it. `verdict` is empty where no alarm may be raised."""

    name: str
    verdict: str
    step: str = ""
    whose: str = ""
    confidence: str = ""
    """The surest it may be; a busy machine may make it less sure."""
    server: str = ""
    fault: LabFault | None = None
    way: str = "http"
    address: str = ""
    """In a namespace: what is diagnosed."""
    changes: dict[str, Any] = field(default_factory=dict)
    outside: Outside = field(default_factory=Outside)
    is_full: bool = False
    consents: tuple[Trial, ...] = ()
    idle_s: float = 2.0
    rest_steps_s: tuple[float, ...] = ()
    load_mb: float = 20.0
    earlier: int = 0
    """So many attempts were made before, as in a running session."""
    earlier_s: float = 0.1
    """How long each of them waits for an answer."""
    values: dict[str, float] = field(default_factory=dict)
    """What the verdict must name."""

    @property
    def policy(self) -> DiagnosisPolicy:
        """Only what the situation allows."""
        depth = Depth.FULL if self.is_full or self.consents else Depth.QUICK
        return DiagnosisPolicy(
            depth,
            self.outside,
            self.consents,
            idle_s=self.idle_s,
            rest_steps_s=self.rest_steps_s,
            load_mb=self.load_mb,
        )

    @property
    def is_broken(self) -> bool:
        """Must it raise an alarm?"""
        return bool(self.verdict)


@dataclass(frozen=True)
class Judged:
    """A situation and what was said of it."""

    situation: Situation
    verdict: Verdict
    facts: dict[str, Any]
    first_s: float
    """Until the first sentence."""
    took_s: float

    @property
    def is_right(self) -> bool:
        """Verdict, layer and owner as they must be, and no surer than may be."""
        wanted, told = self.situation, self.verdict
        if not wanted.is_broken:
            return not told.is_finding
        if self.facts.get("self.is_busy") and wanted.verdict in _TIMED and not told.is_finding:
            return True  # A computer that is late itself says nothing of times, and must not.
        place = told.fails_first.value if told.fails_first else ""
        is_same = (told.code, place, told.whose.value) == (wanted.verdict, wanted.step, wanted.whose)
        is_told = wanted.values.items() <= told.values.items()
        return (
            is_same
            and is_told
            and told.confidence.rank <= {"certain": 3, "likely": 2, "possible": 1}[wanted.confidence]
        )

    @property
    def is_certain_and_wrong(self) -> bool:
        """The one thing that must never be."""
        return not self.is_right and self.verdict.is_finding and self.verdict.confidence.value == "certain"


def _lab(
    server: str,
    fault: str,
    verdict: str,
    step: str,
    whose: str,
    confidence: str,
    way: str = "http",
    asked: tuple[Trial, ...] = (),
    **options: float,
) -> Situation:
    given = "".join(f" {name}={value:g}" for name, value in options.items())
    through = f" {way}" if way != "http" else ""
    wanted = "".join(f", {trial.value}" for trial in asked)
    name = f"{server}{through}: {fault or 'well'}{given}{wanted}"
    made = LabFault(fault, **options) if fault else None  # type: ignore[arg-type] # whole numbers among them
    return Situation(name, verdict, step, whose, confidence, server, made, way, consents=asked)


REST, LOAD = (Trial.REUSE,), (Trial.LOAD,)
C, L, P = "certain", "likely", "possible"
LAB: tuple[Situation, ...] = (
    _lab("tcp", "refused", "service_down", "connect", "server", C),
    _lab("http", "refused", "service_down", "connect", "server", C),
    _lab("https", "refused", "service_down", "connect", "server", C),
    _lab("tcp", "black_hole", "port_dropped", "connect", "path", L),
    _lab("https", "black_hole", "port_dropped", "connect", "path", L),
    _lab("http", "reset_after_accept", "hangs_up", "http", "server", L),
    _lab("http", "closed_after_accept", "hangs_up", "http", "server", L),
    _lab("http", "silent_after_accept", "application_silent", "http", "app", L),
    _lab("http", "slow_body", "answer_stalls", "http", "app", L),
    _lab("http", "stops_halfway", "answer_stalls", "http", "app", L),
    _lab("http", "reset_halfway", "hangs_up", "http", "server", L),
    _lab("http", "cut_off", "answer_cut", "http", "server", L),
    _lab("http", "cut_chunks", "answer_cut", "http", "server", L),
    _lab("http", "bad_status_line", "not_http", "http", "server", C),
    _lab("http", "garbage", "not_http", "http", "server", C),
    _lab("http", "other_protocol", "not_http", "http", "server", C),
    _lab("http", "empty_answer", "hangs_up", "http", "server", L),
    _lab("http", "wrong_text", "other_content", "http", "app", L),
    _lab("http", "redirect_loop", "goes_in_circles", "http", "app", C),
    _lab("http", "status", "login_wanted", "http", "app", C, status=401),
    _lab("http", "status", "forbidden", "http", "app", C, status=403),
    _lab("http", "status", "page_missing", "http", "app", C, status=404),
    _lab("http", "status", "rate_limited", "http", "app", C, status=429),
    _lab("http", "status", "application_broken", "http", "app", C, status=500),
    _lab("http", "status", "backend_down", "http", "app", C, status=502),
    _lab("http", "status", "in_maintenance", "http", "app", C, status=503),
    _lab("http", "status", "backend_down", "http", "app", C, status=504),
    _lab("http", "status", "sign_in_wanted", "internet", "lan", C, status=511),
    _lab("https", "expired", "certificate_expired", "tls", "server", C),
    _lab("tls", "expired", "certificate_expired", "tls", "server", C),
    _lab("https", "not_yet_valid", "certificate_too_new", "tls", "server", L),
    _lab("https", "wrong_name", "certificate_other_name", "tls", "server", C),
    _lab("https", "self_signed", "certificate_self_made", "tls", "server", C),
    _lab("https", "unknown_ca", "issuer_unknown", "tls", "server", L),
    _lab("https", "untrusted_root", "issuer_unknown", "tls", "server", L),
    _lab("https", "inspected", "inspected", "tls", "lan", L),
    _lab("https", "incomplete_chain", "chain_incomplete", "tls", "server", C),
    _lab("https", "weak_key", "certificate_unfit", "tls", "server", C),
    _lab("https", "wrong_usage", "certificate_unfit", "tls", "server", C),
    _lab("https", "revoked", "certificate_revoked", "tls", "server", C),
    _lab("https", "not_an_authority", "issuer_not_strict", "tls", "lan", C),
    _lab("https", "client_cert_required_1_2", "own_certificate_wanted", "tls", "me", C),
    _lab("https", "old_version", "tls_too_old", "tls", "server", C),
    _lab("https", "tls_closed", "tls_breaks", "tls", "server", L),
    _lab("https", "tls_reset", "tls_breaks", "tls", "server", L),
    _lab("https", "tls_hang", "tls_breaks", "tls", "server", L),
    _lab("https", "not_tls", "not_encrypted", "tls", "server", C),
    _lab("https", "h2_reset", "http2_broken", "http", "server", C),
    _lab("https", "h2_goaway", "http2_broken", "http", "server", C),
    _lab("dns", "nxdomain", "name_wrong", "application", "dns", C),
    _lab("dns", "no_data", "no_such_record", "application", "dns", C),
    _lab("dns", "servfail", "zone_broken", "application", "dns", L),
    _lab("dns", "server_refuses", "dns_refuses", "application", "dns", C),
    _lab("dns", "rcode", "dnssec_broken", "application", "dns", C, code=2, ede=7),
    _lab("dns", "rcode", "name_filtered", "application", "lan", C, code=3, ede=15),
    _lab("dns", "drop", "dns_server_down", "application", "dns", L),
    _lab("dns", "port_closed", "dns_not_there", "application", "dns", C),
    _lab("udp", "port_closed", "service_down", "connect", "server", C),
    _lab("udp", "drop", "udp_ignored", "connect", "server", L),
    _lab("banner", "banner_missing", "greets_not", "application", "app", L),
    _lab("banner", "banner_wrong", "greets_strangely", "application", "app", L),
    _lab("banner", "banner_refuses", "service_refuses", "application", "app", C),
    _lab("banner", "reset_after_accept", "service_hangs_up", "application", "server", L),
    _lab("ws", "ws_rejected", "upgrade_refused", "application", "app", L),
    _lab("ws", "ws_closes", "service_closes", "application", "app", C),
    _lab("ntp", "ntp_unsynchronized", "no_time", "application", "server", C),
    _lab("ntp", "ntp_wrong_time", "clock_differs", "self", "me", L),
    _lab("proxy", "refused", "proxy_not_running", "proxy", "proxy", C),
    _lab("proxy", "black_hole", "proxy_down", "proxy", "proxy", L),
    _lab("proxy", "proxy_auth", "proxy_login", "proxy", "proxy", C),
    _lab("proxy", "proxy_denied", "proxy_denies", "proxy", "proxy", C),
    _lab("proxy", "proxy_upstream", "proxy_cannot_reach", "proxy", "proxy", C),
    _lab("proxy", "proxy_nonsense", "proxy_wrong_kind", "proxy", "me", C),
    _lab("proxy", "socks_reply", "proxy_denies", "proxy", "proxy", C, way="socks5h", code=2),
    _lab("https", "closes_when_reused", "reuse_breaks", "http", "server", L, asked=REST, after=1),
    _lab("http", "status", "request_refused", "http", "app", C, status=405),
    _lab("https", "expires_soon", "certificate_ends_soon", "tls", "server", C),
    _lab("http", "delay", "answers_slowly", "quality", "app", L, delay_ms=2000),
    _lab("https", "tls_alert", "name_not_served", "tls", "server", C, alert=112),
    _lab("https", "tls_alert", "own_certificate_refused", "tls", "me", C, alert=42),
    _lab("banner", "banner_refuses", "rate_limited", "application", "app", L, code=421),
    _lab("ws", "ws_no_pong", "service_silent", "application", "app", L),
    Situation(
        "http: an address that no computer can have",
        "address_mistyped",
        "self",
        "me",
        C,
        server="http",
        changes={"via": "0.0.0.0:80"},
    ),
    Situation(
        "https: the client certificate is not there",
        "own_certificate_unreadable",
        "tls",
        "me",
        C,
        server="https",
        changes={"client_cert": "/no-such-folder/own.pem"},
    ),
    Situation(
        "https: the roots are not there",
        "no_roots",
        "tls",
        "me",
        C,
        server="https",
        changes={"ca_file": "/no-such-folder/roots.pem"},
    ),
    # Nothing is wrong, or nothing that anybody should be called for.
    *(_lab(server, "", HEALTHY, "", "", "") for server in SERVERS),
    _lab("proxy", "", HEALTHY, "", "", "", way="socks5h"),
    _lab("http", "delay", HEALTHY, "", "", "", delay_ms=200),
    _lab("https", "delay", HEALTHY, "", "", "", delay_ms=200),
    _lab("http", "delay", HEALTHY, "", "", "", delay_ms=700),
    _lab("https", "wildcard", HEALTHY, "", "", ""),
    Situation(
        "http: a 404 that is expected",
        HEALTHY,
        server="http",
        fault=LabFault("status", status=404),
        changes={"expect_status": (404,)},
    ),
    _lab("udp", "duplicate", HEALTHY, "", "", ""),
    _lab("dns", "no_edns", HEALTHY, "", "", ""),
    _lab("tcp", "silent_after_accept", HEALTHY, "", "", ""),
    _lab("http", "closes_when_reused", HEALTHY, "", "", "", asked=REST, after=2),
    _lab("http", "closes_idle", HEALTHY, "", "", "", asked=REST, delay_ms=500),
    _lab("https", "", HEALTHY, "", "", "", asked=REST),
    _lab("beat", "", HEALTHY, "", "", "", asked=REST),
    _lab("tcp", "closed_after_accept", HEALTHY, "", "", "", asked=REST),
    _lab("http", "", HEALTHY, "", "", "", asked=LOAD),
)


def _targets(number: int, one: Situation) -> tuple[LabTarget, ...]:
    name = f"s{number}"
    if one.server == "proxy":
        proxy = LabTarget(f"{name}-proxy", "Proxy", SERVERS["proxy"], fault=one.fault)
        return proxy, LabTarget(name, name, SERVERS["https"], through=proxy.id, through_scheme=one.way)
    expected = "All is well" if one.fault is not None and one.fault.kind == "wrong_text" else ""
    return (LabTarget(name, name, SERVERS[one.server], fault=one.fault, expect_text=expected),)


async def judge_one(target: Target, network: Network, one: Situation) -> Judged:
    """A diagnosis, as the terminal makes it, or as a running session does that made attempts before."""
    clock = SteadyClock()
    verdicts: list[tuple[float, Verdict]] = []
    total_s = one.earlier_s + 0.3
    limits = Timeouts(connect_s=0.3, wait_s=one.earlier_s, attempt_s=total_s, total_s=total_s)
    earlier = [await run(target, limits, clock.now() + total_s, network, clock) for _ in range(one.earlier)]
    began_s = clock.now()

    def hear(event: Event) -> None:
        if isinstance(event, VerdictChanged):
            verdicts.append((event.at_s - began_s, event.verdict))

    course = Course(target, one.policy, network, clock, run, keeping, earlier=earlier)
    await Ladder("situation", course, Surroundings(clock), hear).run()
    return Judged(one, verdicts[-1][1], course.facts, verdicts[0][0], clock.now() - began_s)


async def judge_lab(situations: Sequence[Situation]) -> list[Judged]:
    """All of these at once, in one lab on loopback."""
    made = tuple(target for number, one in enumerate(situations) for target in _targets(number, one))
    scenario = Scenario("situations", "Situations", {"en": ""}, 5, 60, 1.0, (), made, ())
    network, room = SystemNetwork(), asyncio.Semaphore(AT_ONCE)
    found: list[Judged] = []

    async def one_by_one(number: int, one: Situation, lab: Lab) -> None:
        target = lab.plan.target(f"s{number}")
        assert target is not None
        target = msgspec.structs.replace(target, **one.changes)
        async with room:
            found.append(await judge_one(target, network, one))

    try:
        async with Lab(scenario, 5) as lab, asyncio.TaskGroup() as tasks:
            for number, one in enumerate(situations):
                tasks.create_task(one_by_one(number, one, lab))
    finally:
        network.close()
    return sorted(found, key=lambda judged: situations.index(judged.situation))


def target_of(address: str) -> Target:
    """As it would be typed."""
    return new_target(address)
