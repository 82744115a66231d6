"""The whole window with a silent engine: what it shows, how keyboard and screen reader reach it, how it ends."""

import asyncio
import gc
import re
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby, pairwise
from pathlib import Path

import msgspec
import pytest
import qasync
from msgspec.structs import replace
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QAccessible, QDropEvent, QGuiApplication
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QDialog,
    QFileDialog,
    QGraphicsView,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitterHandle,
    QWidget,
)
from pytestqt.qtbot import QtBot

from clearline.domain.command import ApplyPlan, CheckNow, ResetBreaker, StartSession, WatchOutside
from clearline.domain.event import AttemptEnded, BreakerState, EngineReported, PlanApplied
from clearline.domain.keeping import KEEP_ALL
from clearline.domain.outcome import Outcome
from clearline.domain.phase import PhaseTimes
from clearline.domain.problem import InputError, Problem
from clearline.domain.profile import replace_field
from clearline.domain.verdict import Outside
from clearline.engine.process.client import EngineState, EngineStatus
from clearline.host.texts import Texts
from clearline.resilience.supervisor import Supervisor
from clearline.store.reader import SessionReader
from clearline.store.writer import SessionWriter
from clearline.ui.actions import Act
from clearline.ui.commands.commands import Commands
from clearline.ui.dialogs import ChoiceQuestion, Complaint, Question, TextQuestion
from clearline.ui.half_typed import HalfTyped
from clearline.ui.keeping_dialog import KeepingQuestion
from clearline.ui.main_window import SIZE, MainWindow
from clearline.ui.pages import Pages
from clearline.ui.paste_dialog import PasteDialog
from clearline.ui.printing import Sheet, print_sheet, sheet_html
from clearline.ui.save_dialog import SaveDialog
from clearline.ui.several_dialog import SeveralDialog
from clearline.ui.stages import Stages
from clearline.ui.target_dialog import TargetDialog
from clearline.ui.theme import Wardrobe
from clearline.ui.translation import Translation
from clearline.ui.viewmodels.preferences import Contrast, Preference, Preferences
from clearline.ui.viewmodels.session import Source
from clearline.ui.viewmodels.theme import Theme, ThemeChoice
from clearline.ui.viewmodels.words import Words
from clearline.ui.viewmodels.work import Work
from clearline.ui.widgets.desk import Desk
from clearline.ui.widgets.help_view import HelpView
from clearline.ui.widgets.log_view import LogView
from clearline.ui.widgets.page import Page
from clearline.ui.widgets.settings_view import SettingsView
from support.window_events import (
    INTRANET,
    PLAN,
    PRINTER,
    SHOP,
    WALL_S,
    SilentEngine,
    breaker,
    failure,
    started,
    success,
)

pytestmark = pytest.mark.qt


class Bench:
    """A window with everything but an engine, on a loop that the test turns."""

    def __init__(self, app: QApplication, theme: Theme, words: Words, folder: Path) -> None:
        self.loop = qasync.QEventLoop(app, already_running=False)
        asyncio.set_event_loop(self.loop)
        self.failures: list[BaseException] = []
        self.executor = ThreadPoolExecutor(max_workers=1)
        self.supervisor = Supervisor(self._failed)
        self.engines: list[SilentEngine] = []
        self.theme = theme
        self.words = words
        self.wardrobe = Wardrobe(app, theme)
        self.window = MainWindow(theme, words)
        self.stages = Stages(
            self.window,
            theme,
            words,
            self.supervisor,
            self.executor,
            folder,
            self._make_engine,  # type: ignore[arg-type]
        )
        self.kept: dict[str, str] = {}
        self.preferences = Preferences(self._read, self.kept.__setitem__)
        self.stages.obey(self.preferences.outside)
        self.commands = Commands(
            self.window, self.stages, theme, words, self.supervisor, outside=self.preferences.outside
        )
        self.pages = Pages(self.window, self.stages, theme, words, self.executor, folder, folder, self.preferences)
        self.desk: Desk = self.stages.open_live()
        self.window.show()

    def turn(self, seconds: float = 0.0) -> None:
        """Let the loop run."""
        self.loop.run_until_complete(asyncio.sleep(seconds))

    def begin(self) -> None:
        """Use the usual plan, and hear of a first round of checks."""
        self.desk.stage.plans.use(PLAN)
        self.turn(0.35)
        checks = [*success(INTRANET.id, 1), *failure(PRINTER.id, 1), *success(SHOP.id, 1)]
        self.desk.stage.pump.receive([started(), *checks])
        self.desk.stage.pump.flush()

    def trigger(self, act: Act) -> None:
        """As a click or a shortcut would, on the running loop."""
        self.loop.call_soon(self.window.acts[act].trigger)
        self.turn()
        self.turn()

    def end(self) -> None:
        """As the application ends."""
        self.loop.run_until_complete(self._end())
        self.executor.shutdown()
        self.loop.close()
        asyncio.set_event_loop(None)
        self.window.deleteLater()
        assert not self.failures

    async def _end(self) -> None:
        self.commands.close()
        self.pages.close()
        await self.stages.close_all()
        await self.supervisor.stop(1.0)
        self.window.hide()

    def _make_engine(self, *args: object) -> SilentEngine:
        self.engines.append(SilentEngine(*args))  # type: ignore[arg-type]
        return self.engines[-1]

    def _read(self, name: str) -> str:
        return self.kept.get(name, "")

    def _failed(self, name: str, error: BaseException) -> None:
        self.failures.append(error)


