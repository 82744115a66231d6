"""Tooltips tell what others wrote letter by letter."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clearline.domain.plan import Plan
from clearline.domain.target import Target
from clearline.ui.viewmodels.session import SessionModel
from clearline.ui.viewmodels.targets import TargetListModel
from clearline.ui.viewmodels.tips import plain_tip
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.elided_label import ElidedLabel

pytestmark = pytest.mark.qt
HOSTILE = '<img src="file:///etc/passwd"> & <b>now</b>\nsecond line'


def _seen(tip: str) -> str:
    """What a tooltip shows."""
    document = QTextDocument()
    document.setHtml(tip)
    return document.toPlainText()


def test_it_shows_tags_as_they_were_written(qapp: QApplication) -> None:
    assert _seen(plain_tip(HOSTILE)) == HOSTILE


@pytest.mark.parametrize("text", ["", "Intranet", "a & b\nc", "50 %", "a > b"])
def test_it_leaves_a_text_without_tags_alone(text: str) -> None:
    assert plain_tip(text) == text


def test_labels_and_rows_show_no_tag_of_a_name(qapp: QApplication, qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.say(HOSTILE)
    session = SessionModel()
    session.use_plan(Plan((Target(id="a", address="https://a.example", name=HOSTILE),)))
    model = TargetListModel(session, Words())

    assert _seen(label.toolTip()) == HOSTILE
    assert HOSTILE in _seen(model.index(0).data(Qt.ItemDataRole.ToolTipRole))
