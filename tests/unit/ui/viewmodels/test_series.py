"""Series: the event stream folded into bounded columns."""

import numpy as np
import pytest

from clearline.domain.event import (
    AttemptEnded,
    BackoffStarted,
    BreakerChanged,
    BreakerState,
    BudgetChanged,
    CheckMissed,
    EngineReported,
    Health,
    LabFaultChanged,
    MarkerDropped,
    PlanApplied,
    Result,
    TimeoutAdapted,
)
from clearline.domain.event import TesterDisturbed as Disturbed  # pytest takes names with Test for tests
from clearline.domain.fault import Fault, Layer
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.profile import BreakerPolicy, Profile
from clearline.domain.rollup import Rollup
from clearline.ui.viewmodels.series import SeriesStore, TargetSeries
from clearline.ui.viewmodels.series_slice import check_runs, stretch_states
from clearline.ui.viewmodels.series_state import State
from support.measured_events import NO_NAME, REFUSED, attempt, begun, check, ended, plan_of, refused


def folded(*events: object, count: int = 1) -> SeriesStore:
    store = SeriesStore(clock=lambda: 0.0)
    store.fold(begun(plan_of(count)))
    for event in events:
        store.fold(event)  # type: ignore[arg-type]
    return store


def small_series(capacity: int) -> TargetSeries:
    series = folded().series("t0")
    series.limit(capacity, 8640)
    return series


def test_it_slices_what_a_plain_filter_finds() -> None:
    events = [event for number in range(50) for event in check(number * 2.0, number, took_ms=10.0 + number)]
    part = folded(*events).series("t0").slice(20.5, 60.5)
    inside = [number * 2.0 for number in range(50) if 20.5 <= number * 2.0 <= 60.5]
    drawn = [at_s for at_s in part.attempts["started_s"].tolist() if 20.5 <= at_s <= 60.5]
    assert drawn == inside
    totals = part.attempts["total_ms"][part.attempts["started_s"] >= 20.5].tolist()
    assert totals[:3] == pytest.approx([21.0, 22.0, 23.0])


def test_it_gives_one_row_more_on_either_side_for_joining_lines() -> None:
    events = [event for number in range(10) for event in check(float(number), number)]
    part = folded(*events).series("t0").slice(3.5, 5.5)
    assert part.attempts["started_s"].tolist() == [3.0, 4.0, 5.0, 6.0]


def test_it_splits_latency_into_phases_and_leaves_those_not_reached_unknown() -> None:
    part = folded(attempt(1.0, 0, took_ms=50.0)).series("t0").slice(0.0, 10.0)
    assert part.attempts["resolve"][0] == pytest.approx(5.0)
    assert part.attempts["connect"][0] == pytest.approx(45.0)
    assert np.isnan(part.attempts["tls"][0])


def test_it_orders_overlapping_attempts_by_their_beginning() -> None:
    part = folded(attempt(2.0, 1, took_ms=10.0), attempt(1.0, 0, took_ms=5000.0)).series("t0").slice(0.0, 10.0)
    assert part.attempts["started_s"].tolist() == [1.0, 2.0]


def test_it_calls_a_check_by_the_layer_that_failed() -> None:
    part = folded(*check(1.0, 0, fault=NO_NAME), *check(2.0, 1)).series("t0").slice(0.0, 10.0)
    assert part.checks["state"].tolist() == [State.NAME, State.UP]


def test_it_shows_a_refused_check_as_what_made_the_breaker_refuse() -> None:
    part = folded(*check(1.0, 0, fault=NO_NAME), refused(2.0, 1)).series("t0").slice(0.0, 10.0)
    assert part.checks["state"].tolist() == [State.NAME, State.HELD_NAME]


