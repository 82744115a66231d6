"""Deadline arithmetic."""

import pytest

from clearline.domain.fault import Fault
from clearline.domain.phase import Phase
from clearline.domain.profile import Timeouts
from clearline.resilience.timeouts import (
    ROUNDING_S,
    USEFUL_S,
    attempt_deadline,
    is_out_of_time,
    is_worth_starting,
    phase_limit,
)


def test_it_ends_an_attempt_by_its_own_limit() -> None:
    assert attempt_deadline(10.0, Timeouts(attempt_s=5.0), 100.0) == 15.0


def test_it_ends_an_attempt_by_the_total_where_that_comes_first() -> None:
    assert attempt_deadline(10.0, Timeouts(attempt_s=5.0), 12.0) == 12.0


@pytest.mark.parametrize(("now", "expected"), [(0.0, 4.0), (7.0, 3.0), (10.0, 0.0), (11.0, 0.0)])
def test_it_gives_a_phase_its_own_limit_or_what_is_left(now: float, expected: float) -> None:
    assert phase_limit(Timeouts(connect_s=4.0), Phase.CONNECT, now, 10.0) == expected


def test_it_does_not_start_an_attempt_without_useful_time() -> None:
    assert is_worth_starting(9.9, 10.0)
    assert not is_worth_starting(9.96, 10.0)
    assert is_worth_starting(0.0, USEFUL_S)


@pytest.mark.parametrize("kind", ["tcp.timed_out", "udp.no_reply", "http.stalled"])
def test_it_recognises_an_attempt_that_ran_out_of_time(kind: str) -> None:
    assert is_out_of_time(Fault(kind, Phase.WAIT), 10.0, 10.0)
    assert is_out_of_time(Fault(kind, Phase.WAIT), 9.985, 10.0)
    assert is_out_of_time(Fault(kind, Phase.WAIT), 10.0 - ROUNDING_S, 10.0)
    assert not is_out_of_time(Fault(kind, Phase.WAIT), 9.9, 10.0)


def test_it_leaves_a_fault_with_a_reason_of_its_own_alone() -> None:
    assert not is_out_of_time(Fault("tcp.reset", Phase.WAIT), 10.0, 10.0)
