"""The commands about plan files, and nothing but their wiring."""

from pathlib import Path
from typing import Any

import click

from clearline.cli.arguments import FILE, Shared, common, main


@main.group(short_help="Show, check, import and export lists of targets.")
def plan() -> None:
    """Plan files: targets, profiles and pace."""


@plan.command(short_help="Name its targets and profiles.")
@click.argument("file", type=FILE)
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line, nothing else.")
@common
@click.pass_obj
def show(shared: Shared, /, file: Path, is_json: bool, **_common_options: Any) -> int:
    """Name what the plan in FILE tests, how and how often. Passwords are masked."""
    from clearline.cli.plan_files import show_plan

    return show_plan(file, shared.texts, is_json=is_json)


@plan.command(short_help="Say whether it can be used, else every mistake.")
@click.argument("file", type=FILE)
@common
@click.pass_obj
def check(shared: Shared, /, file: Path, **_common_options: Any) -> int:
    """Read the plan in FILE and name every mistake in it, with its line."""
    from clearline.cli.plan_files import check_plan

    return check_plan(file, shared.texts)


@plan.command(name="import", short_help="Add targets from a list, a hosts file or another monitor.")
@click.argument("file", type=FILE)
@click.option("-o", "--output", "out", type=FILE, required=True, metavar="PLAN", help="Plan to add to, or to make.")
@click.option("--address", "addresses", multiple=True, metavar="HOST", help="What modules without a target test.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Only say what each line would become.")
@common
@click.pass_obj
def take_in(
    shared: Shared, /, file: Path, out: Path, addresses: tuple[str, ...], is_dry: bool, **_common_options: Any
) -> int:
    """Add the targets in FILE to a plan: a list of addresses, a table (.csv), a hosts file, or the configuration of
    Prometheus or blackbox_exporter. Says what each line became, or why it cannot be used."""
    from clearline.cli.plan_files import import_targets

    return import_targets(file, out, addresses, shared.texts, is_dry=is_dry)


@plan.command(short_help="Write its targets as a table.")
@click.argument("file", type=FILE)
@click.option("-o", "--output", "out", type=FILE, metavar="FILE.csv", help="File to write; else standard output.")
@common
@click.pass_obj
def export(shared: Shared, /, file: Path, out: Path | None, **_common_options: Any) -> int:
    """Write the targets of the plan in FILE as a table that spreadsheets and `import` read. Passwords are masked."""
    from clearline.cli.plan_files import export_targets

    return export_targets(file, out, shared.texts)
