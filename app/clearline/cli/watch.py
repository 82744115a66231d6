"""Keeps checking in the terminal: `clearline watch`, with the engine in this process and no window."""

import asyncio
import random
import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click
import msgspec

from clearline.cli import records
from clearline.cli.exit_codes import ExitCode
from clearline.cli.guard import CannotError, say
from clearline.cli.parts import Parts
from clearline.cli.words import insecure_warning
from clearline.diagnosis.watched import Watched, own_side
from clearline.domain.command import NoteLabFault, StartSession
from clearline.domain.event import (
    AttemptEnded,
    BackoffStarted,
    BreakerChanged,
    CheckEnded,
    EngineReported,
    Event,
    FallbackUsed,
    LabFaultChanged,
    LivenessChanged,
    NetworkChanged,
    ReplyCameLate,
    Result,
    TesterDisturbed,
)
from clearline.domain.metrics import Metrics
from clearline.domain.plan import Plan
from clearline.domain.ports import EventSink
from clearline.domain.problem import Problem
from clearline.domain.strain import StrainWatch
from clearline.domain.verdict import Outside
from clearline.engine.engine import VITAL_TASKS, Engine
from clearline.engine.recording import FanOut, Recorder
from clearline.host.calm import calm_interpreter
from clearline.host.clock import SessionClock, wall_s
from clearline.host.policy import policy
from clearline.host.texts import Texts
from clearline.net.network import Network
from clearline.probes import registry
from clearline.resilience.supervisor import Report

if TYPE_CHECKING:
    from clearline.cli.lab_child import LabChild

FLUSH_S = 5.0


class View(EventSink, Protocol):
    """Shows a session while it runs and sums it up at the end."""

    def start(self) -> None:
        """Begin to show."""
        ...

    def know_own_side(self, hosts: Iterable[str]) -> None:
        """Which hosts are of this network itself: gateways and name servers."""
        ...

    def finish(self) -> None:
        """Stop showing; print what is worth keeping."""
        ...


class JsonView:
    """One object a line for each attempt, breaker change and span of tester trouble, in order; figures at the end."""

    def __init__(self, plan: Plan, start_wall_s: float, texts: Texts) -> None:
        self._targets = {target.id: target for target in plan.targets}
        self._wall_s = start_wall_s
        self._texts = texts
        self._strain = StrainWatch()
        self._watched = Watched()
        self._together: tuple[str, str] | None = None
        self._figures = {target.id: Metrics() for target in plan.targets}
        self._behind: dict[str, list[str]] = {}
        for target in plan.targets:
            for key in {target.breaker_key, target.origin}:
                self._behind.setdefault(key, []).append(target.id)

    def start(self) -> None:
        """Nothing is to be prepared."""

    def know_own_side(self, hosts: Iterable[str]) -> None:
        """Which hosts are of this network itself."""
        self._watched.know_own_side(hosts)

    def finish(self) -> None:
        """Write the figures of each target: every other line was written when it happened."""
        for target in self._targets.values():
            self._write(records.figures_record(target, self._figures[target.id]))

    def emit(self, events: Sequence[Event]) -> None:
        """Write the lines of these events."""
        for event in events:
            # Events of a breaker or a budget are about all targets behind it.
            about = getattr(event, "target", "")
            for target_id in [about] if about else self._behind.get(getattr(event, "key", ""), ()):
                if (figures := self._figures.get(target_id)) is not None:
                    figures.fold(event)
            self._watched.fold(event)
            if isinstance(event, EngineReported):
                self._tell_together(event.at_s)
            if self._strain.fold(event):
                self._write(records.strain_record(self._strain, event.at_s, self._wall_s))
            match event:
                case AttemptEnded() if target := self._targets.get(event.target):
                    told = records.attempt_record(target, event, self._wall_s, self._texts)
                    if event.outcome.fault is not None:
                        told |= records.silence_tags(self._watched.references)
                    self._write(told)
                case BreakerChanged():
                    self._write(records.breaker_record(event, self._wall_s))
                case BackoffStarted():
                    self._write(records.backoff_record(event, self._wall_s))
                case FallbackUsed():
                    self._write(records.fallback_record(event, self._wall_s))
                case LivenessChanged():
                    self._write(records.liveness_record(event, self._wall_s))
                case ReplyCameLate():
                    self._write(records.late_record(event, self._wall_s))
                case LabFaultChanged():
                    self._write(records.lab_record(event, self._wall_s))
                case TesterDisturbed():
                    self._write(records.disturbance_record(event, self._wall_s))
                case NetworkChanged():
                    self._write(records.network_record(event, self._wall_s))

    def _tell_together(self, at_s: float) -> None:
        found = self._watched.look(at_s)
        key = (found.reach.value, found.where) if found else None
        if key != self._together:
            self._together = key
            self._write(records.together_record(found, at_s, self._wall_s, self._texts))

    @staticmethod
    def _write(record: dict[str, object]) -> None:
        click.echo(msgspec.json.encode(record).decode())


class Tally:
    """An EventSink that knows at the end how it went."""

    def __init__(self) -> None:
        self.has_failures = False

    def emit(self, events: Sequence[Event]) -> None:
        """Fold events."""
        for event in events:
            if isinstance(event, CheckEnded):
                self.has_failures |= event.result in (Result.FAILED, Result.REFUSED)


