"""Scales: round local times and round values."""

import pytest

from clearline.domain.scale import value_ticks
from clearline.ui.plots.ticks import clock_text, elapsed_text, log_ticks, time_ticks, utc_offset_s

WALL_S = 1_764_165_607.25


@pytest.mark.parametrize(("length_s", "step_s"), [(5.0, 1.0), (60.0, 10.0), (300.0, 60.0), (3600.0, 600.0)])
def test_it_puts_ticks_at_round_local_times(length_s: float, step_s: float) -> None:
    ticks, step = time_ticks(100.0, 100.0 + length_s, WALL_S, 7)
    assert step == step_s
    local = [(at_s + WALL_S + utc_offset_s(WALL_S)) % step_s for at_s in ticks]
    assert all(min(rest, step_s - rest) < 1e-3 for rest in local)


def test_it_never_has_more_ticks_than_fit() -> None:
    ticks, _ = time_ticks(0.0, 86_400.0 * 3, WALL_S, 6)
    assert 2 <= len(ticks) <= 7


def test_it_writes_a_round_time_as_that_time() -> None:
    ticks, step = time_ticks(0.0, 60.0, WALL_S, 7)
    assert all(clock_text(at_s, WALL_S, step).endswith("0") for at_s in ticks)


def test_it_tells_time_since_the_beginning_where_the_wall_time_is_unknown() -> None:
    assert clock_text(171.0, None) == "2:51"


def test_it_writes_elapsed_time_with_hours_only_where_there_are_any() -> None:
    assert [elapsed_text(at_s) for at_s in (5.0, 171.0, 3771.0)] == ["0:05", "2:51", "1:02:51"]


def test_it_has_round_values_from_zero_to_the_top() -> None:
    assert value_ticks(80.0, 8) == [0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0]
    assert value_ticks(1.5, 4) == [0.0, 0.5, 1.0, 1.5]


def test_it_has_powers_of_ten_on_a_logarithmic_scale() -> None:
    assert log_ticks(1.0, 100_000.0) == [1.0, 10.0, 100.0, 1_000.0, 10_000.0, 100_000.0]
    assert log_ticks(10.0, 80.0) == [10.0, 20.0, 30.0, 50.0, 70.0]
