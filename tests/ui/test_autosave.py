"""The plan on disk, shortly after each change."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import qasync
from PySide6.QtWidgets import QApplication

from clearline.domain.problem import Problem
from clearline.host import plan_file
from clearline.ui.autosave import AutoSave
from support.window_events import PLAN

pytestmark = pytest.mark.qt


def _save(app: QApplication, path: Path) -> list[Problem]:
    problems: list[Problem] = []
    executor = ThreadPoolExecutor(max_workers=1)

    async def change_and_end() -> None:
        saving = AutoSave(path, executor)
        saving.failed.connect(problems.append)
        for count in range(1, len(PLAN.targets) + 1):
            saving.keep(PLAN.with_targets(PLAN.targets[:count]))
        await saving.flush()

    with qasync.QEventLoop(app, already_running=False) as loop:
        loop.run_until_complete(change_and_end())
    executor.shutdown()
    asyncio.set_event_loop(None)
    return problems


def test_it_has_written_the_latest_plan_when_the_window_ends(qapp: QApplication, tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"

    assert _save(qapp, path) == []

    assert plan_file.load(path).targets == PLAN.targets


def test_it_says_why_the_plan_could_not_be_kept(qapp: QApplication, tmp_path: Path) -> None:
    place = tmp_path / "a file"
    place.write_text("x")

    (problem,) = _save(qapp, place / "plan.toml")

    assert problem.code == "plan_file.not_saved"
