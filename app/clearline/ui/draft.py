"""Keeps what is half typed, an address, a list of them or an edit, so that a crash does not take it."""

import asyncio
import os
from concurrent.futures import Executor
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import msgspec
from PySide6.QtCore import QObject, QTimer

KEEP_AFTER_MS = 300
LONGEST = 1_000_000
T = TypeVar("T")


class Typed(StrEnum):
    """What can be half typed, by the file that keeps it."""

    ADDRESS = "address.txt"
    LIST = "list.json"
    EDIT = "edit.json"
    SEVERAL = "several.json"
    PROFILE = "profile.json"
    MARKER = "marker.txt"
    RULES = "rules.json"
    REPORT_TICKET = "report-ticket.txt"
    COMPARE_TICKET = "compare-ticket.txt"
    CONTROLS = "controls.txt"
    UPLOAD = "upload.txt"


class Draft(QObject):
    """A text in a file that only its owner can read: an address may hold a password.

    Where it cannot be written it is not kept: no reason to bother anybody who types.
    """

    def __init__(self, path: Path, executor: Executor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._executor = executor
        self._text = self._kept = _read(path)
        self._writing: asyncio.Future[None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEEP_AFTER_MS)
        self._timer.timeout.connect(self._write)

    @property
    def text(self) -> str:
        """What is kept; empty where nothing is."""
        return self._text

    def keep(self, text: str) -> None:
        """Keep this soon, however fast somebody goes on typing."""
        self._text = text[:LONGEST]
        if not self._timer.isActive():
            self._timer.start()

    async def flush(self) -> None:
        """Keep it now, and wait for it."""
        self._timer.stop()
        while self._writing is not None or self._text != self._kept:
            self._write()
            if self._writing is not None:
                await asyncio.wait([self._writing])
                await asyncio.sleep(0)

    def _write(self) -> None:
        if self._writing is not None or self._text == self._kept:
            return
        self._kept = self._text
        loop = asyncio.get_running_loop()
        self._writing = loop.run_in_executor(self._executor, _save, self._kept, self._path)
        self._writing.add_done_callback(self._written)

    def _written(self, done: "asyncio.Future[None]") -> None:
        self._writing = None
        if not done.cancelled() and (error := done.exception()) is not None and not isinstance(error, OSError):
            raise error
        if self._text != self._kept:
            self._timer.start()


def decoded(text: str, kind: type[T]) -> T | None:
    """What a dialog told last; None for any other text."""
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.MsgspecError, ValueError):
        return None


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(LONGEST).strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _save(text: str, path: Path) -> None:
    if not text:
        path.unlink(missing_ok=True)
        return
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)
