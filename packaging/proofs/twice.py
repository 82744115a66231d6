"""Two builds of one commit, compared file by file."""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from proofs.report import Report
from steps.project import DIST, NAME, PACKAGING, BuildError, folder


def prove(arguments: list[str]) -> int:
    """Build once more in another folder and list what differs from the build that is there. Takes build's options."""
    report = Report()
    first = _hashes(folder()) | (_hashes(DIST) if not arguments else {})
    if not first:
        raise BuildError("There is no build yet: python3 packaging/dev.py build")
    with tempfile.TemporaryDirectory(prefix="clearline-twice-", dir="/var/tmp") as place:
        elsewhere = dict(os.environ, CLEARLINE_BUILD=f"{place}/build", CLEARLINE_DIST=f"{place}/dist")
        done = subprocess.run([sys.executable, PACKAGING / "build.py", *arguments], env=elsewhere, check=False)
        if done.returncode:
            raise BuildError("the second build failed")
        second = _hashes(Path(place) / "build/frozen" / NAME) | _hashes(Path(place) / "dist")
    only = sorted(first.keys() ^ second.keys())
    differing = sorted(name for name in first.keys() & second.keys() if first[name] != second[name])
    report.says(f"{len(first)} files here and {len(second)} there: the same names", not only, " ".join(only[:20]))
    report.says("the same content", not differing, " ".join(differing[:20]))
    return report.exit_code


def _hashes(place: Path) -> dict[str, str]:
    return {
        path.relative_to(place).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(place.rglob("*"))
        if path.is_file()
    }
