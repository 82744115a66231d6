"""Serves a practice scenario from the command line: `clearline lab`."""

import asyncio
import signal
import sys
from collections.abc import Sequence
from io import TextIOBase
from pathlib import Path

import click
import msgspec

from clearline.cli.exit_codes import ExitCode
from clearline.cli.words import lab_words
from clearline.domain.problem import InputError, Problem
from clearline.host import plan_file
from clearline.host.texts import Texts
from clearline.lab import process, proxy_process, scenario
from clearline.lab.ending import Ended
from clearline.lab.faults import note
from clearline.lab.impairment import Impairment, check, read_script, read_setting
from clearline.lab.lab import FaultChanged
from clearline.lab.proxy_process import ProxyEvent

DEFAULT = "tour"


def list_scenarios(texts: Texts, *, is_json: bool) -> None:
    """Name and title of each scenario that comes with Clearline."""
    titles = scenario.titles(texts.language)
    width = max((len(name) for name, _ in titles), default=0)
    for name, title in titles:
        if is_json:
            click.echo(msgspec.json.encode({"scenario": name, "title": title}).decode())
        else:
            click.echo(f"{name:{width}}  {title}")


def serve(
    names: Sequence[str],
    texts: Texts,
    *,
    is_json: bool,
    for_s: float | None,
    plan_out: Path | None,
    seed: int | None,
    count: int | None = None,
) -> ExitCode:
    """Serve until Ctrl-C, `for_s`, or with JSON the end of standard input. Raises InputError and OSError.

    `count` sets how many targets the crowds of the scenario have.
    """
    if len(names) > 1:
        raise InputError(Problem("cli.one_scenario", {"names": ", ".join(names)}))
    chosen = scenario.load(names[0] if names else DEFAULT, count=count)
    if count is not None and not chosen.crowds:
        raise InputError(Problem("lab.no_crowd", {"name": chosen.name}))
    voice = _Lines(texts, is_json=is_json, plan_out=plan_out, for_s=for_s)
    # The proactor of Windows cannot watch the lab's sockets.
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        ended = runner.run(
            process.serve(
                chosen,
                seed=seed,
                language=texts.language,
                # A parent ends its lab by closing the pipe; with a time limit nothing needs to hold the input open.
                takes_commands=is_json and for_s is None,
                for_s=for_s,
                stdout=voice,  # type: ignore[arg-type] # only write and flush are asked of it
            )
        )
    if voice.trouble is not None:
        raise voice.trouble
    return ExitCode.INTERRUPTED if ended is Ended.INTERRUPTED else ExitCode.OK


def serve_proxy(
    upstream: str,
    settings: Sequence[str],
    script: Path | None,
    texts: Texts,
    *,
    is_json: bool,
    for_s: float | None,
    seed: int | None,
) -> ExitCode:
    """Put a local port before a real service until Ctrl-C, `for_s`, or with JSON the end of standard input.

    `settings` are `name=value` of lab.impairment.Impairment. Raises InputError and OSError.
    """
    address, place = proxy_process.find_upstream(upstream)
    given = Impairment(**dict(read_setting(setting) for setting in settings))  # type: ignore[arg-type] # converted there
    if problems := check(given):
        raise InputError(*problems)
    if hasattr(signal, "SIGTTIN"):
        # In the background of a shell there is nothing to read, and that must not stop the proxy.
        signal.signal(signal.SIGTTIN, signal.SIG_IGN)
    played = read_script(_bytes_of(script), str(script)) if script is not None else None
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        ended = runner.run(
            proxy_process.serve_proxy(
                address,
                place,
                seed=1 if seed is None else seed,
                impairment=given if settings else None,
                script=played,
                takes_commands=is_json and for_s is None,
                takes_settings=not is_json,
                for_s=for_s,
                stdout=_ProxyLines(texts, is_json=is_json, for_s=for_s),  # type: ignore[arg-type] # only write and flush are asked of it
            )
        )
    return ExitCode.INTERRUPTED if ended is Ended.INTERRUPTED else ExitCode.OK


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(Problem("lab.unreadable", {"file": str(file), "reason": str(error)})) from error


class _ProxyLines(TextIOBase):
    """Passes the proxy's lines of JSON on as they are or in words."""

    def __init__(self, texts: Texts, *, is_json: bool, for_s: float | None) -> None:
        self._texts = texts
        self._is_json = is_json
        self._end = _end_in_words(texts, for_s)

    def write(self, line: str) -> int:
        sys.stdout.write(line if self._is_json else self._in_words(msgspec.json.decode(line, type=ProxyEvent)) + "\n")
        return len(line)

    def flush(self) -> None:
        sys.stdout.flush()

    def _in_words(self, event: ProxyEvent) -> str:
        match event:
            case proxy_process.ProxyStarted():
                begun = self._texts.say("lab_proxy.started", address=event.address, upstream=event.upstream)
                how = self._texts.say("lab_proxy.change")
                return "\n".join((begun, self._spoilt(event.impairment), how, self._end))
            case proxy_process.ImpairmentChanged():
                return self._spoilt(event.impairment)
            case proxy_process.ProxyRefused():
                return self._texts.problem(Problem(event.code, event.values))

    def _spoilt(self, impairment: Impairment) -> str:
        told = msgspec.to_builtins(impairment)
        if not told:
            return self._texts.say("lab_proxy.well")
        shown = ", ".join(name if value is True else f"{name} {value:g}" for name, value in told.items())
        return self._texts.say("lab_proxy.spoilt", what=shown)


class _Lines(TextIOBase):
    """Takes the lab's lines of JSON, keeps the plan in a file, and passes them on as they are or in words."""

    def __init__(self, texts: Texts, *, is_json: bool, plan_out: Path | None, for_s: float | None) -> None:
        self._texts = texts
        self._is_json = is_json
        self._plan_out = plan_out
        self._for_s = for_s
        self._labels: dict[str, str] = {}
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
                self._labels = {target.id: target.label for target in event.plan.targets}
                rows = [f"  {target.label:28} {target.shown}" for target in event.plan.targets]
                end = _end_in_words(self._texts, self._for_s)
                how = say("cli.lab_plan", file=self._plan_out) if self._plan_out else say("cli.lab_try")
                return [event.banner, "", event.lesson, "", *rows, "", end, how]
            case FaultChanged():
                told = note(event.target, event.fault)
                label = self._labels.get(event.target, event.target)
                return [lab_words(label, event.at_s, told.fault, told.options, self._texts)]
            case process.LabRefused():
                return [self._texts.problem(Problem(event.code, event.values))]
            case process.LabRestarted():
                return [say("cli.lab_restarted")]


def _end_in_words(texts: Texts, for_s: float | None) -> str:
    return texts.say("cli.lab_until") if for_s is None else texts.say("cli.lab_for", time=texts.duration(for_s))
