"""Labels that give way: what is left out, and to whom."""

import pytest
from pytestqt.qtbot import QtBot

from clearline.ui.viewmodels.figures import FigureGroup, FigureRow
from clearline.ui.widgets.elided_label import ElidedLabel
from clearline.ui.widgets.figures_panel import FigureGrid

pytestmark = pytest.mark.qt


@pytest.mark.parametrize(
    ("room", "shown"), [("22 · 9 down · 1 slow · 10 up", 4), ("22 · 9 down · 1 slow · …", 3), ("22 · …", 1)]
)
def test_parts_are_shown_whole_or_not_at_all(qtbot: QtBot, room: str, shown: int) -> None:
    label = ElidedLabel(between=" · ")
    qtbot.addWidget(label)
    label.say("22 · 9 down · 1 slow · 10 up")
    label.resize(label.fontMetrics().horizontalAdvance(room) + 2, 20)

    left_out = [] if shown == 4 else ["…"]
    assert label.whole_parts() == " · ".join(("22", "9 down", "1 slow", "10 up")[:shown] + tuple(left_out))
    assert label.toolTip() == "22 · 9 down · 1 slow · 10 up"


def test_a_long_value_takes_no_room_from_the_other_names(qtbot: QtBot) -> None:
    grid = FigureGrid()
    qtbot.addWidget(grid)
    rows = (FigureRow("Losses come", ("still being gathered",)), FigureRow("Refused by the circuit breaker", ("46",)))
    grid.show_group(FigureGroup("Checks", rows))
    advance = grid.fontMetrics().horizontalAdvance
    grid.resize(advance("Refused by the circuit breaker 46") + 30, 100)
    grid.show()

    names = grid.findChildren(ElidedLabel)
    assert all(name.width() >= advance(name.text()) for name in names)
