"""What goes wrong with disks while a session is recorded: nothing written is lost, and people are told."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clearline.domain import event as happened
from clearline.domain.event import AnyEvent, Event, Health, MarkerDropped
from clearline.store import schema
from clearline.store.reader import SessionReader
from clearline.store.recording import Recording
from clearline.store.writer import SessionWriter
from support.recorded_events import SESSION, TARGET, WALL_S, checks, one_of_each

BENCH = Path(__file__).parents[2] / "bench"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sessions" / "night.clearline"


@pytest.fixture
def start(path: Path) -> Iterator[Callable[..., SessionWriter]]:
    """Starts writers on the path and closes them in the end."""
    started: list[SessionWriter] = []

    def starting(session_id: str = SESSION, queue_limit: int = 100_000) -> SessionWriter:
        started.append(SessionWriter(path, session_id, WALL_S, batch_s=0, retry_s=0.01, queue_limit=queue_limit))
        return started[-1]

    yield starting
    for writer in started:
        writer.close()


class Disk:
    """A disk with so many pages left for each connection; changing it takes effect at the next opening."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pages = 10_000
        set_up = Recording._set_up

        def limited(recording: Recording) -> None:
            set_up(recording)
            recording.connection.execute(f"PRAGMA max_page_count = {self.pages}")

        monkeypatch.setattr(Recording, "_set_up", limited)


def wait_for_problem(writer: SessionWriter, code: str) -> str:
    """The writer's problem, as soon as it is this one."""
    turn = threading.Event()
    for _ in range(1000):
        if writer.problem == code:
            break
        turn.wait(0.01)
    return writer.problem


def read(path: Path) -> list[AnyEvent]:
    with SessionReader(path) as reader:
        return list(reader.events())


