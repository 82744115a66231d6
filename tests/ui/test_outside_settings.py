"""What a diagnosis may do at most, as it is set: kept where it is right, told in words where it is not."""

import pytest
from pytestqt.qtbot import QtBot

from clearline.ui.viewmodels.outside import OutsideModel
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.outside_settings import OutsideSettings

pytestmark = pytest.mark.qt


@pytest.mark.parametrize(
    ("field", "usual", "wrong", "right", "told"),
    [("load", 20, 1, 64, "From 5 to 500 MB."), ("rest", 15, 5, 600, "From 15 s to 10 min.")],
)
def test_a_limit_out_of_range_is_told_and_not_kept(
    qtbot: QtBot, words: Words, field: str, usual: float, wrong: float, right: float, told: str
) -> None:
    kept: dict[str, str] = {}
    model = OutsideModel(lambda name: kept.get(name, ""), kept.__setitem__)
    settings = OutsideSettings(model, words)
    qtbot.addWidget(settings)
    settings.show()
    box = {"load": settings.load, "rest": settings.rest}[field]
    problem = settings._problems[box]
    assert (box.value(), problem.isVisible()) == (usual, False)

    box.setValue(wrong)
    assert (problem.text(), problem.isVisible(), kept) == (told, True, {})

    box.setValue(right)
    assert (problem.isVisible(), list(kept.values())) == (False, [str(right)])
