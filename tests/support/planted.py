"""A session with something to hide in every place where a session holds text, and one that is out for trouble."""

from typing import Any

import msgspec

from clearline.domain.event import (
    AnyEvent,
    AttemptEnded,
    BreakerChanged,
    BreakerState,
    BudgetChanged,
    CheckEnded,
    CommandRefused,
    EngineReported,
    FallbackUsed,
    MachineSeen,
    MarkerDropped,
    NetworkChange,
    NetworkChanged,
    PlanApplied,
    Result,
    SessionStarted,
    TimeoutAdapted,
)
from clearline.domain.fault import Fault
from clearline.domain.liveness import Heartbeat
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan
from clearline.domain.profile import BUILT_IN, STANDARD, Profile
from clearline.domain.target import Target

WALL_S = 1_790_000_000.0
HOST, USER, PERSON = "payroll.acme-holding.com", "jdoe", "Jane Doe"
SECRETS = (
    *("acme", "payroll", "jdoe", "Jane", "Jane Doe", "hunter22", "s3cr3t", "zebra", "quagga", "okapi", "Hauptstrasse"),
    *("10.20.30.40", "10.20.30.1", "203.0.113.77", "fd12:3456:789a", "fd12:3456", "2001:db8:77", "00:1b:21", "4711"),
    *("tapir", "ibex", "serval", "caracal", "gerenuk", "dikdik", "kudu", "bongo", "numbat", "bilby", "Jülich"),
)  # fmt: skip
"""None of these may be in anything that was redacted, in any case of letters."""

PLANTED = Target(
    id="acme-payroll",
    address=f"https://{USER}:hunter22@{HOST}:8443/staff/zebra?customer=quagga&token=s3cr3t#okapi",
    name=f"Payroll of {PERSON}",
    group="Hauptstrasse",
    profile="acme slow",
    ca_file="/srv/jdoe/acme-roots.pem",
    via="10.20.30.40:8443",
    expect_text="Welcome Jane",
    alternates=("10.20.30.41:8443", "[fd12:3456:789a::7]:8443"),
    payload="tapir",
    proxy=f"http://{USER}:hunter22@proxy.acme-holding.com:3128",
    sni="sni.acme-holding.com",
    client_cert="/srv/jdoe/jane.pem",
    headers=("X-Acme-Tapir: ibex", "Authorization: Bearer s3cr3t"),
    body="salary of Jane",
)
LOOKUP = Target(
    id="dns-acme", address="dns://mail.acme-holding.com?type=AAAA&server=10.20.30.1", name="Namen in Jülich"
)
BEAT = Target(id="beat-acme", address="beat://line.acme-holding.com:7007", profile="acme slow")
SLOW = Profile("acme slow", heartbeat=Heartbeat(send="HELLO jdoe {n}", expect="OK jdoe {n}"))
PLAN = Plan((PLANTED, LOOKUP, BEAT), (*BUILT_IN, SLOW))

EVIDENCE: dict[str, Any] = {
    "os_error": {"name": "ECONNREFUSED", "errno": 111},
    "icmp": {"type": 3, "code": 1, "offender": "10.20.30.1"},
    "tls": {
        "reason": "Hostname mismatch, certificate is not valid for 'payroll.acme-holding.com'.",
        "subject": "*.acme-holding.com",
        "issuer": "Acme Inspection CA",
        "names": ["payroll.acme-holding.com", "10.20.30.40"],
        "serial": "4711",
        "expires_at": "2027-02-24T17:45:34Z",
        "key": "EC secp256r1",
    },
    "http": {"headers": {"server": "kudu", "location": "https://sso.acme-holding.com/jdoe", "date": "kudu"}},
    "proxy": {"address": "proxy.acme-holding.com:3128", "status_text": "Hello Jane", "protocol": "bongo 1"},
    "dns": {"answers": ["203.0.113.77", "2001:db8:77::1", "10 mx.acme-holding.com."], "ede_text": "caracal"},
    "acme-holding.com": "serval",
    "names.acme": {"deep": [["gerenuk", {"dikdik.acme": "numbat"}]]},
    "first_bytes": "220 bilby ESMTP",
    "chain": ["OSError: [Errno 111] ('10.20.30.40', 8443) for jdoe"],
    "mac": "00:1b:21:aa:bb:cc",
    "raw": b"jdoe",
    "peer": "fd12:3456:789a::7",
}


