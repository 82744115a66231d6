"""Every view opened and closed thirty times leaves nothing: no widget, timer or task, and no memory."""

import asyncio
import gc
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import qasync
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from clearline.domain.event import PlanApplied
from clearline.resilience.supervisor import Supervisor
from clearline.store.writer import SessionWriter
from clearline.ui.dialogs import ChoiceQuestion, Confirmation, TextQuestion, answer
from clearline.ui.main_window import MainWindow
from clearline.ui.pages import Pages
from clearline.ui.paste_dialog import PasteDialog
from clearline.ui.report_dialog import ReportDialog
from clearline.ui.several_dialog import SeveralDialog
from clearline.ui.stages import Stages
from clearline.ui.target_dialog import TargetDialog
from clearline.ui.theme import Wardrobe
from clearline.ui.viewmodels.preferences import Preferences
from clearline.ui.viewmodels.session import Source
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.explain_panel import ParagraphRow
from support.window_events import PLAN, PRINTER, SHOP, WALL_S, SilentEngine, failure, started

pytestmark = [pytest.mark.qt, pytest.mark.slow]
WARM_UP = 5
TIMES = 30
MOST_BLOCKS = 2 * TIMES
"""In pieces of memory that Python gave out. A connection that is kept costs one a time, a dialog thousands."""


class House:
    """A window with all its places, on a loop that the test turns."""

    def __init__(self, app: QApplication, theme: Theme, words: Words, folder: Path) -> None:
        self.loop = qasync.QEventLoop(app, already_running=False)
        asyncio.set_event_loop(self.loop)
        self.failures: list[BaseException] = []
        self.supervisor = Supervisor(lambda _name, error: self.failures.append(error))
        self.executor = ThreadPoolExecutor(max_workers=1)
        self.theme, self.words, self.folder = theme, words, folder
        self.wardrobe = Wardrobe(app, theme)
        self.window = MainWindow(theme, words)
        self.stages = Stages(self.window, theme, words, self.supervisor, self.executor, folder, SilentEngine)  # type: ignore[arg-type]
        kept: dict[str, str] = {}
        preferences = Preferences(lambda name: kept.get(name, ""), kept.__setitem__)
        self.pages = Pages(self.window, self.stages, theme, words, self.executor, folder, folder, preferences)
        self.desk = self.stages.open_live()
        self.window.show()
        self.stages.draw_graphs()
        self.desk.stage.plans.use(PLAN)
        # Until the plan has reached the engine.
        self.run(0.35)
        self.desk.stage.pump.receive([started(), *failure(PRINTER.id, 1)])
        self.desk.stage.pump.flush()
        # Until the window explains it: the first words of a kind make what they are drawn with.
        for _ in range(100):
            if any(row.isVisible() for row in self.desk.explain.findChildren(ParagraphRow)):
                break
            self.run(0.05)
        self.path = folder / "recorded.clearline"
        writer = SessionWriter(self.path, "s", WALL_S)
        writer.emit([started(), PlanApplied(at_s=0.0, plan=PLAN), *failure(SHOP.id, 1)])
        writer.close(5.0)

    def run(self, seconds: float = 0.0) -> None:
        self.loop.run_until_complete(asyncio.sleep(seconds))

    def dialog(self, make: Callable[[], QDialog]) -> None:
        """Ask, and be answered with no."""

        async def ask() -> None:
            dialog = make()
            self.loop.call_soon(dialog.reject)
            await answer(dialog)

        self.loop.run_until_complete(ask())

    def end(self) -> None:
        async def stop() -> None:
            self.pages.close()
            await self.stages.close_all()
            await self.supervisor.stop(1.0)
            self.window.hide()

        self.loop.run_until_complete(stop())
        self.executor.shutdown()
        self.loop.close()
        asyncio.set_event_loop(None)
        self.window.deleteLater()
        assert not self.failures


@pytest.fixture
def house(qapp: QApplication, theme: Theme, words: Words, tmp_path: Path) -> Iterator[House]:
    made = House(qapp, theme, words, tmp_path)
    yield made
    made.end()


def _one_target(house: House) -> None:
    house.desk.stage.selection.select([PRINTER.id])
    house.run()
    house.desk.stage.selection.select([])
    house.run()


def _comparison(house: House) -> None:
    house.desk.stage.selection.select([PRINTER.id, SHOP.id])
    house.run()
    house.desk.stage.selection.select([])
    house.run()


def _pages(house: House) -> None:
    for show in (house.pages.show_library, house.pages.show_log, house.pages.show_settings, house.pages.show_help):
        house.loop.call_soon(show)
        # The library and the log are read by another thread.
        house.run(0.06)
    house.window.leave_page()
    house.run()


def _recorded_session(house: House) -> None:
    house.loop.run_until_complete(house.stages.open_file(house.path))
    house.run()
    house.loop.run_until_complete(house.stages.close(Source.FILE))


def _target(house: House) -> None:
    house.dialog(lambda: TargetDialog(SHOP, house.desk.stage.plans, house.words, house.window))


def _several(house: House) -> None:
    house.dialog(lambda: SeveralDialog([SHOP.id], house.desk.stage.plans, house.words, house.window))


def _list(house: House) -> None:
    house.dialog(lambda: PasteDialog("a.example", house.desk.stage.plans, house.words, house.theme, house.window))


def _questions(house: House) -> None:
    house.dialog(lambda: Confirmation("Remove", "Remove them?", "Remove", house.window))
    house.dialog(lambda: TextQuestion("Mark", "What?", "Mark", house.window))
    house.dialog(lambda: ChoiceQuestion("Lab", "Which?", [("tour", "Tour")], "Start", house.window))


def _report(house: House) -> None:
    dialog = ReportDialog("what went wrong", house.window)
    dialog.show()
    house.run()
    dialog.close()


def _notice(house: House) -> None:
    house.window.notice.tell(lambda: "Something failed", [(lambda: "Show it", house.window.come_forward)])
    house.run()
    house.window.notice.away.click()


PLACES = (
    _one_target,
    _comparison,
    _pages,
    _recorded_session,
    _target,
    _several,
    _list,
    _questions,
    _report,
    _notice,
)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("visit", PLACES, ids=[visit.__name__.strip("_") for visit in PLACES])
def test_it_leaves_nothing_behind(house: House, visit: Callable[[House], None]) -> None:
    for _ in range(WARM_UP):
        visit(house)
    before, tasks, blocks = _living(house), len(house.supervisor.names), _blocks()

    for _ in range(TIMES):
        visit(house)
    after, more = _living(house), _blocks() - blocks

    assert after - before == Counter()
    assert len(house.supervisor.names) == tasks
    assert more < MOST_BLOCKS


def _blocks() -> int:
    """Pieces of memory in use, without the names of methods that Python remembers: PySide makes new ones each time."""
    getattr(sys, "_clear_internal_caches", sys._clear_type_cache)()
    return sys.getallocatedblocks()


def _living(house: House) -> Counter[str]:
    """Widgets and objects of the window by kind, and timers that run, once all that was let go of is gone."""
    house.run(0.02)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    found: Counter[str] = Counter(type(widget).__name__ for widget in QApplication.allWidgets())
    for each in house.window.findChildren(QObject):
        if not isinstance(each, QWidget):
            found[type(each).__name__] += 1
        if isinstance(each, QTimer) and each.isActive():
            found["running timer"] += 1
    return found
