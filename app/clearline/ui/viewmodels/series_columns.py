"""Bounded columns of plain numbers: cheap to append to, copied into numpy arrays only where something is drawn."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from clearline.domain.event import AttemptEnded, CheckEnded, CheckMissed
from clearline.domain.fault import Layer
from clearline.domain.rollup import Rollup, stretch_start

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SLACK = 1.25
"""Columns grow to this much more than their capacity before the oldest rows go: dropping is amortised. From then on
they keep their room: thousands of columns that shrink and grow again leave holes in the memory, a third of it all."""
LATEST = 32
"""So many rows are kept as they came, then put into the columns together, which takes a fifth of the time."""


class Columns:
    """Rows of numbers kept by column, oldest first. `key` names the column that never decreases.

    The dict maps a column to its type code of the `array` module.
    """

    def __init__(self, key: str, codes: dict[str, str], capacity: int) -> None:
        self._columns: dict[str, array[Any]] = {name: array(code) for name, code in codes.items()}
        self._in_order = list(self._columns.values())
        self._key: array[float] = self._columns[key]
        self._latest: list[tuple[float, ...]] = []
        self._size = 0
        """Rows in the columns, which may have room for more."""
        self.capacity = capacity
        self.dropped = 0
        """Rows that were let go since the beginning; row `n` of the whole session is at `n - dropped`."""

    def __len__(self) -> int:
        self._settle()
        return self._size

    @property
    def total(self) -> int:
        """Rows ever appended."""
        return self.dropped + len(self)

    def append(self, *row: float) -> None:
        """Add a row, one value per column in the order given to the constructor."""
        self._latest.append(row)
        if len(self._latest) >= LATEST:
            self._settle()

    def value(self, name: str, row: int) -> float:
        """One value; negative rows count from the end. Raises IndexError."""
        self._settle()
        place = row + self._size if row < 0 else row
        if not 0 <= place < self._size:
            raise IndexError(row)
        found: float = self._columns[name][place]
        return found

    def first_at(self, moment: float) -> int:
        """The first row whose key is at or after this moment."""
        self._settle()
        return bisect_left(self._key, moment, 0, self._size)

    def after(self, moment: float) -> int:
        """The first row whose key is after this moment."""
        self._settle()
        return bisect_right(self._key, moment, 0, self._size)

    def part(self, low: int, high: int, names: Sequence[str] = ()) -> "dict[str, NDArray[Any]]":
        """Copies of the rows `low` up to `high` as numpy arrays, by column; of some columns only where named."""
        import numpy as np

        self._settle()
        columns = {name: self._columns[name] for name in names or self._columns}
        # A view would forbid the array to grow for as long as it lives.
        return {
            name: np.frombuffer(column, column.typecode, self._size)[low:high].copy()
            for name, column in columns.items()
        }

    def _settle(self) -> None:
        """Put the latest rows into the columns, and let the oldest go."""
        if not self._latest:
            return
        end = self._size + len(self._latest)
        for column, values in zip(self._in_order, zip(*self._latest, strict=True), strict=True):
            column[self._size : end] = array(column.typecode, values)
        self._size = end
        self._latest.clear()
        if self._size > self.capacity * SLACK:
            excess = self._size - self.capacity
            for column in self._in_order:
                cells = memoryview(column)
                cells[: self.capacity] = cells[excess : self._size]
            self._size = self.capacity
            self.dropped += excess


class Stretches:
    """Roll-ups of one length: the one being filled as domain.rollup.Rollup, finished ones as columns."""

    def __init__(self, span_s: float, capacity: int, layers: dict[Layer | None, int]) -> None:
        self.span_s = span_s
        self._layers = layers
        self._by_code = {code: layer for layer, code in layers.items()}
        self._open: Rollup | None = None
        self._slow = 0
        self._held = 0
        self._closed = Columns(
            "start_s",
            {
                "start_s": "d",
                "ok": "L",
                "failed": "L",
                "refused": "L",
                "missed": "L",
                "attempts": "L",
                "low": "f",
                "sum": "d",
                "high": "f",
                "count": "L",
                "slow": "L",
                "layer": "B",
                "held": "B",
            },
            capacity,
        )

    def __len__(self) -> int:
        return len(self._closed) + (self._open is not None)

    @property
    def capacity(self) -> int:
        """Finished stretches that are kept."""
        return self._closed.capacity

    @capacity.setter
    def capacity(self, rows: int) -> None:
        self._closed.capacity = rows

    def add(self, event: AttemptEnded | CheckEnded | CheckMissed, *, is_slow: bool = False, held: int = 0) -> None:
        """Fold one event into the stretch of its `at_s`; an event older than the open stretch counts there.

        `held` is the state of a slot in which nothing was sent while something was wrong, else 0.
        """
        start = stretch_start(event.at_s, self.span_s)
        if self._open is None or start > self._open.start_s:
            if self._open is not None:
                self._closed.append(*self._row(self._open, self._slow, self._held))
            self._open, self._slow, self._held = Rollup(start, self.span_s), 0, 0
        self._open.add(event)
        self._slow += is_slow
        self._held = max(self._held, held)

    def append(self, rollup: Rollup, *, is_slow: bool = False) -> None:
        """A finished stretch, later than those before."""
        self._closed.append(*self._row(rollup, int(is_slow), 0))

    def rollups(self) -> list[Rollup]:
        """Every kept stretch, oldest first, the one being filled last. The kind of the fault is not kept."""
        rows = [
            Rollup(
                start_s=self._closed.value("start_s", row),
                span_s=self.span_s,
                ok=int(self._closed.value("ok", row)),
                failed=int(self._closed.value("failed", row)),
                refused=int(self._closed.value("refused", row)),
                missed=int(self._closed.value("missed", row)),
                attempts=int(self._closed.value("attempts", row)),
                latency_min_ms=self._closed.value("low", row) if self._closed.value("count", row) else None,
                latency_sum_ms=self._closed.value("sum", row),
                latency_max_ms=self._closed.value("high", row) if self._closed.value("count", row) else None,
                latency_count=int(self._closed.value("count", row)),
                layer=self._by_code[int(self._closed.value("layer", row))],
            )
            for row in range(len(self._closed))
        ]
        return [*rows, self._open] if self._open is not None else rows

    def part(self, from_s: float, to_s: float) -> "dict[str, NDArray[np.float64]]":
        """The stretches that touch `from_s` to `to_s`, the one being filled included, as numpy arrays by column."""
        import numpy as np

        found = self._closed.part(self._closed.after(from_s - self.span_s), self._closed.first_at(to_s))
        if self._open is not None and self._open.start_s < to_s and self._open.start_s + self.span_s > from_s:
            last = dict(zip(found, self._row(self._open, self._slow, self._held), strict=True))
            return {name: np.append(values, last[name]) for name, values in found.items()}
        return found

    def _row(self, rollup: Rollup, slow: int, held: int) -> tuple[float, ...]:
        return (
            rollup.start_s,
            rollup.ok,
            rollup.failed,
            rollup.refused,
            rollup.missed,
            rollup.attempts,
            rollup.latency_min_ms or 0.0,
            rollup.latency_sum_ms,
            rollup.latency_max_ms or 0.0,
            rollup.latency_count,
            slow,
            self._layers[rollup.layer],
            held,
        )
