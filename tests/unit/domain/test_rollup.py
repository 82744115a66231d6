"""What a stretch of time held, folded event by event."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearline.domain.event import AttemptEnded, CheckEnded, CheckMissed, Result
from clearline.domain.fault import Fault, Layer
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.rollup import RESOLUTIONS_S, Rollup, stretch_start


def attempt(latency_ms: float = 1.0, kind: str = "", *, is_disturbed: bool = False) -> AttemptEnded:
    fault = Fault(kind, Phase.CONNECT) if kind else None
    outcome = Outcome(PhaseTimes(connect=latency_ms), fault)
    return AttemptEnded(
        at_s=1.0, target="t", check=0, attempt=1, started_s=0.0, outcome=outcome, is_disturbed=is_disturbed
    )


def check(result: Result) -> CheckEnded:
    return CheckEnded(at_s=1.0, target="t", check=0, due_s=0.0, started_s=0.0, result=result, attempts=1)


def rolled(*events: AttemptEnded | CheckEnded | CheckMissed) -> Rollup:
    rollup = Rollup(0.0, 10.0)
    for event in events:
        rollup.add(event)
    return rollup


def test_it_counts_checks_by_their_result_and_void_ones_not_at_all() -> None:
    results = [Result.OK] * 4 + [Result.FAILED] * 3 + [Result.REFUSED] * 2 + [Result.VOID]
    rollup = rolled(*map(check, results))
    assert (rollup.ok, rollup.failed, rollup.refused) == (4, 3, 2)


def test_it_counts_missed_slots() -> None:
    missed = CheckMissed(at_s=1.0, target="t", check=0, due_s=0.0, reason="outstanding")
    assert rolled(missed, missed).missed == 2


@given(st.lists(st.floats(0.01, 10_000), min_size=1))
def test_it_keeps_least_mean_and_most_of_the_successes(latencies: list[float]) -> None:
    rollup = rolled(*map(attempt, latencies))
    assert (rollup.latency_min_ms, rollup.latency_max_ms) == (min(latencies), max(latencies))
    assert rollup.latency_mean_ms == pytest.approx(sum(latencies) / len(latencies))


def test_it_has_no_latency_without_a_success() -> None:
    rollup = rolled(attempt(5.0, "tcp.refused"))
    assert (rollup.attempts, rollup.latency_min_ms, rollup.latency_mean_ms, rollup.latency_max_ms) == (
        1,
        None,
        None,
        None,
    )


def test_it_remembers_the_latest_fault_and_its_layer() -> None:
    rollup = rolled(attempt(kind="tcp.refused"), attempt(kind="tls.failed"), attempt())
    assert (rollup.kind, rollup.layer) == ("tls.failed", Layer.TLS)


def test_it_leaves_disturbed_attempts_out() -> None:
    assert rolled(attempt(9.0, is_disturbed=True), attempt(9.0, "tcp.reset", is_disturbed=True)) == rolled()


@given(st.floats(0, 1e6), st.sampled_from(RESOLUTIONS_S))
def test_it_begins_a_stretch_at_a_multiple_of_its_length(at_s: float, span_s: int) -> None:
    start_s = stretch_start(at_s, span_s)
    assert start_s % span_s == 0
    assert start_s <= at_s < start_s + span_s


def test_it_travels() -> None:
    rollup = rolled(attempt(2.0), attempt(kind="tls.failed"), check(Result.OK))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(rollup), type=Rollup) == rollup
