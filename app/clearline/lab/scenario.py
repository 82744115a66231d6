"""Scenarios: TOML files that say which servers the lab starts, what breaks and when, and what there is to learn."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from clearline.domain.problem import InputError, Problem
from clearline.domain.profile import BUILT_IN, Profile, validate
from clearline.host import resources
from clearline.host.texts import set_french_spaces
from clearline.lab.scenario_check import check_scenario
from clearline.lab.scenario_records import Crowd, LabProfile, LabTarget, Record, Scenario, Words, in_language

_TOO_LARGE = 1_000_000


class _Head(Record, frozen=True):
    title: Words
    lesson: dict[str, str]
    seed: int = 1
    duration_s: float = 180.0
    interval_s: float = 1.0
    profiles: tuple[dict[str, Any], ...] = ()
    targets: tuple[dict[str, Any], ...] = ()
    crowds: tuple[dict[str, Any], ...] = ()


def names() -> list[str]:
    """The scenarios that come with Clearline, sorted."""
    return sorted(file.stem for file in resources.path("lab").glob("*.toml"))


def titles(language: str) -> list[tuple[str, str]]:
    """The same, each with its title in this language."""
    return [(name, in_language(load(name).title, language)) for name in names()]


def load(name_or_path: str | Path, *, count: int | None = None) -> Scenario:
    """A scenario by its name or from a file; `count` sets how many targets each crowd has.

    Raises InputError with every problem found (codes `lab.*`), also when there is no such scenario.
    """
    known = names()
    if isinstance(name_or_path, str) and name_or_path in known:
        file = resources.path("lab", f"{name_or_path}.toml")
    elif (file := Path(name_or_path)).suffix != ".toml":
        raise InputError(Problem("lab.unknown", {"name": str(name_or_path), "known": ", ".join(known)}))
    try:
        if file.stat().st_size > _TOO_LARGE:
            raise InputError(Problem("lab.too_large", {"file": str(file)}))
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(Problem("lab.unreadable", {"file": str(file), "reason": str(error)})) from error
    return read(text, file.stem, count=count)


def read(text: str, name: str, *, count: int | None = None) -> Scenario:
    """A scenario from the text of its file. Raises InputError with every problem found."""
    try:
        # One file holds both languages; English has no space before these signs.
        raw = tomllib.loads(set_french_spaces(text))
    except tomllib.TOMLDecodeError as error:
        raise InputError(Problem("lab.not_toml", {"name": name, "reason": str(error)})) from error
    problems: list[Problem] = []
    head = _convert(raw, _Head, "", problems)
    if head is None:
        raise InputError(*problems)
    profiles = _profiles(head.profiles, problems)
    targets = _each(head.targets, LabTarget, "targets", problems)
    crowds = _each(head.crowds, Crowd, "crowds", problems)
    if count is not None:
        crowds = [msgspec.structs.replace(crowd, count=count) for crowd in crowds]
    scenario = Scenario(
        name, head.title, head.lesson, head.seed, head.duration_s, head.interval_s,
        tuple(profiles), tuple(targets), tuple(crowds),
    )  # fmt: skip
    problems += check_scenario(scenario)
    if problems:
        raise InputError(*problems)
    return scenario


_T = TypeVar("_T")


def _convert(raw: object, into: type[_T], where: str, problems: list[Problem]) -> _T | None:
    try:
        return msgspec.convert(raw, into)
    except msgspec.ValidationError as error:
        problems.append(_problem(str(error), where))
        return None


def _problem(text: str, where: str) -> Problem:
    """msgspec's sentence as a code and values; what it names stands in its own quotes."""
    sentence, _, path = text.partition(" - at `$")
    place = f"{where}{path.rstrip('`')}" or where
    place = place.removeprefix(".")
    quoted = re.findall(r"`([^`]*)`", sentence)
    if "unknown field" in sentence:
        return Problem("lab.unknown_key", {"key": quoted[0]}, place)
    if "missing required field" in sentence:
        return Problem("lab.missing_key", {"key": quoted[0]}, place)
    if sentence.startswith("Expected") and len(quoted) == 2:
        return Problem("lab.wrong_type", {"expected": quoted[0], "got": quoted[1]}, place)
    return Problem("lab.wrong_value", {"reason": sentence}, place)


def _each(rows: Iterable[dict[str, Any]], into: type[_T], where: str, problems: list[Problem]) -> list[_T]:
    converted = (
        _convert(row, into, f"{where}.{row.get('id') or row.get('name') or number}", problems)
        for number, row in enumerate(rows, 1)
    )
    return [item for item in converted if item is not None]


def _profiles(rows: Iterable[dict[str, Any]], problems: list[Problem]) -> list[Profile]:
    made = []
    known = {profile.name: profile for profile in BUILT_IN}
    for row in _each(rows, LabProfile, "profiles", problems):
        where = f"profiles.{row.name}"
        if row.based_on not in known:
            problems.append(Problem("lab.no_profile", {"profile": row.based_on, "known": ", ".join(known)}, where))
            continue
        profile = msgspec.structs.replace(known[row.based_on], name=row.name)
        for field, value in row.change.items():
            profile = _with_field(profile, field, value, where, problems)
        problems += [msgspec.structs.replace(p, field=f"{where}.{p.field}") for p in validate(profile)]
        made.append(profile)
        known[profile.name] = profile
    return made


def _with_field(
    profile: Profile, field: str, value: float | bool | str, where: str, problems: list[Problem]
) -> Profile:
    """The profile with one dotted field changed; as it is where that is a problem."""
    area, _, name = field.partition(".")
    part = getattr(profile, area, None)
    if not isinstance(part, msgspec.Struct) or name not in part.__struct_fields__:
        problems.append(Problem("lab.unknown_key", {"key": field}, where))
        return profile
    changed = _convert({**msgspec.to_builtins(part), name: value}, type(part), where, problems)
    return profile if changed is None else msgspec.structs.replace(profile, **{area: changed})
