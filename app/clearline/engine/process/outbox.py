"""The engine's way out to the window: bounded, paced, written by a thread, so that a blocked window blocks nothing."""

import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence

from clearline.domain.event import EngineReported, Event, PlanApplied
from clearline.engine.process.frames import encode_events

BATCHES_PER_S = 20
FRAME_EVENTS = 256
"""Encoding holds the interpreter's lock: short frames keep it below half a millisecond."""
CAPACITY = 50_000
"""Events kept for a window that does not read, some 20 MB."""


class Outbox:
    """An EventSink that writes frames to a file descriptor from its own thread. It owns the descriptor."""

    def __init__(self, fd: int, *, capacity: int = CAPACITY, batches_per_s: float = BATCHES_PER_S) -> None:
        self._fd = fd
        self._capacity = capacity
        self._pause_s = 1 / batches_per_s
        self._waiting: deque[Event] = deque()
        self._reports = 0
        self._dropped = 0
        self._is_closing = False
        self._is_broken = False
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._write, name="outbox", daemon=True)
        self._thread.start()

    @property
    def dropped(self) -> int:
        """Events the window will not see because it did not read; the recorder has them."""
        return self._dropped

    @property
    def waiting(self) -> int:
        """Events that were not yet given to the pipe."""
        return len(self._waiting)

    @property
    def is_broken(self) -> bool:
        """Has the other end gone?"""
        return self._is_broken

    def emit(self, events: Sequence[Event]) -> None:
        """Take events, in order. Never blocks on the pipe; when full, the oldest reports go first."""
        with self._changed:
            if self._is_closing or self._is_broken:
                return
            self._waiting.extend(events)
            self._reports += sum(type(event) is EngineReported for event in events)
            while len(self._waiting) > self._capacity:
                self._drop_one()
            self._changed.notify()

    def close(self, timeout_s: float) -> bool:
        """Write what waits, then end. False where the other end did not take it within the time."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self._closing.set()
        self._thread.join(timeout_s)
        return not self._thread.is_alive() and not self._is_broken

    def _drop_one(self) -> None:
        self._dropped += 1
        if self._reports:
            self._reports -= 1
            place = next(i for i, event in enumerate(self._waiting) if type(event) is EngineReported)
            del self._waiting[place]
        else:
            self._waiting.popleft()

    def _write(self) -> None:
        try:
            while batch := self._take():
                for events in _frames(batch):
                    self._write_all(encode_events(events))
                self._closing.wait(self._pause_s)
        except OSError:
            # The window is gone. End of file on the command pipe ends the engine; there is nobody to tell.
            self._is_broken = True
        finally:
            os.close(self._fd)

    def _take(self) -> list[Event]:
        """Everything that waits; blocks until there is something, empty when closing."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closing)
            batch = list(self._waiting)
            self._waiting.clear()
            self._reports = 0
            return batch

    def _write_all(self, frame: bytes) -> None:
        rest = memoryview(frame)
        while rest:
            rest = rest[os.write(self._fd, rest) :]


def _frames(batch: Sequence[Event]) -> Iterator[Sequence[Event]]:
    """The batch in order, in parts that each fit a frame: a plan may take megabytes and gets one of its own."""
    part: list[Event] = []
    for event in batch:
        if part and (len(part) == FRAME_EVENTS or isinstance(event, PlanApplied)):
            yield part
            part = []
        part.append(event)
        if isinstance(event, PlanApplied):
            yield part
            part = []
    if part:
        yield part