def watch(
    planned: Callable[[], Plan],
    scenario: str | None,
    parts: Parts,
    texts: Texts,
    *,
    is_json: bool,
    for_s: float | None,
    every_s: float | None,
    record: Path | None,
    metrics: tuple[str, int] | None,
    is_outside: bool,
    report_defect: Report,
) -> ExitCode:
    """Watch a plan, or a practice scenario in a process of its own, for `for_s` seconds or until Ctrl-C.

    `metrics`: the address of a page with the figures, which Prometheus reads. `is_outside`: places outside may be asked
    whether they answer, as far as the administrator allows it.

    Raises InputError, CannotError and OSError.
    """
    if record is not None and record.exists():
        raise CannotError(Problem("cli.record_exists", {"file": str(record)}))
    with ExitStack() as stack:
        heading, lab = "", None
        if scenario is None:
            plan = planned()
        else:
            from clearline.cli.lab_child import LabChild  # Brings the lab, which other targets do without.

            lab = stack.enter_context(LabChild(parts.own_argv, scenario, texts.language))
            plan, heading = _paced(lab.started.plan, every_s), lab.started.banner
        if warning := insecure_warning(plan.targets, texts):
            say(warning)
        session = StartSession(
            session_id=secrets.token_hex(8),
            path=str(record) if record else "",
            wall_s=wall_s(),
            plan=plan,
            points=allowed_points(texts) if is_outside else (),
        )
        view: View = JsonView(plan, session.wall_s, texts) if is_json else _live_view(texts, heading, session.wall_s)
        code, problem = _run_session(session, view, parts, texts, for_s, report_defect, lab, metrics)
    if problem:
        say(texts.say(problem))
    elif record is not None and not is_json:
        say(texts.say("cli.recorded", file=str(record)))
    return code


def _run_session(
    session: StartSession,
    view: View,
    parts: Parts,
    texts: Texts,
    for_s: float | None,
    report_defect: Report,
    lab: "LabChild | None",
    metrics: tuple[str, int] | None,
) -> tuple[ExitCode, str]:
    """Exit code, and the code of why nothing more was recorded."""
    recorder = parts.make_recorder(session)
    network = parts.make_network()
    tally = Tally()
    is_interrupted, is_kept = False, True
    try:
        # The same loop as in the engine process, on every system.
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner, ExitStack() as pages:
            calm_interpreter()
            heard: list[EventSink] = [tally, view]
            if metrics:
                from clearline.cli.metrics_page import LiveFigures, metrics_page  # Brings a server, seldom wanted.

                heard.append(figures := LiveFigures(session.plan))
                place = pages.enter_context(metrics_page(figures, *metrics, runner.get_loop()))
                say(texts.say("cli.metrics_at", place=place))
            view.start()
            try:
                runner.run(_measure(session, heard, view, recorder, network, for_s, report_defect, lab))
            except KeyboardInterrupt:
                is_interrupted = True
            finally:
                view.finish()
    finally:
        network.close()
        if recorder:
            is_kept = recorder.close(FLUSH_S)
    problem = (recorder.problem if recorder else "") or ("" if is_kept else "record.too_slow")
    if is_interrupted:
        return ExitCode.INTERRUPTED, problem
    if problem:
        return ExitCode.UNABLE, problem
    return (ExitCode.FAILED if tally.has_failures else ExitCode.OK), ""


async def _measure(
    session: StartSession,
    heard: Sequence[EventSink],
    view: View,
    recorder: Recorder | None,
    network: Network,
    for_s: float | None,
    report_defect: Report,
    lab: "LabChild | None",
) -> None:
    loop = asyncio.get_running_loop()
    broken: asyncio.Future[None] = loop.create_future()

    def hear_defect(name: str, error: BaseException) -> None:
        report_defect(name, error)
        if name in VITAL_TASKS and not broken.done():
            broken.set_exception(error)

    def tell(command: NoteLabFault) -> bool:
        try:
            loop.call_soon_threadsafe(engine.apply, command)
        except RuntimeError:
            return False  # The loop has been closed: the session is over.
        return True

    sinks: list[EventSink] = [recorder] if recorder else []
    engine = Engine(
        SessionClock(session.wall_s),
        random.Random(session.seed),  # noqa: S311 (jitter, no secret)
        network,
        FanOut(*sinks, *heard),
        registry.run,
        recorder=recorder,
        report_defect=hear_defect,
        look_around=network.look_around,
    )
    try:
        view.know_own_side(own_side(await network.look_around()))
        await engine.start(session)
        if lab is not None:
            lab.listen(tell)
        async with asyncio.timeout(for_s):
            await broken
    except TimeoutError:
        pass  # The time is over: the usual end.
    finally:
        await engine.stop()


def allowed_points(texts: Texts) -> tuple[str, ...]:
    """The places outside that may be asked; says which, or why none."""
    points = policy().narrowed(Outside(is_allowed=True)).watched
    say(texts.say("cli.outside_watched", hosts=", ".join(points)) if points else texts.say("cli.outside_forbidden"))
    return points


def _live_view(texts: Texts, heading: str, wall_s: float) -> View:
    from rich.console import Console

    from clearline.cli.live_view import LiveView

    console = Console(highlight=False)
    # A file or a pipe has no width: nothing is cut for it.
    console = console if console.is_terminal else Console(highlight=False, width=160)
    return LiveView(texts, console, heading=heading, wall_s=wall_s)


def _paced(plan: Plan, every_s: float | None) -> Plan:
    if every_s is None:
        return plan
    return plan.with_targets(msgspec.structs.replace(target, interval_s=every_s) for target in plan.targets)
