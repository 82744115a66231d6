"""The lab as a process of its own: tells its targets in one line, takes commands a line, ends when told or left."""

import asyncio
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Any, TextIO

import msgspec

from clearline.domain.plan import Plan
from clearline.domain.problem import InputError
from clearline.lab.faults import LabFault
from clearline.lab.lab import FaultChanged, Lab
from clearline.lab.scenario_records import Scenario, in_language
from clearline.lab.timeline import Stretch

_LONGEST_LINE = 65536


class Ended(StrEnum):
    """Why the lab ended."""

    TIME = "time"
    END_OF_INPUT = "end_of_input"
    TERMINATED = "terminated"
    INTERRUPTED = "interrupted"
    NO_READER = "no_reader"
    """Nobody reads standard output any more."""


class LabStarted(msgspec.Struct, frozen=True, tag_field="event", tag="lab_started"):
    """The first line: everything that is needed to test the lab."""

    scenario: str
    banner: str
    """The scenario's title in the asked language."""
    lesson: str
    seed: int
    duration_s: float
    plan: Plan
    ca_file: str
    stretches: dict[str, list[Stretch]]
    """What will be played up to `duration_s`, by target; targets that stay well are left out."""


class LabRestarted(msgspec.Struct, frozen=True, tag_field="event", tag="lab_restarted"):
    """The scenario plays from its beginning again."""


class LabRefused(msgspec.Struct, frozen=True, tag_field="event", tag="lab_refused"):
    """A command could not be done."""

    code: str
    values: dict[str, str]


class SetFault(msgspec.Struct, frozen=True, tag_field="command", tag="set_fault"):
    """Break a target, or mend it with null."""

    target: str
    fault: LabFault | None


class Follow(msgspec.Struct, frozen=True, tag_field="command", tag="follow"):
    """Let the scenario play at a target again."""

    target: str


class Restart(msgspec.Struct, frozen=True, tag_field="command", tag="restart"):
    """Play the scenario from its beginning."""


class Stop(msgspec.Struct, frozen=True, tag_field="command", tag="stop"):
    """End."""


LabEvent = LabStarted | LabRestarted | LabRefused | FaultChanged
"""Every line of standard output, as a decoder needs it."""
LabCommand = SetFault | Follow | Restart | Stop
"""Every line of standard input, as a decoder needs it."""


