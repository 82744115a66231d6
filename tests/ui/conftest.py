"""The window is tested without a display, with nothing left behind: no widget, no timer, no thread, no Qt warning."""

import gc
import os
import threading
from collections.abc import Iterator
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_API"] = "pyside6"
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from clearline.ui.viewmodels.theme import Theme, ThemeChoice
from clearline.ui.viewmodels.words import Words

# Said by the platform without a display; it concerns no test.
_USUAL = ("propagateSizeHints", "Populating font family aliases")


@pytest.fixture
def theme() -> Theme:
    return Theme(ThemeChoice.LIGHT)


@pytest.fixture
def words() -> Words:
    return Words()


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of a test reaches the folders of the person who runs it."""
    monkeypatch.setenv("CLEARLINE_HOME", str(tmp_path / "home"))


@pytest.fixture(autouse=True)
def _leaves_nothing(qapp: QApplication) -> Iterator[None]:
    """A window or thread that outlives its test is held by somebody: a signal, a list, a timer."""
    windows = set(map(id, qapp.topLevelWidgets()))
    threads = set(threading.enumerate())
    said: list[str] = []

    def hear(kind: QtMsgType, context: object, message: str | None) -> None:
        is_grave = kind in (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg)
        if is_grave and message and not any(usual in message for usual in _USUAL):
            said.append(message)

    qInstallMessageHandler(hear)
    gc.freeze()  # what came before this test is none of its garbage, and going through all of it takes seconds
    yield
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()
    qInstallMessageHandler(None)
    left = [widget for widget in qapp.topLevelWidgets() if id(widget) not in windows and widget.isVisible()]
    assert not left, f"still on screen after the test: {left}"
    assert not {thread for thread in threading.enumerate() if thread not in threads and not thread.daemon}
    assert not said
