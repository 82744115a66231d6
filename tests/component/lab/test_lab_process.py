"""The lab as a child process: its lines, its commands, its ends."""

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from clearline.domain.plan import Plan
from clearline.lab.process import Ended, LabEvent, LabStarted, serve
from support.lab_clients import get, one_target, say

CHILD = """
import asyncio, sys
from clearline.lab import scenario
from clearline.lab.process import serve
print(asyncio.run(serve(scenario.load("quiet"), takes_commands=True)), file=sys.stderr)
"""
LIMIT_S = 20


@contextmanager
def child() -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            # Ended, not killed: a killed lab cannot remove its files.
            if process.stdin is not None and not process.stdin.closed:
                process.stdin.close()
            try:
                process.wait(LIMIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def read(process: "subprocess.Popen[str]") -> LabEvent:
    assert process.stdout is not None
    return msgspec.json.decode(process.stdout.readline(), type=LabEvent)


def tell(process: "subprocess.Popen[str]", **command: object) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(command) + "\n")
    process.stdin.flush()


def test_the_first_line_has_all_that_is_needed_to_test_the_lab() -> None:
    with child() as process:
        started = read(process)
        assert isinstance(started, LabStarted)
        assert set(started.told) == {"en", "fr"}
        assert all(title and lesson for title, lesson in started.told.values())
        assert (started.banner, started.lesson) in started.told.values()
        assert isinstance(started.plan, Plan)
        assert started.banner == "A quiet day"
        assert started.servers["web"] == "http"
        assert os.path.isfile(started.ca_file)  # noqa: PTH113 - the path comes from another process
        web = started.plan.target("web")
        assert web is not None
        assert say(web, get()).startswith(b"HTTP/1.1 200 ")


def test_commands_change_faults_and_every_change_is_told() -> None:
    with child() as process:
        started = read(process)
        tell(process, command="set_fault", target="web", fault={"kind": "status", "status": 500})
        changed = msgspec.to_builtins(read(process))
        assert isinstance(started, LabStarted)
        web = started.plan.target("web")
        assert web is not None
        assert say(web, get()).startswith(b"HTTP/1.1 500 ")
    assert changed["event"] == "fault_changed"
    assert (changed["target"], changed["by"]) == ("web", "hand")
    assert changed["fault"] == {"kind": "status", "status": 500}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"command": "set_fault", "target": "nobody", "fault": None}, "lab.no_target"),
        ({"command": "set_fault", "target": "web", "fault": {"kind": "gremlin"}}, "lab.no_fault"),
        ({"command": "dance"}, "lab.bad_command"),
        ({"command": "set_fault", "target": "web", "fault": {"kind": "refused", "colour": 3}}, "lab.bad_command"),
    ],
)
def test_a_command_that_cannot_be_done_is_refused_and_the_lab_goes_on(line: dict[str, object], code: str) -> None:
    with child() as process:
        read(process)
        tell(process, **line)
        refused = msgspec.to_builtins(read(process))
        tell(process, command="restart")
        restarted = msgspec.to_builtins(read(process))
    assert (refused["event"], refused["code"]) == ("lab_refused", code)
    assert restarted["event"] == "lab_restarted"


def end_of(process: "subprocess.Popen[str]", started: LabEvent) -> str:
    _, told = process.communicate(timeout=LIMIT_S)
    assert isinstance(started, LabStarted)
    assert not os.path.exists(os.path.dirname(started.ca_file))  # noqa: PTH110, PTH120 - another process's path
    assert process.returncode == 0, told
    return told.strip()


def test_it_ends_with_its_input() -> None:
    with child() as process:
        started = read(process)
        assert end_of(process, started) == Ended.END_OF_INPUT


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals between processes")
@pytest.mark.parametrize(("number", "reason"), [(signal.SIGTERM, Ended.TERMINATED), (signal.SIGINT, Ended.INTERRUPTED)])
def test_it_ends_by_signal(number: signal.Signals, reason: Ended) -> None:
    with child() as process:
        started = read(process)
        process.send_signal(number)
        process.wait(LIMIT_S)  # before its input is closed
        assert end_of(process, started) == reason


def test_it_ends_when_nobody_reads() -> None:
    with child() as process:
        started = read(process)
        assert process.stdout is not None
        process.stdout.close()
        tell(process, command="restart")
        process.wait(LIMIT_S)
        assert process.stderr is not None
        assert process.stderr.read().startswith(Ended.NO_READER)
        assert isinstance(started, LabStarted)
        assert not os.path.exists(started.ca_file)  # noqa: PTH110 - the path comes from another process


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe cannot be asked for room on Windows")
def test_a_reader_that_stopped_reading_does_not_stop_the_lab() -> None:
    with child() as process:
        started = read(process)
        for number in range(2000):
            tell(process, command="set_fault", target="web", fault=None if number % 2 else {"kind": "cut_off"})
        assert isinstance(started, LabStarted)
        web = started.plan.target("web")
        assert web is not None
        assert say(web, get()).startswith(b"HTTP/1.1 200 ")


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe cannot be asked for room on Windows")
def test_a_reader_that_was_away_reads_in_the_end_how_things_are() -> None:
    with child() as process:
        read(process)
        faults = [{"kind": "status", "status": 400 + number % 100} for number in range(1999)]
        for fault in [*faults, {"kind": "cut_off"}]:
            tell(process, command="set_fault", target="web", fault=fault)
        tell(process, command="set_fault", target="nobody", fault=None)  # its answer comes after all the others
        lines = []
        while not lines or lines[-1]["event"] != "lab_refused":
            lines.append(msgspec.to_builtins(read(process)))
    changes = [line["fault"] for line in lines if line["event"] == "fault_changed"]
    assert changes[-1] == {"kind": "cut_off"}


def test_it_ends_when_its_time_is_over_and_leaves_no_thread() -> None:
    out = io.StringIO()
    threads = threading.active_count()
    assert asyncio.run(serve(one_target("http"), for_s=0.05, stdout=out)) is Ended.TIME
    assert threading.active_count() == threads
    assert json.loads(out.getvalue())["event"] == "lab_started"


def test_it_puts_the_signal_handlers_back() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    asyncio.run(serve(one_target("http"), for_s=0.01, stdout=io.StringIO()))
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


def test_commands_end_the_lab_through_a_pipe_of_ones_own() -> None:
    receiving, sending = os.pipe()
    try:
        os.write(sending, b'{"command":"stop"}\n')
        assert (
            asyncio.run(serve(one_target("http"), takes_commands=True, stdin_fd=receiving, stdout=io.StringIO()))
            is Ended.END_OF_INPUT
        )
    finally:
        os.close(sending)
        os.close(receiving)
