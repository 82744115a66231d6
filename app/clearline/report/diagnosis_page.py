"""What a diagnosis found, in the words of a report: its ladder as a section, and its lines for a ticket."""

from collections.abc import Iterator

from clearline.domain.verdict import StepResult, StepState
from clearline.host.texts import Texts
from clearline.host.verdict_texts import SHAPES, VerdictText, VerdictWords
from clearline.report.diagnoses import Diagnosed
from clearline.report.document import Section, Table
from clearline.report.visible import Moments, visible

_DASH = "–"
_WITHOUT_TIME = frozenset({StepState.SKIPPED, StepState.NOT_REACHED})
_LONGEST = 400


def diagnosis_section(diagnosed: Diagnosed, texts: Texts, moments: Moments, *, is_told: bool) -> Section:
    """Each rung and what it found. `is_told`: the answers above have its verdict and what was ruled out already."""
    words, say = VerdictWords(texts), texts.say
    at_s = diagnosed.at_s
    when = {"local": moments.local(at_s)[:19], "utc": moments.utc(at_s)[11:19]}
    note = [say("report.diagnosis.when", **when, limit=texts.duration(diagnosed.policy.limit_s))]
    lines: list[str] = []
    if diagnosed.verdict is not None:
        told = words.verdict(diagnosed.verdict)
        if not is_told:
            note += [told.title, told.meaning, say("report.say.sure", confidence=told.confidence)]
            lines += [say("report.diagnosis.ruled_out", said=said) for said in told.ruled_out]
        lines += _lines(told, texts)
    columns = tuple(say(f"report.column.{name}") for name in ("step", "result", "began", "took", "found"))
    rows = tuple(_row(result, words, texts) for result in diagnosed.ladder)
    return Section(
        say("report.section.diagnosis", target=visible(diagnosed.target.label, 80)),
        visible(" ".join(note), _LONGEST * 3),
        lines=tuple(visible(line, _LONGEST) for line in lines),
        table=Table(columns, rows, frozenset({2, 3})),
    )


def _lines(told: VerdictText, texts: Texts) -> Iterator[str]:
    say = texts.say
    if told.works_last:
        yield say("report.diagnosis.works_last", step=told.works_last)
    if told.fails_first:
        yield say("report.diagnosis.fails_first", step=told.fails_first)
    for said in told.notes:
        yield say("report.diagnosis.note", said=said)
    for said in told.missing:
        yield say("report.diagnosis.missing", said=said)


def _row(result: StepResult, words: VerdictWords, texts: Texts) -> tuple[str, ...]:
    has_time = result.state not in _WITHOUT_TIME
    return (
        words.step(result.step),
        f"{SHAPES[result.state]} {texts.say(f'step_state.{result.state.value}')}",
        texts.latency(result.began_ms) if has_time else _DASH,
        texts.latency(result.took_ms) if has_time else _DASH,
        visible(words.step_said(result) or _DASH, _LONGEST),
    )


def ticket_lines(diagnosed: Diagnosed, texts: Texts, session_wall_s: float) -> list[str]:
    """What to paste into a ticket; nothing before there is a verdict."""
    if diagnosed.verdict is None:
        return []
    words = VerdictWords(texts)
    told = words.ticket(diagnosed.verdict, diagnosed.target, diagnosed.facts, session_wall_s + diagnosed.at_s)
    return [visible(line, _LONGEST) for line in told.splitlines()]