def test_it_calls_a_success_slow_from_the_profiles_limit_on() -> None:
    plan = plan_of()
    plan = plan.with_profile(Profile("standard", breaker=BreakerPolicy(slow_call_s=0.1)))
    store = SeriesStore(clock=lambda: 0.0)
    store.fold([PlanApplied(at_s=0.0, plan=plan), *check(1.0, 0, took_ms=90.0), *check(2.0, 1, took_ms=110.0)])
    assert store.series("t0").slice(0.0, 10.0).checks["state"].tolist() == [State.UP, State.SLOW]


def test_it_takes_a_void_check_for_neither_success_nor_failure() -> None:
    store = folded(*check(1.0, 0, fault=REFUSED), ended(2.0, 1, Result.VOID), *check(3.0, 2))
    assert store.series("t0").slice(0.0, 10.0).checks["state"].tolist() == [State.CONNECT, State.VOID, State.UP]
    assert not store.series("t0").outages


def test_it_keeps_a_bounded_number_of_single_attempts() -> None:
    series = small_series(100)
    for number in range(1000):
        for event in check(float(number), number):
            series.fold(event)
    assert len(series.attempts) <= 125
    assert series.attempts.total == 1000


def test_it_keeps_the_whole_session_visible_in_roll_ups_after_dropping_attempts() -> None:
    series = small_series(100)
    for number in range(1000):
        for event in check(float(number), number, took_ms=10.0 + number % 7, fault=REFUSED if number == 205 else None):
            series.fold(event)
    part = series.slice(0.0, 1000.0)
    first = part.attempts["started_s"][0]
    assert part.stretches["start_s"][0] == 0.0
    assert part.stretches["start_s"][-1] <= first <= part.stretches["start_s"][-1] + 10.0
    failing = part.stretches["start_s"][part.stretches["failed"] > 0]
    assert failing.tolist() == [200.0]
    assert float(part.stretches["high"].max()) == pytest.approx(16.0)


def test_it_falls_back_to_five_minute_roll_ups_before_the_ten_second_ones() -> None:
    series = small_series(50)
    series.limit(50, 40)
    for number in range(3000):
        for event in check(float(number), number):
            series.fold(event)
    part = series.slice(0.0, 3000.0)
    spans = part.stretches["span_s"]
    assert part.stretches["start_s"][0] == 0.0
    assert spans[0] == 300.0
    assert spans[-1] == 10.0
    ends = part.stretches["start_s"] + spans
    assert np.all(part.stretches["start_s"][1:] >= ends[:-1] - 1e-6)


def test_it_counts_in_domain_roll_ups_what_was_folded() -> None:
    series = folded(*check(1.0, 0), *check(2.0, 1, fault=REFUSED), *check(12.0, 2)).series("t0")
    first, second = series.short.rollups()
    assert (first.start_s, first.ok, first.failed, first.layer) == (0.0, 1, 1, Layer.CONNECT)
    assert (second.start_s, second.ok, second.failed) == (10.0, 1, 0)


def test_it_shares_memory_between_many_targets() -> None:
    store = folded(count=2048)
    assert store.series("t0").attempts.capacity < 1000
    assert folded(count=4).series("t0").attempts.capacity == 20_000
    assert folded(count=1000).series("t0").attempts.capacity == 1000


def test_it_keeps_the_whole_past_of_a_recorded_session_when_memory_is_shared_anew() -> None:
    store = folded(count=1)
    past = [Rollup(start_s=300.0 * number, span_s=300, ok=1) for number in range(20_000)]
    store.series("t0").load(past, (), 6e6)
    store.fold(begun(plan_of(2000)))
    for number in (1, 2):
        store.series("t0").fold(check(6e6 + 300 * number, number)[0])
    assert len(store.series("t0").long) == len(past) + 2


def test_it_joins_checks_of_one_state_into_runs() -> None:
    events = [
        event
        for number in range(9)
        for event in check(float(number), number, fault=REFUSED if 3 <= number < 6 else None)
    ]
    runs = check_runs(folded(*events).series("t0").slice(0.0, 10.0), 8.5)
    assert runs.state.tolist() == [State.UP, State.CONNECT, State.UP]
    assert runs.from_s.tolist() == [0.0, 3.0, 6.0]
    assert runs.to_s.tolist() == [3.0, 6.0, 8.5]


