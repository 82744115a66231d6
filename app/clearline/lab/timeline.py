"""When which fault is on: timelines that a seed decides."""

import math
from collections.abc import Iterator
from random import Random

import msgspec

from clearline.lab.faults import LabFault


class Stretch(msgspec.Struct, frozen=True):
    """A fault is on from `from_s` up to, not including, `to_s`, in seconds since the lab began."""

    from_s: float
    to_s: float
    fault: LabFault | None


class Timeline:
    """When which fault is on. The same seed gives the same stretches, whenever and in whatever order it is asked.

    `pattern` holds stretches in order that do not overlap, in seconds within one turn. After `repeat_s` the pattern
    begins again; None runs it once. Each edge moves by up to ± `jitter_s`, differently in each turn.
    """

    def __init__(
        self, pattern: tuple[Stretch, ...], repeat_s: float | None = None, jitter_s: float = 0.0, seed: str = ""
    ) -> None:
        self._pattern = pattern
        self._repeat_s = repeat_s
        self._jitter_s = jitter_s
        self._seed = seed

    def at(self, at_s: float) -> LabFault | None:
        """The fault that is on at a moment, None while all is well."""
        for stretch in self._around(at_s):
            if stretch.from_s <= at_s < stretch.to_s:
                return stretch.fault
        return None

    def next_change(self, after_s: float) -> float | None:
        """The first moment after `after_s` when a fault begins or ends; None when nothing changes any more."""
        edges = (edge for stretch in self._around(after_s) for edge in (stretch.from_s, stretch.to_s))
        return min((edge for edge in edges if edge > after_s), default=None)

    def stretches(self, to_s: float) -> list[Stretch]:
        """What happens up to `to_s`, in order: for drawing the whole scenario before it is over."""
        turns = 1 if self._repeat_s is None else math.ceil(to_s / self._repeat_s)
        found = [stretch for turn in range(turns) for stretch in self._turn(turn)]
        return [msgspec.structs.replace(s, to_s=min(s.to_s, to_s)) for s in found if s.from_s < to_s]

    def _around(self, at_s: float) -> Iterator[Stretch]:
        turn = 0 if self._repeat_s is None else max(0, int(at_s // self._repeat_s))
        for number in range(max(0, turn - 1), turn + 2):
            yield from self._turn(number)

    def _turn(self, turn: int) -> list[Stretch]:
        if not self._pattern or (turn and self._repeat_s is None):
            return []
        begin = turn * (self._repeat_s or 0.0)
        if not self._jitter_s:
            return [Stretch(begin + s.from_s, begin + s.to_s, s.fault) for s in self._pattern]
        chance = Random(f"{self._seed}/{turn}")
        moved: list[Stretch] = []
        latest = begin
        for stretch in self._pattern:
            # Edges keep their order: a moved edge never goes before the one ahead of it or before its own turn.
            edges = [
                begin + edge + chance.uniform(-self._jitter_s, self._jitter_s)
                for edge in (stretch.from_s, stretch.to_s)
            ]
            if self._repeat_s is not None:
                edges = [min(edge, begin + self._repeat_s) for edge in edges]
            from_s = max(latest, edges[0])
            latest = max(from_s, edges[1])
            moved.append(Stretch(from_s, latest, stretch.fault))
        return moved
