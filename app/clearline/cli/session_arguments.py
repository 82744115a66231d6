"""The commands about recorded sessions, and nothing but their wiring."""

from pathlib import Path
from typing import Any

import click

from clearline.cli.arguments import FILE, Shared, common, main


@main.command(short_help="Make a report of a recorded session.")
@click.argument("session", type=FILE)
@click.option(
    "-o", "--output", "out", type=FILE, help="File to write: .html .pdf .csv .json .har .txt .prom .clearline"
)
@click.option("--redact", "is_redacted", is_flag=True, help="Replace what names people, hosts and places by aliases.")
@click.option("--ticket", default="", metavar="CODE", help="Redact; reports of one ticket code have the same aliases.")
@click.option("--preview", "is_preview", is_flag=True, help="Only show what would leave this computer.")
@click.option("--from", "from_", metavar="TIME", help="Begin: 90s after the start, 14:05, or 2026-11-26T13:05:00Z.")
@click.option("--to", metavar="TIME", help="End, written alike.")
@click.option("--target", "targets", multiple=True, metavar="TARGET", help="Only this one: name, address or id.")
@common
@click.pass_obj
def report(
    shared: Shared,
    /,
    session: Path,
    out: Path | None,
    is_redacted: bool,
    ticket: str,
    is_preview: bool,
    from_: str | None,
    to: str | None,
    targets: tuple[str, ...],
    **_common_options: Any,
) -> int:
    """Make a report of a recorded SESSION: what happened, since when, where it breaks, what was ruled out, whose it is.
    The ending of the file says the form: a page (.html .pdf .txt), all attempts (.csv .json .har), figures (.prom), or
    a session file with that part alone (.clearline)."""
    from clearline.cli.report import report as run

    return run(
        session,
        out,
        shared.parts,
        shared.texts,
        is_redacted=is_redacted,
        ticket=ticket,
        is_preview=is_preview,
        from_=from_,
        to=to,
        targets=targets,
    )
