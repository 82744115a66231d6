"""The engine's side of diagnosing: what the session has seen of a target feeds its next diagnosis."""

from collections.abc import Callable
from typing import Any

from clearline.domain.event import AttemptEnded, Event, PlanApplied
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan, new_target
from clearline.engine.diagnosing import KEPT_OUTCOMES, Diagnoser
from clearline.resilience.supervisor import Supervisor
from support.scripted_ladder import ScriptedMachine
from support.virtual_time import VirtualClock

TARGETS = tuple(new_target(f"https://{name}.example/") for name in "ab")


def ended(number: int, ms: float, *, is_disturbed: bool = False) -> AttemptEnded:
    outcome = Outcome(PhaseTimes(resolve=ms), Fault("dns.timed_out", Phase.RESOLVE))
    return AttemptEnded(
        at_s=2.0,
        target=TARGETS[number].id,
        check=0,
        attempt=1,
        started_s=1.0,
        outcome=outcome,
        is_disturbed=is_disturbed,
    )


def kept(*events: Event) -> Callable[[int], list[float]]:
    """What is known of each target afterwards, by its milliseconds."""

    def unheard(name: str, error: BaseException) -> None:
        raise AssertionError(name) from error

    machine: Any = ScriptedMachine()
    probe: Any = None
    diagnoser = Diagnoser(machine, VirtualClock(), probe, Supervisor(unheard), lambda _event: None)
    diagnoser.hear(PlanApplied(at_s=0.0, plan=Plan(targets=TARGETS)))
    for event in events:
        diagnoser.hear(event)
    return lambda number: [one.phases.total_ms for one in diagnoser._outcomes.get(TARGETS[number].id, ())]


def test_it_keeps_the_latest_of_each_target_but_nothing_disturbed() -> None:
    found = kept(ended(0, 1.0), ended(1, 2.0), ended(0, 3.0, is_disturbed=True), ended(0, 4.0))
    assert (found(0), found(1)) == ([1.0, 4.0], [2.0])
    many = kept(*(ended(0, float(ms)) for ms in range(KEPT_OUTCOMES + 2)))
    assert many(0) == [float(ms) for ms in range(2, KEPT_OUTCOMES + 2)]


def test_a_target_that_left_the_plan_is_forgotten() -> None:
    found = kept(ended(0, 1.0), ended(1, 2.0), PlanApplied(at_s=2.5, plan=Plan(targets=TARGETS[:1])))
    assert (found(0), found(1)) == ([1.0], [])
