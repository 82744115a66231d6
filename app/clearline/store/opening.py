"""Opens a file from anywhere as a session: read-only, checked, and refused with a sentence where it is none."""

import shutil
import sqlite3
import tempfile
from pathlib import Path

from clearline.domain.problem import Problem
from clearline.store import schema

_HEADER = b"SQLite format 3\0"
_LARGEST_VALUE = 16_000_000
"""No value of a session is larger, in bytes: a plan of 10,000 targets takes 3 MB."""
_BUSY_MS = 2_000


class SessionFileError(Exception):
    """A session file cannot be read; `problem` says why and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.code} {problem.values}")
        self.problem = problem


def opened(path: Path) -> tuple[sqlite3.Connection, "tempfile.TemporaryDirectory[str] | None"]:
    """A checked read-only connection, and the folder of its private copy where one had to be made.

    Raises SessionFileError (`session.missing`, `.unreadable`, `.not_a_session`, `.newer`, `.altered`, `.damaged`).
    """
    name = path.name
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        raise SessionFileError(Problem("session.missing", {"name": name})) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SessionFileError(Problem("session.unreadable", {"name": name, "reason": reason})) from None
    if not header.startswith(_HEADER) or len(header) < 100 or _application(header) != schema.APPLICATION_ID:
        raise SessionFileError(Problem("session.not_a_session", {"name": name}))
    if (version := int.from_bytes(header[60:64], "big")) > schema.SCHEMA_VERSION:
        raise SessionFileError(_newer(name, version))
    try:
        return _connected(path, header)
    except (sqlite3.Error, UnicodeDecodeError) as error:  # The latter: SQLite's own message quotes broken text.
        code = "session.unreadable" if isinstance(error, sqlite3.OperationalError) else "session.damaged"
        raise SessionFileError(Problem(code, {"name": name, "reason": str(error)})) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SessionFileError(Problem("session.unreadable", {"name": name, "reason": reason})) from None


def _connected(path: Path, header: bytes) -> tuple[sqlite3.Connection, "tempfile.TemporaryDirectory[str] | None"]:
    log, index = (path.with_name(path.name + ending) for ending in ("-wal", "-shm"))
    is_logged = header[18] == 2
    if is_logged and not log.exists() and not index.exists():
        # A copy: nobody writes, and there is nothing to fold in. SQLite would put a log and an index beside it.
        return _checked(path, "mode=ro&immutable=1"), None
    try:
        return _checked(path, "mode=ro"), None
    except sqlite3.OperationalError:
        if not is_logged:
            return _checked(path, "mode=ro&immutable=1"), None
    # The log must be read, but SQLite may not make its index beside it: a read-only folder. Work on a private copy.
    folder = tempfile.TemporaryDirectory(prefix="clearline-")
    try:
        copy = Path(folder.name) / "session"
        shutil.copyfile(path, copy)
        if log.exists():
            shutil.copyfile(log, copy.with_name("session-wal"))
        return _checked(copy, "mode=ro", shown=path.name), folder
    except BaseException:
        folder.cleanup()
        raise


def _checked(path: Path, options: str, shown: str = "") -> sqlite3.Connection:
    name = shown or path.name
    connection = sqlite3.connect(
        schema.uri(path, options), uri=True, isolation_level=None, check_same_thread=False, timeout=_BUSY_MS / 1000
    )
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        for pragma in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON", "mmap_size = 0"):
            connection.execute(f"PRAGMA {pragma}")
        _check_schema(connection, name)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_schema(connection: sqlite3.Connection, name: str) -> None:
    version = schema.number(connection, "user_version")
    if schema.number(connection, "application_id") != schema.APPLICATION_ID or version < 1:
        raise SessionFileError(Problem("session.not_a_session", {"name": name}))
    if version > schema.SCHEMA_VERSION:
        raise SessionFileError(_newer(name, version))
    if schema.described(connection) != schema.expected(version):
        raise SessionFileError(Problem("session.altered", {"name": name}))


def _application(header: bytes) -> int:
    return int.from_bytes(header[68:72], "big")


def _newer(name: str, version: int) -> Problem:
    return Problem("session.newer", {"name": name, "version": str(version), "known": str(schema.SCHEMA_VERSION)})
