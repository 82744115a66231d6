"""A report of one outage, or of one diagnosis, in one click: the page opens with its target and its time chosen."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import qasync
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clearline.domain.target import Target
from clearline.resilience.supervisor import Supervisor
from clearline.ui.commands.comparing import ComparingCommands
from clearline.ui.commands.errands import Errands
from clearline.ui.commands.recorded import AROUND_S
from clearline.ui.commands.sharing import SharingCommands
from clearline.ui.graphs import place_graphs
from clearline.ui.main_window import MainWindow
from clearline.ui.plots.all_targets_view import AllTargetsView
from clearline.ui.plots.outage_table import REPORT
from clearline.ui.replay import replay
from clearline.ui.report_work import prepare
from clearline.ui.stage import Stage
from clearline.ui.viewmodels.report import ReportRequest, ReportTime
from clearline.ui.viewmodels.session import Source
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words
from clearline.ui.viewmodels.work import Work
from clearline.ui.widgets.desk import Desk
from support import recorded_situations as situations

pytestmark = pytest.mark.qt


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("session") / "situations.clearline"
    situations.write(path)
    return path


class Bench:
    """A recorded session on screen; a report is asked for and never made."""

    def __init__(self, app: QApplication, theme: Theme, words: Words, session: Path) -> None:
        self.loop = qasync.QEventLoop(app, already_running=False)
        asyncio.set_event_loop(self.loop)
        self.executor = ThreadPoolExecutor(max_workers=1)
        self.supervisor = Supervisor(self._failed)
        self.window = MainWindow(theme, words)
        self.stage = Stage(Source.FILE, words)
        self.desk = Desk(self.stage, theme, words)
        self.window.add_desk(self.desk)
        self.loop.run_until_complete(replay(session, self.stage, self.executor, lambda share: None))
        self.sharing = SharingCommands(Errands(self.window, words, self.supervisor), self.window)
        self.model = self.sharing.model
        self.model.wanted.disconnect()
        self.asked: list[ReportRequest] = []
        self.model.wanted.connect(self.asked.append)
        self.sharing.serve(self.desk)
        place_graphs(self.desk, theme, words)
        self.window.show()

    def target(self, name: str) -> Target:
        return next(one for one in self.stage.plans.plan.targets if one.name == name)

    def end(self) -> None:
        self.stage.close()
        self.loop.run_until_complete(self.supervisor.stop(1.0))
        self.executor.shutdown()
        self.loop.close()
        asyncio.set_event_loop(None)
        self.window.hide()
        self.window.deleteLater()
        self.stage.deleteLater()

    def _failed(self, name: str, error: BaseException) -> None:
        raise AssertionError(name) from error


@pytest.fixture
def bench(qapp: QApplication, theme: Theme, words: Words, session: Path) -> Iterator[Bench]:
    made = Bench(qapp, theme, words, session)
    yield made
    made.end()


def rows(bench: Bench) -> AllTargetsView:
    """The outages of all targets, drawn."""
    graphs = bench.desk._graphs
    assert graphs is not None
    view = graphs.all_targets
    assert isinstance(view, AllTargetsView)
    bench.stage.axis.show(0.0, 90.0)
    view._forget()
    view.draw_frame()
    QApplication.processEvents()
    return view


@pytest.mark.parametrize("way", ["click", "key"])
def test_a_row_of_the_outages_leads_to_the_report_of_that_outage(bench: Bench, qtbot: QtBot, way: str) -> None:
    view = rows(bench)
    wanted = view.outages.rows[1]
    index = view.outages.index(1, REPORT)
    if way == "click":
        place = view.table.visualRect(index).center()
        qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    else:
        view.table.setCurrentIndex(view.outages.index(1, 0))
        qtbot.keyClick(view.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    (request,) = bench.asked
    assert bench.model.time is ReportTime.CHOSEN
    assert request.targets == (wanted.target,)
    assert request.from_s == max(0.0, wanted.from_s - AROUND_S)
    assert request.to_s > wanted.from_s
    assert bench.stage.selection.ids == ()


def test_the_history_of_a_target_leads_to_the_report_of_its_outage(bench: Bench) -> None:
    target = bench.target("Host off")
    bench.desk.span.report_asked.emit(target.id, 10.0, 20.0)
    (request,) = bench.asked
    assert (request.targets, request.from_s, request.to_s) == ((target.id,), 0.0, 20.0 + AROUND_S)


def test_a_diagnosis_leads_to_a_report_of_itself_and_of_the_outage_it_was_made_in(bench: Bench, words: Words) -> None:
    target = bench.target("Certificate expired")
    bench.stage.selection.select([target.id])
    bench.desk.show_diagnosis()
    bench.desk.draw_frame()
    bench.desk.diagnosis.card.report.click()
    (request,) = bench.asked
    made = bench.stage.diagnoses.of(target.id)
    assert made is not None
    assert bench.model.time is ReportTime.DIAGNOSIS
    assert request.targets == (target.id,)
    assert request.from_s < made.started_s < request.to_s
    prepared = prepare(request, Work())
    assert prepared is not None
    titles = [section.title for section in prepared.document.sections]
    assert any(title.startswith("Diagnosis of") for title in titles)


def test_it_compares_two_sessions_named_at_the_start(bench: Bench, theme: Theme, session: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.clearline"
    situations.write(other)
    commands = ComparingCommands(Errands(bench.window, Words(), bench.supervisor), theme, bench.window)

    async def compare() -> None:
        is_compared = asyncio.Event()

        def look() -> None:
            if commands.model.compared is not None:
                is_compared.set()

        commands.model.changed.connect(look)
        commands.compare(session, other)
        async with asyncio.timeout(20):
            await is_compared.wait()

    bench.loop.run_until_complete(compare())

    assert (commands.model.a, commands.model.b) == (str(session), str(other))
