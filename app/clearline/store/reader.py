"""Reads a session file, which is never trusted: the events as they were emitted, and the roll-ups for zooming."""

import heapq
import math
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import msgspec

from clearline.domain.event import AnyEvent, AttemptEnded, CheckEnded, CheckMissed, Event, PlanApplied
from clearline.domain.fault import Layer
from clearline.domain.outages import Outage
from clearline.domain.plan import Plan
from clearline.domain.problem import Problem
from clearline.domain.rollup import RESOLUTIONS_S, Rollup, stretch_start
from clearline.store.cells import MOST_S, Row, Table, moment, whole
from clearline.store.notes import changed
from clearline.store.opening import SessionFileError, opened
from clearline.store.outage_keeper import COLUMNS as OUTAGE_COLUMNS
from clearline.store.outage_keeper import from_cells as outage_from_cells
from clearline.store.rollup import COUNTS, STORED, STORED_OF_ALL, Counted, folded, from_cells, merged
from clearline.store.rows import TABLE_OF, TABLES, TABLES_OF
from clearline.store.schema import MOMENT_S, OUTAGES_SINCE, number

_CHUNK = 2_000
"""Rows a query: no read lasts long, so that a slow consumer never keeps the writer's log from being folded in."""
_CACHED = 20_000
Kind = TypeVar("Kind", bound=Event)
_UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError)  # The latter: SQLite's own message quotes broken text.
_BAD_ROW = (ValueError, TypeError, OverflowError, RecursionError, KeyError, msgspec.MsgspecError)


class SessionMeta(msgspec.Struct, frozen=True):
    """What a session file says about itself."""

    session_id: str
    wall_s: float
    """UTC time of session second 0."""
    schema_version: int
    app_version: str


