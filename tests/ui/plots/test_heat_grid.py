"""The heat map's matrix: the worst state of a column wins, and adding up ends where reading anew would."""

import numpy as np
import pytest

from clearline.domain.event import PlanApplied
from clearline.ui.plots.heat_grid import HeatGrid, column_seconds, segments_of
from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.series_state import State
from support.measured_events import NO_NAME, REFUSED, begun, check, plan_of

ROWS = range(10)


def started(count: int = 1, interval_s: float = 1.0) -> SeriesStore:
    store = SeriesStore(clock=lambda: 0.0)
    store.fold(begun(plan_of(count, interval_s=interval_s)))
    return store


def test_it_shows_the_worst_state_of_a_column() -> None:
    store = started()
    for number in range(40):
        fault = REFUSED if number == 15 else NO_NAME if number == 17 else None
        store.fold(check(float(number), number, fault=fault))
    grid = HeatGrid()
    grid.show(store, ["t0"], 0.0, 40.0, 10.0, ROWS)
    assert grid.cells[:, :-1].tolist() == [[State.UP, State.NAME, State.UP, State.UP]]


def test_it_tells_which_share_of_a_column_failed() -> None:
    store = started()
    for number in range(40):
        store.fold(check(float(number), number, fault=REFUSED if number in (15, 17) or number >= 30 else None))
    grid = HeatGrid()
    grid.show(store, ["t0"], 0.0, 40.0, 10.0, ROWS)
    assert grid.shares(slice(0, 1))[:, :-1].tolist() == [[0.0, 0.2, 0.0, 1.0]]


def test_it_tells_the_share_of_what_only_roll_ups_hold() -> None:
    store = started()
    store.series("t0").limit(50, 8640)
    for number in range(1000):
        store.fold(check(float(number), number, fault=REFUSED if 205 <= number < 210 else None))
    grid = HeatGrid()
    grid.show(store, ["t0"], 0.0, 1000.0, 20.0, ROWS)
    assert grid.shares(slice(0, 1))[0, 9:12].tolist() == [0.0, 0.25, 0.0]


@pytest.mark.parametrize("interval_s", [1.0, 7.0, 25.0])
def test_it_adds_up_to_what_reading_anew_finds(interval_s: float) -> None:
    store, grown = started(2, interval_s), HeatGrid()
    for number in range(120):
        due_s = number * interval_s
        store.fold(check(due_s, number, fault=REFUSED if number % 13 < 3 else None))
        store.fold(check(due_s, number, target="t1"))
        now_s = due_s + 0.5
        begin_s = max(0.0, now_s - 300.0)
        grown.show(store, ["t0", "t1"], begin_s, begin_s + 300.0, 10.0, ROWS)
    fresh = HeatGrid()
    fresh.show(store, ["t0", "t1"], begin_s, begin_s + 300.0, 10.0, ROWS)
    # The left column of a moved window may have lost what came before it.
    np.testing.assert_array_equal(grown.cells[:, 1:], fresh.cells[:, 1:])
    np.testing.assert_array_equal(grown.shares(slice(0, 2))[:, 1:], fresh.shares(slice(0, 2))[:, 1:])


def test_it_fills_the_columns_between_checks_of_a_slow_pace() -> None:
    store = started(1, 30.0)
    store.fold([*check(0.0, 0), *check(30.0, 1, fault=REFUSED), *check(60.0, 2)])
    grid = HeatGrid()
    grid.show(store, ["t0"], 0.0, 70.0, 10.0, ROWS)
    assert grid.cells[:, :-1].tolist() == [[State.UP] * 3 + [State.CONNECT] * 3 + [State.UP]]


def test_it_leaves_a_silence_empty() -> None:
    store = started()
    store.fold([*check(0.0, 0), *check(50.0, 1)])
    grid = HeatGrid()
    grid.show(store, ["t0"], 0.0, 60.0, 10.0, ROWS)
    assert grid.cells[:, :-1].tolist() == [[State.UP, 0, 0, 0, 0, State.UP]]


def test_it_shows_a_paused_target_as_paused_up_to_now() -> None:
    store = started()
    store.fold([*check(5.0, 0), PlanApplied(at_s=20.0, plan=plan_of(paused=(0,)))])
    store.now_s = 45.0
    grid = HeatGrid()
    grid.show(store, ["t0"], 0.0, 60.0, 10.0, ROWS)
    assert grid.cells[:, :-1].tolist() == [[State.UP, 0, State.PAUSED, State.PAUSED, State.PAUSED, 0]]


def test_it_reads_roll_ups_where_single_checks_were_dropped() -> None:
    store = started()
    store.series("t0").limit(50, 8640)
    for number in range(1000):
        store.fold(check(float(number), number, fault=REFUSED if 200 <= number < 220 else None))
    grid = HeatGrid()
    grid.show(store, ["t0"], 0.0, 1000.0, 20.0, ROWS)
    assert [low for low, _, state in segments_of(grid.cells[0]) if state is State.CONNECT] == [10]
    assert (grid.cells[0, :-1] > 0).all()


def test_it_fills_only_the_rows_on_screen() -> None:
    store = started(3)
    for target in ("t0", "t1", "t2"):
        store.fold(check(5.0, 0, target=target))
    grid = HeatGrid()
    grid.show(store, ["t0", "t1", "t2"], 0.0, 10.0, 10.0, range(1))
    assert grid.cells[:, 0].tolist() == [State.UP, 0, 0]
    grid.show(store, ["t0", "t1", "t2"], 0.0, 10.0, 10.0, range(1, 3))
    assert grid.cells[:, 0].tolist() == [State.UP, State.UP, State.UP]


def test_it_makes_columns_of_round_length_that_fit() -> None:
    assert column_seconds(3600.0, 200) == 20.0
    assert column_seconds(300.0, 200) == 2.0


def test_it_joins_neighbouring_cells() -> None:
    assert segments_of(np.array([3, 3, State.CONNECT, State.CONNECT, State.CONNECT, 3], np.uint8)) == [
        (0, 2, State.UP),
        (2, 5, State.CONNECT),
        (5, 6, State.UP),
    ]