def test_it_ends_a_run_where_a_silence_begins() -> None:
    runs = check_runs(folded(*check(0.0, 0), *check(1.0, 1), *check(60.0, 2)).series("t0").slice(0.0, 70.0), 60.5)
    assert runs.from_s.tolist() == [0.0, 60.0]
    assert runs.to_s[0] == pytest.approx(1.02 + 2.5)


def test_it_joins_runs_of_roll_ups_and_of_single_checks() -> None:
    series = small_series(100)
    for number in range(1000):
        for event in check(float(number), number, fault=REFUSED if 300 <= number < 400 else None):
            series.fold(event)
    runs = check_runs(series.slice(0.0, 1000.0), 1000.0)
    assert runs.state.tolist() == [State.UP, State.CONNECT, State.UP]
    assert runs.from_s.tolist() == [0.0, 300.0, 400.0]


def test_it_begins_an_outage_with_the_second_check_without_success() -> None:
    once = folded(*check(1.0, 0, fault=REFUSED), *check(2.0, 1))
    twice = folded(*check(1.0, 0, fault=REFUSED), refused(2.0, 1))
    assert not once.series("t0").outages
    assert [(outage.from_s, outage.to_s, outage.checks) for outage in twice.series("t0").outages] == [(1.0, None, 2)]
    assert twice.series("t0").outages[0].kind == "tcp.refused"


def test_it_ends_an_outage_with_the_next_success() -> None:
    failed = [*check(1.0, 0, fault=REFUSED), *check(2.0, 1, fault=NO_NAME), *check(3.0, 2, fault=NO_NAME)]
    (outage,) = folded(*failed, refused(4.0, 3), *check(5.0, 4)).series("t0").outages
    assert (outage.from_s, outage.to_s, outage.checks, outage.layer) == (1.0, 5.0, 4, Layer.NAME)


def test_it_draws_a_breaker_as_closed_before_its_first_change() -> None:
    opened = BreakerChanged(
        at_s=5.0, key="k", before=BreakerState.CLOSED, after=BreakerState.OPEN, reason="streak", until_s=35.0
    )
    tried = BreakerChanged(
        at_s=35.0, key="k", before=BreakerState.OPEN, after=BreakerState.HALF_OPEN, reason="timer", needed=2
    )
    store = folded(opened, tried)
    spans = [(span.from_s, span.to_s, span.state) for span in store.breaker_spans("k")]
    assert spans == [
        (0.0, 5.0, BreakerState.CLOSED),
        (5.0, 35.0, BreakerState.OPEN),
        (35.0, None, BreakerState.HALF_OPEN),
    ]
    at_20 = store.breaker_at("k", 20.0)
    assert at_20 is not None
    assert at_20.until_s == 35.0


def test_it_remembers_when_a_target_was_paused() -> None:
    store = folded()
    store.fold([PlanApplied(at_s=10.0, plan=plan_of(paused=(0,))), PlanApplied(at_s=20.0, plan=plan_of())])
    assert store.series("t0").pauses == [(10.0, 20.0)]


def test_it_keeps_what_concerns_no_single_target() -> None:
    store = folded(MarkerDropped(at_s=3.0, text="cable"), Disturbed(at_s=9.0, health=Health.ASLEEP, from_s=4.0))
    assert [(marker.at_s, marker.text) for marker in store.markers] == [(3.0, "cable")]
    assert [(span.from_s, span.to_s, span.health) for span in store.tester] == [(4.0, 9.0, Health.ASLEEP)]


def test_it_keeps_what_the_lab_made_once_however_often_it_is_told() -> None:
    refused = LabFaultChanged(at_s=3.0, target="t0", fault="refused")
    again = LabFaultChanged(at_s=5.0, target="t0", fault="refused")
    store = folded(refused, again, LabFaultChanged(at_s=9.0, target="t0", fault=""))
    assert [(span.from_s, span.to_s, span.fault) for span in store.lab_spans("t0")] == [
        (3.0, 9.0, "refused"),
        (9.0, None, ""),
    ]
    assert store.lab_spans("t1") == []


