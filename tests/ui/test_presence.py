"""The window among other programs: one a person, quiet messages, its own failures told and watched."""

import asyncio
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
import qasync
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from clearline.host import paths
from clearline.host.crash import CrashFile, ended_badly
from clearline.ui.hand_over import HandOver, Receiver, hand_over
from clearline.ui.notifier import Notifier
from clearline.ui.report_dialog import ReportDialog
from clearline.ui.stall_watch import StallWatch
from clearline.ui.trouble import MOST_LETTERS, Trouble
from clearline.ui.viewmodels.preferences import Preference, Preferences
from clearline.ui.viewmodels.session import SessionModel
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.theme import Theme

pytestmark = pytest.mark.qt


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "s"


@pytest.fixture
def taken() -> list[HandOver]:
    return []


@pytest.fixture
def receiver(qapp: QApplication, place: Path, taken: list[HandOver]) -> Iterator[Receiver]:
    made = Receiver(place, taken.append)
    assert made.is_listening
    yield made
    made.close()


SECOND_START = """
import sys
from pathlib import Path

import msgspec

from clearline.ui.hand_over import HandOver, hand_over

sys.exit(0 if hand_over(Path(sys.argv[1]), msgspec.json.decode(sys.argv[2], type=HandOver)) else 1)
"""


def _beside(qtbot: QtBot, place: Path, given: HandOver) -> bool:
    """Hand over from a process of its own, as a second start does."""
    process = subprocess.Popen([sys.executable, "-c", SECOND_START, str(place), msgspec.json.encode(given).decode()])
    qtbot.waitUntil(lambda: process.poll() is not None, timeout=20_000)
    return process.returncode == 0


@pytest.mark.usefixtures("receiver")
def test_a_second_start_hands_over_what_it_was_given(qtbot: QtBot, place: Path, taken: list[HandOver]) -> None:
    given = HandOver(files=("/a/session.clearline",), lab="tour", select="printer")

    assert _beside(qtbot, place, given)
    assert taken == [given]


@pytest.mark.usefixtures("receiver")
def test_only_its_owner_reaches_the_socket(place: Path) -> None:
    assert stat.S_IMODE(place.stat().st_mode) & 0o077 == 0
    assert stat.S_IMODE(paths.runtime_dir().stat().st_mode) == 0o700


@pytest.mark.usefixtures("receiver")
@pytest.mark.parametrize("line", [b"hello\n", b'{"files": 3}\n', b'{"run": "true"}\n', b"\xff\n", b"x" * 70_000])
def test_it_takes_nothing_that_is_no_hand_over(qtbot: QtBot, place: Path, taken: list[HandOver], line: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(place))
        client.sendall(line)
        client.setblocking(False)
        qtbot.waitUntil(lambda: _is_closed(client), timeout=5_000)

    assert taken == []


