"""The figures of the time on screen, read from the file while somebody looks."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import qasync
from PySide6.QtWidgets import QApplication, QLabel

from clearline.domain.event import Health, PlanApplied, SessionStarted
from clearline.domain.event import TesterDisturbed as Disturbed  # pytest would collect it by its own name
from clearline.domain.plan import Plan, new_target
from clearline.store.writer import SessionWriter
from clearline.ui.replay import replay
from clearline.ui.span_feed import SpanFeed
from clearline.ui.stage import Stage
from clearline.ui.viewmodels.session import Source
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.span_panel import SpanPanel
from support.scheduled_checks import scheduled

pytestmark = pytest.mark.qt
SHOP = new_target("tcp://shop.example:80", name="<b>Shop</b>")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "s.clearline"
    writer = SessionWriter(path, "s", 1_790_000_000.0, batch_s=0)
    writer.emit([SessionStarted(at_s=0.0, session_id="s", wall_s=1_790_000_000.0, path="")])
    writer.emit([PlanApplied(at_s=0.0, plan=Plan((SHOP,)))])
    writer.emit([event for event in scheduled(600, [(240, 300)], target=SHOP.id) if not 400 <= event.at_s < 450])
    writer.emit([Disturbed(at_s=450.0, health=Health.ASLEEP, from_s=400.0)])
    assert writer.close()
    return path


def shown(app: QApplication, path: Path, words: Words, selected: list[str]) -> tuple[SpanPanel, Stage]:
    stage = Stage(Source.FILE, words)
    panel = SpanPanel(stage.span)

    async def story() -> None:
        with ThreadPoolExecutor(max_workers=1) as executor:
            await replay(path, stage, executor, lambda share: None)
            feed = SpanFeed(stage, words, executor)
            panel.watched.connect(feed.watch)
            stage.selection.select(selected)
            told = asyncio.get_running_loop().create_future()

            def check() -> None:
                found = stage.span.statistics
                # The first answer may be of a window that does not reach the end yet.
                is_read = found is not None and found.to_s > 599.0 and not stage.span.is_reading
                if not told.done() and (stage.span.note or is_read):
                    told.set_result(None)

            stage.span.changed.connect(check)
            panel.show()
            async with asyncio.timeout(20):
                await told
            stage.close()
            feed.close()

    with qasync.QEventLoop(app, already_running=False) as loop:
        loop.run_until_complete(story())
    asyncio.set_event_loop(None)
    return panel, stage


def texts(panel: SpanPanel) -> list[str]:
    return [label.text() for label in panel.findChildren(QLabel)]


def test_it_shows_loss_by_time_and_what_was_left_out(qapp: QApplication, path: Path, words: Words) -> None:
    panel, stage = shown(qapp, path, words, [SHOP.id])
    found = stage.span.statistics
    assert found is not None
    assert found.loss == pytest.approx(60 / 549, abs=0.002)
    said = texts(panel)
    assert said[said.index("Loss by time") + 1] == "11%"
    assert said[said.index("Left out: computer asleep") + 1] == "50 s"


def test_it_lists_outages_and_goes_to_one(qapp: QApplication, path: Path, words: Words) -> None:
    panel, _ = shown(qapp, path, words, [SHOP.id])
    chosen: list[tuple[str, float, float]] = []
    panel.moment_chosen.connect(lambda *where: chosen.append(where))
    assert panel.list.count() == 1
    assert "1 min" in panel.list.item(0).text()
    assert "connection: No answer" in panel.list.item(0).text()
    panel.list.itemActivated.emit(panel.list.item(0))
    assert chosen == [(SHOP.id, 240.0, 300.0)]


def test_without_a_target_it_says_what_to_do(qapp: QApplication, path: Path, words: Words) -> None:
    panel, _ = shown(qapp, path, words, [])
    assert "Choose one target to see its figures for the time on screen." in texts(panel)
    assert panel.list.isHidden()
