"""One diagnosis in the terminal: the rungs as they are climbed, the verdict, whom to tell what."""

import asyncio
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from rich.console import Console

from clearline.cli import records
from clearline.cli.ladder_view import LadderView
from clearline.diagnosis.course import Course
from clearline.diagnosis.ladder import Ladder, Surroundings
from clearline.domain.event import (
    AttemptEnded,
    CheckEnded,
    DiagnosisEnded,
    DiagnosisStarted,
    Event,
    PlanApplied,
    Result,
    SessionStarted,
    StepChanged,
    VerdictChanged,
)
from clearline.domain.plan import Plan
from clearline.domain.problem import InputError, Problem
from clearline.domain.target import Target, parse_address
from clearline.domain.verdict import Depth, DiagnosisPolicy, Outside, StepState, Trial, Verdict, parse_upload
from clearline.host.clock import SessionClock, wall_s
from clearline.host.policy import policy
from clearline.host.texts import Texts
from clearline.host.verdict_texts import VerdictWords
from clearline.net.network import Network
from clearline.probes import registry
from clearline.probes.keeping import keeping


def given_policy(
    *,
    is_full: bool,
    is_outside: bool,
    controls: Sequence[str],
    is_near: bool,
    idle_s: float | None = None,
    load_mb: float | None = None,
    load_to: str = "",
) -> DiagnosisPolicy:
    """What the options allow. A rest, or megabytes, ask for those tests, which need a full diagnosis.

    Raises InputError for a control target that is none, and for an address to send to that cannot be, or has no use.
    """
    if load_to and load_mb is None:
        raise InputError(Problem("cli.load_to_alone"))
    given = Outside(
        is_allowed=is_outside,
        control=tuple(parse_address(address) for address in controls),
        upload=parse_upload(load_to),
    )
    outside = policy().narrowed(given)
    asked = {Trial.NEIGHBOURS: is_near, Trial.REUSE: idle_s is not None, Trial.LOAD: load_mb is not None}
    is_long = is_full or asked[Trial.REUSE] or asked[Trial.LOAD]
    usual = DiagnosisPolicy()
    return DiagnosisPolicy(
        Depth.FULL if is_long else Depth.QUICK,
        outside,
        tuple(trial for trial, is_asked in asked.items() if is_asked),
        idle_s=usual.idle_s if idle_s is None else idle_s,
        load_mb=usual.load_mb if load_mb is None else load_mb,
    )


def one_target(plan: Plan) -> Target:
    """The only target of a plan. Raises InputError where there are several."""
    if len(plan.targets) != 1:
        raise InputError(Problem("cli.diagnose_one", {"count": str(len(plan.targets))}))
    return plan.targets[0]


@dataclass(frozen=True)
class Diagnosed:
    """A diagnosis that came to its end."""

    session_id: str
    wall_s: float
    """UTC time of its second 0."""
    verdict: Verdict
    facts: dict[str, Any]
    events: tuple[Event, ...]
    """A session of its own: what was told, and the target's own attempt, in order."""


async def diagnosed(
    target: Target,
    policy: DiagnosisPolicy,
    network: Network,
    start_s: float,
    hear: Callable[[Event], None],
    known: dict[str, Any] | None = None,
) -> Diagnosed:
    """Run a diagnosis to its end. `known` are facts from elsewhere; `hear` gets each event."""
    clock = SessionClock(start_s)
    told: list[Event] = []

    def note(event: Event) -> None:
        told.append(event)
        hear(event)

    course = Course(target, policy, network, clock, registry.run, keeping, known)
    await Ladder("terminal", course, Surroundings(clock), note).run()
    verdict = [event.verdict for event in told if isinstance(event, VerdictChanged)][-1]
    events = sorted([*told, *_own_attempt(course)], key=_moment)
    session_id = secrets.token_hex(8)
    begin = SessionStarted(at_s=0.0, session_id=session_id, wall_s=start_s, path="")
    opening = (begin, PlanApplied(at_s=0.0, plan=Plan((target,))))
    return Diagnosed(session_id, start_s, verdict, course.facts, (*opening, *events))


