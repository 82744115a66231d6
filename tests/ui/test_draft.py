"""What is half typed survives a crash."""

import asyncio
import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import qasync
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from clearline.ui.draft import Draft

pytestmark = pytest.mark.qt


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "address.txt"


def _run(app: QApplication, path: Path, act: Callable[[Draft], None]) -> None:
    loop = qasync.QEventLoop(app, already_running=False)
    asyncio.set_event_loop(loop)

    async def type_and_end() -> None:
        draft = Draft(path, executor)
        act(draft)
        await draft.flush()

    with ThreadPoolExecutor(max_workers=1) as executor:
        loop.run_until_complete(type_and_end())
    loop.close()
    asyncio.set_event_loop(None)


def _type(draft: Draft) -> None:
    draft.keep("https://exa")
    draft.keep("https://examp")


def _type_and_add(draft: Draft) -> None:
    draft.keep("https://example.com")
    draft.keep("")


def test_it_keeps_what_is_half_typed(qapp: QApplication, path: Path) -> None:
    _run(qapp, path, _type)
    assert path.read_text() == "https://examp"


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights elsewhere.")
def test_it_keeps_it_for_its_owner_alone(qapp: QApplication, path: Path) -> None:
    _run(qapp, path, _type)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_forgets_what_was_added(qapp: QApplication, path: Path) -> None:
    _run(qapp, path, _type)
    _run(qapp, path, _type_and_add)
    assert not path.exists()


def test_it_reads_it_back(qapp: QApplication, path: Path) -> None:
    path.write_text("tcp://ho\n")
    with ThreadPoolExecutor(max_workers=1) as executor:
        assert Draft(path, executor).text == "tcp://ho"


def test_it_does_not_wait_for_the_last_letter(qapp: QApplication, path: Path) -> None:
    with ThreadPoolExecutor(max_workers=1) as executor:
        draft = Draft(path, executor)
        (timer,) = draft.findChildren(QTimer)
        draft.keep("tcp://h")
        timer.setInterval(60_000)
        begun = timer.remainingTime()
        draft.keep("tcp://ho")
        assert timer.remainingTime() <= begun
        timer.stop()


@pytest.mark.parametrize("content", [None, b"\xff\xff"])
def test_it_begins_empty_where_there_is_nothing_to_read(qapp: QApplication, path: Path, content: bytes | None) -> None:
    if content is not None:
        path.write_bytes(content)
    with ThreadPoolExecutor(max_workers=1) as executor:
        assert Draft(path, executor).text == ""


def test_it_bothers_nobody_where_it_cannot_be_kept(qapp: QApplication, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    _run(qapp, tmp_path / "file" / "address.txt", _type)
    assert (tmp_path / "file").read_text() == ""
