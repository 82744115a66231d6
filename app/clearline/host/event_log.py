"""The log of one session: what went wrong and what changed, as JSON lines written by a thread of its own."""

import math
import queue
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from clearline.domain.event import (
    AttemptEnded,
    BreakerChanged,
    BreakerState,
    BudgetChanged,
    CheckEnded,
    CheckMissed,
    CommandRefused,
    DiagnosisEnded,
    DiagnosisStarted,
    EngineReported,
    Event,
    FallbackUsed,
    LabFaultChanged,
    LivenessChanged,
    MachineSeen,
    MarkerDropped,
    NetworkChanged,
    PlanApplied,
    ReplyCameLate,
    Result,
    SessionStarted,
    TesterDisturbed,
    TimeoutAdapted,
    VerdictChanged,
)
from clearline.domain.liveness import Liveness
from clearline.host.logs import masked
from clearline.host.paths import logs_dir

LARGEST_BYTES, KEPT_FILES = 4_000_000, 3
KEPT_SESSIONS = 20
"""Logs of older sessions are removed when another begins."""
MOST_LINES_PER_S = 200
"""A thousand targets that all fail must not push the beginning of their story out of the file."""
CAPACITY = 20_000
"""Events that may wait for a disk that does not write."""

Line = tuple[str, str, dict[str, Any]]
"""Level, event and its values."""


def log_name(session_id: str) -> str:
    """Name of the log file of a session."""
    safe = "".join(letter for letter in session_id if letter.isalnum() or letter == "-")
    return f"session-{safe[:16]}.jsonl"


class EventLog:
    """An EventSink. Attempts and checks that simply succeed are left to the session file; all else is a line.

    `emit` puts a batch into a queue: encoding, masking and writing are the thread's. Where the disk does not take it,
    `problem` says why and nothing else suffers.
    """

    def __init__(self, session_id: str, wall_s: float, folder: Path | None = None) -> None:
        self._session_id = session_id
        self._wall_s = wall_s
        self._queue: queue.SimpleQueue[Sequence[Event] | None] = queue.SimpleQueue()
        # Each count is written by one thread only: the first two by the caller's, the other two by ours.
        self._taken = self._dropped = 0
        self._handled = self._dropped_told = 0
        self._teller = _Teller()
        self._second = -1
        self._lines = 0
        self._left_out = 0
        self._file = _RotatingFile(folder, log_name(session_id))
        self._thread = threading.Thread(target=self._write, name="event log", daemon=True)
        self._thread.start()

    @property
    def path(self) -> Path | None:
        """The file; None where none can be written."""
        return self._file.path

    @property
    def problem(self) -> str:
        """Why nothing more is written; empty while all is well."""
        return self._file.problem

    def emit(self, events: Sequence[Event]) -> None:
        """Take events, in order. Never waits; while the disk hangs, what does not fit is counted and left out."""
        if self._taken - self._handled > CAPACITY:
            self._dropped += len(events)
            return
        self._taken += len(events)
        self._queue.put(tuple(events))

    def close(self, timeout_s: float) -> bool:
        """Write what waits and end; False where that took longer than `timeout_s`. Idempotent."""
        self._queue.put(None)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _write(self) -> None:
        while (events := self._queue.get()) is not None:
            self._handled += len(events)
            for event in events:
                if (told := self._teller.tell(event)) is not None:
                    self._put(event.at_s, told)
            self._file.flush()
        self._count_left_out(math.inf)
        self._file.close()

    def _put(self, at_s: float, told: Line) -> None:
        self._count_left_out(at_s)
        if self._lines >= MOST_LINES_PER_S:
            self._left_out += 1
            return
        self._lines += 1
        self._put_line(at_s, told)

    def _count_left_out(self, at_s: float) -> None:
        """With another second the count begins anew; what the one before left out is said."""
        second = -2 if math.isinf(at_s) else int(at_s)
        if second == self._second:
            return
        dropped = self._dropped
        count = self._left_out + dropped - self._dropped_told
        self._left_out, self._dropped_told = 0, dropped
        if count:
            self._put_line(float(self._second + 1), ("warning", "lines_left_out", {"count": count}))
        self._second, self._lines = second, 0

    def _put_line(self, at_s: float, told: Line) -> None:
        level, name, values = told
        moment = datetime.fromtimestamp(self._wall_s + at_s, UTC).isoformat(timespec="milliseconds")
        head = {"timestamp": moment, "level": level, "event": name, "session": self._session_id, "at_s": round(at_s, 3)}
        self._file.write(msgspec.json.encode(_masked_all({**head, **values})) + b"\n")


