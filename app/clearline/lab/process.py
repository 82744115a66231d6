"""The lab as a process of its own: tells its targets in one line, takes commands a line, ends when told or left."""

import asyncio
import sys
from collections.abc import Callable
from typing import TextIO

import msgspec

from clearline.domain.command import NoteLabFault
from clearline.domain.plan import Plan
from clearline.domain.problem import InputError
from clearline.host.texts import LANGUAGES
from clearline.lab.ending import Ended, on_signals
from clearline.lab.faults import LabFault, note
from clearline.lab.lab import FaultChanged, Lab
from clearline.lab.lines import LineWriter, read_lines
from clearline.lab.scenario_records import Scenario, in_language
from clearline.lab.timeline import Stretch


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
    servers: dict[str, str] = {}
    """The kind of server of each target at which faults can be made."""
    faults: dict[str, LabFault] = {}
    """Those that are on already, by target."""
    told: dict[str, tuple[str, str]] = {}
    """Title and lesson in every language: a window that shows them may change its own."""

    def notes(self) -> list[NoteLabFault]:
        """What a session that begins with the lab records first: how each server is."""
        return [note(target, self.faults.get(target)) for target in self.servers]


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

    voice = _Voice(stdout or sys.stdout, on_gone=lambda: end(Ended.NO_READER))
    # Listening before the lab exists and until it is gone: no signal can come between and leave something behind.
    restore = on_signals(loop, end)
    try:
        async with Lab(scenario, seed, language=language, on_change=voice.tell) as lab:
            voice.begin(_started(lab, language))
            if takes_commands:
                read_lines(loop, stdin_fd, lambda line: _obey(lab, line, voice, end), lambda: end(Ended.END_OF_INPUT))
            timer = loop.call_later(for_s, end, Ended.TIME) if for_s is not None else None
            try:
                return await ended
            finally:
                if timer is not None:
                    timer.cancel()
    finally:
        voice.close()
        restore()


class _Voice:
    """Writes events, one a line."""

    def __init__(self, stdout: TextIO, *, on_gone: Callable[[], None]) -> None:
        self._lines = LineWriter(stdout, on_gone)
        self._has_begun = False

    def begin(self, event: LabStarted) -> None:
        """The first line; what the start itself set is in it."""
        self._has_begun = True
        self._lines.write(self._line(event))

    def tell(self, event: LabEvent) -> None:
        """One more line, as soon as there is room for it."""
        if self._has_begun:
            # While nobody reads, only the latest fault of each target is kept.
            about = event.target if isinstance(event, FaultChanged) else type(event)
            self._lines.tell(about, self._line(event))

    def close(self) -> None:
        """Nothing more is told."""
        self._lines.close()

    def _line(self, event: LabEvent) -> str:
        return msgspec.json.encode(event).decode()


def _started(lab: Lab, language: str) -> LabStarted:
    scenario = lab.scenario
    played = {target: lab.stretches(target, scenario.duration_s) for target in lab.servers}
    return LabStarted(
        scenario.name,
        in_language(scenario.title, language),
        in_language(scenario.lesson, language).strip(),
        lab.seed,
        scenario.duration_s,
        lab.plan,
        lab.ca_file,
        {target: stretches for target, stretches in played.items() if stretches},
        lab.servers,
        {target: fault for target in lab.servers if (fault := lab.fault(target)) is not None},
        {
            known: (in_language(scenario.title, known), in_language(scenario.lesson, known).strip())
            for known in LANGUAGES
        },
    )


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
