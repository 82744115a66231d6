"""The log: JSON lines in a rotating file, written by a thread, with every secret masked."""

import logging
import logging.handlers
import queue
import re
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from clearline.domain.target import mask_secrets
from clearline.host.paths import logs_dir

LARGEST_BYTES = 2_000_000
KEPT_FILES = 3
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s\"'<>]+", re.IGNORECASE)


def masked(text: str) -> str:
    """A text with the secrets of every address in it replaced."""
    return _ADDRESS.sub(lambda match: mask_secrets(match[0]), text)


class _MaskedText(logging.Formatter):
    """A record as one line or, with its traceback, several."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


def log_to_terminal() -> None:
    """Write what Clearline logs, and what its libraries warn of, to standard error. They never say more: a library's
    own steps hold headers, and so passwords."""
    handler = logging.StreamHandler()
    handler.setFormatter(_MaskedText("%(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger("clearline").setLevel(logging.DEBUG)


def _drop_copy(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The words, which _RawQueueHandler froze into the record, are `event` already."""
    entry.pop("message", None)
    return entry


def _mask_all(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: masked(value) if isinstance(value, str) else value for name, value in entry.items()}


class Logs:
    """The log of one process, from now until `close`. Everything that `logging` is told goes into it.

    `is_late` keeps in memory what is told until `begin` opens the file: what writes it takes 0.1 s to load.
    Where the folder cannot be written there is no log, and `path` is None: no reason not to work.
    """

    def __init__(self, process: str, *, is_verbose: bool = False, is_late: bool = False) -> None:
        self.path: Path | None = None
        self._root = logging.getLogger()
        self._before = self._root.level
        entries: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._handler = _RawQueueHandler(entries)
        self._root.addHandler(self._handler)
        self._root.setLevel(logging.DEBUG if is_verbose else logging.INFO)
        self._process = process
        self._entries = entries
        self._files: list[logging.Handler] = []
        self._listener: logging.handlers.QueueListener | None = None
        if not is_late:
            self.begin()

    def begin(self) -> None:
        """Write from now on, and what was told before. Idempotent."""
        if self._listener is None:
            self._files = self._open(self._process)
            self._listener = logging.handlers.QueueListener(self._entries, *self._files)
            self._listener.start()

    def close(self) -> None:
        """Write what waits and end. Idempotent."""
        if self._handler not in self._root.handlers:
            return
        self.begin()
        self._root.removeHandler(self._handler)
        self._root.setLevel(self._before)
        if self._listener is not None:
            self._listener.stop()
        for file in self._files:
            file.close()

    def _open(self, process: str) -> list[logging.Handler]:
        import structlog

        try:
            self.path = logs_dir() / f"{process}.jsonl"
            file = logging.handlers.RotatingFileHandler(
                self.path, maxBytes=LARGEST_BYTES, backupCount=KEPT_FILES, encoding="utf-8"
            )
        except OSError:
            self.path = None
            return []
        file.setFormatter(
            structlog.stdlib.ProcessorFormatter(
                processors=[
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    _mask_all,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
                foreign_pre_chain=[
                    structlog.stdlib.add_log_level,
                    structlog.stdlib.add_logger_name,
                    structlog.stdlib.ExtraAdder(),
                    _drop_copy,
                    structlog.processors.TimeStamper(fmt="iso", utc=True),
                ],
            )
        )
        return [file]


class _RawQueueHandler(logging.handlers.QueueHandler):
    """Passes records on untouched: the standard one renders the message and drops the traceback."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        record.message = record.getMessage()
        return record
