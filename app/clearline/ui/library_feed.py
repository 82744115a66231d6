"""Looks into the session files of a folder, one after the other in a thread, while somebody looks at the library."""

import asyncio
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from clearline.store.session_note import read_note, write_note
from clearline.ui.viewmodels.library import SessionEntry

if TYPE_CHECKING:
    from clearline.store.reader import SessionReader

MOST = 300


class LibraryFeed(QObject):
    """`begun` when a reading starts, `arrived` with each SessionEntry, newest first, `ended` after the last."""

    begun = Signal()
    arrived = Signal(object)
    ended = Signal()
    unsaved = Signal(str, str)
    """The name of a session whose note could not be kept, and the system's reason."""

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

    def keep_note(self, path: str, text: str) -> None:
        """Keep what a person noted about a session, beside its file."""
        loop = asyncio.get_running_loop()
        kept = loop.run_in_executor(self._executor, _keep_note, Path(path), text)
        kept.add_done_callback(self._kept)

    def _kept(self, done: "asyncio.Future[tuple[str, str]]") -> None:
        if done.cancelled():
            return
        name, reason = done.result()
        if reason:
            self.unsaved.emit(name, reason)

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


def _keep_note(path: Path, text: str) -> tuple[str, str]:
    """The file's name, and why its note could not be kept; an empty reason where it was. For a thread."""
    try:
        write_note(path, text)
    except OSError as error:
        return path.name, error.strerror or type(error).__name__
    return path.name, ""


def look(path: Path, reading: int) -> tuple[int, SessionEntry | None]:
    """What a file says about itself, with the number of the reading; None where it is gone. For a thread."""
    # Late: the first window reads no session.
    from clearline.store.opening import SessionFileError
    from clearline.store.outline import outline
    from clearline.store.reader import SessionReader

    try:
        size = path.stat().st_size
    except OSError:
        return reading, None
    try:
        with SessionReader(path) as reader:
            labels = tuple(target.label for target in reader.plan.targets)
            begin_s, end_s = reader.begin_s, reader.duration_s
            told = SessionEntry(
                str(path),
                path.name,
                size,
                reader.meta.wall_s + begin_s,
                max(0.0, end_s - begin_s),
                labels,
                _worst(reader),
                outline=tuple(outline(reader, begin_s, end_s)),
                note=read_note(path),
                damaged=reader.damaged,
            )
    except SessionFileError as error:
        told = SessionEntry(str(path), path.name, size, problem=error.problem, note=read_note(path))
    return reading, told


def _worst(reader: "SessionReader") -> tuple[str, str, float] | None:
    """The longest outage, where outages were kept while recording."""
    end_s, plan = reader.duration_s, reader.plan
    longest = max(reader.outages() or (), key=lambda outage: outage.length_s(end_s), default=None)
    if longest is None:
        return None
    target = plan.target(longest.target)
    return target.label if target else longest.target, longest.kind, longest.length_s(end_s)