class _Teller:
    """Which events are worth a line, how grave they are, and what is told of them."""

    def __init__(self) -> None:
        self._labels: dict[str, str] = {}
        self._behind: dict[str, str] = {}
        self._failing: set[str] = set()
        self._refused: set[str] = set()
        self._recording_problem = ""

    def tell(self, event: Event) -> Line | None:
        """The line of an event; None for what is no news."""
        match event:
            case AttemptEnded():
                return self._attempt(event)
            case CheckEnded():
                return self._check(event)
            case CheckMissed():
                values = {**self._who(event.target), "check": event.check, "reason": event.reason}
                return "info" if event.reason == "retry_after" else "warning", "check_missed", values
            case BreakerChanged():
                return self._breaker(event)
            case LivenessChanged():
                grave = {Liveness.DEAD: "error", Liveness.SUSPECT: "warning"}
                return grave.get(event.after, "info"), "liveness_changed", self._plain(event)
            case PlanApplied():
                targets = event.plan.targets
                self._labels = {target.id: target.label for target in targets}
                # Of several behind one breaker the first one gives it its name.
                self._behind = {key: one.id for one in reversed(targets) for key in (one.breaker_key, one.origin)}
                return "info", "plan_applied", {"targets": len(event.plan.targets)}
            case EngineReported():
                if event.recording_problem == self._recording_problem:
                    return None
                self._recording_problem = event.recording_problem
                level = "error" if event.recording_problem else "info"
                return level, "recording_changed", {"problem": event.recording_problem, "path": event.recording}
            case BudgetChanged() if event.reason != "denied":
                return None
            case VerdictChanged() if not event.is_final:
                return None
            case (
                SessionStarted()
                | MachineSeen()
                | MarkerDropped()
                | LabFaultChanged()
                | TimeoutAdapted()
                | DiagnosisEnded()
            ):
                return "info", _name(event), self._plain(event)
            case BudgetChanged() | FallbackUsed() | ReplyCameLate() | TesterDisturbed() | NetworkChanged():
                return "warning", _name(event), self._plain(event)
            case DiagnosisStarted():
                steps = {"diagnosis": event.diagnosis, "target": event.target.label, "depth": event.policy.depth.value}
                return "info", "diagnosis_started", steps
            case VerdictChanged():
                return "warning" if event.verdict.is_finding else "info", "verdict_changed", self._plain(event)
            case CommandRefused():
                return "error", "command_refused", self._plain(event)
            case _:
                return None

    def _attempt(self, event: AttemptEnded) -> Line | None:
        fault = event.outcome.fault
        if fault is None and event.attempt == 1:
            return None
        phases = {phase.value: round(took_ms, 3) for phase, took_ms in event.outcome.phases.reached()}
        values = {
            **self._who(event.target),
            **({"fault": fault.kind, "phase": fault.phase.value} if fault else {}),
            "check": event.check,
            "attempt": event.attempt,
            "took_ms": round((event.at_s - event.started_s) * 1000, 3),
            "phases_ms": phases,
            "address": event.outcome.address,
        }
        if event.is_disturbed:
            values["is_disturbed"] = True
        if fault is None:
            return "info", "attempt_succeeded", values
        values["evidence"] = fault.evidence
        return "info" if fault.is_void else "warning", "attempt_failed", values

    def _check(self, event: CheckEnded) -> Line | None:
        values = {
            **self._who(event.target),
            "result": event.result.value,
            "fault": event.kind,
            "check": event.check,
            "attempts": event.attempts,
            "took_ms": round((event.at_s - event.started_s) * 1000, 3),
            "late_ms": round(event.late_s * 1000, 3),
        }
        if event.result is Result.REFUSED:
            if event.target in self._refused:
                return None  # The first check that an open breaker refuses is news, those after it are not.
            self._refused.add(event.target)
        else:
            self._refused.discard(event.target)
        if event.result is Result.OK:
            if event.target not in self._failing:
                return None
            self._failing.discard(event.target)
            return "info", "target_recovered", values
        values["gave_up"] = event.gave_up
        if event.result is Result.VOID:
            return "info", "check_ended", values
        self._failing.add(event.target)
        return "error" if event.result is Result.FAILED else "warning", "check_ended", values

    def _breaker(self, event: BreakerChanged) -> Line:
        level = "error" if event.after is BreakerState.OPEN else "info"
        return level, "breaker_changed", self._plain(event)

    def _plain(self, event: Event) -> dict[str, Any]:
        values: dict[str, Any] = msgspec.to_builtins(event)
        for known in ("event", "at_s", "session_id"):
            values.pop(known, None)
        if target := values.get("target") or self._behind.get(values.get("key", "")):
            values |= self._who(target)
        return values

    def _who(self, target_id: str) -> dict[str, str]:
        return {"target": self._labels.get(target_id, target_id), "target_id": target_id}