def planted_events(count: int = 40) -> list[AnyEvent]:
    """A session in which every second check of PLANTED fails, and each kind of text holds something to hide."""
    key = msgspec.structs.replace(PLANTED).breaker_key
    events: list[AnyEvent] = [
        SessionStarted(at_s=0.0, session_id="jdoe-acme", wall_s=WALL_S, path="/srv/jdoe/acme.clearline"),
        PlanApplied(at_s=0.0, plan=PLAN),
    ]
    for number in range(count):
        fault = Fault("tls.cert.name_invalid", Phase.TLS, EVIDENCE) if number % 2 else None
        phases = PhaseTimes(2.0, 10.0, None, 30.0 + number % 5, None if fault else 1.0, None if fault else 40.0)
        outcome = Outcome(
            phases,
            fault,
            "10.20.30.40:8443",
            kernel_rtt_ms=9.5,
            status=None if fault else 200,
            detail={"http": EVIDENCE["http"], "tls": EVIDENCE["tls"], "hops": [{"url": PLANTED.shown, "status": 200}]},
        )
        events += checked(PLANTED.id, number, float(number), outcome)
        lookup = Outcome(PhaseTimes(wait=5.0), None, "10.20.30.1:53", detail={"dns": EVIDENCE["dns"]})
        events += checked(LOOKUP.id, number, number + 0.2, lookup)
    end_s = float(count)
    return [
        *events,
        BreakerChanged(
            at_s=end_s,
            key=key,
            before=BreakerState.CLOSED,
            after=BreakerState.OPEN,
            reason="streak",
            until_s=end_s + 30,
        ),
        BreakerChanged(
            at_s=end_s,
            key="tcp://gone.acme-holding.com:99#acme old",
            before=BreakerState.CLOSED,
            after=BreakerState.OPEN,
            reason="streak",
        ),
        BudgetChanged(at_s=end_s, key=PLANTED.origin, tokens=1.0, capacity=3.0, reason="spent"),
        TimeoutAdapted(
            at_s=end_s, key=key, phase=Phase.TLS, before_s=5.0, after_s=1.5, why="measured", values={"samples": 256.0}
        ),
        FallbackUsed(at_s=end_s, target=PLANTED.id, check=3, source="alternate", place="10.20.30.41:8443"),
        MarkerDropped(at_s=end_s, text="Jane Doe called from Hauptstrasse", target=PLANTED.id),
        CommandRefused(at_s=end_s, code="command.no_target", values={"target": "acme-payroll"}),
        NetworkChanged(
            at_s=end_s,
            from_s=end_s - 1,
            changes=(
                NetworkChange("gateway", "IPv4", "10.20.30.1 (eth0)", "10.20.30.254 (vpn-acme)"),
                NetworkChange("proxies", "", "http://jdoe:•••@proxy.acme-holding.com:3128", ""),
                NetworkChange("mtu", "vpn-acme", "1500", "1400"),
            ),
        ),
        MachineSeen(
            at_s=end_s,
            host="jdoe-laptop.acme-holding.com",
            system="Linux-6.1.0-acme-holding-x86_64",
            network=(
                NetworkChange("vpn", "vpn-acme", "", "10.20.30.99"),
                NetworkChange("proxies", "", "", "http=http://jdoe:•••@proxy.acme-holding.com:3128"),
            ),
        ),
        EngineReported(at_s=end_s, checks_per_s=2.0, loop_lag_ms=0.1, outstanding=0, recording="/srv/jdoe/x.clearline"),
    ]  # fmt: skip


def checked(target: str, number: int, begun_s: float, outcome: Outcome) -> list[AnyEvent]:
    """A check with one attempt."""
    end_s = begun_s + outcome.phases.total_ms / 1000
    return [
        AttemptEnded(at_s=end_s, target=target, check=number, attempt=1, started_s=begun_s, outcome=outcome),
        CheckEnded(
            at_s=end_s,
            target=target,
            check=number,
            due_s=begun_s,
            started_s=begun_s,
            result=Result.FAILED if outcome.fault else Result.OK,
            attempts=1,
            kind=outcome.fault.kind if outcome.fault else "",
            gave_up="not_retryable" if outcome.fault else "",
        ),
    ]


def leaks(text: str) -> list[str]:
    """What of SECRETS is in a text."""
    lower = text.lower()
    return [secret for secret in SECRETS if secret.lower() in lower]


HOSTILE = (
    "<script>alert(1)</script>",
    "<svg onload=alert(2)>",
    '=HYPERLINK("http://x.example","y")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "\u202egnp.exe",
    "a\x00b\x1b[31mc\x07",
    "]]><!--",
    "{{ 7*7 }}",
    'x" onmouseover="alert(3)',
    "line\r\nHost: evil",
)


def hostile_plan() -> Plan:
    """A plan whose names are out for trouble."""
    targets = tuple(
        Target(id=f"t{number}{name[:3]}", address="https://shop.example/", name=name, group=name, profile=STANDARD.name)
        for number, name in enumerate(HOSTILE)
    )
    return Plan(targets)


def hostile_events() -> list[AnyEvent]:
    """Checks of that plan, with evidence of the same kind; the first target is slow, the others fail."""
    plan = hostile_plan()
    events: list[AnyEvent] = [
        SessionStarted(at_s=0.0, session_id="s", wall_s=WALL_S, path=""),
        PlanApplied(at_s=0.0, plan=plan),
    ]
    for number, target in enumerate(plan.targets):
        text = HOSTILE[number]
        fault = Fault("http.error.503", Phase.WAIT, {"http": {text: text}, "chain": [text]}) if number else None
        detail = {"http": {"headers": {"server": text, "location": text}, "version": text}}
        phases = PhaseTimes(1.0, 2.0, wait=4.0)
        outcome = Outcome(phases, fault, text, status=503 if fault else 200, detail=detail)
        for check in range(8):
            events += checked(target.id, check, float(check), outcome)
    events.append(MarkerDropped(at_s=9.0, text=HOSTILE[0], target=plan.targets[0].id))
    return events
