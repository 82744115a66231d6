"""Targets × time as one matrix of states: a column is a roll-up, the worst state in it wins, by its share."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clearline.ui.plots.decimation import spread
from clearline.ui.viewmodels.series import SeriesStore, TargetSeries
from clearline.ui.viewmodels.series_slice import GAP_INTERVALS, stretch_states
from clearline.ui.viewmodels.series_state import FAILING, State

Floats = NDArray[np.float64]
_NEVER = -1
"""This row was not filled yet."""

COLUMN_STEPS_S = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)


def column_seconds(length_s: float, most: int) -> float:
    """How long one column is, so that at most `most` columns show a window of this length."""
    return float(next((step for step in COLUMN_STEPS_S if length_s / step <= max(1, most)), COLUMN_STEPS_S[-1]))


class HeatGrid:
    """The matrix, kept up to date: new checks touch their own cells only, a moved window shifts the rest."""

    def __init__(self) -> None:
        self.cells: NDArray[np.uint8] = np.zeros((0, 0), np.uint8)
        """One row per target, one column per stretch of `column_s`; values of State."""
        self.column_s = 1.0
        self.first = 0
        """Number of the left column: it begins at `first * column_s`."""
        self._checks: NDArray[np.uint32] = np.zeros((0, 0), np.uint32)
        self._failed: NDArray[np.uint32] = np.zeros((0, 0), np.uint32)
        self._pages = 0
        self._targets: list[str] = []
        self._seen: list[int] = []
        self._last: list[tuple[int, float, int]] = []

    def shares(self, rows: slice) -> NDArray[np.float64]:
        """Of each cell of these rows the share of its checks that failed; 1 where it holds none of its own."""
        checks, failed = self._checks[rows], self._failed[rows]
        found: NDArray[np.float64] = np.divide(failed, checks, out=np.ones(checks.shape), where=checks > 0)
        return found

    @property
    def from_s(self) -> float:
        """Where the left column begins."""
        return float(self.first * self.column_s)

    @property
    def to_s(self) -> float:
        """Where the right column ends."""
        return float((self.first + self.cells.shape[1]) * self.column_s)

    def show(
        self, store: SeriesStore, targets: list[str], from_s: float, to_s: float, column_s: float, rows: range
    ) -> None:
        """Bring the matrix to this window. The same targets and columns are only added to.

        Only `rows` are filled, those on screen: a thousand targets cost no more than a screenful.
        """
        first = math.floor(from_s / column_s + 1e-9)
        # One more than the length holds: a window that is not aligned cuts a column at both ends.
        count = max(1, math.ceil((to_s - from_s) / column_s - 1e-9)) + 1
        ahead = first - self.first
        is_same = (targets, column_s, count, store.pages) == (
            self._targets,
            self.column_s,
            self.cells.shape[1],
            self._pages,
        )
        # Of a recorded session nothing is added at the right edge: what comes into view was there before.
        if not is_same or not 0 <= ahead < count or (ahead and not store.is_live):
            self._pages = store.pages
            self._targets, self.column_s, self.first = list(targets), column_s, first
            self.cells = np.zeros((len(targets), count), np.uint8)
            self._checks, self._failed = (np.zeros((len(targets), count), np.uint32) for _ in range(2))
            self._seen = [_NEVER] * len(targets)
            self._last = [(first, 0.0, 0)] * len(targets)
            ahead = 0
        if ahead:
            self.first = first
            for kept in (self.cells, self._checks, self._failed):
                kept[:, :-ahead] = kept[:, ahead:].copy()
                kept[:, -ahead:] = 0
        for row in range(max(0, rows.start), min(len(targets), rows.stop)):
            series = store.series(targets[row])
            if self._seen[row] == _NEVER:
                self._fill(row, series)
            elif self._seen[row] != series.checks.total:
                self._add(row, series)
            self._pause(row, series, store.now_s)

    def _fill(self, row: int, series: TargetSeries) -> None:
        """A row anew, from roll-ups and single checks."""
        old, due, states = series.check_states(self.from_s, self.to_s)
        line = self.cells[row]
        self._spread(line, old["start_s"], old["start_s"] + old["span_s"], stretch_states(old))
        nexts = np.append(due[1:], np.inf)
        # Between checks of a slow pace the state of the one before goes on; not across a silence.
        lasts = np.where(nexts - due <= GAP_INTERVALS * series.interval_s, nexts, due)
        self._spread(line, due, lasts, states)
        self._count(row, old, due, states)
        self._seen[row] = series.checks.total
        if len(series.checks):
            due_s, state = series.checks.value("due_s", -1), int(series.checks.value("state", -1))
            self._last[row] = (self._column(due_s), due_s, state)

    def _count(self, row: int, old: dict[str, NDArray[Any]], due: Floats, states: NDArray[np.uint8]) -> None:
        """How many checks each column holds, and how many of them failed; a roll-up tells it of all its columns."""
        width = self.cells.shape[1]
        begins, ends = self._reach(old["start_s"], old["start_s"] + old["span_s"])
        low, high = np.clip(begins, 0, width), np.clip(np.maximum(ends, begins + 1), 0, width)
        bad = old["failed"] + old["refused"]
        column, _ = self._reach(due, due)
        inside = (column >= 0) & (column < width) & (states >= State.UP)
        for counts, of_old, seen in (
            (self._checks, old["ok"] + bad, inside),
            (self._failed, bad, inside & (states >= FAILING)),
        ):
            steps = np.zeros(width + 1, np.int64)
            np.add.at(steps, low, of_old.astype(np.int64))
            np.add.at(steps, high, -of_old.astype(np.int64))
            counts[row] = np.cumsum(steps)[:-1] + np.bincount(column[seen], minlength=width)

    def _spread(self, line: NDArray[np.uint8], begins: Floats, ends: Floats, states: NDArray[np.uint8]) -> None:
        """Each state into the column of its beginning and those that lie wholly before its end."""
        spread(line, *self._reach(begins, ends), states)

    def _reach(self, begins: Floats, ends: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The places in a line of the columns in which stretches begin, and of those in which they end."""
        low = np.floor(begins / self.column_s).astype(np.int64) - self.first
        return low, np.floor(ends / self.column_s + 1e-9).astype(np.int64) - self.first

    def _add(self, row: int, series: TargetSeries) -> None:
        """Checks since the last time: each fills its column, and a slow pace the columns since the one before."""
        checks, line = series.checks, self.cells[row]
        for place in range(max(0, self._seen[row] - checks.dropped), len(checks)):
            due_s, state = checks.value("due_s", place), int(checks.value("state", place))
            column = self._column(due_s) - self.first
            last_column, last_due_s, last_state = self._last[row]
            if due_s - last_due_s <= GAP_INTERVALS * series.interval_s:
                between = line[max(0, last_column - self.first + 1) : max(0, column)]
                np.maximum(between, np.uint8(last_state), out=between)
            if 0 <= column < len(line):
                line[column] = max(int(line[column]), state)
                self._checks[row, column] += state >= State.UP
                self._failed[row, column] += state >= FAILING
            self._last[row] = (column + self.first, due_s, state)
        self._seen[row] = checks.total

    def _pause(self, row: int, series: TargetSeries, now_s: float) -> None:
        if not series.pauses:
            return
        line = self.cells[row]
        for begin_s, end_s in series.pauses[-50:]:
            low = max(0, self._column(begin_s) - self.first)
            high = self._column(now_s if end_s is None else end_s) - self.first + (end_s is None)
            if high > low:
                np.maximum(line[low:high], np.uint8(State.PAUSED), out=line[low:high])

    def _column(self, at_s: float) -> int:
        return math.floor(at_s / self.column_s)


def segments_of(line: NDArray[np.uint8]) -> list[tuple[int, int, State]]:
    """Neighbouring cells of one state in a row: from, to (columns) and state."""
    if not len(line):
        return []
    cuts = np.flatnonzero(line[1:] != line[:-1]) + 1
    bounds = [0, *cuts.tolist(), len(line)]
    return [(low, high, State(int(line[low]))) for low, high in pairwise(bounds)]
