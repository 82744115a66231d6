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


@main.command(short_help="Say what differs between two recorded sessions.")
@click.argument("sessions", nargs=-1, required=True, type=FILE)
@click.option("--at", metavar="MARKER|TIME", help="Compare one session before and after this marker or time.")
@click.option("--ticket", default="", metavar="CODE", help="The code that one of the sessions was redacted with.")
@click.option("--target", "targets", multiple=True, metavar="TARGET", help="Only this one: name, address or id.")
@click.option("-o", "--output", "out", type=FILE, help="File to write: .html .pdf .txt; else it is printed.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object, nothing else.")
@common
@click.pass_obj
def compare(
    shared: Shared,
    /,
    sessions: tuple[Path, ...],
    at: str | None,
    ticket: str,
    targets: tuple[str, ...],
    out: Path | None,
    is_json: bool,
    **_common_options: Any,
) -> int:
    """Say what differs between two recorded SESSIONS, A and B: for each target the phases that became slower or faster,
    loss, faults, proxies, certificates. With --at it is one session, before and after."""
    from clearline.cli.compare import compare as run

    if len(sessions) > 2:
        raise click.UsageError(shared.texts.say("compare.too_many"))
    return run(sessions, shared.parts, shared.texts, at=at, ticket=ticket, targets=targets, out=out, is_json=is_json)


@main.command(short_help="Replay a recorded session under another policy.")
@click.argument("session", type=FILE)
@click.option("--profile", "profiles", multiple=True, metavar="NAME|FILE", help="How to connect instead.")
@click.option("--set", "settings", multiple=True, metavar="FIELD=VALUE", help="Change that: retry.attempts=5 …")
@click.option("--from", "from_", metavar="TIME", help="Begin: 90s after the start, 14:05, or 2026-11-26T13:05:00Z.")
@click.option("--to", metavar="TIME", help="End, written alike.")
@click.option("--target", "targets", multiple=True, metavar="TARGET", help="Only this one: name, address or id.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line, nothing else.")
@common
@click.pass_obj
def whatif(
    shared: Shared,
    /,
    session: Path,
    profiles: tuple[str, ...],
    settings: tuple[str, ...],
    from_: str | None,
    to: str | None,
    targets: tuple[str, ...],
    is_json: bool,
    **_common_options: Any,
) -> int:
    """Replay what a SESSION recorded under other time limits, retries and breaker: errors that a user would have seen,
    alarms, added load, longest wait; beside what was really run."""
    from clearline.cli.whatif import whatif as run

    return run(session, shared.texts, profiles, settings, from_=from_, to=to, targets=targets, is_json=is_json)
