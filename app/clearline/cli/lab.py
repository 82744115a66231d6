"""Serves a practice scenario from the command line: `clearline lab`."""

import asyncio
import sys
from collections.abc import Sequence
from io import TextIOBase
from pathlib import Path

import click
import msgspec

from clearline.cli.exit_codes import ExitCode
from clearline.domain.problem import InputError, Problem
from clearline.host import plan_file
from clearline.host.texts import Texts
from clearline.lab import process, scenario
from clearline.lab.lab import FaultChanged

DEFAULT = "tour"


def list_scenarios(texts: Texts, *, is_json: bool) -> None:
    """Name and title of each scenario that comes with Clearline."""
    for name in scenario.names():
        title = scenario.load(name).title
        words = title if isinstance(title, str) else title.get(texts.language, title.get("en", name))
        if is_json:
            click.echo(msgspec.json.encode({"scenario": name, "title": words}).decode())
        else:
            click.echo(f"{name:12} {words}")


def serve(
    names: Sequence[str], texts: Texts, *, is_json: bool, for_s: float | None, plan_out: Path | None, seed: int | None
) -> ExitCode:
    """Serve until Ctrl-C, `for_s`, or with JSON the end of standard input. Raises InputError and OSError."""
    if len(names) > 1:
        raise InputError(Problem("cli.one_scenario", {"names": ", ".join(names)}))
    chosen = scenario.load(names[0] if names else DEFAULT)
    voice = _Lines(texts, is_json=is_json, plan_out=plan_out, for_s=for_s)
    # The proactor of Windows cannot watch the lab's sockets.
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        ended = runner.run(
            process.serve(
                chosen,
                seed=seed,
                language=texts.language,
                is_json=True,
                # A parent ends its lab by closing the pipe; with a time limit nothing needs to hold the input open.
                takes_commands=is_json and for_s is None,
                for_s=for_s,
                stdout=voice,  # type: ignore[arg-type] # only write and flush are asked of it
            )
        )
    if voice.trouble is not None:
        raise voice.trouble
    return ExitCode.INTERRUPTED if ended is process.Ended.INTERRUPTED else ExitCode.OK


class _Lines(TextIOBase):
    """Takes the lab's lines of JSON, keeps the plan in a file, and passes them on as they are or in words."""

    def __init__(self, texts: Texts, *, is_json: bool, plan_out: Path | None, for_s: float | None) -> None:
        self._texts = texts
        self._is_json = is_json
        self._plan_out = plan_out
        self._for_s = for_s
        self.trouble: Exception | None = None

    def write(self, line: str) -> int:
        event = msgspec.json.decode(line, type=process.LabEvent)
        if isinstance(event, process.LabStarted) and self._plan_out is not None:
            try:
                plan_file.save(event.plan, self._plan_out)
            except (OSError, InputError) as error:
                # The lab takes an error here for a reader who left, and ends.
                self.trouble = error
                raise
        sys.stdout.write(line if self._is_json else "".join(f"{words}\n" for words in self._in_words(event)))
        return len(line)

    def flush(self) -> None:
        sys.stdout.flush()

    def _in_words(self, event: process.LabEvent) -> list[str]:
        say = self._texts.say
        match event:
            case process.LabStarted():
                rows = [f"  {target.label:28} {target.shown}" for target in event.plan.targets]
                end = say("cli.lab_until") if self._for_s is None else say("cli.lab_for", time=self._time(self._for_s))
                how = say("cli.lab_plan", file=self._plan_out) if self._plan_out else say("cli.lab_try")
                return [event.banner, "", event.lesson, "", *rows, "", end, how]
            case FaultChanged():
                at = self._time(event.at_s)
                if event.fault is None:
                    return [say("cli.lab_mended", at=at, target=event.target)]
                return [say("cli.lab_broken", at=at, target=event.target, fault=event.fault.kind)]
            case process.LabRefused():
                return [self._texts.problem(Problem(event.code, event.values))]
            case process.LabRestarted():
                return [say("cli.lab_restarted")]

    def _time(self, seconds: float) -> str:
        return self._texts.duration(seconds)