def _own_attempt(course: Course) -> Iterator[Event]:
    """The attempt that everything else was compared with, as the only check of its session."""
    outcome = course.outcome
    if outcome is None:
        return
    began_s, ended_s = (course.began_s + ms / 1000 for ms in (course.attempt_began_ms, course.attempt_ended_ms))
    fault = outcome.fault
    result = Result.OK if fault is None else Result.VOID if fault.is_void else Result.FAILED
    name, kind = course.target.id, fault.kind if fault is not None else ""
    yield AttemptEnded(at_s=ended_s, target=name, check=0, attempt=1, started_s=began_s, outcome=outcome)
    yield CheckEnded(
        at_s=ended_s, target=name, check=0, due_s=began_s, started_s=began_s, result=result, attempts=1, kind=kind
    )


def _moment(event: Event) -> float:
    return event.at_s


def event_record(event: Event, start_s: float, words: VerdictWords) -> dict[str, Any] | None:
    """The object of `diagnose --json`; None for what programs need not hear."""
    tag, at = str(event.__struct_config__.tag), records.utc(start_s + event.at_s)
    head: dict[str, Any] = {"event": tag, "at_s": round(event.at_s, 3), "at": at}
    match event:
        case DiagnosisStarted():
            return head | records.target_fields(event.target) | {"steps": [step.value for step in event.steps]}
        case StepChanged() if event.result.state is not StepState.RUNNING:
            told: dict[str, Any] = msgspec.to_builtins(event.result)
            said = event.result.said
            return head | told | {"said": words.step_said(event.result), "code": said.code if said else ""}
        case VerdictChanged():
            return head | verdict_fields(event.verdict, words) | {"is_final": event.is_final}
        case DiagnosisEnded():
            return head | {"reason": event.reason}
        case _:
            return None


def verdict_fields(verdict: Verdict, words: VerdictWords) -> dict[str, Any]:
    """A verdict as programs read it, with its words."""
    told = words.verdict(verdict)
    return {
        "verdict": verdict.code,
        "confidence": verdict.confidence.value,
        "whose": verdict.whose.value,
        "fails_first": verdict.fails_first.value if verdict.fails_first else None,
        "works_last": verdict.works_last.value if verdict.works_last else None,
        "is_finding": verdict.is_finding,
        "kind": verdict.kind or None,
        "title": told.title,
        "meaning": told.meaning,
        "action": told.action,
        "owner": told.owner,
        "ruled_out": list(told.ruled_out),
        "notes": list(told.notes),
        "missing": [trial.value for trial in verdict.missing],
    }


def verdict_lines(verdict: Verdict, words: VerdictWords) -> Iterator[str]:
    """The verdict for people."""
    told = words.verdict(verdict)
    yield ""
    yield told.title
    yield told.meaning
    yield ""
    if verdict.is_finding:
        yield words.say("cli.diagnose_sure", confidence=told.confidence)
    if told.works_last:
        yield words.say("cli.diagnose_works_last", step=told.works_last)
    if told.action:
        yield words.say("cli.to_do", action=told.action)
    if told.owner and verdict.is_finding:
        yield words.say("cli.diagnose_owner", owner=told.owner)
    for title, lines in (
        ("cli.diagnose_ruled_out", told.ruled_out),
        ("cli.diagnose_notes", told.notes),
        ("cli.diagnose_missing", told.missing),
    ):
        if lines:
            yield words.say(title)
            yield from (f"  · {line}" for line in lines)


def run(
    target: Target,
    policy: DiagnosisPolicy,
    network: Network,
    texts: Texts,
    say_line: Callable[[str], None],
    *,
    is_json: bool,
    is_ticket: bool,
    known: dict[str, Any] | None = None,
) -> Diagnosed:
    """Diagnose, telling as it goes."""
    words = VerdictWords(texts)
    start_s = wall_s()
    view = LadderView(texts, Console())

    def tell(event: Event) -> None:
        if (told := event_record(event, start_s, words)) is not None:
            say_line(msgspec.json.encode(told).decode())

    try:
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            hear = tell if is_json else view.hear
            done = runner.run(diagnosed(target, policy, network, start_s, hear, known))
    finally:
        view.finish()
    if not is_json:
        for line in verdict_lines(done.verdict, words):
            say_line(line)
        if is_ticket:
            say_line("")
            say_line(words.ticket(done.verdict, target, done.facts, start_s))
    return done
