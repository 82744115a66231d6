"""A session too large to fold whole shows the same: roll-ups at first, and every window as it is looked at."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import qasync
from PySide6.QtWidgets import QApplication

from clearline.domain.event import PlanApplied, SessionStarted
from clearline.domain.plan import Plan, new_target
from clearline.store.writer import SessionWriter
from clearline.ui import replay as replaying
from clearline.ui.replay import replay
from clearline.ui.stage import Stage
from clearline.ui.viewmodels import series_page
from clearline.ui.viewmodels.series_page import Level
from clearline.ui.viewmodels.session import Source
from clearline.ui.viewmodels.words import Words
from support.scheduled_checks import scheduled

pytestmark = pytest.mark.qt
TARGETS = tuple(new_target(f"tcp://{name}.example:80") for name in ("a", "b"))
SHOP, OTHER = (target.id for target in TARGETS)
LASTS_S = 4000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "s.clearline"
    writer = SessionWriter(path, "s", 1_790_000_000.0, batch_s=0)
    writer.emit([SessionStarted(at_s=0.0, session_id="s", wall_s=1_790_000_000.0, path="")])
    writer.emit([PlanApplied(at_s=0.0, plan=Plan(TARGETS))])
    events = [*scheduled(LASTS_S, [(1000, 1060), (3590, 3700)], target=SHOP), *scheduled(LASTS_S, target=OTHER)]
    events.sort(key=lambda event: event.at_s)
    for place in range(0, len(events), 1000):
        writer.emit(events[place : place + 1000])
    assert writer.close()
    return path


def opened(
    app: QApplication, path: Path, words: Words, then: Callable[[Stage], Coroutine[Any, Any, None]] | None = None
) -> Stage:
    stage = Stage(Source.FILE, words)

    async def story() -> None:
        with ThreadPoolExecutor(max_workers=1) as executor:
            await replay(path, stage, executor, lambda share: None)
            if then is not None:
                await then(stage)
            stage.close()

    with qasync.QEventLoop(app, already_running=False) as loop:
        loop.run_until_complete(story())
    asyncio.set_event_loop(None)
    return stage


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is large."""
    monkeypatch.setattr(replaying, "WHOLE_EVENTS", 100)


async def settled(stage: Stage) -> None:
    assert stage.pager is not None
    await stage.pager.settle()


@pytest.mark.usefixtures("large")
def test_it_knows_every_outage_of_it_at_once(qapp: QApplication, path: Path, words: Words) -> None:
    stage = opened(qapp, path, words)
    outages = stage.series.series(SHOP).outages
    assert [(outage.from_s, outage.to_s) for outage in outages] == [(1000, 1060), (3590, 3700)]
    assert len(stage.series.series(OTHER).outages) == 0


@pytest.mark.usefixtures("large")
def test_it_shows_the_whole_of_it(qapp: QApplication, path: Path, words: Words) -> None:
    stage = opened(qapp, path, words)
    part = stage.series.series(SHOP).slice(0.0, LASTS_S)
    checks, failed = part.count()
    assert (stage.axis.from_s, stage.axis.to_s) == (0.0, pytest.approx(LASTS_S, abs=2))
    assert checks == pytest.approx(LASTS_S - 85, abs=2)
    assert failed == 85


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(("from_s", "to_s"), [(990.0, 1080.0), (100.0, 130.0), (3580.0, 3720.0)])
def test_it_shows_a_window_as_it_would_folded_whole(
    qapp: QApplication, path: Path, words: Words, monkeypatch: pytest.MonkeyPatch, from_s: float, to_s: float
) -> None:
    async def zoom(stage: Stage) -> None:
        stage.selection.select([SHOP])
        stage.axis.show(from_s, to_s)
        await settled(stage)

    paged = opened(qapp, path, words, zoom).series.series(SHOP)
    monkeypatch.setattr(replaying, "WHOLE_EVENTS", 10**9)
    whole = opened(qapp, path, words).series.series(SHOP)
    found, expected = paged.slice(from_s, to_s), whole.slice(from_s, to_s)
    assert paged.page is not None
    assert found.count() == expected.count()
    assert found.latencies().tolist() == expected.latencies().tolist()
    assert found.checks["state"].tolist() == expected.checks["state"].tolist()
    assert found.misses["due_s"].tolist() == expected.misses["due_s"].tolist()


@pytest.mark.usefixtures("large")
def test_it_reads_a_window_once(qapp: QApplication, path: Path, words: Words) -> None:
    async def zoom(stage: Stage) -> None:
        stage.selection.select([SHOP])
        stage.axis.show(500.0, 600.0)
        await settled(stage)
        assert stage.pager is not None
        stage.axis.show(504.0, 604.0)
        assert stage.pager.wanted() == []
        stage.axis.show(800.0, 900.0)
        assert [page.level for page in stage.pager.wanted()] == [Level.SINGLE]

    opened(qapp, path, words, zoom)


@pytest.mark.usefixtures("large")
def test_what_was_read_is_drawn_at_once(qapp: QApplication, path: Path, words: Words) -> None:
    async def zoom(stage: Stage) -> None:
        await settled(stage)
        pages: list[int] = []
        stage.axis.frame.connect(lambda: pages.append(stage.series.pages))
        stage.axis.show(500.0, 600.0)
        before = stage.series.pages
        await settled(stage)
        assert pages[-1] == before + 1

    opened(qapp, path, words, zoom)


@pytest.mark.parametrize(
    ("length_s", "interval_s", "targets", "level"),
    [
        (60, 1, 1, Level.SINGLE),
        (60, 1, 60, Level.SHORT),
        (3600, 1, 1, Level.SHORT),
        (3600, 60, 10, Level.SINGLE),
        (86_400, 1, 1, Level.LONG),
    ],
)
def test_no_window_reads_more_than_some_thousands_of_rows(
    length_s: float, interval_s: float, targets: int, level: Level
) -> None:
    assert series_page.level_of(length_s, interval_s, targets) is level
