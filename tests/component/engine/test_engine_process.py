"""The real engine process, `clearline --engine`, spoken to in frames over its pipes."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import psutil
import pytest

from clearline.domain.command import ApplyPlan, Diagnose, DropMarker, StartSession, StopDiagnosis, StopSession
from clearline.domain.event import (
    AnyEvent,
    AttemptEnded,
    CheckEnded,
    CommandRefused,
    DiagnosisEnded,
    DiagnosisStarted,
    EngineReported,
    MarkerDropped,
    Result,
    SessionStarted,
    StepChanged,
    VerdictChanged,
)
from clearline.domain.plan import Plan, new_target
from clearline.engine.process.frames import encode_command, event_decoder
from clearline.host.clock import wall_s
from clearline.store.reader import SessionReader

ENGINE = [sys.executable, "-m", "clearline", "--engine"]
LIMIT_S = 60.0


@pytest.fixture
def port() -> Iterator[int]:
    """A port that accepts connections."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as server:
        yield server.getsockname()[1]


class Engine:
    """The process and its pipes."""

    def __init__(self, home: Path) -> None:
        self.process = subprocess.Popen(
            ENGINE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env={**os.environ, "CLEARLINE_HOME": str(home)},
        )
        self._decoder = event_decoder()
        self.events: list[AnyEvent] = []

    def send(self, *commands: object) -> None:
        self.process.stdin.write(b"".join(encode_command(command) for command in commands))

    def until(self, is_true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + LIMIT_S
        while not is_true():
            assert time.monotonic() < deadline, f"only {self.events[-5:]}"
            self._read(deadline - time.monotonic())

    def all(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]

    def finish(self) -> tuple[int, float]:
        """Exit code, and the seconds it took to exit."""
        began_s = time.monotonic()
        while self._read(LIMIT_S):
            pass
        self._decoder.finish()
        code = self.process.wait(LIMIT_S)
        return code, time.monotonic() - began_s

    def _read(self, timeout_s: float) -> bool:
        ready, _, _ = select.select([self.process.stdout], [], [], timeout_s)
        assert ready, "the engine says nothing"
        data = os.read(self.process.stdout.fileno(), 1 << 20)
        for batch in self._decoder.feed(data):
            self.events += batch
        return bool(data)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A running engine."""
    engine = Engine(tmp_path)
    try:
        yield engine
    finally:
        with contextlib.suppress(OSError):
            engine.process.kill()
        engine.process.wait()
        for pipe in (engine.process.stdin, engine.process.stdout, engine.process.stderr):
            pipe.close()


def session(port: int, path: Path | str = "", interval_s: float = 0.1) -> StartSession:
    plan = Plan(targets=(new_target(f"127.0.0.1:{port}"),), interval_s=interval_s)
    return StartSession(session_id="s1", path=str(path), wall_s=wall_s(), plan=plan)


def test_it_measures_over_the_pipe_and_records_what_it_sends(engine: Engine, port: int, tmp_path: Path) -> None:
    engine.send(session(port, tmp_path / "s.clearline"))
    engine.until(lambda: len(engine.all(CheckEnded)) >= 3 and len(engine.all(EngineReported)) >= 1)
    engine.send(DropMarker(text="here"), StopSession())
    assert engine.finish()[0] == 0
    assert isinstance(engine.events[0], SessionStarted)
    assert {event.result for event in engine.all(CheckEnded)} == {Result.OK}
    assert all(event.outcome.phases.connect < 1000 for event in engine.all(AttemptEnded))
    assert engine.all(MarkerDropped)
    with contextlib.closing(SessionReader(tmp_path / "s.clearline")) as reader:
        kept = [event for event in reader.events() if isinstance(event, AttemptEnded)]
    assert len(kept) == len(engine.all(AttemptEnded))


def test_it_exits_when_its_input_ends(engine: Engine, port: int) -> None:
    engine.send(session(port))
    engine.until(lambda: bool(engine.all(CheckEnded)))
    engine.process.stdin.close()
    code, seconds = engine.finish()
    assert code == 0
    assert seconds < 2.0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_clean_at_a_signal(engine: Engine, port: int, tmp_path: Path, number: signal.Signals) -> None:
    engine.send(session(port, tmp_path / "s.clearline"))
    engine.until(lambda: len(engine.all(CheckEnded)) >= 2)
    engine.process.send_signal(number)
    assert engine.finish()[0] == 0
    assert not Path(f"{tmp_path}/s.clearline-wal").exists(), "closed in order, so its log is folded in"


def test_it_ends_when_nobody_ever_starts_a_session(engine: Engine) -> None:
    engine.process.stdin.close()
    assert engine.finish()[0] == 0


def test_it_goes_on_recording_while_the_window_reads_nothing(engine: Engine, port: int, tmp_path: Path) -> None:
    path = tmp_path / "s.clearline"
    targets = [new_target(f"127.0.0.1:{port}", [], name=f"{n} {'x' * 1500}") for n in range(40)]
    targets = [msgspec.structs.replace(target, id=f"t{n}") for n, target in enumerate(targets)]
    plan = Plan(targets=tuple(targets), interval_s=0.1)
    # Each plan is told again: a quarter of a megabyte of events that nobody takes from the pipe.
    engine.send(session(port, path), *(ApplyPlan(plan=plan.with_targets(targets[:n])) for n in range(1, 40)))

    def attempts() -> int:
        if path.stat().st_size == 0:
            # The writer has made the file and not yet its first tables.
            return 0
        with contextlib.closing(SessionReader(path)) as reader:
            return sum(isinstance(event, CheckEnded | AttemptEnded) for event in reader.events())

    deadline = time.monotonic() + LIMIT_S
    while not path.exists() or attempts() < 100:
        assert time.monotonic() < deadline
        select.select([], [], [], 0.1)
    engine.send(StopSession())
    assert engine.process.wait(LIMIT_S) == 0


def test_it_refuses_commands_before_a_session_and_plans_that_cannot_be_run(engine: Engine, port: int) -> None:
    twice = new_target(f"127.0.0.1:{port}")
    wrong = StartSession(session_id="s", path="", wall_s=wall_s(), plan=Plan(targets=(twice, twice)))
    engine.send(DropMarker(text="too soon"), wrong, session(port))
    engine.until(lambda: bool(engine.all(SessionStarted)))
    assert [event.code for event in engine.all(CommandRefused)] == ["engine.unexpected_command", "plan.duplicate_id"]


def test_it_ends_with_a_code_of_its_own_when_its_input_is_garbage(engine: Engine) -> None:
    engine.process.stdin.write(b"GET / HTTP/1.1\r\n\r\n")
    assert engine.finish()[0] == 3


def test_it_imports_neither_qt_nor_numpy(engine: Engine, port: int) -> None:
    engine.send(session(port))
    engine.until(lambda: bool(engine.all(CheckEnded)))
    loaded = Path(f"/proc/{engine.process.pid}/maps").read_text() if sys.platform == "linux" else ""
    assert "libQt6" not in loaded
    assert "numpy" not in loaded


PARENT = """
import asyncio, sys
from clearline.domain.command import (StartSession)
from clearline.domain.event import (CheckEnded)
from clearline.domain.plan import Plan, new_target
from clearline.engine.process.client import EngineClient, engine_argv
from clearline.host.clock import wall_s

def hear(events):
    if any(isinstance(event, CheckEnded) for event in events):
        sys.stdout.write(f"{client.pid}\\n")
        sys.stdout.flush()

async def main():
    plan = Plan(targets=(new_target(sys.argv[1]),), interval_s=0.1)
    await client.start(StartSession(session_id="s", path=sys.argv[2], wall_s=wall_s(), plan=plan))
    await asyncio.Event().wait()

client = EngineClient(engine_argv(), hear, lambda state: None)
asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_its_parent_ends_however_that_ends(port: int, tmp_path: Path, number: signal.Signals) -> None:
    path = tmp_path / "s.clearline"
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, f"127.0.0.1:{port}", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "CLEARLINE_HOME": str(tmp_path)},
    ) as parent:
        pid = int(parent.stdout.readline())
        parent.send_signal(number)
        parent.wait(LIMIT_S)
    deadline = time.monotonic() + LIMIT_S
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the engine lives on without its parent"
        select.select([], [], [], 0.02)
    with contextlib.closing(SessionReader(path)) as reader:
        assert any(isinstance(event, CheckEnded) for event in reader.events())


