"""Areas as pixel columns."""

import numpy as np
import pytest

from clearline.ui.plots.area import columns


def heights(x: list[float], top: list[float], width: float = 100.0) -> dict[int, float]:
    """Top of each pixel column of an area that reaches down to 50."""
    boxes = columns(np.array(x), np.array(top), np.full(len(x), 50.0), width)
    assert all(box.bottom() == 50.0 for box in boxes)
    return {column: box.top() for box in boxes for column in range(int(box.left()), int(box.right()))}


def test_it_covers_each_pixel_between_the_ends_once() -> None:
    assert sorted(heights([3.2, 8.9, 20.1], [10.0, 20.0, 30.0])) == list(range(3, 21))


def test_it_goes_straight_from_point_to_point() -> None:
    assert heights([0.0, 10.0], [0.0, 40.0])[5] == pytest.approx(22.0)


def test_it_covers_all_points_of_a_pixel() -> None:
    assert heights([0.0, 4.1, 4.5, 4.9, 9.0], [40.0, 40.0, 5.0, 40.0, 40.0])[4] == 5.0


def test_it_stays_inside_the_graph() -> None:
    assert sorted(heights([-50.0, 150.0], [10.0, 10.0])) == list(range(100))
    assert columns(np.array([-9.0, -5.0]), np.zeros(2), np.ones(2), 100.0) == []


def test_it_is_one_rectangle_where_nothing_changes() -> None:
    assert len(columns(np.arange(90.0), np.full(90, 7.0), np.full(90, 50.0), 100.0)) == 1


def test_it_shows_an_area_of_no_height() -> None:
    (box,) = columns(np.array([1.0, 5.0]), np.full(2, 7.0), np.full(2, 7.0), 100.0)
    assert box.height() == 1.0


def test_it_fills_nothing_between_pieces() -> None:
    x = np.array([1.0, 5.0, 20.0, 25.0, 40.0])
    boxes = columns(x, np.full(5, 7.0), np.full(5, 50.0), 100.0, [(0, 2), (2, 4), (4, 5)])
    assert [(box.left(), box.right()) for box in boxes] == [(1.0, 6.0), (20.0, 26.0), (39.0, 42.0)]
