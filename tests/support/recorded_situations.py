"""The most frequent situations as one recorded session: real ladders and rules, attempts answered from a script.

`python tests/support/recorded_situations.py FILE` writes it; look at it in the window with `clearline --open FILE`.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from clearline.domain.event import AnyEvent, AttemptEnded, CheckEnded, DiagnosisStarted, PlanApplied, Result
from clearline.domain.event import SessionStarted as Started
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan, new_target
from clearline.domain.target import Target
from clearline.domain.verdict import Depth, DiagnosisPolicy, Outside
from clearline.net.machine_state import Machine
from clearline.store.writer import SessionWriter
from support.scripted_ladder import (
    GATEWAY,
    MACHINE,
    SERVER,
    TARGET_IP,
    Answer,
    ScriptedMachine,
    diagnosed,
    fault,
    ok,
)

WALL_S = 1_790_000_000.0
ISSUED = {"issuer": "Example CA", "subject": "shop.example", "expires_days": 120}
_ALIVE: dict[str, Answer] = {f"icmp://{GATEWAY}": ok}
_LISTED = Outside(is_allowed=True, control=("tcp://192.0.2.99:443",))


def well(target: Target) -> Outcome:
    """A web page over a good certificate, in 60 ms."""
    detail: dict[str, Any] = {"tls": ISSUED, "http": {"version": "1.1", "headers": {"server": "nginx"}}}
    phases = PhaseTimes(resolve=3.0, connect=11.0, tls=19.0, wait=24.0, receive=3.0)
    return Outcome(phases, None, f"{TARGET_IP}:{target.port}", status=200, detail=detail)


def slow(target: Target) -> Outcome:
    """The same, after 2.6 s of thinking."""
    return msgspec.structs.replace(well(target), phases=PhaseTimes(resolve=3.0, connect=11.0, tls=19.0, wait=2600.0))


def found(target: Target) -> Outcome:
    """A name server's answer."""
    return Outcome(PhaseTimes(wait=9.0), None, f"{SERVER}:53", detail={"dns": {"answers": [TARGET_IP]}})


def bad_certificate(kind: str, **told: Any) -> Answer:
    """The handshake came as far as the certificate."""

    def answer(target: Target) -> Outcome:
        if not target.verify:
            return well(target)
        phases = PhaseTimes(resolve=3.0, connect=11.0, tls=19.0)
        return Outcome(phases, Fault(kind, Phase.TLS, {"tls": {**ISSUED, **told}}), f"{TARGET_IP}:{target.port}")

    return answer


def portal(target: Target) -> Outcome:
    """Every page is the sign-in page; whatever is encrypted is cut."""
    return Outcome(
        PhaseTimes(connect=4.0, wait=9.0), Fault("http.content_mismatch", Phase.RECEIVE), "192.0.2.1:80", status=200
    )


@dataclass(frozen=True)
class Situation:
    """What is wrong, whom it is asked about, how every attempt is answered, and the verdict that is right."""

    name: str
    verdict: str
    answers: dict[str, Answer]
    address: str = "https://shop.example/"
    machine: Callable[[], ScriptedMachine] = ScriptedMachine
    policy: DiagnosisPolicy = field(default_factory=DiagnosisPolicy)
    changes: dict[str, Any] = field(default_factory=dict)


def _resolved(**more: Answer) -> dict[str, Answer]:
    return {**_ALIVE, "dns://clearline": fault("dns.name_not_resolved.nxdomain", Phase.WAIT), "dns://": found, **more}


