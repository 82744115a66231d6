"""The time budget under the controls of a profile."""

import pytest
from PySide6.QtWidgets import QTreeWidgetItem
from pytestqt.qtbot import QtBot

from clearline.domain.profile import QUICK, STANDARD
from clearline.resilience.cascade import budget_lines
from clearline.ui.plots.budget_tree import BudgetTree

pytestmark = pytest.mark.qt


def below(item: QTreeWidgetItem) -> list[tuple[str, str]]:
    found = [(item.text(0), item.text(1))]
    for place in range(item.childCount()):
        if (child := item.child(place)) is not None:
            found += below(child)
    return found


def shown(budget: BudgetTree) -> list[tuple[str, str]]:
    (root,) = [budget.tree.topLevelItem(place) for place in range(budget.tree.topLevelItemCount())]
    assert root is not None
    return below(root)


def test_it_shows_the_budget_of_a_profile_as_a_tree(qtbot: QtBot) -> None:
    budget = BudgetTree()
    qtbot.addWidget(budget)
    budget.show_profile(QUICK)
    rows = shown(budget)
    assert len(rows) == len(budget_lines(QUICK))
    assert rows[0] == ("whole check", "12 s")
    root = budget.tree.topLevelItem(0)
    assert root is not None
    assert root.child(0).text(0) == "attempt 1"
    assert root.child(0).child(0).text(0) == "name lookup"


def test_it_is_as_high_as_what_it_shows(qtbot: QtBot) -> None:
    budget = BudgetTree()
    qtbot.addWidget(budget)
    budget.show_profile(STANDARD)
    whole = budget.tree.sizeHint().height()
    root = budget.tree.topLevelItem(0)
    assert root is not None
    root.child(0).setExpanded(False)
    assert budget.tree.sizeHint().height() < whole
