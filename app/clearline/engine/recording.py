"""What the engine asks of the one who records, and how events reach several sinks in order."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from clearline.domain.command import StartSession
from clearline.domain.event import Event
from clearline.domain.ports import EventSink


class Recorder(EventSink, Protocol):
    """An EventSink that writes a session file in its own thread."""

    @property
    def path(self) -> Path:
        """The file that is written to now."""
        ...

    @property
    def size_bytes(self) -> int:
        """Size of what was written so far."""
        ...

    @property
    def problem(self) -> str:
        """Why nothing more is recorded; empty while all is well."""
        ...

    def close(self, timeout_s: float) -> bool:
        """Write what waits and close the file; False where that took longer than `timeout_s` allows."""
        ...


class Log(EventSink, Protocol):
    """An EventSink that writes lines for people, in its own thread."""

    def close(self, timeout_s: float) -> bool:
        """Write what waits and close the file; False where that took longer than `timeout_s` allows."""
        ...


MakeLog = Callable[[StartSession], Log]
"""Builds the log of a session."""

MakeRecorder = Callable[[StartSession], Recorder | None]
"""Builds the recorder of a session; None where nothing is to be recorded."""


class FanOut:
    """An EventSink that hands every event to several, the first one first: record, then show."""

    def __init__(self, *sinks: EventSink) -> None:
        self._sinks = sinks

    def emit(self, events: Sequence[Event]) -> None:
        """Take events, in order."""
        for sink in self._sinks:
            sink.emit(events)


def fares(recorder: Recorder | None) -> dict[str, Any]:
    """How a recorder fares, as fields of EngineReported."""
    if recorder is None:
        return {"recording": ""}
    return {
        "recording": str(recorder.path),
        "recording_bytes": recorder.size_bytes,
        "recording_problem": recorder.problem,
    }
