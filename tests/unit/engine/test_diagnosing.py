"""The engine's side of diagnosing: what the session sees over the whole list is said once, as a verdict of its own."""

import asyncio
from typing import Any

from clearline.domain.event import AttemptEnded, EngineReported, Event, PlanApplied, VerdictChanged
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan, new_target
from clearline.engine.diagnosing import LIST, Diagnoser
from clearline.resilience.supervisor import Supervisor
from support.scripted_ladder import ScriptedMachine
from support.virtual_time import VirtualClock, run

NAMES = Fault("dns.timed_out", Phase.RESOLVE, {"dns": {"server": "192.0.2.53:53"}})
VOID = Fault("dns.timed_out", Phase.RESOLVE, {"dns": {"server": "192.0.2.53:53"}}, is_void=True)
TARGETS = tuple(new_target(f"https://{name}.example/") for name in "abcd")


def unheard(name: str, error: BaseException) -> None:
    raise AssertionError(name) from error


def ended(number: int, at_s: float, fault: Fault | None, *, is_disturbed: bool = False) -> AttemptEnded:
    outcome = Outcome(PhaseTimes(resolve=1.0), fault)
    return AttemptEnded(
        at_s=at_s,
        target=TARGETS[number].id,
        check=0,
        attempt=1,
        started_s=at_s,
        outcome=outcome,
        is_disturbed=is_disturbed,
    )


def reported(at_s: float) -> EngineReported:
    return EngineReported(at_s=at_s, checks_per_s=1.0, loop_lag_ms=0.0, outstanding=0, recording="")


def told(*events: Event) -> list[VerdictChanged]:
    found: list[Any] = []

    async def story() -> None:
        machine: Any = ScriptedMachine()
        probe: Any = None
        diagnoser = Diagnoser(machine, VirtualClock(), probe, Supervisor(unheard), found.append)
        diagnoser.hear(PlanApplied(at_s=0.0, plan=Plan(targets=TARGETS)))
        for event in events:
            diagnoser.hear(event)
        await asyncio.sleep(0)

    run(story())
    return found


def test_it_says_once_what_several_targets_share() -> None:
    failing = [ended(number, 2.0 + number / 10, NAMES) for number in range(3)]
    (event,) = told(*failing, reported(3.0), *failing, reported(4.0))
    assert (event.diagnosis, event.verdict.code, event.verdict.since_s) == (LIST, "all_names", 2.0)


def test_what_proves_nothing_and_what_was_disturbed_counts_for_nothing() -> None:
    assert told(*(ended(number, 2.0, VOID) for number in range(4)), reported(3.0)) == []
    assert told(*(ended(number, 2.0, NAMES, is_disturbed=True) for number in range(4)), reported(3.0)) == []


def test_a_target_that_left_the_plan_is_forgotten() -> None:
    failing = [ended(number, 2.0, NAMES) for number in range(3)]
    assert told(*failing, PlanApplied(at_s=2.5, plan=Plan(targets=TARGETS[:2])), reported(3.0)) == []
