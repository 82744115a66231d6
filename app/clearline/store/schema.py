"""The tables of a session file, and how a file is known to be one."""

import sqlite3
from functools import cache
from pathlib import Path
from urllib.parse import quote

APPLICATION_ID = 0x434C524C
"""`CLRL` in the SQLite header: the file is a Clearline session."""
SCHEMA_VERSION = 6
"""SQLite's user_version. A change of any table below is a new version; a new version only adds tables."""
OUTAGES_SINCE = 4
"""The first version that keeps outages as they happen."""
MOMENT_S = 10.0
"""Length of the stretches by which a time is turned into a range of sequence numbers."""
SUFFIX = ".clearline"

# Every event has one sequence number over all tables: merging the tables by it gives the stream back as it was
# emitted. `moments` turns a time into a range of those numbers, so no table needs an index on time, and the index on
# `target` alone serves (target, time range) because SQLite appends the rowid to it: 10 bytes a row instead of 20.
# Columns of type ANY hold an integer where that is exact (phases: tenths of a microsecond; `due` and `started`:
# microseconds before `at`), else milliseconds, or seconds of the session, as a float.
_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
CREATE TABLE words (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE notes (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE moments (start INTEGER PRIMARY KEY, low INTEGER NOT NULL, high INTEGER NOT NULL) STRICT;
CREATE TABLE starts (seq INTEGER PRIMARY KEY, at REAL, session TEXT, wall REAL, resumed INTEGER) STRICT;
CREATE TABLE plans (seq INTEGER PRIMARY KEY, at REAL, body BLOB) STRICT;
CREATE TABLE attempts (seq INTEGER PRIMARY KEY, at REAL, started ANY, target INTEGER, slot INTEGER, try INTEGER,
  disturbed INTEGER, resolve ANY, connect ANY, proxy ANY, tls ANY, send ANY, wait ANY, receive ANY, kind INTEGER,
  phase INTEGER, void INTEGER, evidence INTEGER, evidence_changes BLOB, address INTEGER, kernel_rtt ANY, syn INTEGER,
  lag ANY, status INTEGER, retry_after REAL, bytes_in INTEGER, bytes_out INTEGER, detail INTEGER, detail_changes BLOB)
  STRICT;
CREATE INDEX attempts_target ON attempts (target);
CREATE TABLE checks (seq INTEGER PRIMARY KEY, at REAL, due ANY, started ANY, target INTEGER, slot INTEGER,
  result INTEGER, attempts INTEGER, kind INTEGER, gave_up INTEGER) STRICT;
CREATE TABLE misses (seq INTEGER PRIMARY KEY, at REAL, due ANY, target INTEGER, slot INTEGER, reason INTEGER) STRICT;
CREATE TABLE backoffs (seq INTEGER PRIMARY KEY, at REAL, target INTEGER, slot INTEGER, try INTEGER, until REAL,
  reason INTEGER) STRICT;
CREATE TABLE breakers (seq INTEGER PRIMARY KEY, at REAL, key INTEGER, before INTEGER, after INTEGER, reason INTEGER,
  until REAL, failures INTEGER, successes INTEGER, needed INTEGER) STRICT;
CREATE TABLE markers (seq INTEGER PRIMARY KEY, at REAL, text TEXT, target INTEGER) STRICT;
CREATE TABLE disturbances (seq INTEGER PRIMARY KEY, at REAL, health INTEGER, since REAL, lag REAL) STRICT;
CREATE TABLE reports (seq INTEGER PRIMARY KEY, at REAL, rate REAL, lag REAL, outstanding INTEGER, recording TEXT,
  bytes INTEGER, problem INTEGER) STRICT;
CREATE TABLE refusals (seq INTEGER PRIMARY KEY, at REAL, code INTEGER, held BLOB) STRICT;
CREATE TABLE gaps (seq INTEGER PRIMARY KEY, at REAL, since REAL, lost INTEGER) STRICT;
CREATE TABLE rollups (span INTEGER, target INTEGER, start REAL, ok INTEGER, failed INTEGER, refused INTEGER, missed
  INTEGER, attempts INTEGER, latency_min REAL, latency_sum REAL, latency_max REAL, latency_count INTEGER, layer
  TEXT, kind INTEGER, PRIMARY KEY (span, target, start)) STRICT, WITHOUT ROWID;
"""

_SINCE = {
    1: _TABLES,
    2: """
CREATE TABLE limits (seq INTEGER PRIMARY KEY, at REAL, key INTEGER, phase INTEGER, before REAL, after REAL,
  why INTEGER, held BLOB) STRICT;
CREATE TABLE budgets (seq INTEGER PRIMARY KEY, at REAL, key INTEGER, tokens REAL, capacity REAL, reason INTEGER) STRICT;
CREATE TABLE fallbacks (seq INTEGER PRIMARY KEY, at REAL, target INTEGER, slot INTEGER, source INTEGER, age REAL,
  place INTEGER) STRICT;
CREATE TABLE livenesses (seq INTEGER PRIMARY KEY, at REAL, target INTEGER, before INTEGER, after INTEGER,
  reason INTEGER, silent REAL, misses INTEGER) STRICT;
CREATE TABLE late_replies (seq INTEGER PRIMARY KEY, at REAL, target INTEGER, slot INTEGER, try INTEGER, waited ANY)
  STRICT;
CREATE TABLE network_changes (seq INTEGER PRIMARY KEY, at REAL, since REAL, held BLOB) STRICT;
""",
    3: """
CREATE TABLE lab_faults (seq INTEGER PRIMARY KEY, at REAL, target INTEGER, fault INTEGER, held BLOB, origin INTEGER)
  STRICT;
""",
    # In place of `attempts` and `checks`, which stay for what an older version wrote. `at` is in whole microseconds
    # where that is exact; `rest` holds what an ordinary success does not have: where it is NULL, it is one.
    4: """
CREATE TABLE attempts_packed (seq INTEGER PRIMARY KEY, at ANY, started ANY, target INTEGER, slot INTEGER, resolve ANY,
  connect ANY, tls ANY, send ANY, wait ANY, receive ANY, address INTEGER, kernel_rtt ANY, lag ANY, status INTEGER,
  bytes_in INTEGER, bytes_out INTEGER, detail INTEGER, detail_changes BLOB, rest BLOB) STRICT;
CREATE INDEX attempts_packed_target ON attempts_packed (target);
CREATE TABLE checks_packed (seq INTEGER PRIMARY KEY, at ANY, due ANY, started ANY, target INTEGER, slot INTEGER,
  ending INTEGER) STRICT;
CREATE TABLE outages (target INTEGER, since REAL, until REAL, last REAL, kind INTEGER, layer TEXT, checks INTEGER,
  held INTEGER, slot INTEGER, sent REAL, PRIMARY KEY (target, since)) STRICT, WITHOUT ROWID;
""",
    5: """
CREATE TABLE diagnoses (seq INTEGER PRIMARY KEY, at REAL, diagnosis TEXT, opening INTEGER, opening_changes BLOB) STRICT;
CREATE TABLE steps (seq INTEGER PRIMARY KEY, at REAL, diagnosis TEXT, result INTEGER, result_changes BLOB) STRICT;
CREATE TABLE verdicts (seq INTEGER PRIMARY KEY, at REAL, diagnosis TEXT, final INTEGER, told INTEGER,
  told_changes BLOB) STRICT;
CREATE TABLE diagnosis_ends (seq INTEGER PRIMARY KEY, at REAL, diagnosis TEXT, reason INTEGER) STRICT;
""",
    6: """
CREATE TABLE machines (seq INTEGER PRIMARY KEY, at REAL, host TEXT, system TEXT, held BLOB) STRICT;
""",
}
"""The tables that each version added: a file of an older one lacks the later ones and is right all the same."""


def create(connection: sqlite3.Connection, version: int = SCHEMA_VERSION) -> None:
    """Make the tables in an empty database; the caller commits."""
    _add(connection, 1, version)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {version}")


def upgrade(connection: sqlite3.Connection) -> None:
    """Add the tables that a file of an older version lacks, all of them or none, so that it can be continued."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        _add(connection, number(connection, "user_version") + 1, SCHEMA_VERSION)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _add(connection: sqlite3.Connection, first: int, last: int) -> None:
    for version in range(first, last + 1):
        for statement in _SINCE[version].split(";\n")[:-1]:
            connection.execute(statement)


def described(connection: sqlite3.Connection) -> frozenset[tuple[str, str, str]]:
    """What the database says it holds: kind, name and definition of every table, index, view and trigger."""
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'")
    return frozenset((str(kind), str(name), " ".join(str(sql).split())) for kind, name, sql in rows)


@cache
def expected(version: int = SCHEMA_VERSION) -> frozenset[tuple[str, str, str]]:
    """What a session file of a version holds, and nothing else: no view, trigger or generated column."""
    connection = sqlite3.connect(":memory:")
    try:
        create(connection, version)
        return described(connection)
    finally:
        connection.close()


def number(connection: sqlite3.Connection, pragma: str) -> int:
    """The value of a numeric PRAGMA."""
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def uri(path: Path, options: str) -> str:
    """A `file:` address for SQLite; UNC paths keep their two leading slashes."""
    place = path.absolute().as_posix()
    return f"file://{'' if place.startswith('/') else '/'}{quote(place)}?{options}"
