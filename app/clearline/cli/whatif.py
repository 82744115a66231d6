"""Replays a recorded session under other profiles: `clearline whatif`."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from clearline.cli.exit_codes import ExitCode
from clearline.cli.sessions import chosen, opened
from clearline.domain.plan import Plan
from clearline.domain.problem import InputError, Problem
from clearline.domain.profile import BUILT_IN, LIMITS, STANDARD, Profile, read_field, replace_field, validate
from clearline.engine.target_run import is_idempotent
from clearline.host import plan_file
from clearline.host.texts import Texts
from clearline.report.plain_text import table_lines
from clearline.report.replays import Lane, lanes
from clearline.report.replays_table import lane_table


def whatif(
    session: Path,
    texts: Texts,
    profiles: tuple[str, ...],
    settings: tuple[str, ...],
    *,
    from_: str | None,
    to: str | None,
    targets: tuple[str, ...],
    is_json: bool,
) -> int:
    """Say what would have come of it. Raises InputError, CannotError."""
    with opened(session) as reader:
        span = chosen(reader, targets, from_, to)
        named = [_profile(name, span.plan) for name in profiles] or [_of_targets(span.plan)]
        others = [with_settings(profile, settings, texts) for profile in named]
        found = lanes(span, others, is_idempotent)
    if not found:
        raise InputError(Problem("whatif.nothing"))
    names = [texts.say("whatif.as_run"), *(profile.name for profile in others)]
    if is_json:
        for lane in found:
            click.echo(json.dumps(_record(lane, names), ensure_ascii=False))
        return ExitCode.OK
    for number, lane in enumerate(found if len(found) > 2 else found[1:]):
        click.echo("" if number else texts.say("whatif.title"))
        click.echo("\n".join(table_lines(lane_table(lane, names, texts))))
    click.echo("")
    click.echo(texts.say("whatif.note"))
    return ExitCode.OK


def with_settings(profile: Profile, settings: Sequence[str], texts: Texts) -> Profile:
    """The profile with `FIELD=VALUE` settings; its name says them. Raises InputError."""
    changed = profile
    for typed in settings:
        field, equals, text = typed.partition("=")
        value = _number(text)
        if not equals or field not in LIMITS or value is None:
            raise InputError(Problem("whatif.no_field", {"typed": typed, "known": ", ".join(LIMITS)}))
        is_whole = isinstance(getattr(getattr(profile, field.partition(".")[0]), field.partition(".")[2]), int)
        changed = replace_field(changed, field, int(value) if is_whole else value)
    if problems := validate(changed):
        reason = " ".join(texts.problem(problem) for problem in problems)
        raise InputError(Problem("whatif.wrong", {"reason": reason}))
    if changed == profile:
        return profile
    told = ", ".join(f"{field} {read_field(changed, field):g}" for field in LIMITS if _differs(profile, changed, field))
    return msgspec.structs.replace(changed, name=f"{profile.name}, {told}" if told else profile.name)


def _differs(one: Profile, other: Profile, field: str) -> bool:
    return read_field(one, field) != read_field(other, field)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _of_targets(plan: Plan) -> Profile:
    """The profile that most targets have: settings change that one."""
    names = [target.profile for target in plan.targets]
    most = max(set(names), key=names.count, default=STANDARD.name)
    return plan.profile(most) or STANDARD


def _profile(name: str, plan: Plan) -> Profile:
    """A profile by its name, or from a plan file: `FILE` or `FILE#NAME`. Raises InputError."""
    known = [*plan.profiles, *BUILT_IN]
    for profile in known:
        if profile.name == name:
            return profile
    path, mark, inner = name.rpartition("#")
    file = Path(path if mark else name)
    if file.suffix.casefold() != ".toml":
        names = ", ".join(dict.fromkeys(profile.name for profile in known))
        raise InputError(Problem("whatif.no_profile", {"name": name, "known": names}))
    held = plan_file.load(file).profiles
    own = [profile for profile in held if profile not in BUILT_IN]
    wanted = [profile for profile in held if profile.name == inner] if mark else own
    if len(wanted) != 1:
        names = ", ".join(profile.name for profile in held)
        raise InputError(Problem("whatif.profile_file", {"name": file.name, "known": names}))
    return wanted[0]


def _record(lane: Lane, names: Sequence[str]) -> dict[str, Any]:
    courses = [
        {"profile": name, **msgspec.structs.asdict(course), "added_load": round(course.added_load, 4)}
        for name, course in zip(names, lane.courses, strict=True)
    ]
    return {
        "target": lane.target.shown if lane.target else None,
        "id": lane.target.id if lane.target else None,
        "name": lane.target.label if lane.target else None,
        "courses": courses,
    }
