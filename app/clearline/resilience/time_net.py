"""A time limit for what keeps its own: it catches a probe that does not."""

import asyncio
from typing import cast


class TimeNet:
    """Cancels the running task after so many seconds, as `asyncio.timeout` does, and takes that cancellation back.

    It is made and asked by plain calls. Entering and leaving a context is awaited twice, which takes longer than all
    else that a check does.
    """

    __slots__ = ("_cancellations", "_handle", "_has_fallen", "_task")

    def __init__(self, seconds: float) -> None:
        task = cast("asyncio.Task[object]", asyncio.current_task())  # no coroutine runs outside of one
        self._task = task
        self._cancellations = task.cancelling()
        self._has_fallen = False
        self._handle = task.get_loop().call_later(seconds, self._fall)

    def take_down(self) -> bool:
        """Nothing more to catch. True where it fell, and nobody else wants the task cancelled."""
        self._handle.cancel()
        return self._has_fallen and self._task.uncancel() <= self._cancellations

    def has_caught(self, error: BaseException) -> bool:
        """Take it down: was it the net that ended what ran, and nobody else's cancellation or defect?"""
        return self.take_down() and isinstance(error, (asyncio.CancelledError, TimeoutError))

    def _fall(self) -> None:
        self._has_fallen = True
        self._task.cancel()
