"""Reads the logs into their table while somebody looks, in a thread, and only when a file has changed."""

import asyncio
from concurrent.futures import Executor
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from clearline.host import log_reader
from clearline.host.log_reader import LogEntry

EVERY_MS = 1500
Known = tuple[tuple[str, int, int], ...]


class LogFeed(QObject):
    """`arrived` carries all entries, newest first; `failed` a sentence of the system."""

    arrived = Signal(object)
    failed = Signal(str)

    def __init__(self, folder: Path, executor: Executor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._executor = executor
        self._known: Known = ()
        self._reading: asyncio.Future[tuple[Known, list[LogEntry] | None]] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.read)

    def start(self) -> None:
        """Read now, and again and again."""
        self._timer.start()
        self.read()

    def halt(self) -> None:
        """Read nothing more. Idempotent."""
        self._timer.stop()

    def read(self) -> None:
        """Read where something changed; one reading at a time."""
        if self._reading is None:
            loop = asyncio.get_running_loop()
            self._reading = loop.run_in_executor(self._executor, _read, self._folder, self._known)
            self._reading.add_done_callback(self._read_done)

    def _read_done(self, done: "asyncio.Future[tuple[Known, list[LogEntry] | None]]") -> None:
        self._reading = None
        if done.cancelled() or not self._timer.isActive():
            return
        if isinstance(error := done.exception(), OSError):
            self.failed.emit(str(error))
            return
        self._known, entries = done.result()
        if entries is not None:
            self.arrived.emit(entries)


def _read(folder: Path, known: Known) -> tuple[Known, list[LogEntry] | None]:
    found = log_reader.signature(folder)
    return (known, None) if found == known else (found, log_reader.read(folder))
