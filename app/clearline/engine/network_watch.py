"""Watches this machine's network, so that no change of it passes for a fault of a target."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from clearline.domain.event import Event, NetworkChanged
from clearline.domain.ports import Clock
from clearline.net.machine_state import Machine, changes, seen

LOOK_EVERY_S = 2.0
_KEPT_SPANS = 64

Look = Callable[[], Awaitable[Machine]]


class NetworkWatch:
    """Compares snapshots. A change is known to lie between two looks, so that whole stretch counts as changing."""

    def __init__(self, look: Look, clock: Clock, tell: Callable[[Event], None]) -> None:
        self._look = look
        self._clock = clock
        self._tell = tell
        self.seen = Machine()
        """The latest snapshot; nothing before the first."""
        self._spans: deque[tuple[float, float]] = deque(maxlen=_KEPT_SPANS)

    async def keep(self) -> None:
        """Look every two seconds until cancelled."""
        seen_s = self._clock.now()
        before = self.seen = await self._look()
        self._tell(seen(before, self._clock.now()))
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            began_s = self._clock.now()
            after = await self._look()
            if found := changes(before, after):
                now_s = self._clock.now()
                self._spans.append((seen_s, now_s))
                self._tell(NetworkChanged(at_s=now_s, from_s=seen_s, changes=found))
                self._tell(seen(after, now_s))
            before, seen_s = after, began_s
            self.seen = after

    def was_changing(self, from_s: float, to_s: float) -> bool:
        """Is a change known in this stretch? One of the last two seconds may not be known yet."""
        return any(since_s < to_s and from_s < until_s for since_s, until_s in self._spans)
