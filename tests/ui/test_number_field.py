"""Numbers with a unit."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from clearline.ui.viewmodels.profile import spec_of
from clearline.ui.widgets.number_field import NumberBox

pytestmark = pytest.mark.qt


@pytest.fixture
def box(qtbot: QtBot) -> NumberBox:
    widget = NumberBox(spec_of("timeouts.connect_s"), " s")
    qtbot.addWidget(widget)
    return widget


@pytest.mark.parametrize(("value", "text"), [(4.0, "4 s"), (0.25, "0.25 s"), (1200.0, "1200 s")])
def test_it_shows_as_many_decimals_as_it_needs(box: NumberBox, value: float, text: str) -> None:
    box.show_number(value)

    assert box.text() == text


def test_it_does_not_tell_back_what_it_was_shown(qtbot: QtBot, box: NumberBox) -> None:
    with qtbot.assertNotEmitted(box.changed_to):
        box.show_number(7.0)


def test_it_tells_a_number_out_of_range_so_that_a_sentence_can_follow(qtbot: QtBot, box: NumberBox) -> None:
    box.show_number(4.0)
    box.selectAll()

    with qtbot.waitSignal(box.changed_to) as heard:
        qtbot.keyClicks(box, "9000")

    assert box.value() == 9000
    assert heard.args[0] == "timeouts.connect_s"


def test_it_steps_inside_the_range_only(qtbot: QtBot, box: NumberBox) -> None:
    box.show_number(0.05)

    qtbot.keyClick(box, Qt.Key.Key_Down)

    assert box.value() == 0.05


def test_it_shows_and_tells_what_is_wrong(box: NumberBox) -> None:
    box.mark("Too long.")
    assert box.accessibleDescription() == "Too long."

    box.mark("")

    assert not box.property("problem")
