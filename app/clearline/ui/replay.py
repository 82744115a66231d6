"""Replays a session file into a stage, in slices that never hold up the window, and tells how far it has come."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from itertools import islice
from pathlib import Path

from clearline.domain.event import AnyEvent
from clearline.domain.plan import Plan
from clearline.domain.problem import InputError
from clearline.store.opening import SessionFileError
from clearline.store.reader import SessionReader
from clearline.ui.stage import Stage
from clearline.ui.viewmodels.time_axis import Span

READ_AT_ONCE = 2000
FOLD_AT_ONCE = 250
"""About 5 ms of folding."""


async def replay(path: Path, stage: Stage, executor: Executor, progress: Callable[[float], None]) -> None:
    """Show what a session file holds. Raises InputError; cancelled, it leaves what came so far."""
    loop = asyncio.get_running_loop()
    try:
        reader = await loop.run_in_executor(executor, SessionReader, path)
    except SessionFileError as error:
        raise InputError(error.problem) from error
    try:
        duration_s = await loop.run_in_executor(executor, _duration, reader)
        stage.path = str(path)
        stage.plans.use(await loop.run_in_executor(executor, _plan, reader))
        events = reader.events()
        while batch := await loop.run_in_executor(executor, _take, events):
            for at in range(0, len(batch), FOLD_AT_ONCE):
                stage.pump.receive(batch[at : at + FOLD_AT_ONCE])
                stage.pump.flush()
                await asyncio.sleep(0)
            progress(min(1.0, batch[-1].at_s / duration_s) if duration_s > 0 else 1.0)
        while stage.pump.waiting:
            stage.pump.flush()
            await asyncio.sleep(0)
    finally:
        await loop.run_in_executor(executor, reader.close)
    stage.axis.set_span(Span.SESSION)


def _duration(reader: SessionReader) -> float:
    return reader.duration_s


def _plan(reader: SessionReader) -> Plan:
    return reader.plan


def _take(events: Iterator[AnyEvent]) -> list[AnyEvent]:
    return list(islice(events, READ_AT_ONCE))
