"""Runs the practice lab as a child process: its first line is the plan to watch; it ends with the window."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from typing import TYPE_CHECKING

import msgspec

from clearline.domain.problem import InputError, Problem

if TYPE_CHECKING:
    from clearline.lab.process import LabStarted

START_WITHIN_S = 30.0
END_WITHIN_S = 3.0
LONGEST_LINE = 16_000_000
"""A plan of 2,000 targets with all its stretches is one line."""


def lab_argv(scenario: str, language: str) -> list[str]:
    """The command that runs the lab: the same executable in a frozen build."""
    start = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "clearline"]
    return [*start, "lab", scenario, "--json", "--lang", language]


class LabProcess:
    """One lab. Start it once; stop it once or more often."""

    def __init__(self, argv: list[str]) -> None:
        self._argv = argv
        self._process: Process | None = None

    async def start(self) -> "LabStarted":
        """Start it and wait for what it tells first. Raises InputError when it does not start."""
        # Late: the lab brings its certificate machinery along, which the window needs for nothing else.
        from clearline.lab.process import LabStarted

        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._argv, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=LONGEST_LINE
            )
            assert self._process.stdout is not None  # noqa: S101 (a pipe was asked for)
            async with asyncio.timeout(START_WITHIN_S):
                line = await self._process.stdout.readline()
            return msgspec.json.decode(line, type=LabStarted)
        except (OSError, TimeoutError, ValueError, msgspec.DecodeError) as error:
            await self.stop()
            reason = str(error) or type(error).__name__
            raise InputError(Problem("lab.cannot_start", {"reason": reason})) from None

    async def stop(self) -> None:
        """End it: the end of its input, then SIGTERM, then by force."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        for act in (process.terminate, process.kill):
            try:
                async with asyncio.timeout(END_WITHIN_S):
                    act()
                    await process.wait()
                    return
            except TimeoutError:
                continue
            except ProcessLookupError:
                return
