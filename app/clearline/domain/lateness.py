"""Which failed checks were lost, and which were answered after all, only late."""

from collections import deque
from collections.abc import Hashable

KEPT = 256
"""Latest checks that are remembered; an answer comes within seconds or not at all."""


class Lateness:
    """Answers and ends of checks come in any order: late before its check fails, or after."""

    def __init__(self) -> None:
        self._late: deque[Hashable] = deque(maxlen=KEPT)
        self._lost: deque[Hashable] = deque(maxlen=KEPT)

    def is_lost(self, check: Hashable) -> bool:
        """A check failed: is it lost? False where its answer came late already."""
        if check in self._late:
            return False
        self._lost.append(check)
        return True

    def is_found(self, check: Hashable) -> bool:
        """An answer came late: was its check counted as lost? Then that is to be taken back."""
        if check in self._lost:
            self._lost.remove(check)
            return True
        self._late.append(check)
        return False
