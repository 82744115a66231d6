"""Plan files: TOML that people may write by hand; each mistake is named with its line, a save is all or nothing."""

import difflib
import os
import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table
from tomlkit.toml_document import TOMLDocument

from clearline.domain.liveness import Heartbeat, KeepAlive
from clearline.domain.plan import Plan, new_target, validate_plan
from clearline.domain.problem import InputError, Problem
from clearline.domain.profile import (
    BUILT_IN,
    AdaptivePolicy,
    BreakerPolicy,
    BudgetPolicy,
    CascadePolicy,
    FallbackPolicy,
    Profile,
    RetryPolicy,
    ReusePolicy,
    Timeouts,
)
from clearline.domain.target import Target, parse_address

VERSION = 1
LARGEST_BYTES = 10_000_000
"""A plan of 10,000 targets takes 2 MB."""

_HEADING = (
    "A Clearline plan. Addresses stand here as they were given: where one holds a password, keep this file secret."
)
_PARTS: dict[str, type[msgspec.Struct]] = {
    "timeouts": Timeouts,
    "retry": RetryPolicy,
    "breaker": BreakerPolicy,
    "budget": BudgetPolicy,
    "adaptive": AdaptivePolicy,
    "cascade": CascadePolicy,
    "reuse": ReusePolicy,
    "fallback": FallbackPolicy,
    "keepalive": KeepAlive,
    "heartbeat": Heartbeat,
}
_STANDARD = {profile.name: profile for profile in BUILT_IN}


class PlanFileError(InputError):
    """A plan file cannot be read or written. Each problem has `line` among its values where it has a place."""


def load(path: Path) -> Plan:
    """The plan in a file. Raises PlanFileError with every problem found (`plan_file.*`, `address.*`, `plan.*` …)."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise PlanFileError(Problem("plan_file.missing", {"name": path.name})) from None
    except OSError as error:
        raise PlanFileError(_trouble("plan_file.unreadable", path, error)) from None
    if len(content) > LARGEST_BYTES:
        raise PlanFileError(Problem("plan_file.too_large", {"name": path.name, "size": f"{LARGEST_BYTES // 10**6} MB"}))
    try:
        # Windows' editor puts a byte order mark before the text.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = str(content.count(b"\n", 0, error.start) + 1)
        raise PlanFileError(Problem("plan_file.encoding", {"name": path.name, "line": line})) from None
    return loads(text)


def loads(text: str) -> Plan:
    """The plan in a text. Built-in profiles that it does not change are added. Raises PlanFileError."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PlanFileError(_syntax(str(error), text)) from None
    except RecursionError:
        raise PlanFileError(Problem("plan_file.syntax", {"line": "1", "reason": "nested too deeply"})) from None
    return _Reading(text, document).plan()


def save(plan: Plan, path: Path) -> None:
    """Put the plan into the file, whole or not at all; a file that is there keeps its comments and its permissions.

    A new file may be read by its owner only, since addresses can hold passwords. Raises PlanFileError.
    """
    # A link stays a link: what it points to is replaced.
    place = Path(os.path.realpath(path))
    try:
        before = place.read_text(encoding="utf-8-sig") if place.exists() else ""
        content = dumps(plan, before).encode("utf-8")
        _replace(place, content)
    except OSError as error:
        raise PlanFileError(_trouble("plan_file.not_saved", path, error)) from None
    except UnicodeError:
        raise PlanFileError(Problem("plan_file.encoding", {"name": path.name, "line": "1"})) from None


def dumps(plan: Plan, before: str = "") -> str:
    """The plan as TOML; `before` is the text that it replaces, whose comments and order of keys are kept."""
    document = _document(before)
    document["version"] = VERSION
    document["interval_s"] = plan.interval_s
    known = {_identity(table): table for table in _tables(document, "target")}
    targets = tomlkit.aot()
    for target in plan.targets:
        table = known.pop(target.id, None) or known.pop(target.address, None)
        targets.append(_filled(table, _changed(target, Target(id="", address=""))))
    changed = [profile for profile in plan.profiles if profile != _STANDARD.get(profile.name)]
    known = {str(table.get("name", "")): table for table in _tables(document, "profile")}
    profiles = tomlkit.aot()
    for profile in changed:
        profiles.append(_profile(known.get(profile.name), profile))
    for name, tables in (("target", targets), ("profile", profiles)):
        document.pop(name, None)
        if tables:
            document[name] = tables
    return tomlkit.dumps(document)


def _document(before: str) -> TOMLDocument:
    if before.strip():
        try:
            return tomlkit.parse(before)
        except TOMLKitError:
            pass  # A file that is no TOML has no comments to keep.
    document = tomlkit.document()
    document.add(tomlkit.comment(_HEADING))
    document.add("version", tomlkit.item(VERSION))
    return document