def test_it_goes_on_when_there_is_room_again(
    path: Path, start: Callable[..., SessionWriter], monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    events = list(checks(3000))
    disk.pages = 40
    writer = start()
    writer.emit(events[:100])
    assert writer.flush(10)
    writer.emit(events[100:])
    assert wait_for_problem(writer, "record.disk_full") == "record.disk_full"
    assert read(path)[:100] == events[:100]
    disk.pages = 10_000
    assert writer.flush(10)
    assert writer.problem == ""
    assert read(path) == events


def test_it_marks_what_it_had_to_let_go(
    path: Path, start: Callable[..., SessionWriter], monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    events = list(checks(5000))
    disk.pages = 30
    writer = start(queue_limit=6000)
    for place in range(0, 8000, 1000):
        writer.emit(events[place : place + 1000])
    assert wait_for_problem(writer, "record.disk_full") == "record.disk_full"
    assert writer.lost == 2000
    disk.pages = 10_000
    assert writer.flush(10)
    writer.emit(events[9000:])
    assert writer.close()
    gap = happened.TesterDisturbed(at_s=events[7999].at_s, health=Health.NOT_RUNNING, from_s=events[6000].at_s)
    assert read(path) == [*events[:6000], gap, *events[9000:]]
    with SessionReader(path) as reader:
        assert reader.gaps == [(events[6000].at_s, events[7999].at_s, 2000)]


def test_it_keeps_what_waits_within_bounds_and_says_so(path: Path, start: Callable[..., SessionWriter]) -> None:
    path.parent.mkdir()
    path.mkdir()
    writer = start(queue_limit=100)
    writer.emit(list(checks(500)))
    assert writer.lost == 900
    assert writer.problem
    assert not writer.close()


def test_it_says_that_it_may_not_write(path: Path, start: Callable[..., SessionWriter]) -> None:
    path.parent.write_text("a file where the folder should be")
    writer = start()
    writer.emit(list(checks(1)))
    assert wait_for_problem(writer, "record.failed") == "record.failed"
    path.parent.unlink()
    assert writer.flush(10)
    assert len(read(path)) == 2


def test_it_waits_for_who_holds_the_file(
    path: Path, start: Callable[..., SessionWriter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clearline.store.recording._BUSY_S", 0.01)
    writer = start()
    writer.emit(list(checks(10)))
    assert writer.flush(10)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writer.emit([MarkerDropped(at_s=11.0, text="while locked")])
    assert wait_for_problem(writer, "record.locked") == "record.locked"
    other.execute("ROLLBACK")
    other.close()
    assert writer.flush(10)
    assert len(read(path)) == 21


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let an open file be deleted")
@pytest.mark.parametrize("is_folder_gone", [False, True])
def test_it_brings_back_a_file_that_somebody_deleted(
    path: Path, start: Callable[..., SessionWriter], is_folder_gone: bool
) -> None:
    events = [*one_of_each(str(path)), *checks(50)]
    writer = start()
    writer.emit(events[:60])
    assert writer.flush(10)
    if is_folder_gone:
        shutil.rmtree(path.parent)
    else:
        path.unlink()
    writer.emit(events[60:])
    assert writer.close()
    assert read(path) == events


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let an open file be deleted")
def test_it_keeps_a_deleted_session_until_its_folder_can_be_made_again(
    path: Path, start: Callable[..., SessionWriter]
) -> None:
    events = list(checks(50))
    writer = start()
    writer.emit(events[:60])
    assert writer.flush(10)
    shutil.rmtree(path.parent)
    path.parent.write_text("in the way")
    writer.emit(events[60:])
    assert wait_for_problem(writer, "record.failed") == "record.failed"
    path.parent.unlink()
    assert writer.flush(10)
    assert read(path) == events


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let an open file be deleted")
def test_it_brings_back_a_file_that_was_deleted_just_before_the_end(
    path: Path, start: Callable[..., SessionWriter]
) -> None:
    writer = start()
    writer.emit(list(checks(50)))
    assert writer.flush(10)
    path.unlink()
    assert writer.close()
    assert len(read(path)) == 100


def test_it_leaves_another_sessions_file_alone(path: Path, start: Callable[..., SessionWriter]) -> None:
    first = start("first")
    first.emit(list(checks(3)))
    assert first.close()
    before = path.read_bytes()
    second = start("second")
    second.emit(list(checks(5)))
    second.close()
    assert second.problem == "record.other_session"
    assert second.lost == 10
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "code"), [(b"my diary" * 100, "record.not_a_session"), (b"SQLite format 3\0", "record.not_a_session")]
)
def test_it_leaves_a_file_alone_that_is_no_session(
    path: Path, start: Callable[..., SessionWriter], content: bytes, code: str
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    writer = start()
    writer.emit(list(checks(1)))
    writer.close()
    assert writer.problem == code
    assert path.read_bytes() == content


def test_it_adds_nothing_to_a_newer_file(path: Path, start: Callable[..., SessionWriter]) -> None:
    assert start().close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION + 1}")
    connection.close()
    writer = start()
    writer.emit(list(checks(1)))
    writer.close()
    assert writer.problem == "record.newer"


@pytest.mark.parametrize(
    "broken",
    [
        MarkerDropped(at_s=1.0, text=5),
        MarkerDropped(at_s="now", text="x"),
        MarkerDropped(at_s=float("nan"), text="x"),
        MarkerDropped(at_s=1.0, text="x", target=None),
        Event(at_s=1.0),
    ],
)
def test_one_event_that_cannot_be_stored_costs_no_other(
    path: Path, start: Callable[..., SessionWriter], broken: Event
) -> None:
    events = list(checks(100))
    writer = start()
    writer.emit([*events[:70], broken, *events[70:]])
    assert writer.close()
    assert read(path) == events
    assert (writer.lost, writer.problem) == (1, "")


def test_it_takes_nothing_after_the_end(path: Path, start: Callable[..., SessionWriter]) -> None:
    writer = start()
    assert writer.close()
    writer.emit(list(checks(1)))
    assert writer.lost == 2
    assert read(path) == []


def test_it_may_be_closed_twice(start: Callable[..., SessionWriter]) -> None:
    writer = start()
    assert writer.close()
    assert writer.close()


def test_it_knows_its_size(path: Path, start: Callable[..., SessionWriter]) -> None:
    writer = start()
    writer.emit(list(checks(100)))
    assert writer.close()
    assert writer.size_bytes == path.stat().st_size


def test_its_roll_ups_are_right_after_a_failed_batch(
    path: Path, start: Callable[..., SessionWriter], monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    events = list(checks(2000))
    disk.pages = 60
    writer = start()
    for place in range(0, len(events), 100):
        writer.emit(events[place : place + 100])
        writer.flush(0.05)
    assert writer.problem == "record.disk_full"
    disk.pages = 10_000
    assert writer.close()
    with SessionReader(path) as reader:
        found = reader.rollups(TARGET, 10)
    assert {part.ok + part.failed for part in found} == {10}
    assert len(found) == 200


def test_a_killed_recorder_loses_little_and_never_the_file(tmp_path: Path) -> None:
    """Several kills at random moments, of new and of continued sessions; the script says what went wrong."""
    done = subprocess.run(
        [sys.executable, str(BENCH / "kill_recorder.py"), "--kills", "6", "--folder", str(tmp_path), "--most", "0.4"],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
