"""Takes old successes out of a session file while it is recorded, a little at a time; failures never."""

import sqlite3

from clearline.domain.keeping import THIN_KEEPS
from clearline.store.schema import MOMENT_S

MARK = "thinned"
"""Key of the file's description: up to this moment (s) it is thinned."""
_STRETCHES_AT_ONCE = 4
"""So many moments of 10 s with each batch: ten times as fast as time goes on, and a few milliseconds."""


class Thinning:
    """Keeps one in THIN_KEEPS of the plain successes that are older than `after_s`; part of the batch's transaction.

    Checks, failures, retried and disturbed attempts and roll-ups stay, so loss, outages and every zoom are as before.
    """

    def __init__(self, connection: sqlite3.Connection, after_s: float) -> None:
        self._connection = connection
        self._after_s = after_s
        row = connection.execute("SELECT value FROM meta WHERE key = ?", (MARK,)).fetchone()
        self._next = int(float(row[0]) // MOMENT_S) if row else 0

    def step(self, now_s: float) -> None:
        """Thin what has become old by now."""
        last = int((now_s - self._after_s) // MOMENT_S)
        if self._after_s <= 0 or last <= self._next:
            return
        rows = self._connection.execute(_RANGES, (self._next, last, _STRETCHES_AT_ONCE)).fetchall()
        for _, low, high in rows:
            self._connection.execute(_THIN, (low, high, THIN_KEEPS, now_s - self._after_s))
        self._next = rows[-1][0] + 1 if rows else last
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (MARK, self._next * MOMENT_S))


_RANGES = "SELECT start, low, high FROM moments WHERE start >= ? AND start < ? ORDER BY start LIMIT ?"
# `rest` is NULL for a plain success and nothing else.
_THIN = (
    "DELETE FROM attempts_packed WHERE seq BETWEEN ? AND ? AND rest IS NULL AND slot % ? != 0"
    " AND (CASE typeof(at) WHEN 'integer' THEN at / 1e6 ELSE at END) < ?"
)
