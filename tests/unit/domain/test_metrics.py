"""Figures folded from events, against plain counting."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearline.domain.event import (
    AttemptEnded,
    BackoffStarted,
    BreakerChanged,
    BreakerState,
    BudgetChanged,
    CheckEnded,
    CheckMissed,
    Event,
    FallbackUsed,
    ReplyCameLate,
    Result,
    TimeoutAdapted,
)
from clearline.domain.fault import Fault
from clearline.domain.loss_pattern import LossPattern
from clearline.domain.metrics import SAMPLES, Metrics
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.statistics import percentile, wilson


def attempt(
    fault: Fault | None = None, *, target: str = "t", number: int = 1, wait: float = 2.0, **fields: Any
) -> AttemptEnded:
    outcome = Outcome(PhaseTimes(connect=1.0, wait=wait), fault)
    return AttemptEnded(at_s=1.0, target=target, check=0, attempt=number, started_s=0.0, outcome=outcome, **fields)


def check(result: Result = Result.OK, *, attempts: int = 1, target: str = "t", gave_up: str = "") -> CheckEnded:
    return CheckEnded(
        at_s=1.0, target=target, check=0, due_s=0.0, started_s=0.0, result=result, attempts=attempts, gave_up=gave_up
    )


def change(at_s: float, before: BreakerState, after: BreakerState, key: str = "k") -> BreakerChanged:
    return BreakerChanged(at_s=at_s, key=key, before=before, after=after, reason="streak")


def folded(*events: Event, **options: Any) -> Metrics:
    metrics = Metrics(**options)
    for event in events:
        metrics.fold(event)
    return metrics


def test_it_counts_requests_retries_and_errors_by_kind() -> None:
    metrics = folded(
        attempt(Fault("tcp.refused", Phase.CONNECT)),
        attempt(Fault("tcp.refused", Phase.CONNECT), number=2),
        attempt(Fault("http.timed_out", Phase.WAIT), number=3),
        attempt(Fault("tls.timed_out", Phase.TLS)),
        attempt(),
    )
    assert (metrics.requests, metrics.retries) == (5, 2)
    assert metrics.errors == {"tcp.refused": 2, "http.timed_out": 1, "tls.timed_out": 1}
    assert (metrics.timeouts, metrics.connection_failures) == (2, 3)


def test_it_leaves_out_what_a_disturbed_tester_measured() -> None:
    metrics = folded(attempt(Fault("tcp.refused", Phase.CONNECT), is_disturbed=True), attempt(is_disturbed=True))
    assert (metrics.disturbed, metrics.requests, metrics.errors, metrics.samples()) == (2, 0, {}, 0)


def test_it_knows_how_sure_it_is_of_the_loss() -> None:
    metrics = folded(*[check()] * 18, check(Result.FAILED), check(Result.REFUSED), check(Result.VOID))
    assert metrics.loss == pytest.approx(0.1)
    assert metrics.loss_interval == wilson(2, 20)


def test_it_shows_what_retries_hide() -> None:
    metrics = folded(check(), check(), check(attempts=2), check(Result.FAILED, gave_up="budget"), check(Result.VOID))
    assert metrics.first_attempt_rate == 0.5
    assert metrics.gave_up == {"budget": 1}


def test_an_alternates_answer_is_no_first_success_and_no_latency_of_the_target() -> None:
    outcome = Outcome(PhaseTimes(connect=1.0), detail={"alternate": "192.0.2.1:81"})
    stood_in = FallbackUsed(at_s=1.0, target="t", check=0, source="alternate", place="192.0.2.1:81")
    served = AttemptEnded(at_s=1.0, target="t", check=0, attempt=1, started_s=0.0, outcome=outcome)
    metrics = folded(served, stood_in, check(), check(target="other"))
    assert (metrics.first_attempt_rate, metrics.requests, metrics.samples(Phase.CONNECT)) == (0.5, 1, 0)


def test_a_repeated_connection_request_is_no_figure_of_connecting() -> None:
    outcome = Outcome(PhaseTimes(connect=1003.0, wait=2.0), syn_retransmits=1)
    metrics = folded(AttemptEnded(at_s=1.0, target="t", check=0, attempt=1, started_s=0.0, outcome=outcome))
    assert [metrics.samples(phase) for phase in (None, Phase.CONNECT, Phase.WAIT)] == [0, 0, 1]


def test_it_counts_denied_retries_and_no_paid_ones() -> None:
    told = [
        BudgetChanged(at_s=1.0, key="k", tokens=0.0, capacity=3.0, reason=reason)
        for reason in ("spent", "denied", "denied")
    ]
    assert folded(*told).retries_denied == 2


def test_it_adds_up_the_shortest_times_of_a_breaker() -> None:
    metrics = folded(
        change(0.25, BreakerState.CLOSED, BreakerState.OPEN), change(0.5, BreakerState.OPEN, BreakerState.CLOSED)
    )
    assert metrics.breaker_seconds("k") == {"closed": 0.25, "open": 0.25}


def test_it_says_nothing_before_the_first_check() -> None:
    assert (Metrics().loss, Metrics().first_attempt_rate, Metrics().loss_interval) == (None, None, (0.0, 1.0))


@pytest.mark.parametrize(
    ("count", "carried"),
    [(4, []), (5, ["p50"]), (39, ["p50"]), (40, ["p50", "p95"]), (199, ["p50", "p95"]), (200, ["p50", "p95", "p99"])],
)
def test_it_gives_only_the_percentiles_that_the_samples_carry(count: int, carried: list[str]) -> None:
    metrics = folded(*[attempt(wait=float(number)) for number in range(count)])
    found = metrics.percentiles(Phase.WAIT)
    assert [name for name, value in found.items() if value is not None] == carried
    assert metrics.samples(Phase.WAIT) == count


def test_it_gives_the_latencies_as_they_were_measured() -> None:
    metrics = folded(*[attempt(wait=wait) for wait in (3.0, 1.0, 2.0)])
    assert (metrics.latencies(Phase.WAIT), metrics.latencies(Phase.TLS)) == ([3.0, 1.0, 2.0], [])


def test_it_adds_up_all_latencies_also_those_it_keeps_no_sample_of() -> None:
    refused = attempt(Fault("tcp.refused", Phase.CONNECT))
    metrics = folded(*(attempt(wait=float(wait)) for wait in range(5)), refused, attempt(is_disturbed=True), samples=2)
    assert (metrics.answered, metrics.answered_ms) == (5, 5 * 1.0 + 10.0)
    metrics.reset(9.0)
    assert (metrics.answered, metrics.answered_ms) == (0, 0.0)


def test_it_tells_how_the_losses_of_the_latest_checks_are_spread() -> None:
    lost, answered = check(Result.FAILED), check()
    every_tenth = [*[answered] * 9, lost] * 30
    assert folded(*every_tenth).loss_pattern is LossPattern.PERIODIC
    assert folded(*[answered] * 300, *[lost] * 20).loss_pattern is LossPattern.BURSTY
    assert folded(*[answered] * 300, *[lost] * 3).loss_pattern is LossPattern.TOO_FEW


def test_it_measures_successes_only() -> None:
    assert folded(attempt(Fault("tcp.refused", Phase.CONNECT))).samples(Phase.CONNECT) == 0


def test_it_keeps_a_bounded_number_of_samples_the_latest() -> None:
    metrics = folded(*[attempt(wait=float(number)) for number in range(SAMPLES + 500)])
    assert (metrics.samples(Phase.WAIT), metrics.samples()) == (SAMPLES, SAMPLES)
    assert metrics.percentiles(Phase.WAIT)["p50"] == percentile(range(500, SAMPLES + 500), 0.5)


def test_it_adds_up_the_time_of_each_breaker_in_each_state() -> None:
    closed, opened, half = BreakerState.CLOSED, BreakerState.OPEN, BreakerState.HALF_OPEN
    metrics = folded(
        change(10.0, closed, opened),
        change(40.0, opened, half),
        change(41.0, half, half),
        change(42.0, half, closed),
        CheckMissed(at_s=50.0, target="t", check=0, due_s=50.0, reason="retry_after"),
    )
    assert metrics.breaker_seconds("k") == {"closed": 18.0, "open": 30.0, "half_open": 2.0}
    assert metrics.breaker_seconds("other") == {}


def test_it_counts_waits_misses_fallbacks_denials_and_adapted_limits() -> None:
    metrics = folded(
        BackoffStarted(at_s=1.0, target="t", check=0, attempt=2, until_s=3.5, reason="backoff"),
        BackoffStarted(at_s=5.0, target="t", check=0, attempt=2, until_s=4.0, reason="backoff"),
        CheckMissed(at_s=1.0, target="t", check=0, due_s=1.0, reason="outstanding"),
        FallbackUsed(at_s=1.0, target="t", check=0, source="default"),
        BudgetChanged(at_s=1.0, key="k", tokens=0.0, capacity=10.0, reason="denied"),
        BudgetChanged(at_s=1.0, key="k", tokens=0.0, capacity=10.0, reason="spent"),
        TimeoutAdapted(at_s=1.0, key="k", phase=Phase.WAIT, before_s=1.0, after_s=2.0, why="widened"),
    )
    assert (metrics.waited_s, metrics.missed, metrics.fallbacks) == (2.5, {"outstanding": 1}, {"default": 1})
    assert (metrics.retries_denied, metrics.limits_adapted) == (1, 1)


def test_it_folds_only_what_it_is_asked_for() -> None:
    opened = change(1.0, BreakerState.CLOSED, BreakerState.OPEN, "other")
    events = (attempt(target="a"), attempt(target="b"), check(target="b"), opened)
    metrics = folded(*events, targets=frozenset({"a"}), keys=frozenset({"k"}))
    assert (metrics.requests, metrics.checks, metrics.breaker_seconds("other")) == (1, {}, {})


def test_it_begins_anew_but_remembers_how_each_breaker_stands() -> None:
    metrics = folded(attempt(), check(Result.FAILED), change(10.0, BreakerState.CLOSED, BreakerState.OPEN))
    metrics.reset(20.0)
    metrics.fold(change(25.0, BreakerState.OPEN, BreakerState.HALF_OPEN))
    assert (metrics.since_s, metrics.requests, metrics.loss, metrics.samples()) == (20.0, 0, None, 0)
    assert metrics.breaker_seconds("k") == {"open": 5.0, "half_open": 0.0}


def test_it_exports_plain_values() -> None:
    metrics = folded(
        *[attempt()] * 5,
        attempt(Fault("tcp.refused", Phase.CONNECT)),
        check(),
        change(3.0, BreakerState.CLOSED, BreakerState.OPEN),
    )
    exported = metrics.as_dict()
    assert json.loads(json.dumps(exported, allow_nan=False)) == exported
    assert exported["latency_ms"]["connect"] == {"samples": 5, "p50": 1.0, "p95": None, "p99": None}
    assert exported["checks"] == {"ok": 1, "failed": 0, "refused": 0, "void": 0}
    assert exported["breaker_seconds"] == {"k": {"closed": 3.0, "open": 0.0}}
    assert exported["loss"]["share"] == 0.0


attempts = st.builds(
    attempt,
    st.one_of(
        st.none(),
        st.builds(Fault, st.sampled_from(["tcp.refused", "http.timed_out", "udp.no_reply"]), st.sampled_from(Phase)),
    ),
    number=st.integers(1, 3),
    is_disturbed=st.booleans(),
    target=st.sampled_from(["a", "b"]),
)
checks = st.builds(check, st.sampled_from(Result), attempts=st.integers(0, 3), target=st.sampled_from(["a", "b"]))


@settings(max_examples=1500)
@given(st.lists(st.one_of(attempts, checks), max_size=20))
def test_targets_add_up_to_the_whole(events: list[Event]) -> None:
    whole, one, other = folded(*events), *(folded(*events, targets=frozenset({name})) for name in "ab")
    for name in ("requests", "retries", "disturbed", "timeouts", "connection_failures", "first_attempt_ok"):
        assert getattr(whole, name) == getattr(one, name) + getattr(other, name)
    assert whole.errors == one.errors + other.errors
    assert whole.checks == one.checks + other.checks
    made = [event for event in events if isinstance(event, AttemptEnded) and not event.is_disturbed]
    assert whole.requests == len(made) == whole.samples() + sum(whole.errors.values())
    low, high = whole.loss_interval
    assert whole.loss is None or low - 1e-12 <= whole.loss <= high + 1e-12


@pytest.mark.parametrize("is_before", [True, False])
def test_it_counts_a_check_that_was_answered_late_as_late_and_not_as_lost(is_before: bool) -> None:
    late = ReplyCameLate(at_s=1.0, target="t", check=0, attempt=1, after_ms=2500.0)
    failed = check(Result.FAILED)
    metrics = folded(check(target="u"), *((late, failed) if is_before else (failed, late)))
    assert (metrics.late_replies, metrics.loss) == (1, 0.0)


def test_it_counts_the_late_answer_of_another_target_for_that_one_only() -> None:
    late = ReplyCameLate(at_s=1.0, target="u", check=0, attempt=1, after_ms=2500.0)
    assert folded(check(Result.FAILED), late).loss == 1.0
