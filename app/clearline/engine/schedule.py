"""When each check of a target is due: a fixed schedule whose jitter never accumulates into drift."""

from collections.abc import Sequence
from typing import NamedTuple

from clearline.domain.ports import Random

JITTER = 0.1
"""Share of the interval by which a due time may be early or late, so that no periodic fault is locked onto."""
STARTS_PER_S = 100.0
"""A plan's first checks are spread so that no more than this many begin a second, as far as the pace allows."""
MOST_OUTSTANDING = 8
MOST_MISSED = 20
"""So many slots of one gap are recorded one by one for a target; a night asleep must not become a flood.
The numbers of the others are skipped, and the tester's span says why."""


class Slot(NamedTuple):
    """One due check."""

    number: int
    due_s: float


class Schedule:
    """Slots of one target at `origin_s` + k · `interval_s`, each moved by up to ± 10 % of the interval.

    The jitter is around the nominal time, never around the last check (M6, M7 of the measuring rules).
    """

    def __init__(self, origin_s: float, interval_s: float, random: Random, first_number: int = 0) -> None:
        self._random = random
        self._interval_s = interval_s
        self._nominal_s = origin_s
        # Nothing is due before the schedule begins.
        self._slot = Slot(first_number, max(origin_s, self._jittered(origin_s)))

    @property
    def slot(self) -> Slot:
        """The next slot."""
        return self._slot

    @property
    def interval_s(self) -> float:
        """Seconds between two nominal due times."""
        return self._interval_s

    def advance(self) -> None:
        """The slot was dealt with: go on to the one after it."""
        self._go(1)

    def miss(self, now_s: float) -> Sequence[Slot]:
        """Drop the slots whose successor's nominal time has come too; return the first of them, oldest first."""
        behind = int((now_s - self._nominal_s) / self._interval_s)
        if behind <= 0:
            return ()
        missed = []
        for _ in range(min(behind, MOST_MISSED)):
            missed.append(self._slot)
            self._go(1)
        if behind > MOST_MISSED:
            self._go(behind - MOST_MISSED)
        return missed

    def take_number(self) -> int:
        """A number for a check besides the schedule; the slots to come are numbered after it."""
        number, due_s = self._slot
        self._slot = Slot(number + 1, due_s)
        return number

    def restart(self, origin_s: float, interval_s: float) -> None:
        """Begin anew, maybe at another pace: at `origin_s`, but not within an interval of the previous slot."""
        previous_s = self._nominal_s - self._interval_s
        self._interval_s = interval_s
        self._nominal_s = max(origin_s, previous_s + interval_s)
        self._slot = Slot(self._slot.number, max(origin_s, self._jittered(self._nominal_s)))

    def _go(self, steps: int) -> None:
        self._nominal_s += steps * self._interval_s
        self._slot = Slot(self._slot.number + steps, self._jittered(self._nominal_s))

    def _jittered(self, nominal_s: float) -> float:
        # Whole microseconds, as the clock gives them: few bytes on disk.
        return round(nominal_s + (2 * self._random.random() - 1) * JITTER * self._interval_s, 6)


def offsets(intervals_s: Sequence[float]) -> list[float]:
    """Seconds after now at which each of these new targets begins, evenly spread over a stretch of time.

    The golden ratio keeps every prefix of the list even, so adding targets one at a time does not bunch them.
    """
    spread_s = max(1.0, len(intervals_s) / STARTS_PER_S)
    return [index * 0.6180339887498949 % 1.0 * min(spread_s, pace) for index, pace in enumerate(intervals_s)]


def most_outstanding(total_s: float, interval_s: float) -> int:
    """How many checks of one target may be under way: as many as fall due within one check's time limit, 1 to 8."""
    return max(1, min(MOST_OUTSTANDING, -int(-total_s // interval_s)))