def _is_closed(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def test_it_hands_nothing_over_where_nobody_is(place: Path) -> None:
    assert not hand_over(place, HandOver())


def test_it_listens_in_place_of_one_that_a_crash_left_behind(qapp: QApplication, qtbot: QtBot, place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(place))
    taken: list[HandOver] = []

    receiver = Receiver(place, taken.append)

    assert _beside(qtbot, place, HandOver())
    receiver.close()


class Desktop:
    """A window with preferences, and what it did to the desktop."""

    def __init__(self, qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kept: dict[str, str] = {}
        self.alerts: list[QWidget] = []
        self.beeps: list[None] = []
        monkeypatch.setattr(QApplication, "alert", lambda window, _ms: self.alerts.append(window))
        monkeypatch.setattr(QApplication, "beep", lambda: self.beeps.append(None))
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.preferences = Preferences(lambda name: self.kept.get(name, ""), self.kept.__setitem__)
        self.notifier = Notifier(self.window, SessionModel(), theme, self.preferences)


@pytest.fixture
def desktop(qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch) -> Desktop:
    return Desktop(qtbot, theme, monkeypatch)


def test_it_is_quiet_unless_a_sound_is_asked_for_and_then_makes_one(desktop: Desktop) -> None:
    desktop.notifier.tell("2 targets fail", "A, B")
    assert desktop.alerts == [desktop.window]
    assert desktop.beeps == []

    desktop.preferences.turn(Preference.SOUND, True)
    desktop.notifier.tell("2 targets fail", "A, B")

    assert len(desktop.beeps) == 1


def test_it_says_nothing_to_somebody_who_looks_at_it(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    assert desktop.notifier.is_wanted()
    monkeypatch.setattr(desktop.window, "isActiveWindow", lambda: True)
    assert not desktop.notifier.is_wanted()
    monkeypatch.setattr(desktop.window, "isActiveWindow", lambda: False)

    desktop.preferences.turn(Preference.NOTIFY, False)

    assert not desktop.notifier.is_wanted()


def test_it_draws_the_worst_state_into_its_icon(desktop: Desktop) -> None:
    plain = desktop.notifier.picture(None).pixmap(64, 64).toImage()

    assert desktop.notifier.picture(Status.DOWN).pixmap(64, 64).toImage() != plain


def test_it_tells_where_the_window_stood_still(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    watch = StallWatch(late_s=0.05)
    watch.start()
    qtbot.waitUntil(lambda: watch.stalls == 0, timeout=1_000)

    def stand_still_on_purpose() -> None:
        # Busy and not asleep: the thread that looks must find this function.
        end_s = time.perf_counter() + 0.4
        while time.perf_counter() < end_s:
            sum(range(1000))

    stand_still_on_purpose()
    qtbot.waitUntil(lambda: watch.stalls > 0, timeout=2_000)
    watch.stop()

    assert watch.worst_s > 0.2
    assert "stand_still_on_purpose" in caplog.text


def test_it_knows_that_the_last_run_ended_badly_and_says_so_once() -> None:
    (paths.logs_dir() / "window-999999999.crash").write_text("")
    died = paths.logs_dir() / "window-999999998.crash"
    died.write_text("Segmentation fault")
    own = CrashFile("window")

    assert ended_badly("window")
    assert not ended_badly("window")
    assert died.with_suffix(".died.txt").read_text() == "Segmentation fault"
    assert own.path is not None
    assert own.path.exists()
    own.close()


def test_a_failure_is_told_once_and_its_report_holds_no_secret(qapp: QApplication, qtbot: QtBot) -> None:
    trouble = Trouble()
    loop = qasync.QEventLoop(qapp, already_running=False)
    asyncio.set_event_loop(loop)
    trouble.install(loop)
    heard: list[str] = []
    trouble.happened.connect(heard.append)

    def fail() -> None:
        raise ValueError("https://me:hunter2@shop.example/")

    for _ in range(3):
        loop.call_soon(fail)
    loop.run_until_complete(asyncio.sleep(0.05))
    with ThreadPoolExecutor(max_workers=1):
        thread = threading.Thread(target=fail, name="worker")
        thread.start()
        thread.join()
    trouble.remove()
    loop.close()
    asyncio.set_event_loop(None)

    assert len(heard) == 1
    dialog = ReportDialog(trouble.report_text())
    qtbot.addWidget(dialog)
    dialog.copy_report()
    copied = QGuiApplication.clipboard().text()
    assert not dialog.isModal()
    assert "in fail" in copied
    assert "hunter2" not in copied + heard[0]
    assert "Qt " in copied


def test_it_tells_a_long_error_in_a_line_and_all_of_it_in_the_report(qapp: QApplication) -> None:
    trouble = Trouble()
    heard: list[str] = []
    trouble.happened.connect(heard.append)

    trouble.report("a task", ValueError("much " * 200))
    trouble.remove()

    assert len(heard[0]) == MOST_LETTERS
    assert heard[0].endswith("…")
    assert "much " * 200 in trouble.report_text()
