"""One direction of one connection through the fault proxy: parts in, and out again when they are due, in order."""

import asyncio
from collections import deque
from collections.abc import Callable
from random import Random

from clearline.lab.impairment import Impairment
from clearline.lab.wire import Connection

_MOST_HELD = 1024 * 1024
"""Bytes kept before the sender is no longer read: the proxy adds delay, not memory."""
_PART = 16 * 1024


class Flow:
    """What comes from `source` leaves to `sink` under the impairment of the moment it came.

    `passed` is told the size of each part that leaves, and says whether the connection still stands.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        impairment: Callable[[], Impairment],
        chance: Random,
        source: Connection,
        sink: Connection,
        passed: Callable[[int], bool],
    ) -> None:
        self._loop = loop
        self._impairment = impairment
        self._chance = chance
        self._source = source
        self._sink = sink
        self._passed = passed
        self._parts: deque[tuple[float, bytes]] = deque()
        self._held = 0
        self._latest_s = 0.0
        self._free_s = 0.0
        """When the last part has passed the narrowest place."""
        self._end_s: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        sink.when_drained(self._read_on)

    def take(self, data: bytes) -> None:
        """Bytes from the source."""
        what = self._impairment()
        size = what.slice_bytes or _PART
        for at in range(0, len(data), size):
            self._queue(data[at : at + size], what)
        self._held += len(data)
        if self._timer is None:
            self._pass_on()
        if self._held + self._sink.unsent > _MOST_HELD:
            self._source.pause()

    def end(self) -> None:
        """The source closed; the sink hears of it after all that came before, and after the delay."""
        what = self._impairment()
        self._end_s = max(self._loop.time() + what.latency_ms / 1000, self._latest_s) + what.close_delay_ms / 1000
        if self._timer is None:
            self._pass_on()

    def stop(self) -> None:
        """Forget what is under way."""
        self._parts.clear()
        self._end_s = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _queue(self, part: bytes, what: Impairment) -> None:
        now = self._loop.time()
        moved_ms = self._chance.uniform(-what.jitter_ms, what.jitter_ms) if what.jitter_ms else 0.0
        due_s = now + max(0.0, what.latency_ms + moved_ms) / 1000
        if what.rate_kbit:
            # The bits of this part pass one by one, after those of the part before.
            self._free_s = max(now, self._free_s) + len(part) * 8 / (what.rate_kbit * 1000)
            due_s += self._free_s - now
        gap_s = what.slice_gap_ms / 1000 if what.slice_bytes else 0.0
        # Never before the part ahead of it: jitter moves TCP's bytes in time, not in order.
        self._latest_s = max(due_s, self._latest_s + gap_s)
        self._parts.append((self._latest_s, part))

    def _pass_on(self) -> None:
        self._timer = None
        while self._parts and self._parts[0][0] <= self._loop.time():
            _, part = self._parts.popleft()
            self._held -= len(part)
            self._sink.write(part)
            if not self._passed(len(part)):
                return
        self._read_on()
        due_s = self._parts[0][0] if self._parts else self._end_s
        if due_s is None:
            return
        if not self._parts and due_s <= self._loop.time():
            self._end_s = None
            self._sink.end_writing()
        else:
            self._timer = self._loop.call_at(due_s, self._pass_on)

    def _read_on(self) -> None:
        if self._held + self._sink.unsent <= _MOST_HELD:
            self._source.resume()
