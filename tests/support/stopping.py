"""Stops work at each of its awaits in turn, and says what it left behind."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Coroutine, Generator
from pathlib import Path
from typing import Any

from clearline.resilience.supervisor import Supervisor

MOST_AWAITS = 300


class StopAt:
    """An awaitable that does some work, and has its task cancelled as the work waits for the n-th time."""

    def __init__(self, work: Coroutine[Any, Any, object], at: int) -> None:
        self._work = work
        self._left = at

    def __await__(self) -> Generator[Any, Any, object]:
        steps = self._work.__await__()
        sent: Any = None
        thrown: BaseException | None = None
        while True:
            try:
                waited = steps.send(sent) if thrown is None else steps.throw(thrown)
            except StopIteration as ended:
                return ended.value
            self._left -= 1
            task = asyncio.current_task()
            if self._left == 0 and task is not None:
                task.cancel()
            thrown = None
            try:
                sent = yield waited
            except BaseException as error:  # noqa: BLE001 - handed on to the work, which decides
                thrown = error


async def stop_at_each_await(
    make: Callable[[], Awaitable[Coroutine[Any, Any, object]]], check: Callable[[int], Awaitable[None]]
) -> int:
    """Make the work anew and stop it at its first await, its second and so on, until one run gets through.

    `check` looks after each stop whether anything is left. Returns how many awaits there were.
    """
    for at in range(1, MOST_AWAITS):
        work = await make()

        async def whole(work: Coroutine[Any, Any, object] = work, at: int = at) -> object:
            return await StopAt(work, at)

        task = Supervisor(lambda _name, _error: None).start(whole(), name=f"stopped at {at}")
        await asyncio.wait([task])
        await check(at)
        if not task.cancelled():
            task.result()
            return at - 1
    raise AssertionError(f"more than {MOST_AWAITS} awaits")


def open_sockets(but_bound_to: int = 0) -> set[str]:
    """Sockets of this process, but those bound to a port: what a server in a thread of it accepted."""
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            if not (place := str(entry.readlink())).startswith("socket:"):
                continue
            with socket.socket(fileno=os.dup(int(entry.name))) as copy:
                name = copy.getsockname()
        except OSError:
            continue
        if not (isinstance(name, tuple) and but_bound_to and name[1] == but_bound_to):
            found.add(place)
    return found
