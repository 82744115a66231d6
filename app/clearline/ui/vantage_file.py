"""Reads what another computer saw: a session file, a report as JSON, or the lines that the commands write."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from clearline.diagnosis.vantage import Sighting
from clearline.domain.event import AttemptEnded
from clearline.domain.problem import InputError, Problem
from clearline.store.opening import SessionFileError
from clearline.store.reader import SessionReader

LARGEST_BYTES = 64 * 1024 * 1024
MOST_ATTEMPTS = 20_000
"""The latest attempts of a session that are looked through; the last of each target counts."""
_SESSION = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Vantage:
    """What one file holds."""

    name: str
    at_s: float
    """UTC time of the latest attempt; 0 where it is not told."""
    sightings: tuple[Sighting, ...]


def read_vantage(path: Path) -> Vantage:
    """What another computer saw last of each target. Raises InputError: the file comes from somebody else."""
    try:
        with path.open("rb") as file:
            begin = file.read(len(_SESSION))
            if begin != _SESSION:
                content = begin + file.read(LARGEST_BYTES)
    except OSError as error:
        raise InputError(_problem("vantage_file.unreadable", path, reason=error.strerror or str(error))) from None
    if begin == _SESSION:
        found = _of_session(path)
    elif len(content) > LARGEST_BYTES:
        raise InputError(_problem("vantage_file.too_large", path, size=f"{LARGEST_BYTES // 1024**2} MB"))
    else:
        found = _of_json(path, content)
    if not found:
        raise InputError(_problem("vantage_file.empty", path))
    return Vantage(path.name, max(one.at_s for one in found.values()), tuple(found.values()))


def _of_session(path: Path) -> dict[str, Sighting]:
    try:
        with SessionReader(path) as reader:
            labels = {target.id: target for target in reader.plan.targets}
            found: dict[str, Sighting] = {}
            for event in reader.latest(AttemptEnded, MOST_ATTEMPTS):
                fault = event.outcome.fault
                target = labels.get(event.target)
                if target is None or event.is_disturbed or (fault is not None and fault.is_void):
                    continue
                kind, at_s = fault.kind if fault else "", reader.meta.wall_s + event.at_s
                found[target.shown] = Sighting(target.shown, target.label, fault is None, kind, at_s)
            return found
    except SessionFileError as error:
        raise InputError(error.problem) from error


def _of_json(path: Path, content: bytes) -> dict[str, Sighting]:
    try:
        text = content.decode("utf-8-sig")
        found = {one.address: one for one in _sightings(text)}
    except (UnicodeDecodeError, ValueError, TypeError, AttributeError, KeyError, RecursionError, OverflowError):
        raise InputError(_problem("vantage_file.not_understood", path)) from None
    return found


def _sightings(text: str) -> Iterator[Sighting]:
    """Raises what a foreign file makes json and dict raise."""
    try:
        whole = json.loads(text)
    except ValueError:
        rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    else:
        if isinstance(whole, dict) and "attempts" in whole and "targets" in whole:
            yield from _of_report(whole)
            return
        rows = whole if isinstance(whole, list) else [whole]
    yield from _of_lines(rows)


def _of_report(whole: dict[str, Any]) -> Iterator[Sighting]:
    targets = {str(one["id"]): one for one in whole["targets"]}
    for attempt in whole["attempts"]:
        target = targets.get(str(attempt["target"]))
        if target is not None and not attempt.get("is_disturbed"):
            fault = attempt.get("fault") or {}
            yield _sighting(target["address"], target.get("name"), attempt["ok"], fault.get("kind"), attempt)


def _of_lines(rows: list[dict[str, Any]]) -> Iterator[Sighting]:
    """`check`, `watch` and `diagnose` with `--json`."""
    diagnosed: dict[str, Any] = {}
    for row in rows:
        match row.get("event", ""):
            case "diagnosis_started":
                diagnosed = row
            case "verdict_changed" if row.get("is_final") and diagnosed:
                kind = row.get("kind")
                yield _sighting(diagnosed["target"], diagnosed.get("name"), not kind, kind, row)
            case "" | "attempt_ended" if "ok" in row and not row.get("is_disturbed"):
                yield _sighting(row["target"], row.get("name"), row["ok"], row.get("fault"), row)


def _sighting(address: Any, label: Any, ok: Any, kind: Any, row: dict[str, Any]) -> Sighting:
    when = row.get("started_at") or row.get("at") or ""
    at_s = datetime.fromisoformat(str(when)).timestamp() if when else 0.0
    return Sighting(str(address), str(label or address), bool(ok), str(kind or ""), at_s)


def _problem(code: str, path: Path, **values: str) -> Problem:
    return Problem(code, {"name": path.name, **values})
