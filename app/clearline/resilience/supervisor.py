"""The only place that starts tasks: each has a name and an owner, is kept, and its failure is heard of."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

Report = Callable[[str, BaseException], None]
"""Hears of a task's failure: its name, and the exception with its traceback."""


class StoppedError(RuntimeError):
    """A task was to be started after the stop."""


class Supervisor:
    """Owns tasks until they end. `report` is called for each that fails, never for one that was cancelled."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_stopped = False

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the tasks under way, sorted."""
        return tuple(sorted(task.get_name() for task in self._tasks))

    def start(self, work: Coroutine[Any, Any, T], *, name: str) -> asyncio.Task[T]:
        """Start a task on the running loop. After `stop` raises StoppedError, without a loop RuntimeError.

        Either way the coroutine is closed: nobody is left to await it.
        """
        if self._is_stopped:
            work.close()
            raise StoppedError(f"{name}: everything was stopped already")
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            work.close()
            raise
        task = loop.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def stop(self, timeout_s: float) -> tuple[str, ...]:
        """Cancel every task and wait for their ends, `timeout_s` at most. Returns the names of those that hang on.

        Called again it waits again. A task that calls it is not cancelled by it.
        """
        self._is_stopped = True
        others = self._tasks - {asyncio.current_task()}
        for task in others:
            task.cancel()
        if others:
            await asyncio.wait(others, timeout=timeout_s)
        return tuple(sorted(task.get_name() for task in others if not task.done()))

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._report(task.get_name(), error)
