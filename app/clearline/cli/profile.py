"""What a profile comes to: `clearline profile`, its worst case and the time of a check as a tree."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from clearline.cli.plans import load_plan
from clearline.domain.plan import Plan
from clearline.domain.problem import InputError, Problem
from clearline.domain.profile import BUILT_IN, Profile
from clearline.host.texts import Texts
from clearline.resilience.cascade import budget_lines
from clearline.resilience.preview import preview

_INDENT = 2


def show_profiles(name: str | None, file: Path | None, texts: Texts, *, is_json: bool) -> None:
    """Print one profile of a plan, or all. Raises InputError for a name that is none, and OSError."""
    plan = load_plan(file) if file else Plan(profiles=BUILT_IN)
    chosen = plan.profiles if name is None else tuple(known for known in plan.profiles if known.name == name)
    if not chosen:
        known = ", ".join(profile.name for profile in plan.profiles)
        raise InputError(Problem("cli.no_profile", {"profile": name or "", "known": known}))
    for place, profile in enumerate(chosen):
        if is_json:
            click.echo(msgspec.json.encode(profile_record(profile)).decode())
        else:
            click.echo("\n".join([*([""] if place else []), *profile_lines(profile, texts)]))


def profile_lines(profile: Profile, texts: Texts) -> Iterator[str]:
    """Its name, its worst case in a sentence, and the time budget, indented."""
    seen = preview(profile)
    yield profile.name
    yield texts.say(
        "cli.profile_worst", worst=texts.duration(seen.worst_case_s), typical=texts.duration(seen.typical_s)
    )
    rows = [
        (" " * _INDENT * line.depth + texts.budget_line(line.what, line.number), texts.duration(line.seconds))
        for line in budget_lines(profile)
    ]
    left, right = (max(map(len, column)) for column in zip(*rows, strict=True))
    for name, span in rows:
        yield f"  {name:<{left}}  {span:>{right}}"


def profile_record(profile: Profile) -> dict[str, Any]:
    """The object of `profile --json`."""
    seen = preview(profile)
    return {
        "name": profile.name,
        "worst_case_s": round(seen.worst_case_s, 3),
        "typical_s": round(seen.typical_s, 3),
        "attempts": profile.retry.attempts,
        "time_budget": [
            {"depth": line.depth, "what": line.what, "number": line.number or None, "at_most_s": round(line.seconds, 3)}
            for line in budget_lines(profile)
        ],
    }
