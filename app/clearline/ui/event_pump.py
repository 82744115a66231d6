"""Brings the engine's events to the view-models on the window's loop, at most 20 batches a second."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice

from PySide6.QtCore import QObject, QTimer

from clearline.domain.event import AnyEvent

TICK_MS = 50
CHUNK = 50
BUDGET_S = 0.008
"""Folding stops after this and goes on a little later: a flood of events never holds up a click."""
AGAIN_MS = 5
LONGEST_S = 0.04
"""A turn's most, where so much waits that the window would never catch up: better slow than ever later."""
BEHIND = 1_000
"""Events that wait for each BUDGET_S more."""

Fold = Callable[[Sequence[AnyEvent]], None]


class EventPump(QObject):
    """Collects events and folds them into each model in turn, in order. Rests while nothing comes."""

    def __init__(self, folds: Sequence[Fold], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folds = tuple(folds)
        self._waiting: deque[AnyEvent] = deque()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.flush)

    @property
    def waiting(self) -> int:
        """Events not folded yet."""
        return len(self._waiting)

    def receive(self, events: Sequence[AnyEvent]) -> None:
        """Take events; they are folded with the next tick."""
        self._waiting.extend(events)
        if self._waiting and not self._timer.isActive():
            self._timer.start(TICK_MS)

    def flush(self) -> None:
        """Fold what is waiting for as long as BUDGET_S allows; the rest follows."""
        end_s = time.perf_counter() + min(LONGEST_S, BUDGET_S * (1 + len(self._waiting) // BEHIND))
        while self._waiting:
            batch = list(islice(self._waiting, CHUNK))
            for _ in batch:
                self._waiting.popleft()
            for fold in self._folds:
                fold(batch)
            if time.perf_counter() >= end_s:
                break
        if self._waiting:
            self._timer.start(AGAIN_MS)

    def stop(self) -> None:
        """Fold nothing more."""
        self._timer.stop()
        self._waiting.clear()
