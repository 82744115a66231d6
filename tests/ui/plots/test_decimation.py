"""Thinning: fewer points for the same picture."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clearline.ui.plots.decimation import bars, segments, spaced, thin


@given(st.lists(st.floats(0.0, 1000.0), min_size=1, max_size=400), st.integers(1, 50))
def test_it_keeps_the_lowest_and_the_highest_of_every_pixel(values: list[float], width: int) -> None:
    heights = np.array(values)
    x = np.linspace(0.0, width, len(values), endpoint=False)
    rows = thin(x, heights)
    for pixel in range(width):
        mine, kept = heights[np.floor(x) == pixel], heights[rows][np.floor(x[rows]) == pixel]
        if len(mine):
            assert (kept.min(), kept.max()) == (mine.min(), mine.max())


def test_it_draws_at_most_two_points_a_pixel_once_there_are_more() -> None:
    x = np.linspace(0.0, 100.0, 10_000, endpoint=False)
    rows = thin(x, np.sin(x * 40))
    assert len(rows) <= 200
    assert np.all(np.diff(rows) > 0)


def test_it_leaves_few_points_alone() -> None:
    x = np.arange(20.0)
    assert thin(x, x).tolist() == list(range(20))


def test_it_keeps_gaps_through_thinning() -> None:
    x = np.concatenate((np.linspace(0.0, 10.0, 500), np.linspace(40.0, 50.0, 500)))
    piece = np.repeat([0, 1], 500)
    rows = thin(x, np.ones(1000))
    (first, second) = segments(piece[rows])
    assert x[rows][first[0] : first[1]].max() <= 10.0
    assert x[rows][second[0] : second[1]].min() >= 40.0


def test_it_has_no_segments_of_nothing() -> None:
    assert segments(np.empty(0)) == []


def test_it_places_marks_without_overlap() -> None:
    x = np.array([0.0, 1.0, 2.0, 9.0, 10.0, 30.0])
    assert spaced(x, 8.0) == [0, 3, 5]


def test_it_leaves_few_bars_as_they_are() -> None:
    left, right = np.array([0.5, 10.25]), np.array([10.25, 20.0])
    assert bars(left, right, np.array([3, 8], np.uint8), 100.0) == [(0.5, 10.25, 3), (10.25, 20.0, 8)]


def test_it_keeps_the_worst_of_many_bars_on_one_pixel() -> None:
    left = np.arange(1000) / 10.0
    states = np.full(1000, 3, np.uint8)
    states[555] = 8
    assert bars(left, left + 0.1, states, 100.0) == [(0.0, 55.0, 3), (55.0, 56.0, 8), (56.0, 100.0, 3)]


def test_it_keeps_a_long_bar_among_many_short_ones() -> None:
    left = np.concatenate((np.arange(500) / 10.0, [60.0]))
    right = np.concatenate((np.arange(500) / 10.0 + 0.1, [90.0]))
    found = bars(left, right, np.append(np.full(500, 3, np.uint8), np.uint8(8)), 100.0)
    assert found == [(0.0, 50.0, 3), (60.0, 90.0, 8)]
