"""Events folded into what the window shows."""

import math

import msgspec
import pytest

from clearline.domain.event import (
    BreakerState,
    CheckEnded,
    EngineReported,
    FallbackUsed,
    PlanApplied,
    Result,
    TimeoutAdapted,
)
from clearline.domain.phase import Phase
from clearline.domain.plan import Plan
from clearline.domain.profile import AdaptivePolicy
from clearline.ui.viewmodels.session import SessionModel, Source
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.target_state import SLOW_OF
from support.window_events import INTRANET, OLD, PLAN, PRINTER, SHOP, breaker, failure, started, success


@pytest.fixture
def session() -> SessionModel:
    model = SessionModel()
    model.use_plan(PLAN)
    model.fold([started()])
    return model


def with_profile(plan: Plan, adaptive: AdaptivePolicy) -> Plan:
    """The plan with limits that adapt in every profile."""
    profiles = tuple(msgspec.structs.replace(profile, adaptive=adaptive) for profile in plan.profiles)
    return msgspec.structs.replace(plan, profiles=profiles)


def _status(session: SessionModel, target_id: str) -> Status:
    state = session.state(target_id)
    assert state is not None
    return state.status


def test_it_knows_nothing_before_the_first_check(session: SessionModel) -> None:
    assert _status(session, INTRANET.id) is Status.UNKNOWN
    assert _status(session, OLD.id) is Status.PAUSED


def test_it_is_up_after_a_success_and_down_after_a_failure(session: SessionModel) -> None:
    session.fold(success(INTRANET.id, 1))
    assert _status(session, INTRANET.id) is Status.UP

    session.fold(failure(INTRANET.id, 2))

    assert _status(session, INTRANET.id) is Status.DOWN


def test_it_is_slow_only_after_several_slow_answers(session: SessionModel) -> None:
    for number in range(SLOW_OF):
        session.fold(success(INTRANET.id, number))

    for number in range(SLOW_OF, 2 * SLOW_OF):
        session.fold(success(INTRANET.id, number, 900.0))

    assert _status(session, INTRANET.id) is Status.SLOW


def test_it_calls_one_spike_not_slow(session: SessionModel) -> None:
    for number in range(SLOW_OF):
        session.fold(success(INTRANET.id, number))

    session.fold(success(INTRANET.id, SLOW_OF, 900.0))

    assert _status(session, INTRANET.id) is Status.UP


def test_it_calls_slow_what_takes_far_longer_than_is_usual_for_this_target(session: SessionModel) -> None:
    for number in range(32):
        session.fold(success(INTRANET.id, number, 10.0))

    for number in range(32, 32 + SLOW_OF):
        session.fold(success(INTRANET.id, number, 90.0))

    assert _status(session, INTRANET.id) is Status.SLOW


def test_it_shows_the_breaker_before_the_last_check(session: SessionModel) -> None:
    session.fold(failure(PRINTER.id, 1))
    session.fold([breaker(PRINTER, BreakerState.CLOSED, BreakerState.OPEN, 2.0)])
    assert _status(session, PRINTER.id) is Status.DOWN

    session.fold([breaker(PRINTER, BreakerState.OPEN, BreakerState.HALF_OPEN, 14.0)])

    assert _status(session, PRINTER.id) is Status.HALF_OPEN


def test_it_shows_a_shared_breaker_at_every_target_behind_it(session: SessionModel) -> None:
    twin = msgspec.structs.replace(PRINTER, id="twin")
    session.use_plan(PLAN.with_targets((*PLAN.targets, twin)))

    session.fold([breaker(PRINTER, BreakerState.CLOSED, BreakerState.OPEN, 2.0)])

    assert _status(session, "twin") is Status.DOWN


def test_it_shows_the_limit_in_force_at_the_targets_it_was_learned_for(session: SessionModel) -> None:
    session.use_plan(with_profile(PLAN, AdaptivePolicy(is_on=True)))
    told = TimeoutAdapted(at_s=2.0, key=PRINTER.breaker_key, phase=Phase.WAIT, before_s=10.0, after_s=1.5, why="floor")
    session.fold([told])
    states = [session.state(target.id) for target in (PRINTER, SHOP)]
    assert [state and state.timeout_now for state in states] == [told, None]


