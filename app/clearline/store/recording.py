"""Writes batches of events into an open session file; belongs to one thread."""

import sqlite3
from collections import OrderedDict
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from clearline import __version__
from clearline.domain.event import AttemptEnded, CheckEnded, CheckMissed, Event
from clearline.domain.keeping import KEEP_ALL, Keeping
from clearline.domain.outages import Outage
from clearline.domain.plan import Plan
from clearline.domain.rollup import Rollup
from clearline.store import outage_keeper, schema
from clearline.store import rollup as rollups
from clearline.store.cells import Row, Table, short
from clearline.store.notes import difference, encoded
from clearline.store.reader import SessionReader
from clearline.store.rows import TABLE_OF, TABLES
from clearline.store.secrets import SecretMask
from clearline.store.thinning import Thinning

_CACHED = 20_000
_BUSY_S = 2.0
_REPLAYED_AT_ONCE = 1_000
_REPLAYED_BEFORE_S = 120.0
"""An outage that began with the last check before a stretch is found again from its first check on."""
_COUNTED = (AttemptEnded, CheckEnded, CheckMissed)
_LOG_LIMIT_BYTES = 16_000_000


class RefusedFileError(Exception):
    """The file must not be written to; `code` says why (`record.*`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Recording:
    """One session file, open for writing. After any error: close it and open another on the same path.

    Everything kept in memory here can be had from the file, so that a failed batch leaves nothing behind.
    Raises sqlite3.Error, OSError, and RefusedFileError where the file is not this session's.
    """

    def __init__(
        self, path: Path, session_id: str, wall_s: float, mask: SecretMask, keeping: Keeping = KEEP_ALL
    ) -> None:
        self.path = path
        self._mask = mask
        self._words: dict[str, int] = {}
        self._notes: OrderedDict[bytes, int] = OrderedDict()
        self._latest: OrderedDict[str, tuple[int, Any]] = OrderedDict()
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists() or path.stat().st_size == 0
        if not is_new:
            _check_ours(path, session_id)
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=_BUSY_S)
        try:
            if is_new:
                self._create(session_id, wall_s)
            self._set_up()
            if not is_new:
                schema.upgrade(self.connection)
            self._next = self._first_free()
            self._next_word = self._count("SELECT max(id) FROM words") + 1
            self._next_note = self._count("SELECT max(id) FROM notes") + 1
            self._rollups = rollups.RollupKeeper(self._rolled(), self._load_rollup)
            self._outages = outage_keeper.OutageKeeper(self._latest_outages())
            self._thinning = Thinning(self.connection, keeping.thin_after_h * 3600)
            self._reader = None if is_new else SessionReader(path)
            from_s = min(self._rollups.until_s.values()) - _REPLAYED_BEFORE_S
            self._replayed = self._reader.events(from_s) if self._reader else iter(())
            self._waiting: list[rollups.Counted] = []
        except BaseException:
            self.connection.close()
            raise

    def _create(self, session_id: str, wall_s: float) -> None:
        # In rollback mode still, so that the header on the disk says what the file is from the first moment.
        self.connection.execute("BEGIN IMMEDIATE")
        schema.create(self.connection)
        meta = {"session_id": session_id, "wall_s": float(wall_s), "app_version": __version__}
        self.connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        self.connection.execute("COMMIT")

    def _set_up(self) -> None:
        self.connection.execute("PRAGMA trusted_schema = OFF")
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = NORMAL")
        self.connection.execute(f"PRAGMA journal_size_limit = {_LOG_LIMIT_BYTES}")

    @property
    def size_bytes(self) -> int:
        """What the session takes once its log is folded in, which is what a person will see of the file."""
        return schema.number(self.connection, "page_count") * schema.number(self.connection, "page_size")

    def _first_free(self) -> int:
        return 1 + max(self._count(f"SELECT max(seq) FROM {table.name}") for table in TABLES)  # noqa: S608 our own names

    def _count(self, statement: str) -> int:
        return int(self.connection.execute(statement).fetchone()[0] or 0)

    def _rolled(self) -> dict[int, float]:
        rows = self.connection.execute("SELECT key, value FROM meta WHERE key LIKE 'rolled!_%' ESCAPE '!'").fetchall()
        return {int(key.removeprefix("rolled_")): float(value) for key, value in rows}

    def _replay(self) -> None:
        """Fold again some of what the roll-ups' rows of a continued file do not hold yet.

        A few at a time: five minutes of events at once would hold up the first commits by half a second.
        """
        if self._reader is None:
            return
        left = _REPLAYED_AT_ONCE
        for event in islice(self._replayed, _REPLAYED_AT_ONCE):
            left -= 1
            if isinstance(event, _COUNTED):
                self._rollups.add(event, is_replay=True)
                self._outages.add(event, is_replay=True)
        if left:
            self._reader.close()
            self._reader = None
            for event in self._waiting:
                self._rollups.add(event)
                self._outages.add(event)
            self._waiting.clear()

    def write(self, events: Sequence[Event]) -> None:
        """Write a batch: all of it or nothing."""
        rows: dict[str, list[Row]] = {}
        moments: dict[int, tuple[int, int]] = {}
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            for event in events:
                table = TABLE_OF[type(event)]
                number = self._next
                self._next += 1
                rows.setdefault(table.name, []).append((number, *_ENCODE[table.name](event, self)))
                start = int(event.at_s // schema.MOMENT_S)
                moments[start] = (moments.get(start, (number, 0))[0], number)
                if isinstance(event, _COUNTED):
                    if self._reader is None:
                        self._rollups.add(event)
                        self._outages.add(event)
                    else:
                        self._waiting.append(event)
            for name, batch in rows.items():
                self.connection.executemany(_INSERT[name], batch)
            self.connection.executemany(_MOMENT, [(start, *span) for start, span in moments.items()])
            if self._reader is None:
                self._write_rollups()
                self._write_outages()
                self._thinning.step(events[-1].at_s)
        except BaseException:
            # Some errors (a full disk) have rolled back already.
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
        self._replay()

    def _write_rollups(self) -> None:
        due = self._rollups.take_due()
        if not due:
            return
        cells = [
            rollups.cells(key, self.word(key[1]), part, self.word(part.kind) if part.kind else None)
            for key, part in due
        ]  # fmt: skip
        self.connection.executemany(_ROLLUP, cells)
        marks = [(f"rolled_{span}", until_s) for span, until_s in self._rollups.until_s.items()]
        self.connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", marks)

    def _write_outages(self) -> None:
        cells = [
            outage_keeper.cells(outage, self.word(outage.target), self.word(outage.kind) if outage.kind else None)
            for outage in self._outages.take_changed()
        ]
        self.connection.executemany(_OUTAGE, cells)

    def _latest_outages(self) -> list[Outage]:
        rows = self.connection.execute(_LATEST_OUTAGES).fetchall()
        return [outage_keeper.from_cells(row, self._text) for row in rows]

    def _load_rollup(self, key: rollups.Key) -> Rollup | None:
        span, target, start_s = key
        row = self.connection.execute(_LOAD_ROLLUP, (span, self.word(target), start_s)).fetchone()
        return None if row is None else rollups.from_cells(span, row, self._text)

    def _text(self, number: int) -> str:
        return str(self.connection.execute("SELECT text FROM words WHERE id = ?", (number,)).fetchone()[0])

    def close(self) -> None:
        """Close the file. As the last one to hold it, leave one plain file without a log beside it."""
        try:
            self._catch_up()
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self.connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError:
            # Somebody reads, or the disk is full: the log stays beside the file and is part of it.
            pass
        finally:
            self._let_reader_go()
            self.connection.close()

    def _catch_up(self) -> None:
        """What a short continuation did not come to: the outages of what was written before."""
        while self._reader is not None:
            self._replay()
        self.connection.execute("BEGIN IMMEDIATE")
        self._write_outages()
        self.connection.execute("COMMIT")

    def abandon(self) -> None:
        """Close after an error, without another try to write."""
        self._let_reader_go()
        self.connection.close()

    def _let_reader_go(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    # ── what rows.Coder asks for ────────────────────────────────────────────────────────────────────────────────

    def word(self, text: str) -> int:
        """The number of a text, a new one where it was never seen."""
        known = self._words.get(text)
        if known is not None:
            return known
        kept = short(text)
        row = self.connection.execute("SELECT id FROM words WHERE text = ?", (kept,)).fetchone()
        if row is None:
            row = (self._next_word,)
            self.connection.execute("INSERT INTO words VALUES (?, ?)", (self._next_word, kept))
            self._next_word += 1
        if len(self._words) >= _CACHED:
            self._words.clear()
        self._words[text] = row[0]
        return int(row[0])

    def note(self, content: dict[str, Any], about: str) -> tuple[int | None, bytes | None]:
        """The number of a mapping and what differs in this one; None twice where it is empty.

        `about` tells which earlier mapping it is likely to resemble: its target and what it is.
        """
        if not content:
            return None, None
        body = encoded(self._mask.content(content))
        known = self._notes.get(body)
        if known is not None:
            self._notes.move_to_end(body)
            return known, None
        plain = msgspec.msgpack.decode(body)
        alike = self._latest.get(about)
        changes = None if alike is None else difference(alike[1], plain)
        if alike is not None and changes is not None:
            packed = msgspec.msgpack.encode(changes)
            if len(packed) * 2 < len(body):
                return alike[0], packed
        number = self._next_note
        self.connection.execute("INSERT INTO notes VALUES (?, ?)", (number, body))
        self._next_note += 1
        for kept in (self._notes, self._latest):
            if len(kept) >= _CACHED // 10:
                kept.popitem(last=False)
        self._notes[body] = number
        self._latest[about] = number, plain
        return number, None

    def plan(self, plan: Plan) -> bytes:
        """A plan as it is stored."""
        return msgspec.json.encode(self._mask.plan(plan))


def _check_ours(path: Path, session_id: str) -> None:
    """Raises RefusedFileError unless the file is this session's and of this version, so that it can be continued."""
    with SessionReader(path) as reader:
        if reader.meta.session_id != session_id:
            raise RefusedFileError("record.other_session")


def _insert(table: Table) -> str:
    return f"INSERT INTO {table.name} VALUES ({', '.join('?' * (len(table.types) + 1))})"  # noqa: S608 our own names


_ENCODE = {table.name: table.encode for table in TABLES if table.encode is not None}
_INSERT = {name: _insert(table) for table in TABLES if (name := table.name) in _ENCODE}
_MOMENT = (
    "INSERT INTO moments VALUES (?, ?, ?)"
    " ON CONFLICT (start) DO UPDATE SET low = min(low, excluded.low), high = max(high, excluded.high)"
)
_OUTAGE = "INSERT OR REPLACE INTO outages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_LATEST_OUTAGES = (
    f"SELECT {outage_keeper.COLUMNS} FROM outages"  # noqa: S608 our own names
    " WHERE (target, since) IN (SELECT target, max(since) FROM outages GROUP BY target)"
)
_ROLLUP = "INSERT OR REPLACE INTO rollups VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_LOAD_ROLLUP = f"SELECT {rollups.COLUMNS} FROM rollups WHERE span = ? AND target = ? AND start = ?"  # noqa: S608 our own names
