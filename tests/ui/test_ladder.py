"""The ladder of a diagnosis on screen."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clearline.ui.viewmodels.diagnosis_words import RungRow
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.widgets.ladder import LadderView

pytestmark = pytest.mark.qt


def test_it_says_all_of_why_a_step_was_left_out(theme: Theme, qtbot: QtBot) -> None:
    view = LadderView(theme)
    qtbot.addWidget(view)
    why = "inutile\u00a0: la cible est cet ordinateur, et rien ne la sépare de lui"
    view.show_rows([RungRow(Status.PAUSED, "", "Passerelle", why, "", 0.0, 0.0, True)])
    view.resize(260, 200)
    view.show()
    QApplication.processEvents()

    (rung,) = view.rungs
    assert rung.brief.height() >= rung.brief.heightForWidth(rung.brief.width()) > 1.5 * view.fontMetrics().height()
    assert rung.brief.geometry().right() <= rung.width()
    assert rung.name.y() <= rung.brief.y() + 2
