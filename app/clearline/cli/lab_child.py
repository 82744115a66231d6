"""The practice lab as a child process, for a command that watches it."""

import subprocess
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import msgspec

from clearline.cli.guard import CannotError
from clearline.domain.problem import Problem
from clearline.lab.process import LabStarted

END_S = 5.0


class LabChild:
    """`with LabChild(argv, "tour", "en") as lab:` serves a scenario until the end of the block.

    `lab.started` is what it said first. A process of its own, so that serving faults never disturbs measuring them.
    Raises CannotError.
    """

    def __init__(self, own_argv: Sequence[str], scenario: str, language: str) -> None:
        self._argv = [*own_argv, "lab", scenario, "--json", "--lang", language]
        self._process: subprocess.Popen[bytes] | None = None

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

    def _end(self) -> None:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            return
        process.stdin.close()  # The end of its input is what ends it.
        process.stdout.close()  # A lab that tells of a fault now must not wait for a reader.
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