class SessionReader:
    """An open session file, read-only. May be used from any thread, by one thread at a time. Close it, or use `with`.

    Raises SessionFileError when the file cannot be read as a session. Rows that cannot be read are left out and
    counted in `damaged`. While a session is being recorded, each call sees what was written up to then.
    """

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.damaged = 0
        """Rows, or stretches of unreadable rows, that were left out so far."""
        self._words: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self._rolled: dict[int, float] = {}
        """How far roll-ups of each length were seen to be written: they only grow."""
        self._notes: dict[int, dict[str, Any]] = {}
        self._seen: set[tuple[type, ...]] = set()
        self._connection, self._copy = opened(path)
        try:
            self._version = number(self._connection, "user_version")
            self._tables = tuple(table for table in TABLES if table.since <= self._version)
            self.meta = self._read_meta()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "SessionReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        if self._copy is not None:
            self._copy.cleanup()

    @property
    def plan(self) -> Plan:
        """The plan that was run last, addresses masked; empty where none was recorded."""
        highest = self._highest()
        for row in self._select(
            "SELECT seq, at, body FROM plans WHERE seq <= ? ORDER BY seq DESC LIMIT 20", (highest,)
        ):
            event = self._decoded(TABLE_OF[PlanApplied], row[1:])
            if isinstance(event, PlanApplied):
                return event.plan
        return Plan()

    @property
    def duration_s(self) -> float:
        """Seconds from second 0 to the latest event; 0 for an empty session."""
        return max([0.0, *self._ends("DESC")])

    @property
    def begin_s(self) -> float:
        """Seconds from second 0 to the first event: 0 but for the later parts of a session that was split."""
        return max(0.0, min(self._ends("ASC"), default=0.0))

    def _ends(self, order: str) -> list[float]:
        texts = [f"SELECT at FROM {table.name} ORDER BY seq {order} LIMIT 1" for table in self._tables]  # noqa: S608 our own names
        cells = [at for text in texts for (at,) in self._select(text)]
        return [moment(at) for at in cells if isinstance(at, int | float) and math.isfinite(at)]

    @property
    def counts(self) -> dict[str, int]:
        """Rows of each kind: attempts, checks, misses, backoffs, breakers, markers, disturbances, gaps …"""
        found: Counter[str] = Counter()
        for table in self._tables:
            found[table.name.removesuffix("_packed")] += self._count(table)
        return dict(found)

    @property
    def gaps(self) -> list[tuple[float, float, int]]:
        """Where the recorder could not keep up: from, to (seconds) and how many events are missing."""
        rows = self._select("SELECT since, at, lost FROM gaps ORDER BY seq LIMIT 10000")
        return [(float(since), float(to), int(lost)) for since, to, lost in rows]

    def events(self, from_s: float = 0.0, to_s: float = math.inf) -> Iterator[AnyEvent]:
        """Every event with `from_s <= at_s < to_s` written up to now, in the order in which they were emitted."""
        return self._between(from_s, to_s, *self._sequence(from_s, to_s))

    def _between(self, from_s: float, to_s: float, low: int, high: int) -> Iterator[AnyEvent]:
        streams = [self._stream(table, low, high) for table in self._tables]
        for _, _, event in heapq.merge(*streams):
            if from_s <= event.at_s < to_s:
                yield event

    def stream(
        self, kind: type[Kind], from_s: float = 0.0, to_s: float = math.inf, target_id: str | None = None
    ) -> Iterator[Kind]:
        """Events of one kind with `from_s <= at_s < to_s`, in order, read as they are taken; of one target if named.

        Nothing but a few thousand rows is held at a time. Kinds that belong to no target are not to be asked for one.
        """
        number = None
        if target_id is not None:
            number = self._target_number(target_id)
            if number is None:
                return
        low, high = self._sequence(from_s, to_s)
        for table in TABLES_OF[kind]:
            if table in self._tables:
                for _, _, event in self._stream(table, low, high, number):
                    if from_s <= event.at_s < to_s:
                        yield event  # type: ignore[misc] # a recording gap is read back as a disturbance

    def attempts(
        self, target_id: str, from_s: float = 0.0, to_s: float = math.inf, limit: int = 10_000
    ) -> list[AttemptEnded]:
        """The first `limit` attempts of one target that ended in `from_s <= at_s < to_s`, in order."""
        return list(islice(self.stream(AttemptEnded, from_s, to_s, target_id), limit))

    def rollups(self, target_id: str, span_s: float, from_s: float = 0.0, to_s: float = math.inf) -> list[Rollup]:
        """The stretches of one target that overlap `from_s` to `to_s`, in order; `span_s` is one of RESOLUTIONS_S."""
        if span_s not in RESOLUTIONS_S:
            raise ValueError(f"no roll-ups of {span_s} s")
        shortest, span = RESOLUTIONS_S[0], int(span_s)
        stretches = self._stored(target_id, span, from_s, to_s)
        until_s = self._rolled.get(span, 0.0)
        if to_s > until_s:
            until_s = self._rolled[span] = self.rolled_until_s(span)
        if to_s > until_s:
            tail_s = max(self.rolled_until_s(shortest), until_s)
            recent = folded(self._counted(target_id, tail_s), shortest)
            parts = [*self._stored(target_id, shortest, until_s, tail_s).values(), *_in_order(recent)]
            stretches |= merged((part for part in parts if part.start_s >= until_s), span)
        return [part for part in _in_order(stretches) if stretch_start(from_s, span) <= part.start_s < to_s]

    def rollups_of_all(self, span_s: float, from_s: float = 0.0, to_s: float = math.inf) -> dict[str, list[Rollup]]:
        """The written stretches of every target by its id, in order; the latest stretches may be missing."""
        found: dict[str, list[Rollup]] = {}
        last_number, last_list = -1, []
        for target, *row in self._select(STORED_OF_ALL, (int(span_s), from_s, min(to_s, 1e300))):
            try:
                if target != last_number:
                    last_number, last_list = target, found.setdefault(self.word(target), [])
                last_list.append(from_cells(int(span_s), tuple(row), self.word))
            except _BAD_ROW:
                self.damaged += 1
        return found

    def rollup_counts(self, from_s: float, cell_s: float) -> list[tuple[int, Layer | None, int, int, int]]:
        """Checks of all targets in stretches of `cell_s` from `from_s` on: its number, layer, ok, failed, refused."""
        short, long = RESOLUTIONS_S
        found, until_s = [], self.rolled_until_s(long) if cell_s >= long else 0.0
        for cell, layer, *counts in self._select(COUNTS, (from_s, cell_s, long, until_s, short, until_s)):
            try:
                ok, failed, refused = map(whole, counts)
                found.append((whole(cell), Layer(layer) if layer else None, ok, failed, refused))
            except _BAD_ROW:
                self.damaged += 1
        return found

    def outages(self, target_id: str | None = None) -> list[Outage] | None:
        """The outages of a target, or of all, as they were found while recording, in order.

        None where an older version recorded some of the session: look for them with History.outages then.
        """
        if self._version < OUTAGES_SINCE or self._select("SELECT 1 FROM checks LIMIT 1"):
            return None
        number = None if target_id is None else self._target_number(target_id)
        if target_id is not None and number is None:
            return []
        found = []
        for row in self._select(_OUTAGES if number is None else f"{_OUTAGES} WHERE target = {number}"):
            try:
                found.append(outage_from_cells(row, self.word))
            except _BAD_ROW:
                self.damaged += 1
        return sorted(found, key=_begin)

    def latest(self, kind: type[Kind], most: int) -> list[Kind]:
        """The last `most` events of a kind, in order."""
        rows: list[Kind] = []
        for table in TABLES_OF[kind]:
            if table in self._tables:
                for row in self._select(f"SELECT * FROM {table.name} ORDER BY seq DESC LIMIT ?", (most,)):  # noqa: S608
                    event = self._decoded(table, row[1:])
                    if event is not None:
                        rows.append(event)  # type: ignore[arg-type] # a recording gap is read back as a disturbance
        return rows[most - 1 :: -1] if len(rows) >= most else rows[::-1]

    @property
    def size_events(self) -> int:
        """About how many events the file holds."""
        return self._highest() + 1

    # ── what rows.Decoder asks for ──────────────────────────────────────────────────────────────────────────────

    def word(self, number: int) -> str:
        """The text with this number. Raises ValueError where there is none."""
        known = self._words.get(number)
        if known is None:
            rows = self._select("SELECT text FROM words WHERE id = ?", (number,))
            if not rows or not isinstance(rows[0][0], str):
                raise ValueError("no such word")
            known = rows[0][0]
            if len(self._words) >= _CACHED:
                self._words.clear()
            self._words[number] = known
        return known

    def note(self, number: int | None, changes: bytes | None) -> dict[str, Any]:
        """The mapping with this number and these changes; it may be shared between events, so never change it."""
        if number is None:
            return {}
        known = self._notes.get(number)
        if known is None:
            rows = self._select("SELECT body FROM notes WHERE id = ?", (number,))
            if not rows or not isinstance(rows[0][0], bytes):
                raise ValueError("no such note")
            known = _note.decode(rows[0][0])
            if len(self._notes) >= _CACHED // 10:
                self._notes.clear()
            self._notes[number] = known
        if changes is None:
            return known
        rebuilt: dict[str, Any] = changed(known, _changes.decode(changes))
        return rebuilt

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _select(self, statement: str, values: Iterable[Any] = ()) -> list[Row]:
        """All rows of a short query; none, and one more in `damaged`, where the file cannot be read."""
        try:
            return self._connection.execute(statement, tuple(values)).fetchall()
        except _UNREADABLE:
            self.damaged += 1
            return []

    def _read_meta(self) -> SessionMeta:
        found: dict[str, Any] = dict(self._select("SELECT key, value FROM meta LIMIT 100"))
        try:
            return msgspec.convert({**found, "schema_version": self._version}, SessionMeta)
        except msgspec.ValidationError:
            raise SessionFileError(Problem("session.damaged", {"name": Path(self.path).name})) from None

    def _count(self, table: Table) -> int:
        rows = self._select(f"SELECT count(*) FROM {table.name}")  # noqa: S608 our own names
        return int(rows[0][0]) if rows else 0

    def rolled_until_s(self, span: int) -> float:
        """Up to here the roll-ups of this length are written."""
        rows = self._select("SELECT value FROM meta WHERE key = ?", (f"rolled_{span}",))
        return float(rows[0][0]) if rows and isinstance(rows[0][0], float) and 0 < rows[0][0] < MOST_S else 0.0

    def _highest(self) -> int:
        """The last sequence number, over all tables in one query, so that no table is read further than another."""
        names = [f"(SELECT max(seq) FROM {table.name})" for table in self._tables]  # noqa: S608 our own names
        # Where one of them cannot be read, the others still can.
        rows = self._select(f"SELECT {', '.join(names)}") or [
            tuple(value for name in names for row in self._select(f"SELECT {name}") for value in row)
        ]
        return max((value for value in rows[0] if isinstance(value, int)), default=-1)

    def _sequence(self, from_s: float, to_s: float) -> tuple[int, int]:
        """Sequence numbers between which every event of the time range lies, both included."""
        first = -(2**62) if from_s <= -1e9 else math.floor(from_s / MOMENT_S)
        last = 2**62 if to_s >= 1e9 else math.floor(to_s / MOMENT_S)
        if first <= 0 and last == 2**62:
            return 0, self._highest()
        rows = self._select("SELECT min(low), max(high) FROM moments WHERE start BETWEEN ? AND ?", (first, last))
        if not rows:
            return 0, self._highest()  # The moments cannot be read: look through everything.
        low, high = rows[0]
        return (low, min(high, self._highest())) if isinstance(low, int) and isinstance(high, int) else (0, -1)

    def _stream(
        self, table: Table, low: int, high: int, target: int | None = None
    ) -> Iterator[tuple[int, int, AnyEvent]]:
        """The table's events with their number and that of the table, so that sorting never compares two events."""
        place = self._tables.index(table)
        where = "seq BETWEEN ? AND ?" if target is None else f"target = {int(target)} AND seq BETWEEN ? AND ?"
        statement = f"SELECT * FROM {table.name} WHERE {where} ORDER BY seq LIMIT ?"  # noqa: S608 our own names
        limit, jump = _CHUNK, 1
        while low <= high:
            try:
                rows = self._connection.execute(statement, (low, high, limit)).fetchall()
            except _UNREADABLE:
                # A page cannot be read. First come closer to it, then step over it with ever longer strides.
                if limit > 1:
                    limit = max(1, limit // 8)
                else:
                    self.damaged += 1
                    low, jump = low + jump, jump * 2
                continue
            for row in rows:
                event = self._decoded(table, row[1:])
                if event is not None:
                    yield row[0], place, event
            if len(rows) < limit:
                return
            low, limit, jump = max(low, rows[-1][0]) + 1, min(_CHUNK, limit * 8), 1

    def _decoded(self, table: Table, row: Row) -> AnyEvent | None:
        try:
            shape = (table.event, *map(type, row))
            if shape not in self._seen:
                if not all(isinstance(cell, types) for cell, types in zip(row, table.types, strict=True)):
                    raise TypeError("a cell of another type")
                self._seen.add(shape)
            return table.decode(row, self)
        except _BAD_ROW:
            self.damaged += 1
            return None

    def _target_number(self, target_id: str) -> int | None:
        if (known := self._numbers.get(target_id)) is None:
            rows = self._select("SELECT id FROM words WHERE text = ?", (target_id,))
            if not rows or len(self._numbers) >= _CACHED:
                return int(rows[0][0]) if rows else None
            known = self._numbers[target_id] = int(rows[0][0])
        return known

    def _counted(self, target_id: str, from_s: float) -> Iterator[Counted]:
        yield from self.stream(AttemptEnded, from_s, math.inf, target_id)
        yield from self.stream(CheckEnded, from_s, math.inf, target_id)
        yield from self.stream(CheckMissed, from_s, math.inf, target_id)

    def _stored(self, target_id: str, span: int, from_s: float, to_s: float) -> dict[float, Rollup]:
        number = self._target_number(target_id)
        if number is None:
            return {}
        values = number, span, stretch_start(from_s, span), min(to_s, 1e300)
        found: dict[float, Rollup] = {}
        for row in self._select(STORED, values):
            try:
                part = from_cells(span, row, self.word)
            except _BAD_ROW:
                self.damaged += 1
                continue
            found[part.start_s] = part
        return found


_OUTAGES = f"SELECT {OUTAGE_COLUMNS} FROM outages"  # noqa: S608 our own names
_note = msgspec.msgpack.Decoder(dict[str, Any])
_changes = msgspec.msgpack.Decoder(list[Any])


def _begin(outage: Outage) -> float:
    return outage.from_s


def _in_order(stretches: dict[float, Rollup]) -> list[Rollup]:
    return [stretches[start_s] for start_s in sorted(stretches)]
