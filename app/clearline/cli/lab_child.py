"""The practice lab as a child process, for a command that watches it."""

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import msgspec

from clearline.cli.guard import CannotError
from clearline.domain.command import NoteLabFault
from clearline.domain.problem import Problem
from clearline.lab.faults import note
from clearline.lab.lab import FaultChanged
from clearline.lab.process import LabEvent, LabStarted

END_S = 5.0


class LabChild:
    """`with LabChild(argv, "tour", "en") as lab:` serves a scenario until the end of the block.

    `lab.started` is what it said first. A process of its own, so that serving faults never disturbs measuring them.
    Raises CannotError.
    """

    def __init__(self, own_argv: Sequence[str], scenario: str, language: str) -> None:
        self._argv = [*own_argv, "lab", scenario, "--json", "--lang", language]
        self._process: subprocess.Popen[bytes] | None = None
        self._listener: threading.Thread | None = None

    def __enter__(self) -> Self:
        try:
            self._process = subprocess.Popen(  # noqa: S603 (our own executable; no shell)
                self._argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=sys.platform != "win32"
            )
        except OSError as error:
            raise CannotError(Problem("cli.lab_failed", {"reason": str(error)})) from error
        try:
            assert self._process.stdout is not None  # noqa: S101 (Popen was given PIPE)
            line = self._process.stdout.readline()
            self.started = msgspec.json.decode(line, type=LabStarted)
        except msgspec.DecodeError as error:
            self._end()
            # What went wrong stands on standard error, which is ours too.
            raise CannotError(Problem("cli.lab_failed", {"reason": f"exit code {self._process.returncode}"})) from error
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def listen(self, tell: Callable[[NoteLabFault], bool]) -> None:
        """Hand on how each server is and every fault from now on, from a thread, until `tell` says that nobody hears.

        Call it once. Without it the lab's later lines wait for nobody: it drops what is not read.
        """

        def hear() -> None:
            assert self._process is not None  # noqa: S101 (entered)
            assert self._process.stdout is not None  # noqa: S101 (Popen was given PIPE)
            is_heard = all(tell(told) for told in self.started.notes())
            for line in self._process.stdout:
                event = msgspec.json.decode(line, type=LabEvent)
                if is_heard and isinstance(event, FaultChanged):
                    is_heard = tell(note(event.target, event.fault, event.by))

        self._listener = threading.Thread(target=hear, name="lab lines", daemon=True)
        self._listener.start()

    def _end(self) -> None:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            return
        process.stdin.close()  # The end of its input is what ends it.
        if self._listener is None:
            process.stdout.close()  # A lab that tells of a fault now must not wait for a reader.
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._listener is not None:
            self._listener.join(END_S)
            process.stdout.close()