def test_it_keeps_misses_and_waits() -> None:
    store = folded(
        BackoffStarted(at_s=1.0, target="t0", check=0, attempt=2, until_s=1.5, reason="backoff"),
        CheckMissed(at_s=2.0, target="t0", check=1, due_s=2.0, reason="outstanding"),
    )
    part = store.series("t0").slice(0.0, 10.0)
    assert part.backoffs["until_s"].tolist() == [1.5]
    assert [store.kind(number) for number in part.misses["reason"]] == ["outstanding"]


def test_it_runs_on_for_a_moment_between_events_and_never_back() -> None:
    clock = [100.0]
    store = SeriesStore(clock=lambda: clock[0])
    report = EngineReported(at_s=5.0, checks_per_s=1.0, loop_lag_ms=0.1, outstanding=0, recording="")
    store.fold(report)
    clock[0] = 100.5
    assert store.live_now() == pytest.approx(5.5)
    clock[0] = 130.0
    ahead = store.live_now()
    store.fold(EngineReported(at_s=6.0, checks_per_s=1.0, loop_lag_ms=0.1, outstanding=0, recording=""))
    assert ahead == pytest.approx(6.2)
    assert store.live_now() == pytest.approx(ahead)


def test_it_stands_still_at_the_end_of_a_recorded_session() -> None:
    clock = [100.0]
    store = SeriesStore(clock=lambda: clock[0])
    store.is_live = False
    store.fold(check(5.0, 0))
    clock[0] = 160.0
    assert store.live_now() == store.now_s


def test_it_tells_the_graphs_that_everything_is_new_after_clearing() -> None:
    store = folded(*check(1.0, 0))
    before = store.revision
    store.clear()
    assert not store.targets
    assert store.revision > before


def adapted(at_s: float, after_s: float, *, phase: Phase = Phase.WAIT, before_s: float = 5.0) -> TimeoutAdapted:
    key = "tcp://192.0.2.1:9000#standard"
    return TimeoutAdapted(at_s=at_s, key=key, phase=phase, before_s=before_s, after_s=after_s, why="measured")


def busy(at_s: float, number: int, *, asked_s: float | None = None) -> list[object]:
    """A check that the server turned away, and asked to wait."""
    fault = Fault("http.error.503", Phase.WAIT)
    outcome = Outcome(phases=PhaseTimes(wait=20.0), fault=fault, retry_after_s=asked_s)
    tried = AttemptEnded(at_s=at_s + 0.02, target="t0", check=number, attempt=1, started_s=at_s, outcome=outcome)
    return [tried, ended(at_s + 0.02, number, Result.FAILED, due_s=at_s, kind=fault.kind)]


def put_off(due_s: float, number: int) -> CheckMissed:
    return CheckMissed(at_s=due_s, target="t0", check=number, due_s=due_s, reason="retry_after")


def test_it_goes_on_with_the_failure_in_slots_put_off_as_the_peer_asked() -> None:
    series = folded(*busy(1.0, 0, asked_s=60.0), put_off(2.0, 1), put_off(3.0, 2)).series("t0")
    part = series.slice(0.0, 10.0)
    assert part.checks["state"].tolist() == [State.ANSWER, State.HELD_ANSWER, State.HELD_ANSWER]
    assert check_runs(part, 4.0).state.tolist() == [State.ANSWER, State.HELD_ANSWER]


def test_it_counts_slots_put_off_as_no_checks() -> None:
    part = folded(*check(0.0, 9), *busy(1.0, 0, asked_s=60.0), put_off(2.0, 1)).series("t0").slice(0.0, 10.0)
    assert part.count() == (2, 1)


