"""Events and commands travel and come back as they were."""

from typing import get_args

import msgspec
import pytest

from clearline.domain.command import (
    AnyCommand,
    ApplyPlan,
    CheckNow,
    Command,
    Diagnose,
    DropMarker,
    NoteLabFault,
    ResetBreaker,
    StartSession,
    StopDiagnosis,
    StopSession,
    WatchOutside,
)
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
    Event,
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
    TimeoutAdapted,
    VerdictChanged,
)
from clearline.domain.event import TesterDisturbed as Disturbed  # pytest takes Test… for a class of tests
from clearline.domain.fault import Fault
from clearline.domain.liveness import Liveness
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan, new_target
from clearline.domain.verdict import Confidence, DiagnosisPolicy, Saying, Step, StepResult, StepState, Trial, Verdict

PLAN = Plan((new_target("example.com"),))
FAULT = Fault("http.error.503", Phase.WAIT, {"http": {"status": 503, "retry_after_s": 2.5}}, is_void=True)
OUTCOME = Outcome(PhaseTimes(1.0, 2.0, None, 3.0), FAULT, "10.0.0.1:443", 0.2, 1, 0.1, 503, 2.5, 10, 20, {"x": [1]})

EVENTS: list[Event] = [
    SessionStarted(at_s=0.0, session_id="s", wall_s=1.7e9, path="a.clearline"),
    PlanApplied(at_s=0.0, plan=PLAN),
    CheckMissed(at_s=1.0, target="t", check=1, due_s=1.0, reason="outstanding"),
    AttemptEnded(at_s=2.0, target="t", check=1, attempt=2, started_s=1.0, outcome=OUTCOME, is_disturbed=True),
    BackoffStarted(at_s=2.0, target="t", check=1, attempt=3, until_s=4.0, reason="backoff"),
    CheckEnded(at_s=2.0, target="t", check=1, due_s=1.0, started_s=1.0, result=Result.FAILED, attempts=2, kind="x"),
    BreakerChanged(
        at_s=2.0, key="k", before=BreakerState.CLOSED, after=BreakerState.OPEN, reason="streak", until_s=32.0
    ),
    TimeoutAdapted(at_s=2.0, key="o", phase=Phase.WAIT, before_s=10.0, after_s=1.2, why="measured", values={"x": 1.0}),
    BudgetChanged(at_s=2.0, key="o", tokens=9.0, capacity=10.0, reason="spent"),
    FallbackUsed(at_s=2.0, target="t", check=1, source="stale_cache", age_s=3.0),
    LivenessChanged(at_s=2.0, target="t", before=Liveness.ALIVE, after=Liveness.DEAD, reason="reset", silent_s=0.5),
    ReplyCameLate(at_s=2.0, target="t", check=1, attempt=1, after_ms=2300.0),
    MarkerDropped(at_s=3.0, text="cable out"),
    LabFaultChanged(at_s=3.0, target="t", fault="status", options={"status": 503.0}, by="hand"),
    Disturbed(at_s=3.0, health=Health.ASLEEP, from_s=1.0),
    NetworkChanged(at_s=3.0, from_s=1.0, changes=(NetworkChange("vpn", "tun0", "", "10.8.0.2"),)),
    MachineSeen(
        at_s=3.0, host="desk-7", system="Linux-6.1", network=(NetworkChange("adapter", "eth0", "", "10.0.0.2"),)
    ),
    DiagnosisStarted(at_s=3.0, diagnosis="d", target=PLAN.targets[0], policy=DiagnosisPolicy(), steps=(Step.LINK,)),
    StepChanged(
        at_s=3.0,
        diagnosis="d",
        result=StepResult(Step.LINK, StepState.OK, Saying("step.link.ok", {"adapters": "eth0"})),
    ),
    VerdictChanged(
        at_s=3.0, diagnosis="d", verdict=Verdict("works", Confidence.CERTAIN, is_fault=False), is_final=True
    ),
    DiagnosisEnded(at_s=3.0, diagnosis="d", reason="done"),
    EngineReported(at_s=3.0, checks_per_s=1.0, loop_lag_ms=0.5, outstanding=2, recording=""),
    CommandRefused(at_s=3.0, code="plan.no_profile", values={"target": "t"}),
]
COMMANDS: list[Command] = [
    StartSession(session_id="s", path="", wall_s=1.7e9, plan=PLAN, seed=3),
    ApplyPlan(plan=PLAN),
    WatchOutside(points=("tcp://192.0.2.10:443",)),
    CheckNow(targets=("a", "b")),
    DropMarker(text="cable out", target="a"),
    NoteLabFault(target="t", fault="refused"),
    ResetBreaker(key="k"),
    Diagnose(diagnosis="d", target=PLAN.targets[0], policy=DiagnosisPolicy(consents=(Trial.NEIGHBOURS,))),
    StopDiagnosis(diagnosis="d"),
    StopSession(),
]


def test_it_has_an_example_of_each_event_and_command() -> None:
    assert {type(event) for event in EVENTS} == set(get_args(AnyEvent))
    assert {type(command) for command in COMMANDS} == set(get_args(AnyCommand))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_it_brings_an_event_back(event: Event) -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode([event]), type=list[AnyEvent]) == [event]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_it_brings_a_command_back(command: Command) -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(command), type=AnyCommand) == command


def test_it_refuses_an_event_it_does_not_know() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.msgpack.decode(msgspec.msgpack.encode({"event": "exploded", "at_s": 1.0}), type=AnyEvent)


@pytest.mark.parametrize(("due_s", "started_s", "late_s"), [(1.0, 1.5, 0.5), (1.0, 1.0, 0.0), (1.0, 0.5, 0.0)])
def test_it_says_how_late_a_check_began(due_s: float, started_s: float, late_s: float) -> None:
    event = CheckEnded(at_s=2.0, target="t", check=1, due_s=due_s, started_s=started_s, result=Result.OK, attempts=1)
    assert event.late_s == late_s


def test_it_adds_the_phases_that_were_reached() -> None:
    times = PhaseTimes(resolve=1.5, connect=2.0, tls=0.0)
    assert times.reached() == [(Phase.RESOLVE, 1.5), (Phase.CONNECT, 2.0), (Phase.TLS, 0.0)]
    assert (times.total_ms, times.of(Phase.TLS), times.of(Phase.WAIT)) == (3.5, 0.0, None)