def test_it_forgets_what_stood_in_with_the_next_check(session: SessionModel) -> None:
    used = FallbackUsed(at_s=1.0, target=PRINTER.id, check=1, source="default")
    first = failure(PRINTER.id, 1)
    session.fold([*first[:-1], msgspec.structs.replace(used, check=first[-1].check), first[-1]])  # type: ignore[attr-defined]
    state = session.state(PRINTER.id)
    assert state is not None
    assert state.used is not None
    session.fold(success(PRINTER.id, 2))
    assert state.used is None


def test_it_tells_once_a_batch_which_targets_changed(session: SessionModel) -> None:
    heard: list[set[str]] = []
    session.targets_changed.connect(heard.append)

    session.fold([*success(INTRANET.id, 1), *success(SHOP.id, 1), *success(INTRANET.id, 2)])

    assert heard == [{INTRANET.id, SHOP.id}]
    attempt, _ = success(SHOP.id, 2)
    session.fold([attempt])
    assert heard == [{INTRANET.id, SHOP.id}]


def test_it_lets_a_void_check_prove_nothing(session: SessionModel) -> None:
    session.fold(success(INTRANET.id, 1))
    void = CheckEnded(
        at_s=3.0,
        target=INTRANET.id,
        check=2,
        due_s=2.0,
        started_s=2.0,
        result=Result.VOID,
        attempts=1,
        kind="abandoned",
    )

    session.fold([void])

    state = session.states[INTRANET.id]
    assert state.status is Status.UP
    assert state.statistics.checks == 1


def test_it_keeps_a_disturbed_attempt_out_of_every_figure(session: SessionModel) -> None:
    session.fold(success(INTRANET.id, 1, 5000.0, is_disturbed=True))

    state = session.states[INTRANET.id]
    assert state.statistics.last_ms is None
    assert list(state.spark) == []


def test_it_keeps_what_it_knows_of_targets_that_stay(session: SessionModel) -> None:
    session.fold(success(INTRANET.id, 1))
    renamed = msgspec.structs.replace(INTRANET, name="Home page")

    session.use_plan(PLAN.with_targets((renamed, SHOP)))

    assert session.states[INTRANET.id].target.name == "Home page"
    assert session.states[INTRANET.id].statistics.checks == 1
    assert PRINTER.id not in session.states


def test_it_forgets_the_past_of_a_target_whose_address_changed(session: SessionModel) -> None:
    session.fold(success(INTRANET.id, 1))
    moved = msgspec.structs.replace(INTRANET, address="https://new.example/")

    session.use_plan(PLAN.with_targets((moved,)))

    assert session.states[INTRANET.id].statistics.checks == 0


def test_it_lets_the_plan_being_edited_lead_while_live(session: SessionModel) -> None:
    session.fold([PlanApplied(at_s=1.0, plan=PLAN.with_targets((SHOP,)))])

    assert len(session.states) == len(PLAN.targets)


def test_it_follows_the_recorded_plan_of_a_file() -> None:
    session = SessionModel(Source.FILE)

    session.fold([started(), PlanApplied(at_s=0.0, plan=PLAN)])

    assert list(session.states) == [target.id for target in PLAN.targets]


def test_it_draws_failures_as_gaps(session: SessionModel) -> None:
    session.fold([*success(INTRANET.id, 1, 20.0), *failure(INTRANET.id, 2)])

    first, second = session.states[INTRANET.id].spark
    assert first == pytest.approx(20.0)
    assert math.isnan(second)


def test_it_ignores_targets_it_does_not_know(session: SessionModel) -> None:
    session.fold(success("nobody", 1))

    assert "nobody" not in session.states


def test_it_says_when_the_engine_reported(session: SessionModel) -> None:
    heard: list[bool] = []

    def hear() -> None:
        heard.append(True)

    session.health_changed.connect(hear)
    session.fold([EngineReported(at_s=1.0, checks_per_s=2.0, loop_lag_ms=0.1, outstanding=0, recording="x")])

    assert heard == [True]
    assert session.report is not None
    assert session.report.recording == "x"
