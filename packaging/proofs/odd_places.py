"""The one folder from awkward places and accounts: each time the whole self-test, with a window drawn."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from proofs.report import Report
from steps.project import NAME, BuildError, folder, needed

NOBODY = 65534
UNKNOWN = 54321
"""An account without an entry in passwd, and so without a home."""
TIME_LIMIT_S = 300


@dataclass
class Case:
    """One way to start it."""

    name: str
    program: Path
    variables: dict[str, str] = field(default_factory=dict)
    account: int = NOBODY


def prove(arguments: list[str]) -> int:
    """Spaces and accents, read-only, an ordinary user, two at once, LANG=C, no HOME, other Qt, portable. Needs root."""
    if os.geteuid() != 0:
        raise BuildError("Other accounts can only be tried by root: run it with sudo.")
    report = Report()
    with tempfile.TemporaryDirectory(prefix="clearline-places-") as place, _read_only(place) as fixed:
        top = Path(place)
        top.chmod(0o755)
        plain = copied(top / "plain")
        accents = copied(top / "Été à l’œuvre (copie n° 1)")
        portable = copied(top / "portable")
        home = _owned(top / "home", NOBODY)
        at_home = {"HOME": str(home)}
        for case in (
            Case("from a path with spaces and accents", accents, at_home),
            Case("from a read-only file system", fixed, at_home),
            Case("with LANG=C", plain, {**at_home, "LANG": "C", "LC_ALL": "C"}),
            Case("with nothing in the environment but HOME", plain, at_home),
            Case("without HOME", plain, {}),
            Case("as an account without a home or a name", plain, {}, UNKNOWN),
            # The LGPL: whoever changes these libraries must be able to use them, and nothing here may look for it.
            Case("with every library of Qt changed by somebody", _with_other_qt(top / "other"), at_home),
        ):
            _judge(report, case.name, [_start(case)])
        two = Case("two at once", plain, at_home)
        _judge(report, two.name, [_start(two), _start(two)])
        data = _owned(portable.parent / "data", NOBODY)
        fresh_home = _owned(top / "untouched", NOBODY)
        _judge(report, "portable", [_start(Case("", portable, {"HOME": str(fresh_home)}))])
        report.says("portable: everything lies beside it", (data / "config").is_dir() and not any(fresh_home.iterdir()))
    return report.exit_code


def _judge(report: Report, name: str, running: list["subprocess.Popen[str]"]) -> None:
    failures = []
    for process in running:
        output, errors = process.communicate(timeout=TIME_LIMIT_S)
        steps = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
        failures += [step["summary"] for step in steps if "step" in step and step["needed"] and not step["ok"]]
        if process.returncode or errors or not steps:
            failures.append(f"exit code {process.returncode} {errors.strip()[-500:]}")
        else:
            notes = [step["summary"] for step in steps if not step.get("ok", True)]
            print("".join(f"       {note}\n" for note in notes), end="")
    report.says(f"self-test {name}", not failures, " ".join(failures))


def _start(case: Case) -> "subprocess.Popen[str]":
    account = ["--reuid", str(case.account), "--regid", str(case.account), "--clear-groups", "--bounding-set=-all"]
    words = [f"{name}={value}" for name, value in case.variables.items()]
    command = [needed("setpriv", "util-linux"), *account, "env", "-i", "-C", "/", *words, str(case.program)]
    pipe = subprocess.PIPE
    return subprocess.Popen([*command, "self-test", "--json"], stdout=pipe, stderr=pipe, encoding="utf-8")


def copied(place: Path) -> Path:
    """The program of a copy in this place."""
    shutil.copytree(folder(), place / NAME, symlinks=True)
    return place / NAME / NAME


def _with_other_qt(place: Path) -> Path:
    """The program of a copy whose Qt is not, byte for byte, what was handed out."""
    program = copied(place)
    for library in program.parent.glob("_internal/PySide6/Qt/lib/libQt6*.so.6"):
        with library.open("ab") as file:
            file.write(b"changed by somebody")
    return program


def _owned(place: Path, account: int) -> Path:
    place.mkdir(parents=True)
    os.chown(place, account, account)
    return place


@contextmanager
def _read_only(place: str) -> Iterator[Path]:
    """The program of the build, mounted so that nobody can write to it."""
    mount = Path(place) / "read-only"
    mount.mkdir()
    subprocess.run(["mount", "--bind", folder(), mount], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", mount], check=True)
        yield mount / NAME
    finally:
        subprocess.run(["umount", mount], check=True)
