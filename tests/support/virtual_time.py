"""An asyncio loop whose time only moves when everything waits: hours pass in milliseconds, to the exact second.

    def test_it_waits() -> None:
        clock = VirtualClock()

        async def story() -> None:
            await asyncio.sleep(3600)
            assert clock.now() == 3600

        run(story())

For code that sleeps and sets time limits; it has no sockets, no threads and no executor.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class NothingIsDueError(AssertionError):
    """Every task waits for something that no timer will ever bring."""


class TimeStandsStillError(AssertionError):
    """Some task spins without ever waiting for time to pass."""


MOST_TURNS = 100_000
"""Turns of the loop at one and the same moment."""


class _NoSelector:
    """Stands where the loop polls sockets: jumps to the next timer instead."""

    def __init__(self, loop: "VirtualLoop") -> None:
        self._loop = loop
        self._turns = 0

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise NothingIsDueError("every task waits, and no timer is set")
        self._turns += 1
        if self._turns > MOST_TURNS:
            self._turns = 0  # the clean-up needs some, too
            raise TimeStandsStillError(f"{MOST_TURNS} turns of the loop at second {self._loop.virtual_s}")
        if timeout > 0:
            self._turns = 0
            # The timer's own figure, not now + timeout: the sum would be off by a rounding error.
            self._loop.virtual_s = max(self._loop.virtual_s, self._loop.next_timer_s())
        return []


class VirtualLoop(asyncio.BaseEventLoop):
    """The loop. `starts_at` other than 0 finds code that takes loop time for session time (and costs exactness)."""

    def __init__(self, starts_at: float = 0.0) -> None:
        super().__init__()
        self.starts_at = float(starts_at)
        self.virtual_s = self.starts_at
        self._selector = _NoSelector(self)
        self.unheard: list[dict[str, Any]] = []
        """What asyncio would only have logged: failed callbacks, exceptions that nobody took from their tasks."""
        self.set_exception_handler(lambda _loop, context: self.unheard.append(context))

    def time(self) -> float:
        return self.virtual_s

    def next_timer_s(self) -> float:
        """Loop time of the earliest timer."""
        return self._scheduled[0]._when  # type: ignore[attr-defined]

    def _process_events(self, events: list[Any]) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """There is no other thread to wake it from."""


class VirtualClock:
    """A domain.ports.Clock that reads the virtual loop it is called on; second 0 is the loop's start."""

    def __init__(self, wall_start_s: float = 1_700_000_000.0) -> None:
        self._wall_start_s = wall_start_s

    def now(self) -> float:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop), "a VirtualClock only runs on a VirtualLoop"
        return loop.virtual_s - loop.starts_at

    def wall(self) -> float:
        return self._wall_start_s + self.now()

    def set(self, by_s: float) -> None:
        """Somebody sets the clock of the wall; `now` does not notice."""
        self._wall_start_s += by_s


def run(main: Coroutine[Any, Any, T], *, loop_starts_at: float = 0.0) -> T:
    """Run a coroutine to its end in virtual time. Tasks it leaves behind are cancelled, as asyncio.run does.

    Fails where a callback failed, or a task whose exception nobody took: asyncio would only log it.
    """
    loop = VirtualLoop(loop_starts_at)
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        result = runner.run(main)
    for context in loop.unheard:
        raise AssertionError(context["message"]) from context.get("exception")
    return result
