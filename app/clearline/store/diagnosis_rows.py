"""The rows of what a diagnosis tells: each event's record as a note, which masks secrets and keeps repeats small."""

import msgspec

from clearline.domain.event import DiagnosisEnded, DiagnosisStarted, StepChanged, VerdictChanged
from clearline.domain.target import Target
from clearline.domain.verdict import DiagnosisPolicy, Step, StepResult, Verdict
from clearline.store.cells import Coder, Decoder, Row, Table, seconds, short


class _Opening(msgspec.Struct, frozen=True):
    target: Target
    policy: DiagnosisPolicy
    steps: tuple[Step, ...]


def started_row(event: DiagnosisStarted, coder: Coder) -> Row:
    """The beginning as a row."""
    opening = msgspec.to_builtins(_Opening(event.target, event.policy, event.steps))
    return event.at_s, short(event.diagnosis), *coder.note(opening, event.diagnosis)


def started(row: Row, decoder: Decoder) -> DiagnosisStarted:
    """And back."""
    at_s, diagnosis, number, changes = row
    opening = msgspec.convert(decoder.note(number, changes), _Opening)
    return DiagnosisStarted(
        at_s=seconds(at_s), diagnosis=diagnosis, target=opening.target, policy=opening.policy, steps=opening.steps
    )


def step_row(event: StepChanged, coder: Coder) -> Row:
    """A step as a row."""
    result = msgspec.to_builtins(event.result)
    return event.at_s, short(event.diagnosis), *coder.note(result, f"{event.result.step} {event.result.state}")


def step(row: Row, decoder: Decoder) -> StepChanged:
    """And back."""
    at_s, diagnosis, number, changes = row
    result = msgspec.convert(decoder.note(number, changes), StepResult)
    return StepChanged(at_s=seconds(at_s), diagnosis=diagnosis, result=result)


def verdict_row(event: VerdictChanged, coder: Coder) -> Row:
    """A verdict as a row."""
    told = msgspec.to_builtins(event.verdict)
    return event.at_s, short(event.diagnosis), int(event.is_final), *coder.note(told, f"verdict {event.verdict.code}")


def verdict(row: Row, decoder: Decoder) -> VerdictChanged:
    """And back."""
    at_s, diagnosis, is_final, number, changes = row
    told = msgspec.convert(decoder.note(number, changes), Verdict)
    return VerdictChanged(at_s=seconds(at_s), diagnosis=diagnosis, verdict=told, is_final=bool(is_final))


def ended_row(event: DiagnosisEnded, coder: Coder) -> Row:
    """The end as a row."""
    return event.at_s, short(event.diagnosis), coder.word(event.reason)


def ended(row: Row, decoder: Decoder) -> DiagnosisEnded:
    """And back."""
    at_s, diagnosis, reason = row
    return DiagnosisEnded(at_s=seconds(at_s), diagnosis=diagnosis, reason=decoder.word(reason))


_R, _I, _T = (float,), (int,), (str,)
_NOTE = ((int, type(None)), (bytes, type(None)))

TABLES: tuple[Table, ...] = (
    Table("diagnoses", DiagnosisStarted, (_R, _T, *_NOTE), started_row, started, since=5),
    Table("steps", StepChanged, (_R, _T, *_NOTE), step_row, step, since=5),
    Table("verdicts", VerdictChanged, (_R, _T, _I, *_NOTE), verdict_row, verdict, since=5),
    Table("diagnosis_ends", DiagnosisEnded, (_R, _T, _I), ended_row, ended, since=5),
)
"""The tables of a diagnosis' events."""
