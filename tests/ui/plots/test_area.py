"""Areas as pixel columns."""

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from clearline.ui.plots.area import Area, columns, fill

RED, BLUE = QColor("#ff0000"), QColor("#0000ff")
LAYERS = [
    (columns(np.array([2.0, 30.0]), np.array([5.0, 25.0]), np.full(2, 40.0), 50.0), RED),
    (columns(np.array([10.0, 44.0]), np.array([30.0, 12.0]), np.full(2, 40.0), 50.0), BLUE),
]


def heights(x: list[float], top: list[float], width: float = 100.0) -> dict[int, float]:
    """Top of each pixel column of an area that reaches down to 50."""
    boxes = columns(np.array(x), np.array(top), np.full(len(x), 50.0), width).boxes()
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
    assert columns(np.array([-9.0, -5.0]), np.zeros(2), np.ones(2), 100.0).boxes() == []


def test_it_is_one_rectangle_where_nothing_changes() -> None:
    assert len(columns(np.arange(90.0), np.full(90, 7.0), np.full(90, 50.0), 100.0).boxes()) == 1


def test_it_shows_an_area_of_no_height() -> None:
    (box,) = columns(np.array([1.0, 5.0]), np.full(2, 7.0), np.full(2, 7.0), 100.0).boxes()
    assert box.height() == 1.0


def test_it_fills_nothing_between_pieces() -> None:
    x = np.array([1.0, 5.0, 20.0, 25.0, 40.0])
    boxes = columns(x, np.full(5, 7.0), np.full(5, 50.0), 100.0, [(0, 2), (2, 4), (4, 5)]).boxes()
    assert [(box.left(), box.right()) for box in boxes] == [(1.0, 6.0), (20.0, 26.0), (39.0, 42.0)]


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_it_paints_the_same_pixels_as_its_rectangles_would(scale: float) -> None:
    painted, expected = (blank(scale) for _ in range(2))
    painter = QPainter(painted)
    fill(painter, LAYERS, 40.0)
    painter.end()
    painter = QPainter(expected)
    for area, color in LAYERS:
        for box in area.boxes():
            painter.fillRect(box, color)
    painter.end()
    assert painted == expected
    assert {painted.pixelColor(round(x * scale), round(35 * scale)).name() for x in (5, 20)} == {"#ff0000", "#0000ff"}


def blank(scale: float) -> QImage:
    """A white sheet of 50 by 40 pixels at a scale."""
    sheet = QImage(round(50 * scale), round(40 * scale), QImage.Format.Format_ARGB32_Premultiplied)
    sheet.setDevicePixelRatio(scale)
    sheet.fill(QColor("white"))
    return sheet


def test_it_is_rectangles_among_vectors() -> None:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture = QSvgGenerator()
    picture.setOutputDevice(buffer)
    picture.setSize(QSize(50, 40))
    painter = QPainter(picture)
    fill(painter, LAYERS, 40.0, as_vectors=True)
    painter.end()
    told = bytes(buffer.data().data()).decode()
    assert "<image" not in told
    assert "<rect" in told or "<path" in told


def test_it_paints_nothing_of_nothing() -> None:
    empty = Area(np.zeros(4, np.int32), np.zeros(4, np.int32))
    sheet = blank(1.0)
    painter = QPainter(sheet)
    fill(painter, [(empty, RED)], 40.0)
    painter.end()
    assert sheet == blank(1.0)
