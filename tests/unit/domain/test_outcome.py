"""What of an attempt counts as latency."""

import pytest

from clearline.domain.event import AttemptEnded
from clearline.domain.outcome import Outcome
from clearline.domain.phase import PhaseTimes
from clearline.domain.rollup import Rollup


def outcome(connect_ms: float, **fields: object) -> Outcome:
    return Outcome(PhaseTimes(connect=connect_ms), **fields)  # type: ignore[arg-type]


def test_its_latency_is_the_sum_of_its_phases() -> None:
    assert Outcome(PhaseTimes(resolve=1.0, connect=2.0, wait=3.0)).latency_ms == 6.0


def test_it_has_no_latency_where_connection_requests_were_lost() -> None:
    assert outcome(1019.4, syn_retransmits=1).latency_ms is None


@pytest.mark.parametrize(
    ("kernel_ms", "lag_ms", "is_strained"), [(0.1, 0.9, False), (0.1, 1.1, True), (40.0, 3.9, False), (40.0, 4.1, True)]
)
def test_it_is_strained_from_a_millisecond_and_a_tenth(kernel_ms: float, lag_ms: float, is_strained: bool) -> None:
    assert outcome(kernel_ms + lag_ms, kernel_rtt_ms=kernel_ms, lag_ms=lag_ms).is_strained is is_strained


def test_it_leaves_out_what_a_strained_machine_added() -> None:
    assert outcome(70.0, kernel_rtt_ms=20.0, lag_ms=50.0).latency_ms == 20.0
    assert outcome(20.3, kernel_rtt_ms=20.0, lag_ms=0.3).latency_ms == 20.3


def test_it_is_not_strained_where_the_kernel_tells_nothing() -> None:
    assert not outcome(70.0).is_strained


def test_lost_requests_are_in_no_rolled_up_latency_and_still_an_attempt() -> None:
    rolled = Rollup(0.0, 10.0)
    for each in (outcome(20.0), outcome(1020.0, syn_retransmits=1)):
        rolled.add(AttemptEnded(at_s=1.0, target="t", check=1, attempt=1, started_s=0.0, outcome=each))

    assert (rolled.attempts, rolled.latency_count, rolled.latency_max_ms) == (2, 1, 20.0)
