"""The environment that is frozen: made from packaging/locks/build.txt alone, never the developer's .venv."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from steps.project import PACKAGING, ROOT, WORK, run

LOCK = PACKAGING / "locks" / "build.txt"
FOLDER = WORK / "venv"
_STAMP = FOLDER / "complete"


def python() -> Path:
    """Its interpreter."""
    return FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make(*, is_fresh: bool = False) -> None:
    """Make it, unless there is one of the same lock file and Python; Clearline itself is put in anew each time."""
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode() + str(FOLDER).encode()).hexdigest()
    pip: list[str | Path] = [python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    if is_fresh or not _STAMP.exists() or _STAMP.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(FOLDER, ignore_errors=True)
        run([sys.executable, "-m", "venv", FOLDER])
        run([*pip, "--require-hashes", "--only-binary", ":all:", "--requirement", LOCK])
        _STAMP.write_text(wanted, encoding="utf-8")
    run([*pip, "--no-deps", "--no-build-isolation", "--force-reinstall", _sources()])


def _sources() -> Path:
    """A copy of what is committed or changed here, without what an earlier build left."""
    copy = WORK / "sources"
    shutil.rmtree(copy, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:  # An unpacked archive of the sources has no repository.
        names = [
            path.relative_to(ROOT).as_posix() for part in ("app", "resources") for path in (ROOT / part).rglob("*")
        ]
        names += ["pyproject.toml", "README.md"]
    else:
        names = [name for name in listed.stdout.decode().split("\0") if name]
    for name in names:
        if name.startswith(("app/", "resources/", "pyproject.toml", "README.md")) and (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)
    return copy
