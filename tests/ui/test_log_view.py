"""The log in the window: read off its thread, shown newest first, copied as it stands."""

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import qasync
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clearline.host import log_reader
from clearline.host.log_reader import LogEntry
from clearline.host.logs import Logs
from clearline.ui.log_feed import LogFeed
from clearline.ui.viewmodels.log import LogModel
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.log_view import LogView

pytestmark = pytest.mark.qt
ENTRIES = [
    LogEntry(1_790_000_002.0, "warning", "session-a", "Printer", "attempt failed", '{"event":"attempt_failed","n":1}'),
    LogEntry(1_790_000_001.0, "info", "window", "", "begins", '{"event":"begins"}'),
]


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, words: Words, tmp_path: Path) -> LogView:
    made = LogView(LogModel(words), str(tmp_path), theme, words)
    qtbot.addWidget(made)
    made._model.setParent(made)
    made.show()
    made.show_entries(ENTRIES)
    return made


def test_it_shows_a_chosen_line_in_full(view: LogView) -> None:
    view.choose(0)
    assert view.details.toPlainText() == "event: attempt_failed\nn: 1"


def test_it_copies_the_chosen_line_as_it_stands_and_else_all(view: LogView) -> None:
    view.copy()
    assert QGuiApplication.clipboard().text() == "\n".join(entry.raw for entry in ENTRIES)
    view.choose(1)
    view.copy()
    assert QGuiApplication.clipboard().text() == ENTRIES[1].raw


def test_it_narrows_by_words_level_and_target(view: LogView) -> None:
    view.search.setText("begins")
    assert view.table.model().rowCount() == 1
    view.search.clear()
    view.levels.chosen.emit("warning")
    assert view.table.model().rowCount() == 1
    view.subjects.chosen.emit("window")
    assert view.table.model().rowCount() == 0
    assert view._empty.text() == "Nothing passes the filters."


def test_it_leads_back_by_escape(view: LogView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.back_asked):
        qtbot.keyClick(view, "\x1b")


def test_it_reads_in_another_thread_and_only_what_changed(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEARLINE_HOME", str(tmp_path))
    logs = Logs("window")
    logging.getLogger("x").warning("something")
    logs.close()
    assert logs.path is not None
    readers: list[threading.Thread] = []
    real = log_reader.read

    def read(folder: Path) -> list[LogEntry]:
        readers.append(threading.current_thread())
        return real(folder)

    monkeypatch.setattr(log_reader, "read", read)
    loop = qasync.QEventLoop(qapp, already_running=False)
    asyncio.set_event_loop(loop)
    arrived: list[list[LogEntry]] = []

    async def look() -> None:
        feed = LogFeed(logs.path.parent, executor)  # type: ignore[union-attr]
        feed.arrived.connect(arrived.append)
        feed.start()
        for _ in range(2):
            feed.read()
            assert feed._reading is not None
            await asyncio.wait([feed._reading])
            await asyncio.sleep(0)
        feed.halt()

    with ThreadPoolExecutor(max_workers=1) as executor:
        loop.run_until_complete(look())
    loop.close()
    asyncio.set_event_loop(None)
    assert [entry.text for entry in arrived[0]] == ["something"]
    assert len(readers) == 1
    assert readers[0] is not threading.main_thread()
