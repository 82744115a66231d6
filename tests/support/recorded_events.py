"""Streams of events as an engine would emit them, for everything that records or reads sessions."""

from collections.abc import Iterator, Sequence
from typing import Any

from clearline.domain.event import (
    AnyEvent,
    AttemptEnded,
    BackoffStarted,
    BreakerChanged,
    BreakerState,
    BudgetChanged,
    CheckEnded,
    CheckMissed,
    CommandRefused,
    DiagnosisEnded,
    DiagnosisStarted,
    EngineReported,
    FallbackUsed,
    Health,
    LabFaultChanged,
    LivenessChanged,
    MachineSeen,
    MarkerDropped,
    NetworkChange,
    NetworkChanged,
    PlanApplied,
    ReplyCameLate,
    Result,
    SessionStarted,
    StepChanged,
    TesterDisturbed,
    TimeoutAdapted,
    VerdictChanged,
)
from clearline.domain.fault import Fault, Whose
from clearline.domain.liveness import Liveness
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan, new_target
from clearline.domain.verdict import (
    Confidence,
    DiagnosisPolicy,
    Outside,
    Saying,
    Step,
    StepResult,
    StepState,
    Trial,
    Verdict,
)

SESSION = "a-session"
WALL_S = 1_790_000_000.0
TARGET = "shop"


def attempt(number: int, at_s: float, *, target: str = TARGET, fault: Fault | None = None, **more: Any) -> AttemptEnded:
    """The only attempt of a check, 20 ms long."""
    phases = PhaseTimes(resolve=1.25, connect=7.5, wait=None if fault else 11.25)
    outcome = Outcome(phases, fault, "192.0.2.7:443", **more)
    return AttemptEnded(at_s=at_s, target=target, check=number, attempt=1, started_s=at_s - 0.02, outcome=outcome)


def check(number: int, at_s: float, *, target: str = TARGET, fault: Fault | None = None) -> CheckEnded:
    """The end of that check."""
    return CheckEnded(
        at_s=at_s,
        target=target,
        check=number,
        due_s=at_s - 0.021,
        started_s=at_s - 0.02,
        result=Result.FAILED if fault else Result.OK,
        attempts=1,
        kind=fault.kind if fault else "",
        gave_up="attempts" if fault else "",
    )


def checks(count: int, targets: Sequence[str] = (TARGET,), every_s: float = 1.0) -> Iterator[AnyEvent]:
    """So many checks of each target, every seventh refused by the peer."""
    refused = Fault("tcp.refused", Phase.CONNECT, {"os_error": {"name": "ECONNREFUSED", "errno": 111}})
    for number in range(count):
        for place, target in enumerate(targets):
            at_s = number * every_s + place * 0.001 + 0.02
            fault = refused if number % 7 == 6 else None
            yield attempt(number, at_s, target=target, fault=fault)
            yield check(number, at_s, target=target, fault=fault)


