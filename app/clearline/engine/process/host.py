"""The engine process: commands in by one pipe, events out by another, ended by the end of its input."""

import asyncio
import logging
import os
import random
import signal
import sys
import threading
from collections.abc import Callable

from clearline.domain.command import AnyCommand, StartSession, StopSession
from clearline.domain.event import CommandRefused
from clearline.domain.plan import validate_plan
from clearline.engine.engine import VITAL_TASKS, Engine
from clearline.engine.probe_call import ProbeCall
from clearline.engine.process.frames import FrameError, command_decoder
from clearline.engine.process.outbox import Outbox
from clearline.engine.recording import FanOut, MakeLog, MakeRecorder
from clearline.host.calm import calm_interpreter
from clearline.host.clock import SessionClock
from clearline.net.network import Network
from clearline.resilience.supervisor import Report

_log = logging.getLogger(__name__)

DONE, BROKEN = 0, 3
STOP_S, FLUSH_S, LOG_S, FAREWELL_S = 0.7, 2.0, 0.3, 0.5
"""How long stopping the checks, flushing the recording, its log and the last batch may take: the parent waits 4 s."""
READ_BYTES = 65536


class _DefectError(Exception):
    """A task without which nothing is measured has broken."""


def serve(
    stdin: int,
    stdout: int,
    make_recorder: MakeRecorder,
    *,
    network: Network,
    probe: ProbeCall,
    report_defect: Report,
    make_log: MakeLog | None = None,
) -> int:
    """Run one session by the commands read from file descriptor `stdin`; return the exit code.

    Ends with the end of its input, StopSession, SIGTERM or SIGINT; then stops the checks, flushes, closes.
    Nothing but frames is written to `stdout`, which is closed at the end.
    """
    calm_interpreter()
    # The proactor of Windows hides UDP's port-unreachable and rewrites connect errors.
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        return runner.run(_Host(stdin, stdout, make_recorder, network, probe, report_defect, make_log).run())


class _Host:
    def __init__(
        self,
        stdin: int,
        stdout: int,
        make_recorder: MakeRecorder,
        network: Network,
        probe: ProbeCall,
        report_defect: Report,
        make_log: MakeLog | None,
    ) -> None:
        self._stdin = stdin
        self._outbox = Outbox(stdout)
        self._make_recorder = make_recorder
        self._network = network
        self._probe = probe
        self._report_defect = report_defect
        self._make_log = make_log
        self._inbox: asyncio.Queue[AnyCommand | Exception | None] = asyncio.Queue()

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        _on_signals(loop, lambda: self._inbox.put_nowait(None))
        threading.Thread(target=self._read, args=(loop,), name="commands", daemon=True).start()
        try:
            while (command := await self._next()) is not None:
                if isinstance(command, StartSession):
                    problems = validate_plan(command.plan)
                    if not problems:
                        await self._measure(command)
                        return DONE
                    for problem in problems:
                        self._refuse(problem.code, problem.values)
                else:
                    self._refuse("engine.unexpected_command", {"command": type(command).__name__})
        except (FrameError, _DefectError) as error:
            self._report_defect("engine process", error)
            return BROKEN
        finally:
            self._outbox.close(FAREWELL_S)
            if self._outbox.dropped:
                _log.warning("the window did not read: %d events were only recorded", self._outbox.dropped)
        return DONE

    async def _measure(self, session: StartSession) -> None:
        _log.info("session %s %s", session.session_id, "goes on" if session.is_resumed else "begins")
        recorder = self._make_recorder(session)
        log = self._make_log(session) if self._make_log else None
        sink = FanOut(*(sink for sink in (recorder, log, self._outbox) if sink is not None))
        engine = Engine(
            SessionClock(session.wall_s, session.lost_s),
            random.Random(session.seed),  # noqa: S311 (jitter, no secret)
            self._network,
            sink,
            self._probe,
            recorder=recorder,
            report_defect=self._hear_defect,
            look_around=self._network.look_around,
        )
        try:
            await engine.start(session)
            while (command := await self._next()) is not None:
                engine.apply(command)
        finally:
            await engine.stop(STOP_S)
            if recorder and not recorder.close(FLUSH_S):
                _log.error("the end of session %s could not be recorded: %s", session.session_id, recorder.problem)
            if log is not None:
                log.close(LOG_S)
            _log.info("session %s ends", session.session_id)

    async def _next(self) -> AnyCommand | None:
        """The next command; None where the session is to end. Raises FrameError and _DefectError."""
        item = await self._inbox.get()
        if isinstance(item, Exception):
            raise item
        return None if isinstance(item, StopSession) else item

    def _hear_defect(self, name: str, error: BaseException) -> None:
        self._report_defect(name, error)
        if name in VITAL_TASKS:
            self._inbox.put_nowait(_DefectError(f"{name}: {error!r}"))

    def _refuse(self, code: str, values: dict[str, str]) -> None:
        self._outbox.emit([CommandRefused(at_s=0.0, code=code, values=values)])

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        """Runs in a thread: no system can wait for every kind of pipe with a selector."""
        decoder = command_decoder()
        end: Exception | None = None
        try:
            while data := os.read(self._stdin, READ_BYTES):
                for command in decoder.feed(data):
                    loop.call_soon_threadsafe(self._inbox.put_nowait, command)
            decoder.finish()
        except FrameError as error:
            end = error
        except OSError:
            pass  # The window is gone in a rougher way: the same end.
        except RuntimeError:
            return  # The loop is closed: the end came from elsewhere.
        try:
            loop.call_soon_threadsafe(self._inbox.put_nowait, end)
        except RuntimeError:
            pass  # As above.


def _on_signals(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    if sys.platform == "win32":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGBREAK):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))
    else:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
