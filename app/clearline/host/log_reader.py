"""Reads the logs back, newest first, however damaged a file may be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

MOST_ENTRIES = 5_000
MOST_BYTES = 6_000_000
LEVELS = ("debug", "info", "warning", "error", "critical")
SHORT_ID = len("session-") + 8
_TOLD_ELSEWHERE = frozenset({"timestamp", "level", "event", "logger", "session", "target", "target_id", "at_s"})


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of a log."""

    wall_s: float
    """UTC; 0 where the line does not say."""
    level: str
    """One of LEVELS."""
    source: str
    """`window`, `engine`, or the session whose log it is."""
    target: str
    text: str
    """What happened, with its values, on one line."""
    raw: str
    """The line as it stands in the file."""


def signature(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Changes whenever a log does. Raises OSError."""
    found = []
    for path in folder.glob("*.jsonl*"):
        stat = path.stat()
        found.append((path.name, stat.st_size, stat.st_mtime_ns))
    return tuple(sorted(found))


def read(folder: Path, most: int = MOST_ENTRIES) -> list[LogEntry]:
    """The newest lines of all logs of a folder, newest first. Raises OSError."""
    entries: list[LogEntry] = []
    left = MOST_BYTES
    for path in sorted(folder.glob("*.jsonl*"), key=_changed_ns, reverse=True):
        if left <= 0:
            break
        data = _tail(path, left)
        left -= len(data)
        source = path.name.partition(".jsonl")[0][:SHORT_ID]
        entries += [_entry(line, source) for line in _lines(data)]
    # Of lines at the same moment the later one in its file is the newer one: reversed before a stable sort.
    entries.reverse()
    entries.sort(key=_moment, reverse=True)
    return entries[:most]


def _tail(path: Path, most: int) -> bytes:
    """The end of a file, from the beginning of a line on."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - most))
            data = file.read(most)
    except FileNotFoundError:
        return b""  # Rotated away meanwhile.
    return data if size <= most else data.partition(b"\n")[2]


def _lines(data: bytes) -> Iterator[str]:
    for line in data.split(b"\n"):
        if line.strip():
            yield line.decode("utf-8", "replace")


def _entry(line: str, source: str) -> LogEntry:
    try:
        values = msgspec.json.decode(line)
    except msgspec.DecodeError:
        values = None
    if not isinstance(values, dict):
        return LogEntry(0.0, "info", source, "", line, line)
    level = str(values.get("level", "info"))
    text = " · ".join([str(values.get("event", "")).replace("_", " "), *_details(values)])
    return LogEntry(
        _wall_s(values.get("timestamp")),
        level if level in LEVELS else "info",
        source,
        str(values.get("target", "")),
        text,
        line,
    )


def _details(values: dict[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        if name in _TOLD_ELSEWHERE or value in ("", None, [], {}):
            continue
        if name == "fault":
            yield str(value)
        elif isinstance(value, float):
            yield f"{name} {round(value, 3):g}"
        elif name == "exception":
            yield str(value).strip().rpartition("\n")[2]
        elif isinstance(value, dict):
            yield f"{name} " + " ".join(f"{key}={one}" for key, one in value.items())
        else:
            yield f"{name} {value}"


def _wall_s(stamp: object) -> float:
    try:
        return datetime.fromisoformat(str(stamp)).timestamp()
    except ValueError:
        return 0.0


def _moment(entry: LogEntry) -> float:
    return entry.wall_s


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
