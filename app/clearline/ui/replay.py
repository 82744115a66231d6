"""Shows a session file on a stage: a small one event by event, a large one by its roll-ups and what is looked at."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import cast

from clearline.domain import event as happened
from clearline.domain.event import AnyEvent, Event
from clearline.domain.outages import Outage
from clearline.domain.plan import Plan
from clearline.domain.problem import InputError
from clearline.domain.rollup import RESOLUTIONS_S, Rollup, stretch_start
from clearline.store.history import History
from clearline.store.opening import SessionFileError
from clearline.store.reader import SessionReader
from clearline.store.session_rows import RecordingGap
from clearline.ui.history_pager import HistoryPager
from clearline.ui.stage import Stage
from clearline.ui.viewmodels.time_axis import Span

READ_AT_ONCE = 2000
FOLD_AT_ONCE = 250
"""About 5 ms of folding."""
WHOLE_EVENTS = 120_000
"""Up to so many events are all folded, in a few seconds; of more only the end is, and the rest is read as looked at."""
MOST_OUTSIDE = 5_000
"""Latest events of each kind besides checks that a large session shows: breakers, markers, the tester."""
_OUTSIDE: tuple[type[Event], ...] = (
    happened.SessionStarted,
    happened.PlanApplied,
    happened.BreakerChanged,
    happened.TimeoutAdapted,
    happened.BudgetChanged,
    happened.LivenessChanged,
    happened.MarkerDropped,
    happened.LabFaultChanged,
    happened.TesterDisturbed,
    happened.NetworkChanged,
    happened.EngineReported,
    happened.CommandRefused,
    happened.DiagnosisStarted,
    happened.StepChanged,
    happened.VerdictChanged,
    happened.DiagnosisEnded,
    RecordingGap,
)


@dataclass(frozen=True, slots=True)
class Overview:
    """What a large session is drawn from at first."""

    outside: Sequence[AnyEvent]
    rollups: dict[str, list[Rollup]]
    outages: dict[str, list[Outage]]
    tail_s: float
    """From here on it is folded event by event."""


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
        if reader.size_events > WHOLE_EVENTS:
            overview = await loop.run_in_executor(executor, look_over, reader)
            await _show_overview(overview, duration_s, stage)
            stage.pager = HistoryPager(path, stage.series, stage.axis, stage.selection, executor, stage)
            events = reader.events(overview.tail_s)
        while batch := await loop.run_in_executor(executor, _take, events):
            await _fold(batch, stage)
            progress(min(1.0, batch[-1].at_s / duration_s) if duration_s > 0 else 1.0)
        while stage.pump.waiting:
            stage.pump.flush()
            await asyncio.sleep(0)
        stage.damaged = reader.damaged
    finally:
        await loop.run_in_executor(executor, reader.close)
    if stage.pager is None:
        stage.axis.set_span(Span.SESSION)


def look_over(reader: SessionReader) -> Overview:
    """Read what a large session is drawn from at first: some ten thousand rows, whatever its size."""
    tail_s = stretch_start(max(0.0, reader.duration_s - RESOLUTIONS_S[-1] / 2), RESOLUTIONS_S[-1])
    outside = merge(*(_latest(reader, kind, tail_s) for kind in _OUTSIDE), key=_at)
    rollups = reader.rollups_of_all(RESOLUTIONS_S[-1], 0.0, tail_s)
    known = reader.outages()
    outages: dict[str, list[Outage]] = {}
    history = History(reader) if known is None else None
    for target in reader.plan.targets:
        found = history.outages(target.id) if history else [one for one in known or () if one.target == target.id]
        outages[target.id] = found
    return Overview(list(outside), rollups, outages, tail_s)


async def _show_overview(overview: Overview, duration_s: float, stage: Stage) -> None:
    for start in range(0, len(overview.outside), FOLD_AT_ONCE):
        await _fold(overview.outside[start : start + FOLD_AT_ONCE], stage)
    while stage.pump.waiting:
        stage.pump.flush()
        await asyncio.sleep(0)
    for target_id, rollups in overview.rollups.items():
        stage.series.series(target_id).load(rollups, overview.outages.get(target_id, ()), overview.tail_s)
        await asyncio.sleep(0)
    stage.figures.count_from(overview.tail_s)
    stage.series.reach(duration_s)
    stage.axis.set_now(duration_s)
    stage.axis.set_span(Span.SESSION)


async def _fold(batch: Sequence[AnyEvent], stage: Stage) -> None:
    for at in range(0, len(batch), FOLD_AT_ONCE):
        stage.pump.receive(batch[at : at + FOLD_AT_ONCE])
        stage.pump.flush()
        await asyncio.sleep(0)


def _latest(reader: SessionReader, kind: type[Event], before_s: float) -> list[AnyEvent]:
    return [cast(AnyEvent, event) for event in reader.latest(kind, MOST_OUTSIDE) if event.at_s < before_s]


def _at(event: AnyEvent) -> float:
    return event.at_s


def _duration(reader: SessionReader) -> float:
    return reader.duration_s


def _plan(reader: SessionReader) -> Plan:
    return reader.plan


def _take(events: Iterator[AnyEvent]) -> list[AnyEvent]:
    return list(islice(events, READ_AT_ONCE))
