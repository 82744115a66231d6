"""Compares two recorded sessions, or two parts of one: `clearline compare`."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from clearline import __version__
from clearline.cli.exit_codes import ExitCode
from clearline.cli.moments import moment_s
from clearline.cli.parts import Parts
from clearline.cli.sessions import chosen, opened, redactor_of
from clearline.domain.event import MarkerDropped
from clearline.domain.problem import InputError, Problem
from clearline.host.clock import wall_s
from clearline.host.texts import Texts
from clearline.report.comparison import Comparison, PhaseChange, compared
from clearline.report.comparison_story import ComparisonStory, halves_titles, side_title
from clearline.report.facts import fold
from clearline.report.making import DOCUMENTS, write_document
from clearline.report.matching import aligned
from clearline.report.plain_text import plain_text
from clearline.report.span import halves
from clearline.report.visible import Moments, visible
from clearline.store.reader import SessionReader


def compare(
    sessions: tuple[Path, ...],
    parts: Parts,
    texts: Texts,
    *,
    at: str | None,
    ticket: str,
    targets: tuple[str, ...],
    out: Path | None,
    is_json: bool,
) -> int:
    """Say what differs. Raises InputError, CannotError."""
    if len(sessions) == 1 and at is None:
        raise InputError(Problem("compare.one_side"))
    if len(sessions) == 2 and at is not None:
        raise InputError(Problem("compare.two_sides"))
    if out is not None and out.suffix.casefold() not in DOCUMENTS:
        raise InputError(Problem("report.ending", {"name": out.name, "known": ", ".join(DOCUMENTS)}))
    with ExitStack() as stack:
        readers = [stack.enter_context(opened(path)) for path in sessions]
        labels: dict[str, str] = {}
        if len(readers) == 1:
            whole = chosen(readers[0], targets)
            ids = tuple(target.id for target in whole.plan.targets)
            spans = halves(readers[0], _moment(readers[0], at or ""), ids)
            titles = halves_titles(spans, texts)
        else:
            spans, labels = aligned(
                [chosen(reader, targets) for reader in readers], lambda: redactor_of(is_redacted=False, ticket=ticket)
            )
            titles = [side_title(path.stem, span, texts) for path, span in zip(sessions, spans, strict=True)]
        one, other = (fold(span) for span in spans)
    assert one is not None and other is not None  # noqa: S101, PT018 (nobody stops them)
    comparison = compared(one, other, labels)
    if is_json:
        click.echo(json.dumps(record(comparison), ensure_ascii=False, allow_nan=False))
        return ExitCode.OK
    foot = texts.say("report.foot", version=__version__, when=Moments(wall_s()).local(0.0)[:16])
    document = ComparisonStory(comparison, texts).document(titles[0], titles[1], foot)
    if out is None:
        click.echo(plain_text(document), nl=False)
        return ExitCode.OK
    write_document(document, out, parts.write_pdf)
    click.echo(texts.say("report.written", file=str(out), size=texts.number(out.stat().st_size / 1000, 1)))
    return ExitCode.OK


def _moment(reader: SessionReader, at: str) -> float:
    markers = list(reader.stream(MarkerDropped))
    for marker in markers:
        if at.casefold() in marker.text.casefold():
            return marker.at_s
    try:
        return moment_s(at, reader.meta.wall_s, 0.0)
    except InputError:
        known = ", ".join(visible(marker.text, 40) for marker in markers[:10]) or "–"
        raise InputError(Problem("compare.no_marker", {"typed": at, "known": known})) from None


def record(comparison: Comparison) -> dict[str, Any]:
    """The object of `compare --json`."""
    return {
        "targets": [
            {
                "id": one.target.id,
                "name": one.label,
                "is_changed": one.is_changed,
                "phases": {change.phase.value: _phase(change) for change in one.phases if change.phase is not None},
                "total": _phase(one.total),
                "loss": {"a": one.loss.before, "b": one.loss.after, "is_changed": one.is_loss_changed},
                "new_faults": list(one.new_faults),
                "gone_faults": list(one.gone_faults),
                "proxies": {side: sorted(way.proxies) for side, way in zip("ab", one.ways, strict=True)},
                "issuers": {side: sorted(way.issuers) for side, way in zip("ab", one.ways, strict=True)},
                "addresses": {side: sorted(way.addresses) for side, way in zip("ab", one.ways, strict=True)},
            }
            for one in comparison.targets
        ],
        "only_a": list(comparison.only_a),
        "only_b": list(comparison.only_b),
    }


def _phase(change: PhaseChange) -> dict[str, Any]:
    return {
        "p50_ms": {"a": change.p50.before, "b": change.p50.after},
        "p95_ms": {"a": change.p95.before, "b": change.p95.after},
        "samples": {"a": change.samples[0], "b": change.samples[1]},
        "is_changed": change.is_changed,
    }
