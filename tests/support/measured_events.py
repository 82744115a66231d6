"""Short ways to write down what was measured, for tests of graphs."""

from clearline.domain.event import AnyEvent, AttemptEnded, CheckEnded, PlanApplied, Result, SessionStarted
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan
from clearline.domain.profile import Profile, RetryPolicy
from clearline.domain.target import Target

WALL_S = 1_764_165_600.0
REFUSED = Fault("tcp.refused", Phase.CONNECT)
NO_NAME = Fault("dns.timed_out", Phase.RESOLVE)


def plan_of(count: int = 1, *, interval_s: float = 1.0, attempts: int = 3, paused: tuple[int, ...] = ()) -> Plan:
    """Targets `t0`, `t1`… on ports 9000, 9001…"""
    targets = tuple(
        Target(
            id=f"t{number}",
            address=f"tcp://192.0.2.1:{9000 + number}",
            name=f"Target {number}",
            is_paused=number in paused,
        )
        for number in range(count)
    )
    profile = Profile("standard", retry=RetryPolicy(attempts=attempts))
    return Plan(targets=targets, profiles=(profile,), interval_s=interval_s)


def begun(plan: Plan) -> list[AnyEvent]:
    """A session that just started with this plan."""
    return [
        SessionStarted(at_s=0.0, session_id="s", wall_s=WALL_S, path=""),
        PlanApplied(at_s=0.0, plan=plan),
    ]


def attempt(
    at_s: float,
    number: int,
    *,
    took_ms: float = 20.0,
    fault: Fault | None = None,
    attempt: int = 1,
    target: str = "t0",
    is_disturbed: bool = False,
) -> AttemptEnded:
    """An attempt that began at `at_s`: a tenth of its time on the name, the rest connecting."""
    phases = PhaseTimes(resolve=took_ms * 0.1, connect=took_ms * 0.9)
    return AttemptEnded(
        at_s=at_s + took_ms / 1000,
        target=target,
        check=number,
        attempt=attempt,
        started_s=at_s,
        outcome=Outcome(phases=phases, fault=fault),
        is_disturbed=is_disturbed,
    )


def ended(
    at_s: float,
    number: int,
    result: Result = Result.OK,
    *,
    due_s: float | None = None,
    kind: str = "",
    attempts: int = 1,
    target: str = "t0",
) -> CheckEnded:
    """A check that ended at `at_s`."""
    due_s = at_s if due_s is None else due_s
    return CheckEnded(
        at_s=at_s,
        target=target,
        check=number,
        due_s=due_s,
        started_s=due_s,
        result=result,
        attempts=attempts,
        kind=kind,
    )


def check(
    due_s: float, number: int, *, took_ms: float = 20.0, fault: Fault | None = None, target: str = "t0"
) -> list[AnyEvent]:
    """A check of one attempt, due at `due_s`."""
    tried = attempt(due_s, number, took_ms=took_ms, fault=fault, target=target)
    result = Result.FAILED if fault is not None else Result.OK
    kind = fault.kind if fault is not None else ""
    return [tried, ended(tried.at_s, number, result, due_s=due_s, kind=kind, target=target)]


def refused(due_s: float, number: int, *, target: str = "t0") -> CheckEnded:
    """A check that the breaker let nobody make."""
    return ended(due_s, number, Result.REFUSED, attempts=0, target=target)