@pytest.fixture
def bench(qapp: QApplication, theme: Theme, words: Words, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(qapp, theme, words, tmp_path)
    yield made
    made.end()


def _texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_places_outside_are_asked_beside_the_targets_only_while_the_settings_allow_it(bench: Bench) -> None:
    bench.begin()
    (session,) = [each for each in bench.engines[0].sent if isinstance(each, StartSession)]
    assert session.points == ()

    for is_listed, points in ((True, Outside().points), (False, ())):
        bench.preferences.outside.choose(is_listed=is_listed)
        assert bench.engines[0].sent[-1] == WatchOutside(points=points)


def test_the_next_session_begins_with_what_may_be_asked_outside_and_the_lab_s_never(bench: Bench) -> None:
    bench.preferences.outside.choose(is_listed=True)
    bench.begin()
    assert [each.points for each in bench.engines[0].sent if isinstance(each, StartSession)] == [Outside().points]

    lab = bench.stages._make(Source.LAB)
    lab.stage.plans.use(PLAN)
    bench.turn(0.35)
    assert [each.points for each in bench.engines[-1].sent if isinstance(each, StartSession)] == [()]


def test_it_teaches_where_there_is_nothing_to_show(bench: Bench) -> None:
    bench.turn(0.35)

    assert bench.desk.empty.isVisible()
    assert "Nothing was tested yet" in _texts(bench.desk.explain)


def test_it_starts_the_engine_with_the_first_target(bench: Bench) -> None:
    bench.begin()

    session = bench.engines[0].sent[0]
    assert isinstance(session, StartSession)
    assert session.plan == PLAN


def test_it_shows_one_target_in_words_and_figures(bench: Bench) -> None:
    bench.begin()

    bench.desk.stage.selection.select([PRINTER.id])
    bench.turn()

    shown = _texts(bench.desk.header)
    assert "Label printer" in shown
    assert "Down: refused" in shown
    assert "100%" in shown


def test_it_shows_no_percentile_with_too_few_samples(bench: Bench) -> None:
    bench.begin()

    bench.desk.stage.selection.select([INTRANET.id])
    bench.turn()

    figures = {box.accessibleName() for box in bench.desk.header.findChildren(QWidget) if box.accessibleName()}
    assert "p95: —" in figures
    assert "Median: —" in figures


def test_it_sums_up_all_targets_where_none_is_selected(bench: Bench, qtbot: QtBot) -> None:
    bench.begin()

    qtbot.waitUntil(lambda: "1 failing now" in _texts(bench.desk.header))


def test_it_sums_up_the_selected_targets_where_several_are(bench: Bench, qtbot: QtBot) -> None:
    bench.begin()
    bench.desk.stage.selection.select([INTRANET.id, SHOP.id])
    qtbot.waitUntil(lambda: "2 selected targets" in _texts(bench.desk.header))

    assert "All answer" in _texts(bench.desk.header)
    assert "All that are selected answer." in _texts(bench.desk.explain)
    bench.desk.stage.selection.select([INTRANET.id, PRINTER.id])
    qtbot.waitUntil(lambda: "1 failing now" in _texts(bench.desk.header))


def test_it_copies_a_web_target_for_curl_and_masks_its_secrets(bench: Bench) -> None:
    bench.begin()
    shop = bench.desk.stage.plans.plan.target(SHOP.id)
    assert shop is not None
    bench.desk.stage.plans.edit(replace(shop, headers=("Authorization: Bearer s3cret",)))
    bench.desk.stage.selection.select([SHOP.id])

    bench.window.acts[Act.COPY_CURL].trigger()

    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("curl ")
    assert SHOP.address in copied
    assert "s3cret" not in copied


def test_it_says_above_the_columns_that_this_computer_is_too_busy_to_measure(bench: Bench) -> None:
    bench.begin()
    spoiled = Outcome(PhaseTimes(connect=30.0), kernel_rtt_ms=1.0, lag_ms=29.0)

    def take(outcome: Outcome, count: int) -> None:
        one = AttemptEnded(at_s=9.0, target=SHOP.id, check=9, attempt=1, started_s=9.0, outcome=outcome)
        bench.desk.stage.pump.receive([one] * count)
        while bench.desk.stage.pump.waiting:
            bench.desk.stage.pump.flush()

    take(spoiled, 40)
    said = _texts(bench.desk.strain)
    assert bench.desk.strain.isVisible()

    take(Outcome(PhaseTimes(connect=1.0)), 500)
    assert "too busy to measure" in said
    assert not bench.desk.strain.isVisible()


def test_it_puts_a_web_target_beside_itself_without_its_proxy(bench: Bench) -> None:
    bench.begin()
    bench.desk.stage.selection.select([SHOP.id])

    for _ in range(2):
        bench.window.acts[Act.ADD_STRAIGHT].trigger()

    targets = bench.desk.stage.plans.plan.targets
    at = next(index for index, target in enumerate(targets) if target.id == SHOP.id)
    twins = [target for target in targets if target.address == SHOP.address]
    assert [target.proxy for target in twins] == ["system", "none"], "asked twice it is there once"
    assert targets[at + 1] == twins[1]
    assert twins[1].label == f"{SHOP.label}, no proxy"


def test_it_compares_nothing_that_goes_through_no_proxy(bench: Bench) -> None:
    bench.begin()
    bench.desk.stage.selection.select([PRINTER.id])
    assert not bench.window.acts[Act.ADD_STRAIGHT].isEnabled()


def test_it_offers_no_curl_where_curl_has_nothing_alike(bench: Bench) -> None:
    bench.begin()
    bench.desk.stage.selection.select([PRINTER.id])
    assert not bench.window.acts[Act.COPY_CURL].isEnabled()


def test_it_explains_what_is_wrong_and_leads_there(bench: Bench) -> None:
    bench.begin()

    bench.desk.explain.target_chosen.emit(PRINTER.id)
    bench.turn()

    assert bench.desk.stage.selection.only == PRINTER.id
    assert "tcp.refused" in _texts(bench.desk.explain)


def test_it_puts_a_changed_number_into_force_on_the_running_targets(bench: Bench, qtbot: QtBot) -> None:
    bench.begin()
    box = next(box for box in bench.desk.controls.findChildren(QWidget) if box.accessibleName() == "Attempts")

    qtbot.keyClick(box, Qt.Key.Key_Up)
    bench.turn(0.35)

    sent = bench.engines[0].sent[-1]
    assert isinstance(sent, ApplyPlan)
    profile = sent.plan.profile("standard")
    assert profile is not None
    assert profile.retry.attempts == 4


def test_it_says_the_worst_case(bench: Bench) -> None:
    assert "Worst case 30 s before the user sees an error." in _texts(bench.desk.controls)


def test_it_gives_the_selected_target_the_chosen_profile(bench: Bench) -> None:
    bench.begin()
    bench.desk.stage.selection.select([SHOP.id])

    bench.desk.controls.profile_chosen.emit("fetch")

    target = bench.desk.stage.plans.plan.target(SHOP.id)
    assert target is not None
    assert target.profile == "fetch"


def test_it_says_how_it_records(bench: Bench) -> None:
    bench.begin()
    bench.desk.stage.pump.receive(
        [
            EngineReported(
                at_s=2.0,
                checks_per_s=3.0,
                loop_lag_ms=0.1,
                outstanding=0,
                recording="/a/session-x.clearline",
                recording_bytes=2_100_000,
            )
        ]
    )
    bench.desk.stage.pump.flush()

    shown = _texts(bench.window.status)
    assert "session-x.clearline" in shown
    assert "3 checks/s" in shown


@pytest.mark.parametrize(
    ("act", "wanted"),
    [(Act.CHECK_NOW, CheckNow(targets=(PRINTER.id,))), (Act.RESET_BREAKER, ResetBreaker(key=PRINTER.breaker_key))],
)
def test_it_tells_the_engine_what_an_action_asks_for(bench: Bench, act: Act, wanted: object) -> None:
    bench.begin()
    bench.desk.stage.selection.select([PRINTER.id])

    bench.window.acts[act].trigger()

    assert bench.engines[0].sent[-1] == wanted


def test_it_pauses_the_selected_targets_with_the_space_key(bench: Bench, qtbot: QtBot) -> None:
    bench.begin()
    bench.desk.stage.selection.select([SHOP.id])
    bench.desk.targets.view.setFocus()
    bench.window.activateWindow()

    qtbot.keyClick(bench.desk.targets.view, Qt.Key.Key_Space)

    target = bench.desk.stage.plans.plan.target(SHOP.id)
    assert target is not None
    assert target.is_paused


def test_it_removes_one_target_at_once_and_takes_that_back(bench: Bench) -> None:
    bench.begin()
    bench.desk.stage.selection.select([SHOP.id])

    bench.trigger(Act.REMOVE)
    assert bench.desk.stage.plans.plan.target(SHOP.id) is None
    bench.trigger(Act.UNDO)

    assert bench.desk.stage.plans.plan.target(SHOP.id) == SHOP


def test_it_makes_a_change_again_and_offers_that_only_then(bench: Bench) -> None:
    bench.begin()
    redo = bench.window.acts[Act.REDO]
    bench.desk.stage.plans.remove([SHOP.id])
    assert not redo.isEnabled()
    bench.trigger(Act.UNDO)

    assert redo.isEnabled()
    bench.trigger(Act.REDO)

    assert bench.desk.stage.plans.plan.target(SHOP.id) is None


def test_it_moves_no_row_away_from_under_the_pointer(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.begin()
    bench.trigger(Act.SORT_WORST)
    panel = bench.desk.targets
    model = bench.desk.stage.targets
    moved: list[None] = []

    def hear() -> None:
        moved.append(None)

    model.layoutChanged.connect(hear)
    bench.desk.stage.pump.receive(failure(SHOP.id, 2))
    bench.desk.stage.pump.flush()
    bench.desk.stage.pump.receive(success(PRINTER.id, 3))
    bench.desk.stage.pump.flush()
    monkeypatch.setattr(panel.view, "underMouse", lambda: True)
    panel.count()
    panel.count()
    assert moved == []

    monkeypatch.setattr(panel.view, "underMouse", lambda: False)
    panel.count()
    panel.count()

    assert len(moved) == 1


def test_it_adds_the_targets_of_a_list_that_is_dropped_on_it(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "shops.csv"
    path.write_text("name,host,port\nTill,10.0.0.7,9100\n")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

    bench.loop.call_soon(bench.window.dropEvent, QDropEvent(QPointF(5, 5), copy, data, left, none))
    bench.turn(0.2)
    dialog = bench.window.findChild(PasteDialog)
    assert dialog is not None
    bench.loop.call_soon(dialog.accept)
    bench.turn(0.05)

    assert [target.address for target in bench.desk.stage.plans.plan.targets] == ["tcp://10.0.0.7:9100"]


def test_it_says_why_a_dropped_file_cannot_be_used(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG\0\0")

    bench.loop.call_soon(bench.commands.files.open_paths, [str(path)])
    bench.turn(0.3)

    dialog = bench.window.findChild(Complaint)
    assert dialog is not None
    assert "picture.png" in _texts(dialog)
    bench.loop.call_soon(dialog.reject)
    bench.turn(0.05)


def test_it_shows_every_shortcut_in_menus_and_tooltips(bench: Bench) -> None:
    for act in Act:
        action = bench.window.acts[act]
        keys = action.shortcut().toString()
        assert keys in action.toolTip() or not keys
        assert action.text()


def test_it_reaches_its_address_field_with_a_key(bench: Bench) -> None:
    bench.window.acts[Act.ADDRESS].trigger()

    assert bench.window.focusWidget() is bench.desk.address.field


def _is_canvas(widget: QWidget) -> bool:
    """The surface inside a graph: the graph around it has the name, and the tests of the plots hold that."""
    return any(isinstance(around, QGraphicsView) for around in (widget, widget.parentWidget()))


def test_it_gives_every_focusable_control_a_name_and_a_role(bench: Bench) -> None:
    bench.stages.draw_graphs()
    bench.begin()
    bench.desk.controls.more.setChecked(True)
    bench.turn()
    nameless = []
    for widget in bench.window.findChildren(QWidget):
        is_part = widget.objectName().startswith("qt_") or isinstance(widget, QSplitterHandle)
        if widget.focusPolicy() is Qt.FocusPolicy.NoFocus or is_part or not widget.isVisible() or _is_canvas(widget):
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        name = interface.text(QAccessible.Text.Name) if interface else ""
        if not name or interface.role() is QAccessible.Role.NoRole:
            nameless.append(f"{type(widget).__name__} {widget.objectName()} in {type(widget.parent()).__name__}")

    assert nameless == []


def _by_tab(bench: Bench) -> list[QWidget]:
    """What Tab goes through in a window that shows a plan, from the first on."""
    bench.stages.draw_graphs()
    bench.begin()
    bench.window.resize(*SIZE)
    bench.turn(0.05)
    chain = [bench.window.nextInFocusChain()]
    while (following := chain[-1].nextInFocusChain()) is not chain[0]:
        chain.append(following)
    return [
        each
        for each in chain
        if each.isVisible() and each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.focusProxy() is None
    ]


def test_tab_goes_through_the_window_as_one_reads(bench: Bench) -> None:
    order = _by_tab(bench)
    desk = bench.desk
    areas = (desk.address, desk.spans, desk.targets, desk.middle, desk.controls, desk.events)
    reached = [area for each in order for area in areas if area.isAncestorOf(each)]

    # Each part of the window once, from the line of addresses over the columns from left to right.
    assert [area for area, _ in groupby(reached)] == list(areas)
    parts = [order.index(button) for button in desk.side.buttons]
    assert parts == list(range(parts[0], parts[0] + len(parts)))
    assert parts[-1] < order.index(desk.controls.name)


def test_tab_goes_down_each_column(bench: Bench) -> None:
    order = _by_tab(bench)
    for column in (bench.desk.targets, bench.desk.controls, bench.desk.events):
        reached = [each for each in order if column.isAncestorOf(each)]
        tops = [each.mapTo(column, QPoint(0, each.height() // 2)).y() for each in reached]
        said = [f"{top} {type(each).__name__} {each.accessibleName()}" for each, top in zip(reached, tops, strict=True)]

        assert len(reached) > 1
        # What stands side by side may differ by half a line.
        assert all(below - above > -12 for above, below in pairwise(tops)), "\n".join(said)


def test_it_gives_every_button_a_tooltip(bench: Bench) -> None:
    bench.begin()
    without = [
        button.text() or type(button).__name__
        for button in bench.window.findChildren(QAbstractButton)
        if button.isVisible() and not button.toolTip() and not button.objectName().startswith("qt_")
    ]

    assert without == []


def test_it_changes_its_colours_while_running(bench: Bench) -> None:
    before = bench.window.grab().toImage().pixelColor(3, 300)

    bench.window.acts[Act.DARK].trigger()
    bench.turn()

    assert bench.theme.choice is ThemeChoice.DARK
    assert bench.window.grab().toImage().pixelColor(3, 300) != before


def test_it_changes_its_language_while_running(bench: Bench) -> None:
    bench.begin()
    translation = Translation(bench.words)
    bench.desk.targets.count()
    english = _texts(bench.desk.targets)

    translation.use("fr")
    bench.turn()
    french = _texts(bench.desk.targets)
    translation.use("en")
    bench.turn()

    assert bench.words.texts.state("up") in english
    assert Texts("fr").state("up") in french
    assert _texts(bench.desk.targets) == english


def test_it_selects_all_targets_of_a_group_with_its_heading(bench: Bench) -> None:
    bench.begin()
    view = bench.desk.targets.view

    view.setCurrentIndex(view.model().index(2, 0))

    assert bench.desk.stage.selection.ids == tuple(target.id for target in PLAN.targets[1:])


def test_it_keeps_the_selection_while_the_plan_changes(bench: Bench) -> None:
    bench.begin()
    bench.desk.stage.selection.select([SHOP.id])

    bench.desk.stage.plans.add("new.example")

    assert bench.desk.stage.selection.ids == (SHOP.id,)
    chosen = bench.desk.targets.view.selectionModel().selectedIndexes()
    assert [index.data() for index in chosen] == [SHOP.name]


def test_it_goes_to_the_moment_of_an_event(bench: Bench) -> None:
    bench.begin()
    bench.desk.stage.pump.receive([breaker(PRINTER, BreakerState.CLOSED, BreakerState.OPEN, 2.0)])
    bench.desk.stage.pump.flush()

    bench.desk.events.view.clicked.emit(bench.desk.events.view.model().index(0, 0))

    assert bench.desk.stage.selection.only == PRINTER.id


def test_it_only_asks_when_it_is_closed(bench: Bench, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bench.window.close_asked):
        bench.window.close()

    assert bench.window.isVisible()


def test_it_offers_nothing_that_needs_an_engine_in_a_recorded_session(bench: Bench) -> None:
    bench.window.acts.suit(is_live=False)

    assert not bench.window.acts[Act.CHECK_NOW].isEnabled()
    assert bench.window.acts[Act.OPEN_SESSION].isEnabled()


def test_it_leaves_no_widget_timer_or_task_behind(
    qapp: QApplication, theme: Theme, words: Words, tmp_path: Path
) -> None:
    bench = Bench(qapp, theme, words, tmp_path)
    bench.stages.draw_graphs()
    bench.begin()
    bench.turn(0.2)
    window = weakref.ref(bench.window)
    stage: QObject = bench.desk.stage

    bench.end()

    assert bench.supervisor.names == ()
    assert not [timer for timer in stage.findChildren(QTimer) if timer.isActive()]
    assert bench.engines[0].is_stopped
    del bench, stage
    qapp.processEvents()
    gc.collect()
    left = window()
    assert left is None or not left.isVisible()


def test_it_says_that_nothing_is_measured_when_the_engine_is_gone(bench: Bench) -> None:
    bench.begin()

    problem = Problem("engine.gave_up", {"count": "5", "reason": "killed"})
    bench.engines[0].on_state(EngineState(EngineStatus.FAILED, problem))

    assert bench.words.texts.problem(problem) in _texts(bench.window.status)
    bench.desk.banner.leave.click()
    assert bench.engines[0].retries == 1
    bench.engines[0].on_state(EngineState(EngineStatus.RUNNING))
    assert not bench.desk.banner.isVisible()


def test_it_shows_a_recorded_session_beside_the_live_one_and_returns(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "recorded.clearline"
    writer = SessionWriter(path, "s", WALL_S)
    writer.emit([started(), PlanApplied(at_s=0.0, plan=PLAN), *failure(SHOP.id, 1)])
    writer.close(5.0)
    live = bench.desk

    bench.loop.run_until_complete(bench.stages.open_file(path))
    shown = bench.window.desk
    assert shown is not None
    assert shown.stage.source is Source.FILE
    assert "recorded.clearline" in _texts(shown.banner)
    assert "1 failing at the end" in _texts(shown.header)
    assert not bench.window.acts[Act.CHECK_NOW].isEnabled()
    bench.loop.call_soon(shown.banner.leave.click)
    bench.turn(0.05)

    assert bench.window.desk is live
    assert bench.window.acts[Act.CHECK_NOW].isEnabled()


_PAGE, _TABLE_LEAF = 4096, 0x0D


def test_it_says_what_is_missing_of_a_file_damaged_in_its_middle_and_shows_the_rest(
    bench: Bench, tmp_path: Path
) -> None:
    path = tmp_path / "damaged.clearline"
    writer = SessionWriter(path, "s", WALL_S)
    writer.emit([started(), PlanApplied(at_s=0.0, plan=PLAN)])
    for number in range(900):
        writer.emit([*success(SHOP.id, number), *failure(PRINTER.id, number)])
    assert writer.close(20.0)
    content = bytearray(path.read_bytes())
    sixth = len(content) // _PAGE // 6
    for page in range(3 * sixth, 4 * sixth):  # Behind the pages that say what the file holds.
        if content[page * _PAGE] == _TABLE_LEAF:
            content[page * _PAGE : (page + 1) * _PAGE] = bytes(_PAGE)
    path.write_bytes(content)
    with SessionReader(path) as reader:
        left = sum(1 for _ in reader.events())
        holes = reader.damaged

    bench.loop.run_until_complete(bench.stages.open_file(path))

    shown = bench.window.desk
    assert shown is not None
    assert 0 < left < 2 + 4 * 900
    assert holes > 0
    told = _texts(shown.banner)
    assert "Recorded session damaged.clearline" in told
    missing = re.search(r"what was recorded at (\d+) of its places cannot be read and is missing here", told)
    assert missing is not None
    assert int(missing[1]) >= holes
    checks = shown.stage.session.states[SHOP.id].statistics.checks
    assert 0 < checks < 900
    assert shown.stage.series.now_s >= 899
    assert "1 failing at the end" in _texts(shown.header)


def test_it_stays_live_when_a_file_is_no_session(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "letter.clearline"
    path.write_text("Dear support")

    with pytest.raises(InputError, match="session"):
        bench.loop.run_until_complete(bench.stages.open_file(path))

    assert bench.window.desk is bench.desk


def test_it_covers_the_columns_with_the_log_and_returns(bench: Bench) -> None:
    bench.trigger(Act.LOG)
    page = bench.window.findChild(LogView)
    assert page is not None
    assert page.isVisible()
    assert bench.window.desk is None

    page.back.click()

    assert bench.window.desk is bench.desk
    assert not page.isVisible()


def test_it_exports_the_figures_that_are_shown(bench: Bench, tmp_path: Path) -> None:
    bench.begin()
    path = tmp_path / "figures.csv"
    bench.loop.call_soon(bench.desk.figures.export_button.click)
    bench.turn(0.05)
    dialog = bench.window.findChild(QFileDialog)
    assert dialog is not None
    name = dialog.findChild(QLineEdit, "fileNameEdit")
    assert name is not None
    name.setText(str(path))

    bench.loop.call_soon(dialog.accept)
    bench.turn(0.2)

    assert "checks.failed,1" in path.read_text()


def test_it_writes_the_plan_to_the_very_file_that_was_named(bench: Bench, tmp_path: Path) -> None:
    bench.begin()
    (tmp_path / "plan.csv").write_text("somebody's own")
    bench.trigger(Act.SAVE_PLAN)
    dialog = bench.window.findChild(SaveDialog)
    assert dialog is not None
    dialog.selectNameFilter(dialog.nameFilters()[1])
    name = dialog.findChild(QLineEdit, "fileNameEdit")
    assert isinstance(name, QLineEdit)
    name.setText(str(tmp_path / "plan.json"))

    bench.loop.call_soon(dialog.accept)
    bench.turn(0.2)

    assert (tmp_path / "plan.csv").read_text() == "somebody's own"
    assert SHOP.address in (tmp_path / "plan.json.csv").read_text()


@pytest.mark.parametrize("act", [Act.LOG, Act.LIBRARY, Act.SETTINGS, Act.HELP])
def test_it_names_everything_on_its_pages(bench: Bench, act: Act) -> None:
    bench.trigger(act)
    page = bench.window.findChild(Page)
    assert page is not None
    bench.turn(0.1)

    nameless = []
    for widget in page.findChildren(QWidget):
        is_part = widget.objectName().startswith("qt_") or isinstance(widget, QSplitterHandle)
        if widget.focusPolicy() is Qt.FocusPolicy.NoFocus or is_part or not widget.isVisible():
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        if not interface.text(QAccessible.Text.Name):
            nameless.append(type(widget).__name__)
    without_tip = [
        button.text() for button in page.findChildren(QAbstractButton) if not button.toolTip() and button.text()
    ]

    assert nameless == []
    assert without_tip == []


def test_it_finds_help_while_typing_and_shows_its_own_keys(bench: Bench) -> None:
    bench.trigger(Act.HELP)
    page = bench.window.findChild(HelpView)
    assert page is not None
    assert "Ctrl+Shift+O" in page.text.toPlainText()
    assert "◐" in page.text.toPlainText()

    page.search.setText("breaker HALF-OPEN")
    bench.turn(0.2)
    found = page.text.toPlainText()
    assert "circuit breaker" in found.casefold()
    assert "Ctrl+Shift+O" not in found
    page.search.setText("zzz")
    bench.turn(0.2)

    assert "Try fewer" in _texts(page)


def test_it_keeps_what_is_chosen_in_the_settings(bench: Bench) -> None:
    bench.trigger(Act.SETTINGS)
    page = bench.window.findChild(SettingsView)
    assert page is not None
    assert not page.boxes[Preference.STAY_IN_TRAY].isEnabled()

    page.boxes[Preference.REDUCED_MOTION].click()
    page.boxes[Preference.NOTIFY].click()
    page.contrast_box.setCurrentIndex(2)
    page.contrast_box.activated.emit(2)

    assert bench.preferences.is_on(Preference.REDUCED_MOTION)
    assert not bench.preferences.is_on(Preference.NOTIFY)
    assert not page.boxes[Preference.SOUND].isEnabled()
    assert bench.preferences.contrast is Contrast.HIGH


def test_it_says_in_the_settings_that_an_address_takes_nothing_that_is_sent(bench: Bench) -> None:
    bench.trigger(Act.SETTINGS)
    page = bench.window.findChild(SettingsView)
    assert page is not None
    field = page.outside.upload

    field.setText("tcp://files.example:9")
    field.editingFinished.emit()
    said, kept = _texts(page), bench.preferences.outside.upload
    field.setText("files.example/drop")
    field.editingFinished.emit()

    assert "“tcp://files.example:9” is none" in said
    assert kept == ""
    assert "is none" not in _texts(page)
    assert (field.text(), bench.preferences.outside.in_force.upload) == ("https://files.example/drop",) * 2


def test_it_moves_once_a_second_for_whom_motion_disturbs(bench: Bench, qtbot: QtBot) -> None:
    beats: list[None] = []

    def hear() -> None:
        beats.append(None)

    bench.stages.calm(True)
    bench.desk.stage.axis.frame.connect(hear)
    bench.turn(0.5)

    assert beats == []


def test_it_says_a_notice_until_it_is_put_away(bench: Bench) -> None:
    done: list[str] = []

    def deed() -> None:
        done.append("shown")

    def word() -> str:
        return "Show it"

    bench.window.notice.tell(lambda: "Something failed", [(word, deed)])
    bench.window.notice.tell(lambda: "Something else failed", [(word, deed)])
    assert "Something else failed" in _texts(bench.window.notice)

    bench.turn()
    button = [each for each in bench.window.notice.findChildren(QPushButton) if each.text() == "Show it"][-1]
    button.click()

    assert done == ["shown"]
    assert not bench.window.notice.isVisible()


def _ways_of(bench: Bench) -> dict[str, QPushButton]:
    """The buttons of the notice, without the one that puts it away."""
    buttons = bench.window.notice.findChildren(QPushButton)
    return {each.text(): each for each in buttons if each.isVisible() and each is not bench.window.notice.away}


def test_it_says_a_notice_until_each_of_its_ways_was_gone(bench: Bench) -> None:
    done: list[str] = []
    ways = [(lambda: "Copy it", lambda: done.append("copied")), (lambda: "Restore", lambda: done.append("restored"))]
    bench.window.notice.tell(lambda: "It ended unexpectedly", ways)
    bench.turn()

    _ways_of(bench)["Copy it"].click()
    bench.turn()

    assert done == ["copied"]
    assert bench.window.notice.isVisible()
    assert set(_ways_of(bench)) == {"Restore"}
    _ways_of(bench)["Restore"].click()
    assert done == ["copied", "restored"]
    assert not bench.window.notice.isVisible()


def test_it_says_a_notice_again_once_a_newer_one_is_put_away(bench: Bench, qtbot: QtBot) -> None:
    notice = bench.window.notice
    notice.tell(lambda: "It ended unexpectedly", [(lambda: "Restore", lambda: notice.tell(lambda: "Restored"))])
    notice.tell(lambda: "There is nothing to print")
    assert notice.text == "There is nothing to print"

    qtbot.keyClick(notice.away, Qt.Key.Key_Escape)
    bench.turn()

    assert notice.text == "It ended unexpectedly"
    _ways_of(bench)["Restore"].click()
    assert notice.text == "Restored"
    notice.away.click()
    assert not notice.isVisible()


def test_it_prints_the_graphs_with_their_summary_and_table(bench: Bench, tmp_path: Path) -> None:
    bench.stages.draw_graphs()
    bench.begin()
    bench.desk.stage.pump.receive([PlanApplied(at_s=0.0, plan=PLAN)])
    bench.desk.stage.pump.flush()
    bench.desk.stage.selection.select([PRINTER.id])
    bench.turn(0.3)
    sheet = bench.commands.printing.sheet()
    assert sheet is not None
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    path = tmp_path / "printed.pdf"
    printer.setOutputFileName(str(path))

    print_sheet(sheet, printer)

    assert sheet.title == PRINTER.label
    assert any(PRINTER.label in line for line in sheet.lines)
    assert sheet.picture is not None
    assert sheet.rows
    assert path.read_bytes().startswith(b"%PDF")


def test_it_escapes_what_others_wrote_on_paper() -> None:
    html = sheet_html(Sheet("<b>a</b>", ["<i>"], None, ["<u>"], [["<s>"]]), 100)

    assert not any(tag in html for tag in ("<b>", "<i>", "<u>", "<s>"))


def test_it_says_that_there_is_nothing_to_print(bench: Bench) -> None:
    bench.trigger(Act.PRINT)

    assert "nothing to print" in bench.window.notice.text


def _half_typed(bench: Bench, folder: Path) -> HalfTyped:
    return HalfTyped(folder, bench.executor, bench.desk, bench.commands, bench.preferences.outside, bench.window)


def _kept_profile(bench: Bench) -> str:
    draft = replace_field(bench.desk.stage.profile.draft, "timeouts.total_s", 1.0)
    return msgspec.json.encode(draft).decode()


def test_it_offers_to_go_on_with_what_was_half_typed_when_it_ended(bench: Bench, tmp_path: Path) -> None:
    bench.begin()
    (tmp_path / "profile.json").write_text(_kept_profile(bench))
    (tmp_path / "edit.json").write_text(msgspec.json.encode(replace(SHOP, address="https://shop.exa")).decode())
    (tmp_path / "list.json").write_text('{"text": "tcp://ho"}')
    half_typed = _half_typed(bench, tmp_path)

    ways = half_typed.resume()
    bench.loop.call_soon(ways[0][1])
    bench.turn(0.05)
    dialog = bench.window.findChild(TargetDialog)

    assert [words() for words, _ in ways] == ["Go on editing Shop", "Go on with the list"]
    assert dialog is not None
    assert dialog.address.text() == "https://shop.exa"
    assert bench.desk.stage.profile.problems.keys() == {"timeouts.total_s"}
    dialog.reject()
    bench.turn(0.05)


def test_it_keeps_a_number_that_cannot_be_used_yet_until_it_can(bench: Bench, tmp_path: Path) -> None:
    bench.begin()
    half_typed = _half_typed(bench, tmp_path)
    profile = bench.desk.stage.profile
    half_typed.resume()

    profile.set_number("timeouts.total_s", 1.0)
    bench.loop.run_until_complete(half_typed.flush())
    kept = (tmp_path / "profile.json").read_text()
    profile.set_number("timeouts.attempt_s", 0.5)
    bench.loop.run_until_complete(half_typed.flush())

    assert '"total_s":1.0' in kept
    assert not (tmp_path / "profile.json").exists()


def _type_marker(dialog: QDialog) -> None:
    assert isinstance(dialog, TextQuestion)
    dialog.field.setText("the cable was out")


def _type_rules(dialog: QDialog) -> None:
    assert isinstance(dialog, KeepingQuestion)
    dialog.fields["keep_days"].setValue(30)


def _type_several(dialog: QDialog) -> None:
    assert isinstance(dialog, SeveralDialog)
    dialog.group.setCurrentText("Moved")
    dialog.add_tags.setText("till")
    dialog.tick(dialog.add_tags)


def _type_list(dialog: QDialog) -> None:
    assert isinstance(dialog, PasteDialog)
    dialog.text.setPlainText("modules:\n  ping:\n    prober: icmp\n")
    dialog.addresses.setText("10.0.0")


def _held(dialog: QDialog) -> tuple[object, ...]:
    if isinstance(dialog, TextQuestion):
        return (dialog.text,)
    if isinstance(dialog, KeepingQuestion):
        return (dialog.keeping,)
    if isinstance(dialog, PasteDialog):
        return dialog.text.toPlainText(), dialog.addresses.text()
    assert isinstance(dialog, SeveralDialog)
    ticked = [box.text() for box in dialog.findChildren(QCheckBox) if box.isChecked()]
    return dialog.group.currentText(), dialog.add_tags.text(), ticked


@pytest.mark.parametrize(
    ("act", "type_into", "way"),
    [
        (Act.MARKER, _type_marker, "Go on with the marker"),
        (Act.KEEPING, _type_rules, "Go on with the recording rules"),
        (Act.EDIT, _type_several, "Go on editing 2 targets"),
        (Act.PASTE, _type_list, "Go on with the list"),
    ],
)
def test_it_goes_on_with_a_question_that_a_crash_cut_short(
    bench: Bench, tmp_path: Path, act: Act, type_into: Callable[[QDialog], None], way: str
) -> None:
    bench.begin()
    bench.desk.stage.selection.select([SHOP.id, PRINTER.id])
    half_typed = _half_typed(bench, tmp_path)
    assert half_typed.resume() == []
    bench.trigger(act)
    dialog = _question(bench)
    type_into(dialog)
    held = _held(dialog)
    bench.loop.run_until_complete(half_typed.flush())
    kept = {path.name: path.read_bytes() for path in tmp_path.glob("*.*") if path.suffix in (".txt", ".json")}
    dialog.reject()
    bench.turn(0.05)
    bench.loop.run_until_complete(half_typed.flush())
    is_forgotten = half_typed.resume() == []
    for name, content in kept.items():
        (tmp_path / name).write_bytes(content)
    bench.desk.stage.selection.select([])

    (found,) = _half_typed(bench, tmp_path).resume()
    bench.loop.call_soon(found[1])
    bench.turn(0.05)
    again = _question(bench)
    held_again = _held(again)
    again.reject()
    bench.turn(0.05)

    assert is_forgotten
    assert found[0]() == way
    assert held_again == held
    assert held != _held_by_nothing(act)


def _held_by_nothing(act: Act) -> tuple[object, ...]:
    nothing: dict[Act, tuple[object, ...]] = {
        Act.MARKER: ("",),
        Act.KEEPING: (KEEP_ALL,),
        Act.EDIT: ("", "", []),
        Act.PASTE: ("", ""),
    }
    return nothing[act]


def _question(bench: Bench) -> Question:
    (dialog,) = (each for each in bench.window.findChildren(Question) if each.isVisible())
    return dialog


def test_it_keeps_a_half_typed_ticket_code_and_addresses_until_they_are_used(bench: Bench, tmp_path: Path) -> None:
    bench.begin()
    half_typed = _half_typed(bench, tmp_path)
    report, outside = bench.commands.sharing.model, bench.preferences.outside
    report.ticket_typed.emit("INC-47")
    outside.controls_typed.emit("tcp://")
    outside.upload_typed.emit("https://")
    bench.loop.run_until_complete(half_typed.flush())

    again = _half_typed(bench, tmp_path)
    begun = report.ticket, outside.begun_controls, outside.begun_upload
    work = Work()
    report.begin(work)
    report.end(work, saved="report.html")
    outside.set_controls("tcp://printer.example:9100")
    outside.set_upload("https://files.example/drop")
    bench.loop.run_until_complete(again.flush())

    assert begun == ("INC-47", "tcp://", "https://")
    assert not list(tmp_path.glob("*.txt"))


def test_it_offers_the_practice_lab_in_the_language_in_force(bench: Bench) -> None:
    bench.words.use("fr")
    bench.trigger(Act.LAB)
    bench.turn(0.3)
    dialog = _question(bench)

    assert isinstance(dialog, ChoiceQuestion)
    assert "Visite d’un bureau" in [dialog.field.itemText(row) for row in range(dialog.field.count())]
    dialog.reject()
    bench.turn(0.05)


def test_it_counts_what_is_paused_with_the_rest(bench: Bench) -> None:
    bench.begin()
    bench.desk.stage.plans.toggle_paused((SHOP.id,))
    bench.turn(0.4)
    bench.desk.targets.count()

    assert f"{sum(target.is_paused for target in bench.desk.stage.plans.plan.targets)} paused" in _texts(
        bench.desk.targets
    )


@pytest.mark.parametrize(("word", "has_two_lines"), [("Share…", False), ("Share with whoever looks after it", True)])
def test_an_address_can_be_read_while_it_is_typed(bench: Bench, word: str, has_two_lines: bool) -> None:
    bench.window.resize(1000, 700)
    bench.desk.share.setText(word)
    bench.turn(0.05)

    field = bench.desk.address.field
    assert bench.desk.top.has_two_lines is has_two_lines
    assert field.width() > field.fontMetrics().horizontalAdvance("printer.example:9100")


def test_it_does_not_deny_a_test_that_has_begun(bench: Bench) -> None:
    bench.turn(0.05)
    before = _texts(bench.window.status)
    bench.begin()
    bench.stages.show_status()

    assert "nothing is tested yet" in before
    assert "nothing is tested yet" not in _texts(bench.window.status)
