"""Keeps the roll-ups of a session as its events are written, and gives them back."""

from collections.abc import Callable, Iterable
from typing import Any

from clearline.domain.event import AttemptEnded, CheckEnded, CheckMissed
from clearline.domain.fault import Layer
from clearline.domain.rollup import RESOLUTIONS_S, Rollup, stretch_start

GRACE_S = 2.0
"""A stretch is written this long after its end, so that a late event rarely has to change a written row."""

COLUMNS = (
    "start, ok, failed, refused, missed, attempts, latency_min, latency_sum, latency_max, latency_count, layer, kind"
)
STORED = (
    f"SELECT {COLUMNS} FROM rollups"  # noqa: S608 our own names
    " WHERE target = ? AND span = ? AND start >= ? AND start < ? ORDER BY start"
)
STORED_OF_ALL = (
    f"SELECT target, {COLUMNS} FROM rollups"  # noqa: S608 our own names
    " WHERE span = ? AND start >= ? AND start < ? ORDER BY target, start"
)
COUNTS = (
    "SELECT CAST((start + span / 2.0 - ?) / ? AS INTEGER) AS cell, layer, sum(ok), sum(failed), sum(refused)"
    " FROM rollups WHERE (span = ? AND start < ?) OR (span = ? AND start >= ?) GROUP BY cell, layer LIMIT 10000"
)

Counted = AttemptEnded | CheckEnded | CheckMissed
Key = tuple[int, str, float]
"""Span in seconds, target, start in seconds."""


class RollupKeeper:
    """Folds events into open stretches and hands out those that are over.

    Rows are written once a stretch is over, not with every batch: 500 targets would otherwise rewrite 500 pages four
    times a second. `until_s` says up to where rows are complete; what came after is folded from the events again.
    """

    def __init__(self, until_s: dict[int, float], load: Callable[[Key], Rollup | None]) -> None:
        self.until_s = {span: until_s.get(span, 0.0) for span in RESOLUTIONS_S}
        self._open: dict[Key, Rollup] = {}
        self._late: dict[Key, Rollup] = {}
        self._load = load
        self._now_s = 0.0

    def add(self, event: Counted, *, is_replay: bool = False) -> None:
        """Fold one event, whenever it happened. A replayed one is in the written stretches already."""
        self._now_s = max(self._now_s, event.at_s)
        for span in RESOLUTIONS_S:
            start_s = stretch_start(event.at_s, span)
            key = (span, event.target, start_s)
            if start_s >= self.until_s[span]:
                rollup = self._open.get(key)
                if rollup is None:
                    rollup = self._open[key] = Rollup(start_s, span)
            elif is_replay:
                continue
            else:
                rollup = self._late.get(key) or self._load(key) or Rollup(start_s, span)
                self._late[key] = rollup
            rollup.add(event)

    def take_due(self) -> list[tuple[Key, Rollup]]:
        """The stretches to be written now."""
        due = list(self._late.items())
        self._late.clear()
        for span in RESOLUTIONS_S:
            over_s = stretch_start(self._now_s - GRACE_S, span)
            if over_s > self.until_s[span]:
                self.until_s[span] = over_s
                ended = [key for key in self._open if key[0] == span and key[2] < over_s]
                due.extend((key, self._open.pop(key)) for key in ended)
        return due


def cells(key: Key, target: int, rollup: Rollup, kind: int | None) -> tuple[Any, ...]:
    """The row of one stretch."""
    counts = rollup.ok, rollup.failed, rollup.refused, rollup.missed, rollup.attempts
    latency = rollup.latency_min_ms, rollup.latency_sum_ms, rollup.latency_max_ms, rollup.latency_count
    return key[0], target, key[2], *counts, *latency, rollup.layer.value if rollup.layer else None, kind


def from_cells(span: int, row: tuple[Any, ...], word: Callable[[int], str]) -> Rollup:
    """The stretch of a row with COLUMNS. Raises ValueError or TypeError on what cannot be."""
    shape = tuple(map(type, row))
    if shape not in _proven:
        start_s, *counts, low, total, high, count, layer, kind = row
        if not all(isinstance(cell, int | float) for cell in (start_s, total, low or 0, high or 0)):
            raise ValueError("not a figure")
        if not all(isinstance(cell, int) for cell in (*counts, count, *(() if kind is None else (kind,)))):
            raise ValueError("not a count")
        if len(_proven) < _MOST_SHAPES:
            _proven.add(shape)
    *figures, layer, kind = row
    start_s, ok, failed, refused, missed, attempts, low, total, high, count = figures
    broke = None if layer is None else Layer(layer)
    name = "" if kind is None else word(kind)
    return Rollup(start_s, span, ok, failed, refused, missed, attempts, low, total, high, count, broke, name)


_MOST_SHAPES = 200
_proven: set[tuple[type, ...]] = set()
"""Types of rows that were found right: rows are alike, and there are many."""


def folded(events: Iterable[Counted], span: int) -> dict[float, Rollup]:
    """Roll-ups of one target's events, by start."""
    stretches: dict[float, Rollup] = {}
    for event in events:
        start_s = stretch_start(event.at_s, span)
        stretches.setdefault(start_s, Rollup(start_s, span)).add(event)
    return stretches


def merged(parts: Iterable[Rollup], span: int) -> dict[float, Rollup]:
    """Longer stretches from shorter ones that lie wholly inside them, by start; `parts` in order of time."""
    stretches: dict[float, Rollup] = {}
    for part in parts:
        start_s = stretch_start(part.start_s, span)
        whole = stretches.setdefault(start_s, Rollup(start_s, span))
        whole.ok += part.ok
        whole.failed += part.failed
        whole.refused += part.refused
        whole.missed += part.missed
        whole.attempts += part.attempts
        whole.latency_sum_ms += part.latency_sum_ms
        whole.latency_count += part.latency_count
        lows = [low for low in (whole.latency_min_ms, part.latency_min_ms) if low is not None]
        highs = [high for high in (whole.latency_max_ms, part.latency_max_ms) if high is not None]
        whole.latency_min_ms, whole.latency_max_ms = min(lows, default=None), max(highs, default=None)
        if part.layer is not None:
            whole.layer, whole.kind = part.layer, part.kind
    return stretches
