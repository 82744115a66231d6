"""A recorded session in the window: what it holds, without holding anything up."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import qasync
from PySide6.QtWidgets import QApplication

from clearline.domain.event import PlanApplied
from clearline.domain.problem import InputError
from clearline.store.writer import SessionWriter
from clearline.ui.replay import replay
from clearline.ui.stage import Stage
from clearline.ui.viewmodels.session import Source
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.words import Words
from support.window_events import PLAN, PRINTER, SHOP, WALL_S, failure, started, success

pytestmark = pytest.mark.qt


def _replay(app: QApplication, path: Path, stage: Stage) -> list[float]:
    progress: list[float] = []
    executor = ThreadPoolExecutor(max_workers=1)
    with qasync.QEventLoop(app, already_running=False) as loop:
        try:
            loop.run_until_complete(replay(path, stage, executor, progress.append))
        finally:
            executor.shutdown()
            stage.close()
    asyncio.set_event_loop(None)
    return progress


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    path = tmp_path / "s.clearline"
    writer = SessionWriter(path, "s", WALL_S)
    writer.emit([started(), PlanApplied(at_s=0.0, plan=PLAN)])
    for number in range(600):
        writer.emit([*success(SHOP.id, number), *failure(PRINTER.id, number)])
    writer.close(5.0)
    return path


def test_it_shows_what_was_recorded(qapp: QApplication, recorded: Path, words: Words) -> None:
    stage = Stage(Source.FILE, words)

    progress = _replay(qapp, recorded, stage)

    assert stage.session.states[SHOP.id].status is Status.UP
    assert stage.session.states[PRINTER.id].statistics.checks == 600
    assert stage.session.wall_s == WALL_S
    assert stage.series.now_s >= 599
    assert progress == sorted(progress)
    assert progress[-1] > 0.99


def test_it_measures_nothing(qapp: QApplication, recorded: Path, words: Words) -> None:
    stage = Stage(Source.FILE, words)

    _replay(qapp, recorded, stage)

    assert stage.live is None
    assert not stage.series.is_live


def test_it_says_why_a_file_cannot_be_shown(qapp: QApplication, tmp_path: Path, words: Words) -> None:
    stage = Stage(Source.FILE, words)
    path = tmp_path / "no.clearline"
    path.write_text("not a session")

    with pytest.raises(InputError, match="session"):
        _replay(qapp, path, stage)
