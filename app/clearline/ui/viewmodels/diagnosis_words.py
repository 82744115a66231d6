"""A diagnosis in words: the card with the verdict, a row a rung, what was ruled out, and what may still be tested."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from clearline.diagnosis.facts import can_load, facts_of_target, load_source
from clearline.diagnosis.judge import can_be_made, was_made
from clearline.diagnosis.vantage import Difference
from clearline.domain.target import Target
from clearline.domain.verdict import PENDING, UNCLEAR, WORKS, Depth, DiagnosisPolicy, StepState, Trial, Verdict
from clearline.host.verdict_texts import VerdictWords
from clearline.ui.viewmodels.diagnosis import Diagnosis, DiagnosisModel
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.words import Words

translate = QCoreApplication.translate

STATUS = {
    StepState.RUNNING: Status.HALF_OPEN,
    StepState.OK: Status.UP,
    StepState.NOTE: Status.SLOW,
    StepState.FAILED: Status.DOWN,
    StepState.SKIPPED: Status.PAUSED,
    StepState.NOT_REACHED: Status.PAUSED,
    StepState.UNTESTED: Status.UNKNOWN,
}
AT_WILL = (Trial.REUSE, Trial.LOAD)
"""Worth offering where the target works as well: they find what shows only after a rest, or while the line is busy."""
OFFERED = frozenset(
    {
        Trial.FAMILIES,
        Trial.BY_ADDRESS,
        Trial.RESOLVERS,
        Trial.PORTS,
        Trial.INTERFACES,
        Trial.NEIGHBOURS,
        Trial.CONTROL,
        Trial.PING,
        Trial.SIZES,
        Trial.SNI,
        Trial.TRUST,
        Trial.HTTP1,
        Trial.BROWSER,
        *AT_WILL,
        Trial.COLLEAGUE,
    }
)
"""Trials that a button can lead to."""
_WORTH_TELLING_MS = 1.0


@dataclass(frozen=True, slots=True)
class RungRow:
    """One rung: its shape, its name, what it found, how long that took, and where that lies in the whole."""

    status: Status
    state: str
    name: str
    said: str
    took: str
    from_share: float
    to_share: float
    is_quiet: bool
    """Had no part in this connection."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A bold beginning and plain words."""

    name: str
    said: str
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A test that was not made, for a button."""

    trial: Trial
    text: str


@dataclass(frozen=True, slots=True)
class DiagnosisPage:
    """Everything the panel shows."""

    target: str
    when: str
    tone: str
    """`down`, `slow`, `up` or empty: the colour of the card."""
    status: Status
    title: str
    meaning: str
    since: str
    facts: tuple[Fact, ...]
    rows: tuple[RungRow, ...]
    ruled_out: tuple[str, ...]
    notes: tuple[str, ...]
    offers: tuple[Offer, ...]
    is_running: bool
    is_past: bool
    can_go_deeper: bool
    """A full pass was not made yet."""


def diagnosis_page(
    diagnosis: Diagnosis, words: Words, now_s: float, wall_s: float, back_s: float | None = None
) -> DiagnosisPage:
    """A diagnosis as it is shown. `back_s` is when the target answered again, where it did since."""
    told = VerdictWords(words.texts)
    verdict = diagnosis.verdict
    text = told.verdict(verdict) if verdict is not None else None
    status, tone = _look(verdict)
    return DiagnosisPage(
        target=diagnosis.target.label,
        when=_when(diagnosis, words, now_s, wall_s),
        tone=tone,
        status=status,
        title=text.title if text else translate("Diagnosis", "Looking…"),
        meaning=text.meaning if text else "",
        since=_since(diagnosis, verdict, words, wall_s, back_s),
        facts=tuple(_facts(verdict, told)) if verdict is not None else (),
        rows=tuple(_rows(diagnosis, told, words, now_s)),
        ruled_out=text.ruled_out if text else (),
        notes=text.notes if text else (),
        offers=_offers(diagnosis, verdict, told),
        is_running=diagnosis.is_running,
        is_past=diagnosis.is_past,
        can_go_deeper=not diagnosis.is_running and (diagnosis.is_past or diagnosis.policy.depth is not Depth.FULL),
    )


def state_word(state: StepState) -> str:
    """How a step ended, as a word."""
    match state:
        case StepState.RUNNING:
            return translate("Diagnosis", "being tested")
        case StepState.OK:
            return translate("Diagnosis", "works")
        case StepState.NOTE:
            return translate("Diagnosis", "worth a look")
        case StepState.FAILED:
            return translate("Diagnosis", "fails")
        case StepState.SKIPPED:
            return translate("Diagnosis", "not needed")
        case StepState.NOT_REACHED:
            return translate("Diagnosis", "not reached")
        case StepState.UNTESTED:
            return translate("Diagnosis", "not tested")


def consent_sentence(trial: Trial, target: Target, hosts: str, policy: DiagnosisPolicy, words: Words) -> str:
    """What a test of this target does besides asking it once, to be agreed to; empty where that is nothing.

    `hosts` are those outside that it contacts.
    """
    match trial:
        case Trial.NEIGHBOURS:
            return translate(
                "Diagnosis",
                "This connects to up to three computers beside the target, on the same port, one a second. "
                "Nobody named them, and their owners may notice. Test them?",
            )
        case Trial.LOAD:
            return _load_sentence(target, policy, words)
        case Trial.REUSE:
            return _rest_sentence(policy.rests_s, words)
        case Trial.RESOLVERS:
            return translate(
                "Diagnosis",
                "This asks hosts outside your company, once: {hosts}. They learn that this computer is on, "
                "and which name it looks for. Test?",
            ).format(hosts=hosts)
        case _:
            return ""


def _rest_sentence(rests_s: tuple[float, ...], words: Words) -> str:
    span = words.span(rests_s[-1])
    if len(rests_s) == 1:
        return translate(
            "Diagnosis", "This keeps a connection to the target open and unused for {span}, then uses it. Test?"
        ).format(span=span)
    return translate(
        "Diagnosis",
        "This takes up to {span}: {count} connections to the target rest, each for a time of its own, and are then "
        "used again. One more is used every few seconds meanwhile. Test?",
    ).format(span=span, count=words.texts.number(len(rests_s)))


def _load_sentence(target: Target, policy: DiagnosisPolicy, words: Words) -> str:
    source, upload = load_source(target, policy.outside), policy.outside.upload
    if source and upload:
        told = translate(
            "Diagnosis",
            "This makes the line busy both ways: it reads up to {megabytes} MB from {source} for 8 s at most, and then "
            "sends up to {megabytes} MB to {upload} for 8 s at most. Others on the same line may notice. Test?",
        )
    elif upload:
        told = translate(
            "Diagnosis",
            "This moves up to {megabytes} MB: it sends to {upload} for 8 s at most, so that the line is busy. "
            "Others on the same line may notice. Test?",
        )
    else:
        told = translate(
            "Diagnosis",
            "This moves up to {megabytes} MB: it reads from {source} for 8 s at most, so that the line is busy. "
            "Others on the same line may notice. Test?",
        )
    hosts = {"source": source and Target("load", source).host, "upload": upload and Target("load", upload).host}
    return told.format(megabytes=words.texts.number(policy.load_mb), **hosts)


def vantage_lines(model: DiagnosisModel, words: Words) -> tuple[str, ...]:
    """What two computers see, compared: what it means first, then which targets, then which file that was."""
    if not model.vantage_name:
        return ()
    texts, by = words.texts, {difference: _labels(model, difference) for difference in Difference}
    name = texts.say(
        "vantage.from",
        name=model.vantage_name,
        time=words.date_and_time(model.vantage_at_s) if model.vantage_at_s else "–",
    )
    if not model.compared:
        return texts.say("vantage.none"), name
    told = [texts.say(f"vantage.{each.value}", targets=", ".join(labels)) for each, labels in by.items() if labels]
    return (texts.say(f"vantage.{_means(model)}"), *told, name)


def _labels(model: DiagnosisModel, difference: Difference) -> list[str]:
    return [one.here.label for one in model.compared if one.difference is difference]


def _means(model: DiagnosisModel) -> str:
    seen = {one.difference for one in model.compared} - {Difference.BOTH_WORK}
    if not seen:
        return "means_well"
    if seen == {Difference.ONLY_THERE}:
        return "means_here"
    if seen == {Difference.ONLY_HERE}:
        return "means_there"
    return "means_target" if seen == {Difference.BOTH_FAIL} else "means_mixed"


def _look(verdict: Verdict | None) -> tuple[Status, str]:
    if verdict is None or verdict.code == PENDING:
        return Status.HALF_OPEN, ""
    if verdict.code == WORKS:
        return Status.UP, "up"
    if verdict.code == UNCLEAR:
        return Status.UNKNOWN, ""
    return (Status.DOWN, "down") if verdict.is_fault else (Status.SLOW, "slow")


def _when(diagnosis: Diagnosis, words: Words, now_s: float, wall_s: float) -> str:
    at = words.clock_time(wall_s + diagnosis.started_s)
    if diagnosis.is_past:
        return translate("Diagnosis", "As recorded at {time}; nothing was tested for it").format(time=at)
    if diagnosis.is_running:
        span = words.span(float(round(max(0.0, now_s - diagnosis.started_s))))
        return translate("Diagnosis", "Running for {span}").format(span=span)
    span = words.span(round(max(0.1, (diagnosis.ended_s or 0.0) - diagnosis.started_s), 1))
    if diagnosis.reason == "stopped":
        return translate("Diagnosis", "Stopped at {time} after {span}").format(time=at, span=span)
    return translate("Diagnosis", "Diagnosed at {time} in {span}").format(time=at, span=span)


def _since(diagnosis: Diagnosis, verdict: Verdict | None, words: Words, wall_s: float, back_s: float | None) -> str:
    if verdict is None or not verdict.is_fault:
        return ""
    if back_s is not None and diagnosis.ended_s is not None and back_s > diagnosis.ended_s and not diagnosis.is_past:
        return translate("Diagnosis", "It answers again since {time}.").format(time=words.clock_time(wall_s + back_s))
    if verdict.since_s is not None:
        time = words.clock_time(wall_s + verdict.since_s)
        return translate("Diagnosis", "So it is since {time}.").format(time=time)
    return ""


def _facts(verdict: Verdict, told: VerdictWords) -> list[Fact]:
    text = told.verdict(verdict)
    found = []
    if verdict.is_finding:
        short, _, why = text.confidence.partition(" (")
        found.append(Fact(translate("Diagnosis", "How sure:"), short, why.removesuffix(")").capitalize()))
    if text.action:
        found.append(Fact(translate("Diagnosis", "Next:"), text.action))
    if text.owner and verdict.is_finding:
        found.append(Fact(translate("Diagnosis", "Call:"), text.owner))
    if text.works_last:
        found.append(Fact(translate("Diagnosis", "Works up to:"), text.works_last))
    if text.fails_first:
        found.append(Fact(translate("Diagnosis", "Fails first:"), text.fails_first))
    return found


def _rows(diagnosis: Diagnosis, told: VerdictWords, words: Words, now_s: float) -> list[RungRow]:
    whole_ms = max([1.0, *(one.began_ms + one.took_ms for one in diagnosis.results.values())])
    if diagnosis.is_running:
        whole_ms = max(whole_ms, (now_s - diagnosis.started_s) * 1000)
    rows = []
    for step in diagnosis.steps:
        result = diagnosis.results.get(step)
        state = result.state if result else StepState.RUNNING
        if result is None or (state is StepState.RUNNING and not diagnosis.is_running):
            if not diagnosis.is_running:
                state = StepState.UNTESTED
            rows.append(RungRow(STATUS[state], state_word(state), told.step(step), state_word(state), "", 0, 0, True))
            continue
        is_quiet = state in (StepState.SKIPPED, StepState.NOT_REACHED, StepState.UNTESTED)
        ended_ms = whole_ms if state is StepState.RUNNING else result.began_ms + result.took_ms
        shows_time = not is_quiet and state is not StepState.RUNNING and result.took_ms >= _WORTH_TELLING_MS
        rows.append(
            RungRow(
                STATUS[state],
                state_word(state),
                told.step(step),
                told.step_said(result) or state_word(state),
                words.latency(result.took_ms) if shows_time else "",
                0.0 if is_quiet else result.began_ms / whole_ms,
                0.0 if is_quiet else ended_ms / whole_ms,
                is_quiet,
            )
        )
    return rows


def _offers(diagnosis: Diagnosis, verdict: Verdict | None, told: VerdictWords) -> tuple[Offer, ...]:
    """Tests that would tell more; none while it runs."""
    if diagnosis.is_running or verdict is None or verdict.code == PENDING:
        return ()
    wanted = dict.fromkeys((*verdict.missing, *((Trial.COLLEAGUE,) if verdict.is_fault else _at_will(diagnosis))))
    if diagnosis.there is not None:
        wanted.pop(Trial.COLLEAGUE, None)
    return tuple(Offer(trial, told.trial(trial)) for trial in wanted if trial in OFFERED)


def _at_will(diagnosis: Diagnosis) -> tuple[Trial, ...]:
    """Of those for a target that works, what this one can be asked, and was not."""
    target, policy = diagnosis.target, diagnosis.policy
    facts = {**facts_of_target(target), "load.is_possible": can_load(target, policy.outside), **diagnosis.facts}
    return tuple(trial for trial in AT_WILL if can_be_made(trial, facts) and not was_made(trial, facts))