async def serve(
    scenario: Scenario,
    *,
    seed: int | None = None,
    language: str = "en",
    is_json: bool = True,
    takes_commands: bool = False,
    for_s: float | None = None,
    stdin_fd: int = 0,
    stdout: TextIO | None = None,
) -> Ended:
    """Serve a scenario until Ctrl-C, SIGTERM, the end of `for_s`, or, where it takes commands, the end of its input.

    Needs a loop with add_reader: on Windows asyncio.SelectorEventLoop. Raises OSError when the system gives no port.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[Ended] = loop.create_future()

    def end(reason: Ended) -> None:
        if not ended.done():
            ended.set_result(reason)

    voice = _Voice(stdout or sys.stdout, is_json=is_json, on_gone=lambda: end(Ended.NO_READER))
    # Listening before the lab exists and until it is gone: no signal can come between and leave something behind.
    restore = _on_signals(loop, end)
    if sys.platform == "win32":
        _stay_awake(loop)
    try:
        async with Lab(scenario, seed, language=language, on_change=voice.tell) as lab:
            voice.begin(_started(lab, language))
            if takes_commands:
                _read_lines(loop, stdin_fd, lambda line: _obey(lab, line, voice, end), lambda: end(Ended.END_OF_INPUT))
            timer = loop.call_later(for_s, end, Ended.TIME) if for_s is not None else None
            try:
                return await ended
            finally:
                if timer is not None:
                    timer.cancel()
    finally:
        restore()


class _Voice:
    """Writes events, one a line, as JSON or for people.

    A reader that stopped reading must not stop the lab: while its pipe is full, what changes is not told.
    """

    def __init__(self, stdout: TextIO, *, is_json: bool, on_gone: Callable[[], None]) -> None:
        self._stdout = stdout
        self._is_json = is_json
        self._on_gone = on_gone
        self._has_begun = False

    def begin(self, event: LabStarted) -> None:
        """The first line; what the start itself set is in it."""
        self._has_begun = True
        self._write(event)

    def tell(self, event: LabEvent) -> None:
        """One more line, if there is room for it."""
        if self._has_begun and _has_room(self._stdout):
            self._write(event)

    def _write(self, event: LabEvent) -> None:
        try:
            self._stdout.write((msgspec.json.encode(event).decode() if self._is_json else _in_words(event)) + "\n")
            self._stdout.flush()
        except (OSError, ValueError):
            self._on_gone()


def _has_room(stdout: TextIO) -> bool:
    """Can a line be written without waiting? POSIX calls a pipe writable from PIPE_BUF (4,096) free bytes on.

    On Windows only sockets can be asked; there the answer is yes.
    """
    if sys.platform == "win32":
        return True
    # What is no descriptor itself passes lines on to standard output, as the terminal command does.
    for stream in (stdout, sys.stdout):
        try:
            descriptor = stream.fileno()
        except (OSError, ValueError):
            continue
        poll = select.poll()
        poll.register(descriptor, select.POLLOUT)
        return bool(poll.poll(0))
    return True


def _started(lab: Lab, language: str) -> LabStarted:
    scenario = lab.scenario
    played = {target: lab.stretches(target, scenario.duration_s) for target in lab.breakable}
    return LabStarted(
        scenario.name,
        in_language(scenario.title, language),
        in_language(scenario.lesson, language).strip(),
        lab.seed,
        scenario.duration_s,
        lab.plan,
        lab.ca_file,
        {target: stretches for target, stretches in played.items() if stretches},
    )


def _in_words(event: LabEvent) -> str:
    match event:
        case LabStarted():
            rows = [f"  {target.label:24} {target.shown}" for target in event.plan.targets]
            return "\n".join([event.banner, event.lesson, *rows])
        case FaultChanged():
            return f"{event.at_s:7.1f} s  {event.target}: {event.fault.kind if event.fault else 'ok'}"
        case LabRefused():
            return f"{event.code} {event.values}"
        case LabRestarted():
            return "0.0 s"


def _obey(lab: Lab, line: bytes, voice: _Voice, end: Callable[[Ended], None]) -> None:
    try:
        command: LabCommand = msgspec.json.decode(line, type=LabCommand)
        match command:
            case SetFault():
                lab.set_fault(command.target, command.fault)
            case Follow():
                lab.follow(command.target)
            case Restart():
                voice.tell(LabRestarted())
                lab.restart()
            case Stop():
                end(Ended.END_OF_INPUT)
    except msgspec.DecodeError as error:
        voice.tell(LabRefused("lab.bad_command", {"reason": str(error)}))
    except InputError as error:
        for problem in error.problems:
            voice.tell(LabRefused(problem.code, problem.values))


def _on_signals(loop: asyncio.AbstractEventLoop, end: Callable[[Ended], None]) -> Callable[[], None]:
    """End at SIGTERM, Ctrl-C and when the terminal is closed; returns what puts the old handlers back.

    Only the main thread hears signals.
    """
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    reasons = {signal.SIGTERM: Ended.TERMINATED, signal.SIGINT: Ended.INTERRUPTED}
    if sys.platform != "win32":
        reasons[signal.SIGHUP] = Ended.TERMINATED
    # signal.signal works on every system; the loop's own add_signal_handler does not on Windows.
    before = {
        number: signal.signal(number, lambda number, _: loop.call_soon_threadsafe(end, reasons[signal.Signals(number)]))
        for number in reasons
    }

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    return restore


def _stay_awake(loop: asyncio.AbstractEventLoop) -> None:
    """Python hears a Ctrl-C between two steps of its own; on Windows a waiting loop takes none (bpo-23057)."""
    loop.call_later(0.5, _stay_awake, loop)


def _read_lines(
    loop: asyncio.AbstractEventLoop, fd: int, on_line: Callable[[bytes], None], on_end: Callable[[], None]
) -> None:
    """Read a descriptor in a thread: the only way that serves pipes, files and terminals on every system.

    A daemon that reads with os.read holds no lock, so the process may end while it waits.
    """

    def post(act: Callable[..., None], *values: Any) -> bool:
        try:
            loop.call_soon_threadsafe(act, *values)
        except RuntimeError:
            return False  # the loop has been closed: the lab is over
        return True

    def read() -> None:
        unread = b""
        while True:
            try:
                data = os.read(fd, _LONGEST_LINE)
            except OSError:
                data = b""
            *lines, unread = (unread + data).split(b"\n")
            for line in lines:
                if line.strip() and not post(on_line, line):
                    return
            if not data or len(unread) > _LONGEST_LINE:
                post(on_end)
                return

    threading.Thread(target=read, name="lab commands", daemon=True).start()