class _RotatingFile:
    """Appends lines; a full file moves aside, the oldest goes. Trouble with the disk ends it quietly, with a reason."""

    def __init__(self, folder: Path | None, name: str) -> None:
        self.path: Path | None = None
        self.problem = ""
        self._file: BinaryIO | None = None
        self._size = 0
        try:
            place = logs_dir() if folder is None else folder
            _remove_old(place, name)
            self.path = place / name
            self._open()
        except OSError as error:
            self._fail(error)

    def write(self, line: bytes) -> None:
        """Append one line."""
        if self._file is None or self.path is None:
            return
        try:
            if self._size and self._size + len(line) > LARGEST_BYTES:
                self._rotate(self.path)
            if self._file is not None:
                self._file.write(line)
                self._size += len(line)
        except OSError as error:
            self._fail(error)

    def flush(self) -> None:
        """Hand what was written to the system."""
        try:
            if self._file is not None:
                self._file.flush()
        except OSError as error:
            self._fail(error)

    def close(self) -> None:
        """End. Idempotent."""
        file, self._file = self._file, None
        try:
            if file is not None:
                file.close()
        except OSError as error:
            self.problem = str(error)

    def _rotate(self, path: Path) -> None:
        self.close()
        for number in range(KEPT_FILES - 1, 0, -1):
            older = path if number == 1 else path.with_name(f"{path.name}.{number - 1}")
            if older.exists():
                older.replace(path.with_name(f"{path.name}.{number}"))
        self._open()

    def _open(self) -> None:
        if self.path is not None:
            self._file = self.path.open("ab")
            self._size = self._file.tell()

    def _fail(self, error: OSError) -> None:
        self.problem = str(error)
        self.path = None
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError:
                pass  # Closing flushes, which fails for the same reason.


def _remove_old(folder: Path, but: str) -> None:
    mine = {but, *(f"{but}.{number}" for number in range(1, KEPT_FILES))}
    others = [path for path in folder.glob("session-*.jsonl*") if path.name not in mine]
    others.sort(key=_changed_s, reverse=True)
    for path in others[KEPT_SESSIONS * KEPT_FILES :]:
        path.unlink(missing_ok=True)


def _changed_s(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _name(event: Event) -> str:
    return str(event.__struct_config__.tag)


def _masked_all(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value) if "://" in value else value
    if isinstance(value, Mapping):
        return {key: _masked_all(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_masked_all(one) for one in value]
    return value
