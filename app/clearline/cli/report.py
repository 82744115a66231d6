"""Makes a report of a recorded session: `clearline report`."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from clearline.cli.exit_codes import ExitCode
from clearline.cli.guard import say
from clearline.cli.parts import Parts
from clearline.cli.sessions import chosen, opened, redactor_of
from clearline.domain.problem import InputError, Problem
from clearline.host.clock import wall_s
from clearline.host.texts import Texts
from clearline.net.machine import look_around
from clearline.net.pac_settings import PacSettings
from clearline.report.making import Making, Means, check_ending
from clearline.report.preview import Preview
from clearline.report.span import Span, no_progress

_MOST_SHOWN = 12


def report(
    session: Path,
    out: Path | None,
    parts: Parts,
    texts: Texts,
    *,
    is_redacted: bool,
    ticket: str,
    is_preview: bool,
    from_: str | None,
    to: str | None,
    targets: tuple[str, ...],
) -> int:
    """Write the report, or with `is_preview` only what would leave this computer. Raises InputError, CannotError."""
    if out is None and not is_preview:
        raise InputError(Problem("report.no_file"))
    if out is not None:
        check_ending(out)
        if out.exists() and out.samefile(session):
            raise InputError(Problem("report.same_file", {"name": out.name}))
    redactor = redactor_of(is_redacted, ticket)
    with opened(session) as reader:
        span = chosen(reader, targets, from_, to, redactor)
        if is_preview:
            preview = Preview(span, redactor)
            preview.read()
            click.echo("\n".join(_preview_lines(preview, span, texts)))
            return ExitCode.OK
        assert out is not None  # noqa: S101 (checked above)
        if span.is_redacted and redactor is not None and not span.session_id.startswith(redactor.session_id("")[:17]):
            say(texts.say("report.redacted_before"))
        means = Means(look_around(PacSettings()), wall_s(), parts.write_pdf, parts.copy_to)
        Making(span, texts, means, _progress()).write(out)
        if reader.damaged:
            say(texts.say("report.damaged", count=reader.damaged))
    click.echo(texts.say("report.written", file=str(out), size=texts.number(out.stat().st_size / 1000, 1)))
    return ExitCode.OK


def _progress() -> Callable[[float], bool]:
    """Per cent on the line where the cursor is, for people who wait."""
    if not sys.stderr.isatty():
        return no_progress

    def show(share: float) -> bool:
        click.echo(f"\r{share:4.0%}\r", err=True, nl=False)
        return True

    return show


def _preview_lines(preview: Preview, span: Span, texts: Texts) -> Iterator[str]:
    yield texts.say("report.preview.head" if span.is_redacted else "report.preview.head_open")
    for category, pairs in preview.categories():
        name = texts.say(f"report.preview.{category}")
        yield f"{name} ({texts.number(len(pairs))})"
        for original, alias in pairs[:_MOST_SHOWN]:
            yield f"    {original}" if alias is None else f"    {original}  →  {alias}"
        if len(pairs) > _MOST_SHOWN:
            yield f"    {texts.say('report.event.more', count=len(pairs) - _MOST_SHOWN)}"
    yield texts.say("report.preview.stays")
