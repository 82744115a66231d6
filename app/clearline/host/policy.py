"""What the administrator of this computer has fixed: one file that Clearline reads and never writes."""

import os
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from clearline.domain.problem import Problem
from clearline.domain.verdict import Outside
from clearline.host.own_program import beside_executable

FILE = "policy.toml"
VERSION = 1
LARGEST_BYTES = 100_000

LOCKABLE: dict[str, tuple[object, ...]] = {
    "theme": ("light", "dark", "system"),
    "language": ("en", "fr"),
    "outside": ("company", "listed"),
}
"""Settings that a policy may fix, with the values each can have."""


class Branding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose reports these are."""

    organisation: str = ""
    contact: str = ""
    """How to reach the support that sends the report: one line."""


class Policy(msgspec.Struct, frozen=True):
    """Everything that is fixed. The usual one fixes nothing."""

    file: str = ""
    """Where it was read; empty where there is none."""
    locked: Mapping[str, object] = {}
    """Values of settings that nobody changes, by name: see LOCKABLE."""
    outside_hosts: tuple[str, ...] | None = None
    """The only hosts besides a person's own targets that may be contacted; None leaves it to the settings."""
    default_plan: str = ""
    """Plan that the window opens with for somebody who has none of their own; an absolute path."""
    branding: Branding = Branding()
    problems: tuple[Problem, ...] = ()
    """What in the file could not be used. What was not understood is taken at its strictest: no outside host."""

    def is_locked(self, setting: str) -> bool:
        """Did the administrator fix this setting?"""
        return setting in self.locked

    def may_contact(self, host: str) -> bool:
        """May this outside host be contacted, as far as the administrator is concerned?"""
        return self.outside_hosts is None or host.casefold() in self.outside_hosts

    def narrowed(self, outside: Outside) -> Outside:
        """What of the hosts that a diagnosis may contact is left. The company's own targets are a person's own."""
        left = msgspec.structs.replace(
            outside,
            points=tuple(point for point in outside.points if self.may_contact(_host(point))),
            portals=tuple(page for page in outside.portals if self.may_contact(_host(page.partition("#")[0]))),
            resolvers=tuple(server for server in outside.resolvers if self.may_contact(_host(f"udp://{server}"))),
        )
        has_any = bool(left.points or left.portals or left.resolvers)
        is_allowed = outside.is_allowed and has_any and self.locked.get("outside") != "company"
        return msgspec.structs.replace(left, is_allowed=is_allowed)


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""


class _Outside(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    allowed: tuple[str, ...] | None = None


class _Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    default: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int = VERSION
    locked: dict[str, Any] = {}
    outside: _Outside = _Outside()
    plan: _Plan = _Plan()
    report: Branding = Branding()


@cache
def policy() -> Policy:
    """The policy in force, read once: from the system's place, else from beside a frozen executable."""
    for place in places():
        found = read(place)
        if found is not None:
            return found
    return Policy()


def places() -> tuple[Path, ...]:
    """Where a policy may lie, the one that counts first.

    Only an administrator can write to the system's own; on Windows once its folder was given the rights that
    packaging/policy-example.toml names.
    """
    if sys.platform == "win32":
        system = Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "Clearline"
    elif sys.platform == "darwin":
        system = Path("/Library/Application Support/Clearline")
    else:
        system = Path("/etc/clearline")
    beside = beside_executable()
    return (system / FILE,) if beside is None else (system / FILE, beside / FILE)


def read(path: Path) -> Policy | None:
    """The policy in this file; None where there is no such file. Never raises: what is wrong is in `problems`."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            return _unusable(path, "too_large")
        content = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8-sig")), _File)
    except FileNotFoundError:
        return None
    except OSError as error:
        return _unusable(path, "unreadable", error.strerror or type(error).__name__)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, msgspec.ValidationError) as error:
        return _unusable(path, "not_understood", str(error))
    if content.version != VERSION:
        return _unusable(path, "newer", str(content.version))
    problems = tuple(_wrong(path, content.locked))
    return Policy(
        file=str(path),
        locked={name: value for name, value in content.locked.items() if value in LOCKABLE.get(name, ())},
        outside_hosts=None if content.outside.allowed is None else tuple(map(str.casefold, content.outside.allowed)),
        default_plan=str(path.parent / content.plan.default) if content.plan.default else "",
        branding=content.report,
        problems=problems,
    )


def _unusable(path: Path, why: str, reason: str = "") -> Policy:
    problem = Problem(f"policy.{why}", {"file": str(path), "reason": reason})
    return Policy(file=str(path), outside_hosts=(), problems=(problem,))


def _wrong(path: Path, locked: Mapping[str, object]) -> list[Problem]:
    found = []
    for name, value in locked.items():
        if name not in LOCKABLE:
            values = {"file": str(path), "name": name, "known": ", ".join(LOCKABLE)}
            found.append(Problem("policy.unknown_setting", values))
        elif value not in LOCKABLE[name]:
            values = {"file": str(path), "name": name, "known": ", ".join(map(str, LOCKABLE[name]))}
            found.append(Problem("policy.wrong_value", values))
    return found