_OFF = fault("local.neighbor_unreachable")
_NXDOMAIN = "dns.name_not_resolved.nxdomain"
SITUATIONS: tuple[Situation, ...] = (
    Situation("Everything works", "works", _resolved(**{"https://": well, "tcp://": ok})),
    Situation("Host off", "host_off_lan", {**_ALIVE, "tcp://": _OFF, "icmp://": _OFF}, "tcp://192.0.2.40:9100"),
    Situation(
        "Service not running",
        "service_down",
        {**_ALIVE, f"tcp://{TARGET_IP}:9100": fault("tcp.refused"), "icmp://": ok, "tcp://": ok},
        f"tcp://{TARGET_IP}:9100",
    ),
    Situation(
        "Name mistyped",
        "name_wrong",
        {**_ALIVE, "https://": fault(_NXDOMAIN, Phase.RESOLVE), "dns://": fault(_NXDOMAIN, Phase.WAIT)},
        "https://shpo.example/",
    ),
    Situation("DNS server down", "dns_server_down", {**_ALIVE, "https://": fault("dns.timed_out", Phase.RESOLVE)}),
    Situation(
        "No gateway",
        "no_gateway",
        {"https://": fault("local.no_route")},
        f"https://{TARGET_IP}/",
        machine=lambda: ScriptedMachine(Machine(MACHINE.adapters, ())),
    ),
    Situation(
        "Sign-in page",
        "portal",
        _resolved(**{"https://": fault("tls.reset", Phase.TLS), "http://": portal}),
        policy=DiagnosisPolicy(outside=_LISTED),
    ),
    Situation(
        "Proxy wants a login",
        "proxy_login",
        {**_ALIVE, "tcp://192.0.2.3": ok, "https://": fault("proxy.auth_required", Phase.PROXY, proxy={"status": 407})},
        changes={"proxy": "http://192.0.2.3:3128"},
    ),
    Situation(
        "Certificate expired",
        "certificate_expired",
        _resolved(**{"https://": bad_certificate("tls.cert.date_invalid.expired", expires_days=-3), "tcp://": ok}),
    ),
    Situation(
        "Inspected by the company",
        "inspected",
        _resolved(
            **{
                "https://": bad_certificate("tls.cert.authority_invalid.unknown_ca", issuer="Zscaler Root CA"),
                "tcp://": ok,
            }
        ),
    ),
    Situation(
        "Certificate of another name",
        "certificate_other_name",
        _resolved(**{"https://": bad_certificate("tls.cert.name_invalid", names=["www.other.example"]), "tcp://": ok}),
    ),
    Situation(
        "Nothing comes back",
        "host_silent",
        {**_ALIVE, "tcp://192.0.2.99": ok},
        f"https://{TARGET_IP}/",
        policy=DiagnosisPolicy(outside=Outside(control=("tcp://192.0.2.99:443",))),
    ),
    Situation(
        "Application broken",
        "application_broken",
        _resolved(**{"https://": fault("http.error.500", Phase.WAIT, status=500), "tcp://": ok}),
    ),
    Situation("Slow application", "answers_slowly", _resolved(**{"https://": slow, "tcp://": ok})),
    Situation(
        "Large packets vanish",
        "packets_too_big",
        _resolved(
            **{
                "https://": fault("tls.timed_out", Phase.TLS),
                "mtu://": lambda target: Outcome(
                    PhaseTimes(connect=9.0),
                    Fault("tcp.mtu_black_hole", Phase.SEND),
                    f"{TARGET_IP}:443",
                    detail={"mtu": {"mtu": 1400, "tcp": {"is_small_confirmed": True}}},
                ),
                "tcp://": ok,
                "tls://": fault("tls.timed_out", Phase.TLS),
            }
        ),
        policy=DiagnosisPolicy(Depth.FULL),
    ),
)


def events() -> list[AnyEvent]:
    """A session in which each situation was checked for a minute and then diagnosed."""
    targets, told = [], []
    for at, situation in enumerate(SITUATIONS):
        target = msgspec.structs.replace(new_target(situation.address), id=f"s{at}", name=situation.name)
        targets.append(msgspec.structs.replace(target, **situation.changes))
    plan = Plan(targets=tuple(targets))
    told.append(Started(at_s=0.0, session_id="situations", wall_s=WALL_S, path=""))
    told.append(PlanApplied(at_s=0.0, plan=plan))
    made = [
        (*_diagnosis(at, situation, target),)
        for at, (situation, target) in enumerate(zip(SITUATIONS, targets, strict=True))
    ]
    for check in range(30):
        for at, (_, outcome) in enumerate(made):
            told += _check(targets[at].id, check, 2.0 * check + 0.05 * at, outcome)
    for each, _ in made:
        told += each
    return sorted(told, key=lambda event: event.at_s)


def _diagnosis(at: int, situation: Situation, target: Target) -> tuple[list[AnyEvent], Outcome]:
    told = diagnosed(
        situation.answers,
        address=situation.address,
        machine=situation.machine(),
        policy=situation.policy,
        id=target.id,
        name=target.name,
        **situation.changes,
    )
    begin_s, name = 60.0 + at, f"{target.id}:recorded"
    moved: list[Any] = [
        msgspec.structs.replace(event, at_s=begin_s + event.at_s, diagnosis=name) for event in told.events
    ]
    assert isinstance(moved[0], DiagnosisStarted)
    answer = next((reply for begin, reply in situation.answers.items() if situation.address.startswith(begin)), None)
    outcome = answer(target) if answer else None
    if outcome is None:
        kind = Fault("tcp.timed_out", Phase.CONNECT)
        outcome = Outcome(PhaseTimes(connect=3000.0), kind, f"{TARGET_IP}:{target.port}")
    return moved, outcome


def _check(target: str, number: int, at_s: float, outcome: Outcome) -> list[AnyEvent]:
    end_s = at_s + min(1.5, outcome.phases.total_ms / 1000)
    result = Result.OK if outcome.ok else Result.FAILED
    kind = outcome.fault.kind if outcome.fault else ""
    return [
        AttemptEnded(at_s=end_s, target=target, check=number, attempt=1, started_s=at_s, outcome=outcome),
        CheckEnded(
            at_s=end_s, target=target, check=number, due_s=at_s, started_s=at_s, result=result, attempts=1, kind=kind
        ),
    ]


def write(path: Path) -> None:
    """Record the session in this file."""
    writer = SessionWriter(path, "situations", WALL_S)
    writer.emit(events())
    writer.close()


if __name__ == "__main__":
    write(Path(sys.argv[1]))
