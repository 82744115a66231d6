"""Records a session: takes events without ever blocking, and writes them from a thread of its own."""

import errno
import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import msgspec

from clearline.domain.event import EngineReported, Event, PlanApplied, SessionStarted
from clearline.domain.keeping import KEEP_ALL, Keeping
from clearline.store.opening import SessionFileError
from clearline.store.parts import latest_part, next_part
from clearline.store.recording import Recording, RefusedFileError
from clearline.store.secrets import SecretMask
from clearline.store.session_rows import RecordingGap

_log = logging.getLogger(__name__)

BATCH_S = 0.25
"""Longest time between two commits: what a killed process may lose."""
RETRY_S = 3.0
"""Between two tries to go on after the disk was full, the file was locked or gone."""
QUEUE_LIMIT = 100_000
"""Most events that wait for a disk that does not answer: about 8 minutes of 100 checks a second, 150 MB at worst."""
_BATCH_EVENTS = 5_000

_CODES = {
    "SQLITE_FULL": "record.disk_full",
    "SQLITE_READONLY": "record.read_only",
    "SQLITE_PERM": "record.read_only",
    "SQLITE_CANTOPEN": "record.read_only",
    "SQLITE_BUSY": "record.locked",
    "SQLITE_LOCKED": "record.locked",
    "SQLITE_CORRUPT": "record.damaged",
    "SQLITE_NOTADB": "record.damaged",
}
_CODES_OF_OPENING = {
    "session.not_a_session": "record.not_a_session",
    "session.newer": "record.newer",
    "session.altered": "record.damaged",
    "session.damaged": "record.damaged",
}
_FINAL = frozenset({"record.other_session", "record.not_a_session", "record.newer", "record.damaged"})
"""Problems that no waiting mends: the file is left alone from then on."""
_POISON = (
    TypeError,
    ValueError,
    OverflowError,
    AttributeError,
    LookupError,
    RecursionError,
    sqlite3.ProgrammingError,
    sqlite3.InterfaceError,
    sqlite3.IntegrityError,
    sqlite3.DataError,
)
"""What an event raises that cannot be stored, whatever the disk does."""


