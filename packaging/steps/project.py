"""What every step of a build knows: the folders, the version, the moment of the commit, how to run a tool."""

import os
import platform
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
WORK = Path(os.environ.get("CLEARLINE_BUILD", ROOT / "build"))
"""Everything between; may be removed at any time."""
DIST = Path(os.environ.get("CLEARLINE_DIST", ROOT / "dist"))
"""What is handed out."""
NAME = "clearline"
SUMMARY = "Desktop connection tester for support staff"
MOST_COMPRESSED = 90_000_000
MOST_UNPACKED = 220_000_000

MACHINE = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "arm64": "arm64"}.get(
    platform.machine(), platform.machine()
)


class BuildError(Exception):
    """The build cannot go on; the sentence says why and what to do."""


@cache
def metadata() -> dict[str, object]:
    """The [project] table of pyproject.toml."""
    table: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table


def version() -> str:
    """The one place that says it is pyproject.toml."""
    return str(metadata()["version"])


@cache
def moment() -> int:
    """Seconds since 1970 that every file of the build carries: SOURCE_DATE_EPOCH, else the time of the commit."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    done = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False)
    return int(done.stdout.strip() or 315532800)


def folder() -> Path:
    """The one-folder build."""
    return WORK / "frozen" / ("Clearline.app" if sys.platform == "darwin" else NAME)


def inside() -> Path:
    """The folder, within the one-folder build, that people see first."""
    return folder() / "Contents" / "Resources" if sys.platform == "darwin" else folder()


def libraries() -> Path:
    """The folder, within the one-folder build, of everything but the program."""
    return folder() / ("Contents/Frameworks" if sys.platform == "darwin" else "_internal")


def stem() -> str:
    """What the names of all packages begin with."""
    system = {"linux": "linux", "win32": "windows", "darwin": "macos"}.get(sys.platform, sys.platform)
    return f"{NAME}-{version()}-{system}-{MACHINE}"


def run(command: Sequence[str | Path], *, cwd: Path | None = None, environment: Mapping[str, str] | None = None) -> str:
    """Run a tool and return what it wrote to standard output. Raises BuildError with its last words."""
    told = dict(os.environ, SOURCE_DATE_EPOCH=str(moment()), PYTHONHASHSEED="0", **(environment or {}))
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=told,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-25:])
        raise BuildError(f"{Path(str(command[0])).name} failed:\n{last}")
    return done.stdout


def needed(tool: str, package: str) -> str:
    """The path of a tool of the system. Raises BuildError that names the package it comes with."""
    found = shutil.which(tool)
    if found is None:
        raise BuildError(f"{tool} is missing. On Debian and Ubuntu type: sudo apt-get install {package}")
    return found


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    if path.is_file():
        return path.stat().st_size
    return sum(file.lstat().st_size for file in path.rglob("*") if not file.is_dir() or file.is_symlink())


def fresh(path: Path) -> Path:
    """An empty folder in this place."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path