def one_of_each(path: str) -> list[AnyEvent]:
    """Every kind of event that is recorded, with every field set."""
    reset = Fault("tls.reset", Phase.TLS, {"tls": {"alert": None, "chain": ["a", "b"]}, "bytes_in": 7}, is_void=True)
    outcome = Outcome(
        PhaseTimes(1 / 3, 0.0, 3.5, 12.345, 0.001, 1234.5, 1e-9),
        reset,
        "[2001:db8::1]:443",
        kernel_rtt_ms=0.123,
        syn_retransmits=2,
        lag_ms=-0.5,
        status=503,
        retry_after_s=2.5,
        bytes_in=2**40,
        bytes_out=17,
        detail={"http": {"version": "1.1", "headers": [["server", "x"]]}},
    )
    return [
        SessionStarted(at_s=0.0, session_id=SESSION, wall_s=WALL_S, path=path),
        PlanApplied(at_s=0.001, plan=Plan((new_target("https://example.com/"),), interval_s=2.0)),
        AttemptEnded(at_s=1 / 7, target="a", check=0, attempt=1, started_s=1 / 9, outcome=outcome, is_disturbed=True),
        BackoffStarted(at_s=0.2, target="a", check=0, attempt=2, until_s=0.7, reason="retry_after"),
        AttemptEnded(at_s=0.9, target="a", check=0, attempt=2, started_s=0.7, outcome=Outcome(PhaseTimes())),
        CheckEnded(
            at_s=0.9,
            target="a",
            check=0,
            due_s=0.1,
            started_s=0.11,
            result=Result.VOID,
            attempts=2,
            kind="tls.reset",
            gave_up="stopped",
        ),
        CheckMissed(at_s=1.0, target="a", check=1, due_s=0.95, reason="outstanding"),
        BreakerChanged(
            at_s=1.1,
            key="tcp://example.com:443#standard",
            before=BreakerState.CLOSED,
            after=BreakerState.OPEN,
            reason="streak",
            until_s=31.1,
            failures=5,
            successes=1,
            needed=2,
        ),
        TimeoutAdapted(
            at_s=1.11,
            key="tcp://example.com:443",
            phase=Phase.TLS,
            before_s=5.0,
            after_s=1.25,
            why="measured",
            values={"samples": 256.0, "quantile_s": 1 / 3},
        ),
        BudgetChanged(at_s=1.12, key="tcp://example.com:443", tokens=9.1, capacity=10.0, reason="spent"),
        FallbackUsed(at_s=1.13, target="a", check=1, source="stale_cache", age_s=12.5, place="192.0.2.7:443"),
        LivenessChanged(
            at_s=1.14,
            target="a",
            before=Liveness.ALIVE,
            after=Liveness.SUSPECT,
            reason="silence",
            silent_s=7.5,
            misses=1,
        ),
        ReplyCameLate(at_s=1.15, target="a", check=1, attempt=2, after_ms=2345.6789),
        MarkerDropped(at_s=1.2, text="Kabel gezogen – « ici » 🔌", target="a"),
        LabFaultChanged(at_s=1.25, target="a", fault="status", options={"status": 503.0}, by="hand"),
        NetworkChanged(
            at_s=8.9,
            from_s=6.5,
            changes=(NetworkChange("gateway", "IPv4", "192.0.2.1 (eth0)", "198.51.100.1 (wlan0)"),),
        ),
        MachineSeen(
            at_s=8.95,
            host="büro-7",
            system="Linux-6.1.0-x86_64",
            network=(NetworkChange("adapter", "wlan0", "", "198.51.100.9"), NetworkChange("proxies", "", "", "http=x")),
        ),
        TesterDisturbed(at_s=9.0, health=Health.ASLEEP, from_s=2.0, lag_ms=7000.0),
        DiagnosisStarted(
            at_s=9.1,
            diagnosis="intranet",
            target=new_target("https://example.com"),
            policy=DiagnosisPolicy(outside=Outside(control=("tcp://192.0.2.9:443",)), consents=(Trial.NEIGHBOURS,)),
            steps=(Step.LINK, Step.CONNECT),
        ),
        StepChanged(
            at_s=9.2,
            diagnosis="intranet",
            result=StepResult(
                Step.CONNECT,
                StepState.FAILED,
                Saying("step.fault", {"kind": "tcp.refused", "address": "192.0.2.7:443"}),
                12.5,
                1 / 3,
                {"ports.each": {"80": ""}, "target.is_late": True},
            ),
        ),
        VerdictChanged(
            at_s=9.3,
            diagnosis="intranet",
            verdict=Verdict(
                "service_down",
                Confidence.CERTAIN,
                Whose.SERVER,
                Step.CONNECT,
                Step.GATEWAY,
                kind="tcp.refused",
                values={"port": 443, "loss": 0.5},
                ruled_out=(Saying("ruled_out.busy"),),
                missing=(Trial.CONTROL,),
                since_s=4.5,
            ),
            is_final=True,
        ),
        DiagnosisEnded(at_s=9.4, diagnosis="intranet", reason="done"),
        EngineReported(
            at_s=9.5,
            checks_per_s=1.5,
            loop_lag_ms=0.25,
            outstanding=3,
            recording=path,
            recording_bytes=4096,
            recording_problem="record.disk_full",
        ),
        CommandRefused(at_s=9.75, code="command.no_target", values={"target": "b"}),
        SessionStarted(at_s=12.0, session_id=SESSION, wall_s=WALL_S, path=path, is_resumed=True),
    ]