class SessionWriter:
    """The recorder: an EventSink. `path` may be new, or a file of the same session, which is then continued.

    Trouble never reaches the caller of `emit`: it is in `problem`, a code of the text catalogue (`record.*`), empty
    while all is well. After most troubles it keeps trying and goes on; events that had to be let go meanwhile leave a
    gap in the file. `batch_s`, `retry_s` in seconds; `queue_limit` in events.
    """

    def __init__(
        self,
        path: Path,
        session_id: str,
        wall_s: float,
        *,
        batch_s: float = BATCH_S,
        retry_s: float = RETRY_S,
        queue_limit: int = QUEUE_LIMIT,
        keeping: Keeping = KEEP_ALL,
    ) -> None:
        if keeping.split_mb > 0:
            path = latest_part(path)
        self._keeping = keeping
        self._path, self._session_id, self._wall_s = path, session_id, wall_s
        self._batch_s, self._retry_s, self._limit = batch_s, retry_s, queue_limit
        self._mask = SecretMask()
        self._opening: dict[type[Event], Event] = {}
        self._queue: deque[Event] = deque()
        self._changed = threading.Condition()
        self._is_closing = False
        self._is_idle = False
        self._gap: RecordingGap | None = None
        self._recording: Recording | None = None
        self._problem = ""
        self._size_bytes = 0
        self._latest_s = 0.0
        self._lost = 0
        self._due_s = 0.0
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def path(self) -> Path:
        """The session file; the latest of them where the session is split."""
        return self._path

    @property
    def problem(self) -> str:
        """Why events are not reaching the file; empty while all is well."""
        return self._problem

    @property
    def size_bytes(self) -> int:
        """Size of the file and its log, after the latest commit."""
        return self._size_bytes

    @property
    def lost(self) -> int:
        """Events that will never be in the file."""
        return self._lost

    def emit(self, events: Sequence[Event]) -> None:
        """Take events, in order. Engine reports are kept only where they tell of a recording problem."""
        kept = [event for event in events if not isinstance(event, EngineReported) or event.recording_problem]
        if not kept:
            return
        with self._changed:
            if self._is_closing:
                self._lost += len(kept)
                return
            room = self._limit - len(self._queue)
            if room > 0 and self._gap is not None:
                self._queue.append(self._gap)
                self._gap = None
            self._queue.extend(kept[:room] if room > 0 else ())
            for event in kept[max(0, room) :]:
                self._let_go(event)
            if self._is_idle or len(self._queue) >= _BATCH_EVENTS:
                # While a batch gathers the thread sleeps on: waking it for each event would disturb the measuring.
                self._changed.notify_all()

    def _let_go(self, event: Event) -> None:
        since, lost = (event.at_s, 0) if self._gap is None else (self._gap.from_s, self._gap.lost)
        self._gap = RecordingGap(at_s=event.at_s, from_s=since, lost=lost + 1)
        self._lost += 1
        self._problem = self._problem or "record.too_slow"

    def flush(self, timeout_s: float) -> bool:
        """Wait until everything taken so far is in the file; False when it is not after `timeout_s`."""
        with self._changed:
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._is_idle and not self._queue, timeout_s)

    def close(self, timeout_s: float = 5.0) -> bool:
        """Write what is left and close the file; False when the disk did not let it within `timeout_s`.

        Afterwards the session is one file without a log beside it, unless somebody is reading it.
        """
        with self._changed:
            self._is_closing = True
            if self._gap is not None:
                self._queue.append(self._gap)
                self._gap = None
            self._changed.notify_all()
        self._thread.join(timeout_s)
        return not self._thread.is_alive() and not self._queue

    # ── the thread ──────────────────────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        self._try_to_write([])
        is_over = False
        while not is_over:
            batch, is_closing, is_last = self._next_batch()
            is_written = self._try_to_write(batch)
            with self._changed:
                if is_written:
                    for _ in batch:
                        self._queue.popleft()
                # At the end a disk that refuses gets one more chance, not more.
                is_over = is_closing and (is_last or not is_written)
        if self._recording is not None:
            self._measure()
            self._recording.close()
        with self._changed:
            self._lost += len(self._queue)

    def _next_batch(self) -> tuple[list[Event], bool, bool]:
        """What is to be written next, after a while in which it may gather; is it the end, and is it all of the end?"""
        with self._changed:
            self._is_idle = True
            self._changed.notify_all()
            self._changed.wait_for(self._has_work)
            self._is_idle = False  # From now on only the end, or a full queue, is worth waking for.
            if self._problem:
                self._changed.wait_for(self._must_close, self._retry_s)
            else:
                self._changed.wait_for(self._is_full, max(0.0, self._due_s - time.monotonic()))
            self._due_s = time.monotonic() + self._batch_s
            batch = list(islice(self._queue, _BATCH_EVENTS))
            return batch, self._is_closing, len(batch) == len(self._queue)

    def _has_work(self) -> bool:
        return self._is_closing or bool(self._queue)

    def _must_close(self) -> bool:
        return self._is_closing

    def _is_full(self) -> bool:
        return self._is_closing or len(self._queue) >= _BATCH_EVENTS

    def _try_to_write(self, batch: Sequence[Event]) -> bool:
        """Write a batch, opening the file first where need be. False when it has to be tried again."""
        if self._problem in _FINAL:
            self._lost += len(batch)
            return True
        try:
            self._write(batch)
        except (sqlite3.Error, OSError, SessionFileError, RefusedFileError) as error:
            if self._path.exists():
                # Else the open handle is all there is of a deleted file: kept until the file can be brought back.
                self._abandon()
            code = _code_of(error)
            if code != self._problem:
                _log.warning("recording stopped: %s (%s)", code, error)
            self._problem = code
            return False
        if self._problem:
            _log.info("recording goes on")
        self._problem = ""
        self._measure()
        self._split_if_due()
        return True

    def _write(self, batch: Sequence[Event]) -> None:
        recording = self._opened()
        if not batch:
            return
        try:
            recording.write(batch)
        except _POISON as error:
            # One event that cannot be stored must not cost the others: look for it by halves.
            self._abandon()
            if len(batch) == 1:
                self._lost += 1
                _log.warning("an event could not be recorded: %r", error)
                return
            self._write(batch[: len(batch) // 2])
            self._write(batch[len(batch) // 2 :])
            return
        self._latest_s = batch[-1].at_s
        for event in batch:
            if isinstance(event, SessionStarted | PlanApplied):
                self._opening[type(event)] = event

    def _opened(self) -> Recording:
        """The open file; brought back from the open handle where somebody deleted it."""
        if self._recording is not None and not self._path.exists():
            _log.warning("the session file was deleted: writing it again")
            _rescue(self._recording, self._path)
            self._abandon()
        if self._recording is None:
            is_lost = bool(self._opening) and not self._path.exists()
            self._recording = Recording(self._path, self._session_id, self._wall_s, self._mask, self._keeping)
            if is_lost:
                self._recording.write(list(self._opening.values()))
        return self._recording

    def _split_if_due(self) -> None:
        """Go on in a new file once this one is large enough. It begins with how the session began and its plan."""
        split_bytes = self._keeping.split_mb * 1e6
        if self._recording is None or not 0 < split_bytes <= self._size_bytes:
            return
        self._recording.close()
        self._recording = None
        self._path = next_part(self._path)
        _log.info("the session goes on in %s", self._path.name)
        began_s = self._latest_s
        self._opening = {kind: msgspec.structs.replace(event, at_s=began_s) for kind, event in self._opening.items()}
        if self._opening:
            self._try_to_write([])

    def _abandon(self) -> None:
        if self._recording is not None:
            self._recording.abandon()
            self._recording = None

    def _measure(self) -> None:
        if self._recording is not None:
            self._size_bytes = self._recording.size_bytes


def _rescue(recording: Recording, path: Path) -> None:
    """Write a deleted file anew from the handle that is still open on it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    copy = sqlite3.connect(fresh)
    try:
        recording.connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    finally:
        copy.close()
    # A log that outlived its file would be read into the new one.
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    fresh.replace(path)


def _code_of(error: Exception) -> str:
    """The code of the text that tells people about an error."""
    if isinstance(error, RefusedFileError):
        return error.code
    if isinstance(error, SessionFileError):
        return _CODES_OF_OPENING.get(error.problem.code, "record.failed")
    if isinstance(error, OSError):
        known_errors = {errno.ENOSPC: "record.disk_full", errno.EDQUOT: "record.disk_full"}
        known_errors |= dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "record.read_only")
        return known_errors.get(error.errno or 0, "record.failed")
    name = getattr(error, "sqlite_errorname", "")
    return next((code for start, code in _CODES.items() if name.startswith(start)), "record.failed")
