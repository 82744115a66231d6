"""Graphs offscreen: a theme, a store and a time axis that only moves when told."""

import os
from collections.abc import Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.theme import Theme, ThemeChoice
from clearline.ui.viewmodels.time_axis import TimeAxis


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(ThemeChoice.LIGHT)


@pytest.fixture
def store() -> SeriesStore:
    """A recorded session: nothing runs on by itself."""
    store = SeriesStore(clock=lambda: 0.0)
    store.is_live = False
    return store


@pytest.fixture
def axis(qapp: QApplication) -> Iterator[TimeAxis]:
    axis = TimeAxis()
    yield axis
    axis.halt()


class Shower:
    """Puts a widget on the (offscreen) screen and stops the clock, so that a test draws each frame itself."""

    def __init__(self, qtbot: QtBot, axis: TimeAxis) -> None:
        self._qtbot, self._axis = qtbot, axis

    def __call__(self, widget: QWidget, width: int = 700, height: int = 700) -> None:
        self._qtbot.addWidget(widget)
        widget.resize(width, height)
        widget.show()
        self._axis.halt()
        QApplication.processEvents()


@pytest.fixture
def show(qtbot: QtBot, axis: TimeAxis) -> Shower:
    return Shower(qtbot, axis)
