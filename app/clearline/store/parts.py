"""The files of one session that was split: `night.clearline`, then `night-part-2.clearline` and so on."""

import re
from pathlib import Path

_PART = re.compile(r"-part-(\d+)$")


def next_part(path: Path) -> Path:
    """Where a session goes on after this file."""
    found = _PART.search(path.stem)
    stem = path.stem[: found.start()] if found else path.stem
    number = int(found.group(1)) + 1 if found else 2
    return path.with_name(f"{stem}-part-{number}{path.suffix}")


def latest_part(path: Path) -> Path:
    """The last of the files that are there, so that a session which goes on after a crash goes on at its end."""
    while (following := next_part(path)).exists():
        path = following
    return path
