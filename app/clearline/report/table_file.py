"""A span as CSV: every attempt a row, under a head that says what the file and each column are."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TextIO

from clearline import __version__
from clearline.domain.event import AttemptEnded
from clearline.domain.phase import Phase
from clearline.domain.target import Target
from clearline.report.diagnoses import Diagnosed
from clearline.report.facts import Facts
from clearline.report.span import Span
from clearline.report.visible import Moments, cell

FORMAT = 1


@dataclass(frozen=True)
class _Column:
    name: str
    meaning: str
    value: Callable[[AttemptEnded, Target, Moments], Any]


def _phase(phase: Phase) -> _Column:
    def value(event: AttemptEnded, _target: Target, _moments: Moments) -> Any:
        return _figure(event.outcome.phases.of(phase))

    return _Column(f"{phase.value}_ms", f"time in the phase {phase.value}; empty where it was not reached", value)


COLUMNS = (
    _Column("started_utc", "begin of the attempt, UTC, ISO 8601", lambda e, t, m: m.iso(e.started_s)),
    _Column("started_local", "the same in local time", lambda e, t, m: m.local_iso(e.started_s)),
    _Column("session_s", "the same in seconds since the session began", lambda e, t, m: _figure(e.started_s, 6)),
    _Column("target_id", "id of the target in its plan", lambda e, t, m: cell(t.id)),
    _Column("target", "its name", lambda e, t, m: cell(t.label)),
    _Column("address", "its address, secrets masked", lambda e, t, m: cell(t.shown)),
    _Column("check", "number of the due slot", lambda e, t, m: e.check),
    _Column("attempt", "number of the try in its check, from 1", lambda e, t, m: e.attempt),
    _Column("ok", "1 where it succeeded, else 0", lambda e, t, m: int(e.outcome.ok)),
    _Column("fault", "kind of fault", lambda e, t, m: cell(e.outcome.fault.kind) if e.outcome.fault else ""),
    _Column("layer", "where it broke", lambda e, t, m: e.outcome.fault.layer.value if e.outcome.fault else ""),
    _Column("whose", "who can mend it", lambda e, t, m: e.outcome.fault.whose.value if e.outcome.fault else ""),
    *map(_phase, Phase),
    _Column("total_ms", "sum of the phases", lambda e, t, m: _figure(e.outcome.phases.total_ms)),
    _Column("latency_ms", "what counts as latency; empty for failures", lambda e, t, m: _latency(e)),
    _Column("kernel_rtt_ms", "round trip by the kernel's own clock", lambda e, t, m: _figure(e.outcome.kernel_rtt_ms)),
    _Column("syn_retransmits", "connection requests that were lost", lambda e, t, m: e.outcome.syn_retransmits),
    _Column("lag_ms", "what the measuring itself added", lambda e, t, m: _figure(e.outcome.lag_ms)),
    _Column("status", "HTTP status or DNS rcode", lambda e, t, m: "" if e.outcome.status is None else e.outcome.status),
    _Column("tried", "numeric address that was tried", lambda e, t, m: cell(e.outcome.address)),
    _Column("bytes_in", "bytes received", lambda e, t, m: e.outcome.bytes_in),
    _Column("bytes_out", "bytes sent", lambda e, t, m: e.outcome.bytes_out),
    _Column("disturbed", "1 where the tester was not fit: in no statistic", lambda e, t, m: int(e.is_disturbed)),
)


def write_csv(out: TextIO, facts: Facts, moments: Moments, attempts: Iterable[AttemptEnded]) -> None:
    """RFC 4180 with a head of lines that begin with `#`. Nothing in it is a formula for a spreadsheet."""
    span = facts.span
    writer = csv.writer(out)
    for line in _head(span, moments):
        writer.writerow([line])
    for facts_of in facts.by_trouble:
        for outage in facts_of.outages:
            end = "" if outage.to_s is None else moments.iso(outage.to_s)
            length = _figure(outage.length_s(span.to_s))
            label = visible_label(facts_of.target)
            writer.writerow([f"# outage of {label}", moments.iso(outage.from_s), end, length, outage.kind])
    for diagnosed in facts.diagnoses.all:
        _write_diagnosis(writer, diagnosed, moments)
    writer.writerow([column.name for column in COLUMNS])
    for event in attempts:
        target = span.target(event.target)
        writer.writerow([column.value(event, target, moments) for column in COLUMNS])


def _write_diagnosis(writer: Any, diagnosed: Diagnosed, moments: Moments) -> None:
    found, label = diagnosed.verdict, visible_label(diagnosed.target)
    if found is None:
        return
    words = (found.code, found.confidence.value, found.whose.value)
    writer.writerow([f"# diagnosis of {label}", moments.iso(diagnosed.at_s), *map(cell, words)])
    for result in diagnosed.ladder:
        began, took = _figure(result.began_ms), _figure(result.took_ms)
        writer.writerow([f"# step of {label}", result.step.value, result.state.value, began, took])


def visible_label(target: Target) -> str:
    """A target's name, harmless in a table."""
    return cell(target.label)


def _head(span: Span, moments: Moments) -> Iterable[str]:
    yield f"# Clearline attempts, format {FORMAT}, written by Clearline {__version__}"
    yield f"# session {cell(span.session_id)}, recorded by Clearline {cell(span.app_version)}"
    yield f"# from {moments.iso(span.from_s)} to {moments.iso(span.to_s)}; local times are {moments.zone(span.from_s)}"
    yield f"# redacted: {'yes' if span.is_redacted else 'no'}; secrets are masked in any case"
    yield "# outages: begin and end in UTC (no end: it lasts), length in seconds, kind of fault"
    yield "# diagnoses: begin in UTC, verdict, how sure, whose; then each step, its end, begin and length in ms"
    for column in COLUMNS:
        yield f"# column {column.name}: {column.meaning}"


def _latency(event: AttemptEnded) -> Any:
    return _figure(event.outcome.latency_ms) if event.outcome.ok else ""


def _figure(value: float | None, digits: int = 4) -> Any:
    return "" if value is None else round(value, digits)