_OF_DIAGNOSIS = (DiagnosisStarted, StepChanged, VerdictChanged, DiagnosisEnded)


def test_it_diagnoses_on_command_and_records_what_it_told(engine: Engine, port: int, tmp_path: Path) -> None:
    engine.send(session(port, tmp_path / "s.clearline"))
    engine.send(Diagnose(diagnosis="d", target=new_target(f"tcp://127.0.0.1:{port}")))
    engine.until(lambda: bool(engine.all(DiagnosisEnded)))
    engine.send(StopSession())
    assert engine.finish()[0] == 0
    assert engine.all(VerdictChanged)[-1].verdict.code == "works"
    with contextlib.closing(SessionReader(tmp_path / "s.clearline")) as reader:
        recorded = [event for event in reader.events() if isinstance(event, _OF_DIAGNOSIS)]
    assert recorded == [event for event in engine.events if isinstance(event, _OF_DIAGNOSIS)]


def test_it_stops_a_diagnosis_on_command(engine: Engine, port: int) -> None:
    """A full queue never answers, so this one would take its six seconds."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, contextlib.ExitStack() as stack:
        place = full.getsockname()
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(place)
        engine.send(session(port), Diagnose(diagnosis="d", target=new_target(f"tcp://127.0.0.1:{place[1]}")))
        engine.until(lambda: bool(engine.all(StepChanged)))
        engine.send(StopDiagnosis(diagnosis="d"), StopDiagnosis(diagnosis="unknown"))
        engine.until(lambda: bool(engine.all(DiagnosisEnded)))
    assert engine.all(DiagnosisEnded)[0].reason == "stopped"
