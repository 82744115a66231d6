"""Runs the practice lab as a child process: its first line is the plan to watch; it ends with the window."""

import asyncio
import logging
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

import msgspec

from clearline.domain.problem import InputError, Problem
from clearline.host.own_program import NO_CONSOLE, own_argv
from clearline.lab.faults import LabFault

if TYPE_CHECKING:
    from clearline.lab.process import LabCommand, LabEvent, LabStarted

START_WITHIN_S = 30.0
END_WITHIN_S = 3.0
LONGEST_REASON = 600
LONGEST_LINE = 16_000_000
"""A plan of 2,000 targets with all its stretches is one line."""
_log = logging.getLogger(__name__)


def lab_argv(scenario: str, language: str) -> list[str]:
    """The command that runs the lab: the same executable in a frozen build."""
    return own_argv("lab", scenario, "--json", "--lang", language)


class LabProcess:
    """One lab. Start it once, listen to it, tell it what to do; stop it once or more often."""

    def __init__(self, argv: list[str]) -> None:
        self._argv = argv
        self._process: Process | None = None

    async def start(self) -> "LabStarted":
        """Start it and wait for what it tells first. Raises InputError when it does not start."""
        # Late: the lab brings its certificate machinery along, which the window needs for nothing else.
        from clearline.lab.process import LabStarted

        # A file, not a pipe: nobody reads what it complains of later.
        with TemporaryFile() as complaint:
            try:
                self._process = await asyncio.create_subprocess_exec(
                    *self._argv, stdin=PIPE, stdout=PIPE, stderr=complaint, limit=LONGEST_LINE, creationflags=NO_CONSOLE
                )
                assert self._process.stdout is not None  # noqa: S101 (a pipe was asked for)
                async with asyncio.timeout(START_WITHIN_S):
                    line = await self._process.stdout.readline()
                return msgspec.json.decode(line, type=LabStarted)
            except (OSError, TimeoutError, ValueError, msgspec.DecodeError) as error:
                await self.stop()
                complaint.seek(0)
                said = complaint.read(LONGEST_REASON).decode(errors="replace")
                reason = " ".join(said.split()) or str(error) or type(error).__name__
                raise InputError(Problem("lab.cannot_start", {"reason": reason.removesuffix(".")})) from None

    async def listen(self, on_event: "Callable[[LabEvent], None]", on_gone: Callable[[], None]) -> None:
        """Tell what it says from now on; `on_gone` where it ends without having been stopped."""
        from clearline.lab.process import LabEvent

        process = self._process
        if process is None or process.stdout is None:
            return
        decoder = msgspec.json.Decoder(LabEvent)
        try:
            while line := await process.stdout.readline():
                try:
                    event = decoder.decode(line)
                except msgspec.DecodeError as error:
                    _log.warning("the lab said something unknown: %s", error)
                    continue
                if process is not self._process:
                    return  # It was stopped: nobody shows what it says at its end.
                on_event(event)
        except ValueError as error:
            _log.warning("the lab said too much at once: %s", error)
        if process is self._process:
            on_gone()

    def set_fault(self, target: str, fault: LabFault | None) -> None:
        """Break a target, or mend it with None. What comes of it is told to the listener."""
        from clearline.lab.process import SetFault

        self._send(SetFault(target, fault))

    def follow(self, target: str) -> None:
        """Let the scenario play at a target again."""
        from clearline.lab.process import Follow

        self._send(Follow(target))

    def restart(self) -> None:
        """Play the scenario from its beginning."""
        from clearline.lab.process import Restart

        self._send(Restart())

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

    def _send(self, command: "LabCommand") -> None:
        """A line is some bytes into an empty pipe: there is nothing to wait for. The gone lab is told of elsewhere."""
        if self._process is not None and self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(msgspec.json.encode(command) + b"\n")
