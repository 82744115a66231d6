"""The window as a program: a picture without a display, an end that leaves nothing running."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtGui import QImage

from clearline.cli.arguments import PAGES
from clearline.store.opening import SessionFileError
from clearline.store.reader import SessionReader
from clearline.ui.presence import SOCKET
from clearline.ui.start_up import StartUp, plan_name

pytestmark = [pytest.mark.qt, pytest.mark.slow]
TIME_LIMIT_S = 40


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def _start(home: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "CLEARLINE_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    environment.pop("DISPLAY", None)
    return subprocess.Popen(
        [sys.executable, "-m", "clearline", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.toml"
    path.write_text('version = 1\ninterval_s = 0.2\n[[target]]\nid = "closed"\naddress = "tcp://127.0.0.1:1"\n')
    return path


@pytest.fixture
def running(home: Path, plan: Path) -> Iterator[subprocess.Popen[str]]:
    process = _start(home, "--plan", str(plan))
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate(timeout=TIME_LIMIT_S)


def _wait_for_recording(home: Path, process: subprocess.Popen[str]) -> Path:
    """Until the session file holds attempts; the test's own time limit bounds it."""
    while process.poll() is None:
        for path in (home / "sessions").glob("*.clearline"):
            try:
                with SessionReader(path) as reader:
                    if reader.counts["attempts"] > 2:
                        return path
            except SessionFileError:
                continue  # it is being made just now
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError(f"the window ended: {process.communicate()}")


def test_a_display_that_ends_is_no_defect_of_ours(home: Path) -> None:
    # Qt leaves its loop by itself then, in the midst of everything.
    loses_it = (
        "import sys; from PySide6.QtCore import QTimer; from PySide6.QtWidgets import QApplication;"
        "from clearline import bootstrap; from clearline.ui.application import Application;"
        "opened = Application._open_window;"
        "Application._open_window = lambda self: (opened(self), QTimer.singleShot(50, lambda: QApplication.exit(1)));"
        "sys.exit(bootstrap.run_command([]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", loses_it],
        env={**os.environ, "CLEARLINE_HOME": str(home), "QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":0"},
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT_S,
        check=False,
    )
    assert done.returncode == 3
    assert "display that the window was on has ended" in done.stderr
    assert not list((home / "logs").glob("defect-*"))


def test_it_takes_a_picture_without_a_display(home: Path, tmp_path: Path) -> None:
    picture = tmp_path / "window.png"

    process = _start(home, "--screenshot", str(picture), "--after", "0.3s", "--size", "1200x800", "--scale", "2")
    said = process.communicate(timeout=TIME_LIMIT_S)

    assert (process.returncode, said) == (0, ("", ""))
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (2400, 1600)
    colors = {image.pixel(x, y) for x in range(0, 2400, 40) for y in range(0, 1600, 40)}
    assert len(colors) > 3


def test_it_says_why_there_is_no_picture_of_a_broken_session(home: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.clearline"
    broken.write_text("not a session")

    process = _start(home, "--open", str(broken), "--screenshot", str(tmp_path / "x.png"), "--after", "0.1s")
    _, errors = process.communicate(timeout=TIME_LIMIT_S)

    assert process.returncode == 3
    assert "broken.clearline" in errors
    assert "Traceback" not in errors


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that can be handled")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order_on_a_signal(running: subprocess.Popen[str], home: Path, number: signal.Signals) -> None:
    recorded = _wait_for_recording(home, running)
    children = psutil.Process(running.pid).children(recursive=True)
    assert children

    running.send_signal(number)
    said = running.communicate(timeout=TIME_LIMIT_S)

    assert (running.returncode, said) == (0, ("", ""))
    assert psutil.wait_procs(children, timeout=5)[1] == []
    with SessionReader(recorded) as reader:
        assert reader.damaged == 0
        assert [target.id for target in reader.plan.targets] == ["closed"]


def test_a_second_start_hands_over_and_ends(home: Path, tmp_path: Path) -> None:
    first = _start(home)
    try:
        deadline = time.monotonic() + TIME_LIMIT_S
        while not (home / "run" / SOCKET).exists():
            assert time.monotonic() < deadline
            with contextlib.suppress(subprocess.TimeoutExpired):
                first.wait(0.1)

        second = _start(home, str(tmp_path / "missing.clearline"))
        said = second.communicate(timeout=TIME_LIMIT_S)

        assert (second.returncode, said) == (0, ("", ""))
        assert first.poll() is None
    finally:
        first.terminate()
        first.communicate(timeout=TIME_LIMIT_S)


def test_the_terminal_names_every_page_that_the_window_can_show() -> None:
    assert set(PAGES) == set(StartUp.PAGES)


def test_it_keeps_changes_of_a_plan_that_was_named_beside_it() -> None:
    assert plan_name(Path("team/office.toml")) == "plan-office.toml"
    assert plan_name(None) == "plan.toml"


def test_it_opens_its_window_before_it_loads_the_graphs_and_the_lab() -> None:
    code = (
        "import sys; import clearline.ui.application; "
        "print([name for name in ('pyqtgraph', 'cryptography', 'clearline.lab.lab') if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=TIME_LIMIT_S, check=True
    )

    assert done.stdout.strip() == "[]"