def test_it_knows_until_when_the_peer_wants_to_be_left_alone() -> None:
    series = folded(*busy(1.0, 0, asked_s=60.0)).series("t0")
    asked = series.asked_at(30.0)
    assert asked is not None
    assert asked.until_s == pytest.approx(61.02)
    assert series.asked_at(62.0) is None


def test_it_counts_slots_put_off_into_the_outage_that_the_peer_announced() -> None:
    events = [*busy(1.0, 0, asked_s=60.0), put_off(2.0, 1), put_off(3.0, 2)]
    (outage,) = folded(*events).series("t0").outages
    assert (outage.from_s, outage.last_s, outage.checks, outage.held) == (1.0, 3.0, 3, 2)
    assert outage.kind == "http.error.503"


def test_it_ends_such_an_outage_with_the_first_success() -> None:
    events = [*busy(1.0, 0, asked_s=60.0), put_off(2.0, 1), *check(61.5, 3)]
    (outage,) = folded(*events).series("t0").outages
    assert outage.to_s == pytest.approx(61.5)


def test_it_shows_a_stretch_of_nothing_but_slots_put_off_as_held() -> None:
    series = small_series(10)
    for event in [*busy(1.0, 0, asked_s=60.0), *(put_off(float(n), n) for n in range(2, 40))]:
        series.fold(event)  # type: ignore[arg-type]
    part = series.slice(0.0, 40.0)
    assert stretch_states(part.stretches).tolist()[1:3] == [State.HELD_ANSWER, State.HELD_ANSWER]


def test_it_takes_no_slot_missed_for_another_reason_for_a_failure() -> None:
    missed = CheckMissed(at_s=2.0, target="t0", check=1, due_s=2.0, reason="busy")
    part = folded(*busy(1.0, 0), missed).series("t0").slice(0.0, 10.0)
    assert len(part.checks["due_s"]) == 1
    assert part.misses["due_s"].tolist() == [2.0]


def test_it_tells_the_limit_in_force_from_the_beginning() -> None:
    store = folded(adapted(10.0, 1.3), adapted(20.0, 2.6, before_s=1.3))
    steps = store.limit_steps("tcp://192.0.2.1:9000#standard")
    assert [(step.at_s, step.limit_s) for step in steps] == [(0.0, 5.0), (10.0, 1.3), (20.0, 2.6)]


def test_it_prefers_the_limit_of_the_answer_to_that_of_the_connection() -> None:
    store = folded(adapted(10.0, 1.3, phase=Phase.CONNECT), adapted(11.0, 1.1))
    found = store.limit_at("tcp://192.0.2.1:9000#standard", 15.0)
    assert found is not None
    assert (found.phase, found.limit_s) == (Phase.WAIT, 1.1)


def test_it_ends_a_limit_once_the_profile_no_longer_adapts() -> None:
    store = folded(adapted(10.0, 1.3))
    store.fold(PlanApplied(at_s=12.0, plan=plan_of()))
    assert store.limit_at("tcp://192.0.2.1:9000#standard", 15.0) is None


def test_it_knows_the_retry_tokens_at_a_moment() -> None:
    store = folded(BudgetChanged(at_s=5.0, key="tcp://192.0.2.1:9000", tokens=9.0, capacity=10.0, reason="spent"))
    level = store.budget_at("tcp://192.0.2.1:9000", 6.0)
    assert level is not None
    assert level.tokens == 9.0
    assert store.budget_at("tcp://192.0.2.1:9000", 4.0) is None


def test_it_keeps_everything_that_the_latest_failures_saw() -> None:
    series = folded(*busy(1.0, 0, asked_s=60.0)).series("t0")
    assert series.outcomes[0, 1].retry_after_s == 60.0


def test_it_keeps_fewer_failures_where_memory_is_shared() -> None:
    series = folded().series("t0")
    series.limit(600, 576)
    for number in range(50):
        for event in busy(float(number), number):
            series.fold(event)  # type: ignore[arg-type]
    assert next(iter(series.outcomes)) == (42, 1)
