"""Plan files in the terminal: shown, checked, filled from other lists, written as a table."""

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from clearline.cli.exit_codes import ExitCode
from clearline.cli.guard import CannotError, say
from clearline.domain.plan import Plan, validate_plan
from clearline.domain.problem import InputError, Problem
from clearline.domain.profile import BUILT_IN
from clearline.domain.tags import show_tags
from clearline.domain.target import Target, mask_secrets
from clearline.host import plan_file
from clearline.host.monitor_files import is_monitor_file, read_monitor_file
from clearline.host.target_list import PastedLine, read_list, read_text, write_list
from clearline.host.texts import Texts


def show_plan(file: Path, texts: Texts, *, is_json: bool) -> ExitCode:
    """Name targets and profiles. Raises InputError for a file that is no plan."""
    plan = plan_file.load(file)
    for target in plan.targets:
        if is_json:
            click.echo(msgspec.json.encode(_record(plan, target)).decode())
        else:
            parts = (target.label, target.shown, target.group, show_tags(target.tags), _pace(plan, target, texts))
            click.echo("  ".join(part for part in dict.fromkeys(parts) if part))
    if not is_json:
        click.echo(_sum(plan, texts))
    return ExitCode.OK


def check_plan(file: Path, texts: Texts) -> ExitCode:
    """Say that a plan can be used. Raises InputError with every mistake."""
    plan = plan_file.load(file)
    if problems := validate_plan(plan):
        raise InputError(*problems)
    click.echo(texts.say("plan_command.fine", file=file.name, told=_sum(plan, texts)))
    return ExitCode.OK


def import_targets(file: Path, out: Path, addresses: Sequence[str], texts: Texts, *, is_dry: bool) -> ExitCode:
    """Add what can be used of a list to a plan; exit code FAILED where a line cannot. Raises InputError."""
    text = read_text(file)
    plan = plan_file.load(out) if out.exists() else Plan(profiles=BUILT_IN)
    if is_monitor_file(text):
        lines = read_monitor_file(text, plan.targets, " ".join(addresses))
    else:
        lines = read_list(text, plan.targets)
    for line in lines:
        click.echo(f"{line.number:>5}  {_became(line, texts)}")
    fresh = [line for line in lines if line.is_new]
    bad = sum(line.problem is not None for line in lines)
    counts = {"good": len(fresh), "known": sum(line.is_known for line in lines), "bad": bad}
    say(texts.say("plan_command.counts", **counts))
    if fresh and not is_dry:
        for line in fresh:
            if line.profile is not None and plan.profile(line.profile.name) is None:
                plan = plan.with_profile(line.profile)
        plan = plan.with_targets([*plan.targets, *(line.target for line in fresh if line.target)])
        if problems := validate_plan(plan):
            raise InputError(*problems)
        plan_file.save(plan, out)
        say(texts.say("plan_command.saved", file=str(out)))
    return ExitCode.FAILED if bad else ExitCode.OK


def export_targets(file: Path, out: Path | None, texts: Texts) -> ExitCode:
    """Write the table. Raises InputError, and CannotError where it cannot be written or is there already."""
    table = write_list(plan_file.load(file))
    if out is None:
        click.echo(table, nl=False)
        return ExitCode.OK
    try:
        with out.open("x", encoding="utf-8", newline="") as written:
            written.write(table)
    except FileExistsError:
        raise CannotError(Problem("plan_command.exists", {"file": str(out)})) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise CannotError(Problem("plan_file.not_saved", {"name": out.name, "reason": reason})) from error
    say(texts.say("plan_command.saved", file=str(out)))
    return ExitCode.OK


def _sum(plan: Plan, texts: Texts) -> str:
    profiles = ", ".join(profile.name for profile in plan.profiles)
    return texts.say("plan_command.sum", targets=texts.number(len(plan.targets)), profiles=profiles)


def _pace(plan: Plan, target: Target, texts: Texts) -> str:
    if target.is_paused:
        return texts.state("paused")
    return texts.say("plan_command.pace", span=texts.duration(plan.interval_of(target)), profile=target.profile)


def _record(plan: Plan, target: Target) -> dict[str, object]:
    return {
        "id": target.id,
        "target": target.shown,
        "name": target.label,
        "group": target.group,
        "tags": target.tags,
        "probe": target.probe.value,
        "profile": target.profile,
        "interval_s": plan.interval_of(target),
        "is_paused": target.is_paused,
    }


def _became(line: PastedLine, texts: Texts) -> str:
    if line.problem is not None:
        return f"✕ {texts.problem(line.problem)}"
    target = line.target
    if target is None or line.is_known:
        return texts.say("plan_command.known", line=mask_secrets(line.text))
    parts = [target.shown, target.name, target.group, show_tags(target.tags)]
    if line.profile is not None:
        parts.append(line.profile.name)
    if line.ignored:
        parts.append(texts.say("plan_command.ignored", options=", ".join(line.ignored)))
    return "  ".join(part for part in parts if part)
