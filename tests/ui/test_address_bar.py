"""The field where everything begins."""

import pytest
from PySide6.QtCore import QMimeData, Qt
from pytestqt.qtbot import QtBot

from clearline.ui.viewmodels.plan import PlanModel
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.address_bar import AddressBar

pytestmark = pytest.mark.qt


@pytest.fixture
def plans() -> PlanModel:
    return PlanModel()


@pytest.fixture
def bar(qtbot: QtBot, plans: PlanModel, words: Words) -> AddressBar:
    widget = AddressBar(plans, words)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_it_adds_what_was_typed_with_enter(qtbot: QtBot, bar: AddressBar, plans: PlanModel) -> None:
    qtbot.keyClicks(bar.field, "mail.example:993")

    with qtbot.waitSignal(bar.added):
        qtbot.keyClick(bar.field, Qt.Key.Key_Return)

    assert [target.address for target in plans.plan.targets] == ["tcp://mail.example:993"]
    assert bar.field.text() == ""


def test_it_keeps_a_wrong_address_and_says_what_to_write(
    qtbot: QtBot, bar: AddressBar, plans: PlanModel, words: Words
) -> None:
    qtbot.keyClicks(bar.field, "tcp://nothing")

    qtbot.keyClick(bar.field, Qt.Key.Key_Return)

    assert bar.field.text() == "tcp://nothing"
    assert bar.problem.isVisible()
    assert "port" in bar.problem.text()
    assert bar.field.accessibleDescription() == bar.problem.text()
    assert plans.plan.targets == ()


def test_it_forgives_as_soon_as_one_types_on(qtbot: QtBot, bar: AddressBar) -> None:
    qtbot.keyClicks(bar.field, "tcp://nothing")
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)

    qtbot.keyClicks(bar.field, ":1")

    assert not bar.problem.isVisible()


def test_it_hands_a_pasted_list_on_instead_of_gluing_its_lines(qtbot: QtBot, bar: AddressBar) -> None:
    data = QMimeData()
    data.setText("a.example\nb.example\n")

    with qtbot.waitSignal(bar.list_pasted) as heard:
        assert bar.field.take(data)

    assert heard.args == ["a.example\nb.example\n"]
    assert bar.field.text() == ""


def test_it_takes_a_single_pasted_line_as_typed(bar: AddressBar) -> None:
    data = QMimeData()
    data.setText("a.example\n")

    assert not bar.field.take(data)
