"""Looks into the session files of a folder, one after the other in a thread, while somebody looks at the library."""

import asyncio
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from clearline.ui.viewmodels.library import SessionEntry

if TYPE_CHECKING:
    from clearline.store.reader import SessionReader

MOST = 300


class LibraryFeed(QObject):
    """`begun` when a reading starts, `arrived` with each SessionEntry, newest first, `ended` after the last."""

    begun = Signal()
    arrived = Signal(object)
    ended = Signal()

    def __init__(self, folder: Path, executor: Executor | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._executor = executor
        self._waiting: list[Path] = []
        self._reading = 0
        """Number of the reading under way; what an older one still brings is not shown. 0: none."""
        self._readings = 0

    def start(self) -> None:
        """Read the folder anew."""
        self._readings += 1
        self._reading = self._readings
        self.begun.emit()
        loop = asyncio.get_running_loop()
        listed = loop.run_in_executor(self._executor, _files, self._folder)
        listed.add_done_callback(self._listed)

    def halt(self) -> None:
        """Look into nothing more. Idempotent."""
        self._reading = 0
        self._waiting.clear()

    def _listed(self, done: "asyncio.Future[list[Path]]") -> None:
        if self._reading and not done.cancelled():
            self._waiting = done.result()
            self._next(self._reading)

    def _next(self, reading: int) -> None:
        if reading != self._reading:
            return
        if not self._waiting:
            self.ended.emit()
            return
        loop = asyncio.get_running_loop()
        looked = loop.run_in_executor(self._executor, look, self._waiting.pop(0), reading)
        looked.add_done_callback(self._looked)

    def _looked(self, done: "asyncio.Future[tuple[int, SessionEntry | None]]") -> None:
        if done.cancelled():
            return
        reading, entry = done.result()
        if reading != self._reading:
            return
        if entry is not None:
            self.arrived.emit(entry)
        self._next(reading)


def _files(folder: Path) -> list[Path]:
    """The newest files by the time they were last written to."""
    found = []
    for path in folder.glob("*.clearline"):
        try:
            found.append((path.stat().st_mtime, path))
        except OSError:
            continue  # Removed meanwhile.
    return [path for _, path in sorted(found, reverse=True)[:MOST]]


def look(path: Path, reading: int) -> tuple[int, SessionEntry | None]:
    """What a file says about itself, with the number of the reading; None where it is gone. For a thread."""
    # Late: the first window reads no session.
    from clearline.store.opening import SessionFileError
    from clearline.store.reader import SessionReader

    try:
        size = path.stat().st_size
    except OSError:
        return reading, None
    try:
        with SessionReader(path) as reader:
            labels = tuple(target.label for target in reader.plan.targets)
            found = size, reader.meta.wall_s, reader.duration_s, labels, _worst(reader)
            told = SessionEntry(str(path), path.name, *found)
    except SessionFileError as error:
        told = SessionEntry(str(path), path.name, size, problem=error.problem)
    return reading, told


def _worst(reader: "SessionReader") -> tuple[str, str, float] | None:
    """The longest outage, where outages were kept while recording."""
    end_s, plan = reader.duration_s, reader.plan
    longest = max(reader.outages() or (), key=lambda outage: outage.length_s(end_s), default=None)
    if longest is None:
        return None
    target = plan.target(longest.target)
    return target.label if target else longest.target, longest.kind, longest.length_s(end_s)