def _tables(document: TOMLDocument, name: str) -> list[Table]:
    found = document.get(name)
    return list(found.body) if isinstance(found, AoT) else []


def _identity(table: Table) -> str:
    """The target's id, or its address where a person gave it none."""
    if given := table.get("id"):
        return str(given)
    try:
        return parse_address(str(table.get("address", "")))
    except InputError:
        return ""


def _changed(value: msgspec.Struct, usual: msgspec.Struct) -> dict[str, Any]:
    """The fields that differ from the usual ones, in order, as TOML has them."""
    fields = msgspec.structs.asdict(value)
    return {
        name: _plain(field) for name, field in fields.items() if field != getattr(usual, name) and field is not None
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else str(value) if isinstance(value, str) else value


def _filled(table: Table | None, content: Mapping[str, Any]) -> Table:
    """A table with just this content; one that was there keeps its comments."""
    table = tomlkit.table() if table is None else table
    for key in [key for key in table if key not in content]:
        del table[key]
    for key, value in content.items():
        if table.get(key) != value:
            table[key] = value
    return table


def _profile(table: Table | None, profile: Profile) -> Table:
    usual = _STANDARD.get(profile.name, Profile(profile.name))
    content: dict[str, Any] = {"name": profile.name}
    for name in _PARTS:
        if part := _changed(getattr(profile, name), getattr(usual, name)):
            held = None if table is None else table.get(name)
            content[name] = _filled(held if isinstance(held, Table) else None, part)
    return _filled(table, content)


def _replace(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    mode = place.stat().st_mode & 0o777 if place.exists() else 0o600
    handle, fresh = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(fresh).chmod(mode)
        Path(fresh).replace(place)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise
    if os.name == "posix":
        # Without this the new name may be gone after a power cut, though the content is safe.
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class _Reading:
    """One document on its way to a plan: collects problems instead of stopping at the first."""

    def __init__(self, text: str, document: dict[str, Any]) -> None:
        self._document = document
        self._problems: list[Problem] = []
        self._lines = text.splitlines()
        self._headers = {name: list(self._lines_of(rf"\[\[\s*{name}\s*\]\]")) for name in ("target", "profile")}

    def plan(self) -> Plan:
        self._check_version()
        self._check_keys(self._document, ("version", "interval_s", "target", "profile"), "", 0)
        interval_s = self._value(self._document, "interval_s", float, "", 0)
        profiles = self._profiles()
        targets, lines = self._targets()
        plan = Plan(tuple(targets), tuple(profiles), Plan().interval_s if interval_s is None else interval_s)
        self._problems += [self._placed(problem, lines) for problem in validate_plan(plan)]
        if self._problems:
            raise PlanFileError(*sorted(self._problems, key=lambda problem: int(problem.values.get("line", "0"))))
        return plan

    def _check_version(self) -> None:
        version = self._document.get("version", VERSION)
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            self._problems.append(Problem("plan_file.type", {"key": "version", "line": self._line(0, "version")}))
        elif version > VERSION:
            # What a newer version means by its keys is not known: nothing else that is said would be right.
            raise PlanFileError(Problem("plan_file.newer", {"version": str(version), "known": str(VERSION)}))

    def _profiles(self) -> list[Profile]:
        found = dict(_STANDARD)
        named: set[str] = set()
        for number, table in self._each("profile"):
            line = self._header("profile", number)
            self._check_keys(table, ("name", *_PARTS), f"profile {number + 1}", line)
            name = self._value(table, "name", str, f"profile {number + 1}", line)
            if not name:
                self._problems.append(Problem("plan_file.no_name", {"line": str(line)}, f"profiles.{number}"))
                continue
            if name in named:
                self._problems.append(Problem("plan_file.same_name", {"name": name, "line": str(line)}, "profiles"))
            named.add(name)
            usual = found.get(name, Profile(name))
            parts = {part: self._part(table, part, getattr(usual, part), name, line) for part in _PARTS}
            found[name] = msgspec.structs.replace(usual, **parts)
        return list(found.values())

    def _part(self, table: dict[str, Any], part: str, usual: msgspec.Struct, name: str, line: int) -> msgspec.Struct:
        content = table.get(part, {})
        if not isinstance(content, dict):
            self._type_problem(f"{name}.{part}", line, part)
            return usual
        return msgspec.structs.replace(usual, **self._fields(content, type(usual), f"{name}.{part}", line))

    def _targets(self) -> tuple[list[Target], dict[str, int]]:
        targets: list[Target] = []
        lines: dict[str, int] = {}
        taken = {str(table["id"]) for _, table in self._each("target") if isinstance(table.get("id"), str)}
        for number, table in self._each("target"):
            line = self._header("target", number)
            fields = self._fields(table, Target, f"target {number + 1}", line)
            if "address" not in fields:
                if "address" not in table:
                    self._problems.append(Problem("plan_file.no_address", {"line": str(line)}, f"targets.{number}"))
                continue
            try:
                address = parse_address(fields["address"])
            except InputError as error:
                place = self._line(line, "address")
                self._problems += [
                    msgspec.structs.replace(problem, values={**problem.values, "line": place})
                    for problem in error.problems
                ]
                continue
            target_id = fields.get("id") or new_target(address, taken).id
            taken.add(target_id)
            lines.setdefault(target_id, line)
            targets.append(Target(**{**fields, "id": target_id, "address": address}))
        return targets, lines

    def _each(self, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
        tables = self._document.get(name, [])
        if not isinstance(tables, list):
            self._type_problem(name, 0, name)
            return
        for number, table in enumerate(tables):
            if isinstance(table, dict):
                yield number, table
            else:
                self._type_problem(name, 0, name)

    def _fields(self, table: dict[str, Any], kind: type[msgspec.Struct], place: str, line: int) -> dict[str, Any]:
        """The table's values by field; what does not fit is a problem and left out."""
        fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
        self._check_keys(table, tuple(fields), place, line)
        found = {key: self._value(table, key, fields[key], place, line) for key in table if key in fields}
        return {key: value for key, value in found.items() if value is not None}

    def _value(self, table: dict[str, Any], key: str, kind: Any, place: str, line: int) -> Any:
        if key not in table:
            return None
        try:
            return msgspec.convert(table[key], kind)
        except msgspec.ValidationError as error:
            field = ".".join(part for part in (place, key) if part)
            if isinstance(kind, type) and issubclass(kind, StrEnum):
                values = {"key": key, "line": self._line(line, key), "known": ", ".join(kind)}
                self._problems.append(Problem("plan_file.choice", values, field))
            else:
                self._type_problem(field, line, key, str(error))
            return None

    def _check_keys(self, table: dict[str, Any], known: tuple[str, ...], place: str, line: int) -> None:
        for key in table:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1, 0.5)
                values = {"key": key, "line": self._line(line, key), "known": near[0] if near else ", ".join(known)}
                self._problems.append(Problem("plan_file.unknown_key", values, ".".join(filter(None, (place, key)))))

    def _type_problem(self, field: str, line: int, key: str, reason: str = "") -> None:
        problem = Problem("plan_file.type", {"key": key, "line": self._line(line, key), "reason": reason}, field)
        if problem not in self._problems:
            self._problems.append(problem)

    # ── places ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _lines_of(self, pattern: str) -> Iterator[int]:
        for number, line in enumerate(self._lines, 1):
            if re.match(rf"\s*{pattern}", line):
                yield number

    def _header(self, name: str, number: int) -> int:
        """The line on which the numbered table begins; 1 where it was written in another form."""
        headers = self._headers[name]
        return headers[number] if number < len(headers) else 1

    def _line(self, header: int, key: str) -> str:
        """The line of a key below a table's header (0: of the document), else that of the header."""
        for number, line in enumerate(self._lines[header:], header + 1):
            if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line) or re.match(
                rf"\s*\[[\w. ]*{re.escape(key)}\]", line
            ):
                return str(number)
            if re.match(r"\s*\[\[", line):
                break
        return str(max(1, header))

    def _placed(self, problem: Problem, lines: dict[str, int]) -> Problem:
        """A problem of the whole plan, with the line of what it is about."""
        about, _, rest = problem.field.partition(".")
        line = 0
        if about == "targets":
            line = lines.get(rest, 0)
            key = {"plan.interval": "interval_s", "plan.no_profile": "profile"}.get(problem.code, "id")
        else:
            named = [str(table.get("name", "")) for _, table in self._each("profile")]
            name = next((name for name in named if rest.startswith(f"{name}.")), None)
            line = self._header("profile", named.index(name)) if name is not None else 0
            key = rest.rpartition(".")[2]
        return msgspec.structs.replace(problem, values={**problem.values, "line": self._line(line, key)})


def _syntax(message: str, text: str) -> Problem:
    """What the TOML parser said, without its own mention of the place."""
    place = re.search(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)", message)
    line = place[1] if place and place[1] else str(max(1, len(text.splitlines())))
    return Problem("plan_file.syntax", {"line": line, "reason": message[: place.start()] if place else message})


def _trouble(code: str, path: Path, error: OSError) -> Problem:
    return Problem(code, {"name": path.name, "reason": error.strerror or type(error).__name__})
