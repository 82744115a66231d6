"""`clearline watch` as people and scripts run it."""

import contextlib
import json
import os
import pty
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clearline.domain.event import AttemptEnded, LabFaultChanged
from clearline.store.reader import SessionReader
from support.command_line import COMMAND, clearline, environment, start


@pytest.fixture
def port() -> Iterator[int]:
    """A port that accepts connections."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed() -> int:
    """A port that refuses connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def recorded(path: Path) -> list[AttemptEnded]:
    with contextlib.closing(SessionReader(path)) as reader:
        return [event for event in reader.events() if isinstance(event, AttemptEnded)]


def test_it_writes_an_object_for_each_attempt_and_records_the_same(port: int, tmp_path: Path) -> None:
    path = tmp_path / "s.clearline"
    done = clearline("watch", f"127.0.0.1:{port}", "--for", "1s", "--every", "200ms", "--json", "--record", str(path))
    attempts = [record for line in done.stdout.splitlines() if (record := json.loads(line))["event"] == "attempt_ended"]
    assert done.returncode == 0, done.stderr
    assert [record["check"] for record in attempts] == list(range(len(attempts)))
    assert len(attempts) >= 3
    assert all(record["ok"] and record["phases_ms"]["connect"] > 0 for record in attempts)
    assert [event.check for event in recorded(path)] == [record["check"] for record in attempts]


def test_it_tells_breaker_changes_in_their_place(closed: int) -> None:
    done = clearline("watch", f"127.0.0.1:{closed}", "--for", "3s", "--every", "100ms", "--json", "--profile", "upload")
    kinds = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = [record for record in kinds if record["event"] != "tester_disturbed"]
    place = next(index for index, record in enumerate(kinds) if record["event"] == "breaker_changed")
    assert done.returncode == 1
    assert (kinds[place]["after"], kinds[place]["reason"]) == ("open", "streak")
    assert kinds[place - 1]["fault"] == "tcp.refused"


def test_it_sums_up_for_people_where_there_is_no_terminal(port: int, closed: int) -> None:
    done = clearline("watch", f"127.0.0.1:{port}", f"127.0.0.1:{closed}", "--for", "1500ms", "--every", "300ms")
    assert done.returncode == 1
    assert "● up" in done.stdout
    assert "✕ down" in done.stdout
    assert "Connection refused" in done.stdout
    assert "100%" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_flushes_and_exits_with_130_when_it_is_interrupted(
    port: int, tmp_path: Path, number: signal.Signals
) -> None:
    path = tmp_path / "s.clearline"
    with start("watch", f"127.0.0.1:{port}", "--every", "100ms", "--json", "--record", str(path)) as running:
        lines = [running.stdout.readline() for _ in range(3)]
        running.send_signal(number)
        rest, errors = running.communicate(timeout=20)
    assert running.returncode == 130
    assert "Traceback" not in errors
    told = [json.loads(line) for line in [*lines, *rest.splitlines()]]
    assert len(recorded(path)) == sum(record["event"] == "attempt_ended" for record in told)
    assert not path.with_name("s.clearline-wal").exists()


def test_it_watches_a_practice_scenario_in_a_process_that_ends_with_it(tmp_path: Path) -> None:
    path = tmp_path / "s.clearline"
    done = clearline("watch", "--lab", "tour", "--for", "3s", "--record", str(path), home=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "Intranet" in done.stdout
    kinds = {event.outcome.fault.kind for event in recorded(path) if event.outcome.fault}
    assert {"tcp.refused", "tls.cert.date_invalid.expired"} <= kinds
    with SessionReader(path) as reader:
        made = {event.target: event.fault for event in reader.events() if isinstance(event, LabFaultChanged)}
    assert (made["payment-api"], made["invoice-portal"], made["intranet"]) == ("refused", "expired", "")
    assert "the lab breaks Payment API: refused" in done.stdout
    assert "the lab mends Intranet" not in done.stdout


def test_it_says_that_a_recording_exists_and_leaves_it_alone(port: int, tmp_path: Path) -> None:
    path = tmp_path / "s.clearline"
    path.write_text("precious")
    done = clearline("watch", f"127.0.0.1:{port}", "--for", "1s", "--record", str(path))
    assert done.returncode == 3
    assert "exists already" in done.stderr
    assert path.read_text() == "precious"


def test_it_says_why_it_cannot_record(port: int, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = clearline("watch", f"127.0.0.1:{port}", "--for", "1s", "--record", str(tmp_path / "file" / "s.clearline"))
    assert done.returncode == 3
    assert "record" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_draws_a_live_table_in_a_terminal(port: int) -> None:
    leader, follower = pty.openpty()
    running = subprocess.Popen(
        [*COMMAND, "watch", f"127.0.0.1:{port}", "--for", "1500ms", "--every", "200ms"],
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=follower,
        env=environment(TERM="xterm", COLUMNS="100", LINES="30"),
    )
    os.close(follower)
    shown = b""
    deadline = time.monotonic() + 30
    with contextlib.suppress(OSError):  # Linux says EIO when the terminal's other side is closed.
        while (
            time.monotonic() < deadline and select.select([leader], [], [], 30)[0] and (data := os.read(leader, 65536))
        ):
            shown += data
    os.close(leader)
    assert running.wait(20) == 0
    words = shown.decode()
    assert "● up" in words
    assert "checks a second" in words
    assert "\x1b[" in words
