"""Questions: nothing typed is lost, everything refused says why."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import qasync
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QThread
from PySide6.QtGui import QAccessible
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from clearline.domain.keeping import KEEP_ALL
from clearline.domain.plan import Plan
from clearline.domain.target import Target
from clearline.ui.dialogs import ChoiceQuestion, Confirmation, TextQuestion, answer, leave_loops
from clearline.ui.keeping_dialog import KeepingQuestion
from clearline.ui.paste_dialog import PasteDialog
from clearline.ui.report_dialog import ReportDialog
from clearline.ui.save_dialog import SaveDialog
from clearline.ui.several_dialog import SeveralDialog
from clearline.ui.target_dialog import TargetDialog, begun_edit
from clearline.ui.viewmodels.plan import PlanModel
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words
from support.window_events import INTRANET, PLAN, PRINTER, SHOP

pytestmark = pytest.mark.qt


@pytest.fixture
def plans() -> PlanModel:
    return PlanModel(PLAN)


def _cells(dialog: PasteDialog, column: int) -> list[str]:
    return [dialog.table.item(row, column).text() for row in range(dialog.table.rowCount())]


def test_it_previews_what_each_line_becomes(qtbot: QtBot, plans: PlanModel, theme: Theme, words: Words) -> None:
    dialog = PasteDialog("new.example, New\nintranet.example\ntcp://nothing", plans, words, theme)
    qtbot.addWidget(dialog)

    became = _cells(dialog, 2)

    assert became[0] == "https://new.example/  ·  New"
    assert became[1] == "is there already"
    assert "port" in became[2]
    assert dialog.count.text() == "New: 1. Already there: 1. Cannot be used: 1."


def test_it_adds_only_what_can_be_used(qtbot: QtBot, plans: PlanModel, theme: Theme, words: Words) -> None:
    dialog = PasteDialog("new.example, New\ntcp://nothing", plans, words, theme)
    qtbot.addWidget(dialog)

    dialog.accept()

    assert [target.label for target in plans.plan.targets[len(PLAN.targets) :]] == ["New"]


def test_it_cannot_add_a_list_without_any_use(qtbot: QtBot, plans: PlanModel, theme: Theme, words: Words) -> None:
    dialog = PasteDialog("tcp://nothing", plans, words, theme)
    qtbot.addWidget(dialog)
    add = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
    assert not add.isEnabled()

    dialog.text.setPlainText("tcp://something:1")

    assert add.isEnabled()


def test_it_shows_no_secret_of_a_pasted_line(qtbot: QtBot, plans: PlanModel, theme: Theme, words: Words) -> None:
    dialog = PasteDialog("https://me:hunter2@shop.example/", plans, words, theme)
    qtbot.addWidget(dialog)

    assert not any("hunter2" in text for column in (1, 2) for text in _cells(dialog, column))


def test_it_stays_open_and_says_why_an_edit_cannot_be_saved(qtbot: QtBot, plans: PlanModel, words: Words) -> None:
    dialog = TargetDialog(INTRANET, plans, words)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.address.setText("tcp://nothing")
    dialog.name.setText("Half typed")

    dialog.accept()

    assert dialog.isVisible()
    assert "port" in dialog.problem.text()
    assert dialog.name.text() == "Half typed"
    assert plans.plan is PLAN


def test_it_leaves_an_untouched_target_as_it_is(qtbot: QtBot, plans: PlanModel, words: Words) -> None:
    dialog = TargetDialog(INTRANET, plans, words)
    qtbot.addWidget(dialog)

    assert dialog.edited == INTRANET


def test_it_saves_the_proxy_the_name_in_tls_and_whether_redirects_are_followed(
    qtbot: QtBot, plans: PlanModel, words: Words
) -> None:
    dialog = TargetDialog(INTRANET, plans, words)
    qtbot.addWidget(dialog)
    dialog.proxy.setText("http://proxy.example:3128")
    dialog.sni.setText("other.example")
    dialog.follow.setChecked(False)

    dialog.accept()

    saved = plans.plan.target(INTRANET.id)
    assert saved is not None
    assert (saved.proxy, saved.sni, saved.follow) == ("http://proxy.example:3128", "other.example", False)


BEAT = Target(id="beat", address="beat://10.2.0.50:7000", name="Till", profile="standard")


@pytest.mark.parametrize(
    ("address", "sends", "expects"),
    [
        ("beat://h.example:7000", True, True),
        ("banner://h.example:25", True, True),
        ("udp://h.example:7", True, False),
        ("https://h.example/", False, True),
        ("dns://h.example", False, True),
        ("tcp://h.example:7", False, False),
    ],
)
def test_it_asks_what_to_send_and_expect_where_the_probe_uses_it(
    qtbot: QtBot, words: Words, address: str, sends: bool, expects: bool
) -> None:
    target = msgspec.structs.replace(BEAT, address=address, payload="one\ntwo ", expect_text=" three")
    plans = PlanModel(Plan(targets=(target,)))
    dialog = TargetDialog(target, plans, words)
    qtbot.addWidget(dialog)
    dialog.show()
    assert (dialog.payload.isVisible(), dialog.expect.isVisible()) == (sends, expects)
    assert dialog.edited == target


def test_it_takes_a_heartbeat_of_the_persons_own_and_shows_the_profiles(qtbot: QtBot, words: Words) -> None:
    plans = PlanModel(Plan(targets=(BEAT,)))
    dialog = TargetDialog(BEAT, plans, words)
    qtbot.addWidget(dialog)
    assert (dialog.payload.placeholderText(), dialog.expect.placeholderText()) == ("PING {n}", "PONG {n}")

    dialog.payload.setText("STATUS {n}")
    dialog.expect.setText("READY {n}")
    dialog.accept()

    saved = plans.plan.target(BEAT.id)
    assert saved is not None
    assert (saved.payload, saved.expect_text) == ("STATUS {n}", "READY {n}")


def test_it_says_why_a_proxy_cannot_be_used(qtbot: QtBot, plans: PlanModel, words: Words) -> None:
    dialog = TargetDialog(INTRANET, plans, words)
    qtbot.addWidget(dialog)
    dialog.proxy.setText("gopher://proxy.example")

    dialog.accept()

    assert dialog.problem.text()
    assert plans.plan is PLAN


def test_it_goes_on_with_an_edit_that_a_crash_cut_short(qtbot: QtBot, plans: PlanModel, words: Words) -> None:
    dialog = TargetDialog(SHOP, plans, words)
    qtbot.addWidget(dialog)
    told: list[str] = []
    dialog.typed.connect(told.append)
    dialog.address.setText("https://shop.exa")
    dialog.group.setEditText("Tills")
    dialog.tags.setText("#floor-2")
    dialog.pace.setValue(7.5)
    dialog.verify.setChecked(False)

    again = TargetDialog(SHOP, plans, words, begun=begun_edit(told[-1], SHOP.id))
    qtbot.addWidget(again)

    assert again.edited == dialog.edited
    assert (again.address.text(), again.group.currentText(), again.pace.value()) == ("https://shop.exa", "Tills", 7.5)
    assert not again.verify.isChecked()


def test_it_keeps_no_edit_that_was_taken_back(qtbot: QtBot, plans: PlanModel, words: Words) -> None:
    dialog = TargetDialog(SHOP, plans, words)
    qtbot.addWidget(dialog)
    told: list[str] = []
    dialog.typed.connect(told.append)

    dialog.name.setText("Sh")
    dialog.name.setText(SHOP.name)

    assert told[0] != ""
    assert told[-1] == ""


@pytest.mark.parametrize("text", ["", "{", "[]", '{"id": 7}', '{"id": "another", "address": "https://a.example"}'])
def test_it_takes_nothing_else_for_an_edit(text: str) -> None:
    assert begun_edit(text, SHOP.id) is None


def test_it_changes_only_what_is_ticked_of_several_targets(qtbot: QtBot, plans: PlanModel, words: Words) -> None:
    dialog = SeveralDialog([SHOP.id, PRINTER.id], plans, words)
    qtbot.addWidget(dialog)
    dialog.group.setCurrentText("Moved")
    qtbot.keyClicks(dialog.add_tags, "#till floor-2")
    dialog.tick(dialog.group, is_on=False)

    dialog.accept()

    shop, printer = (plans.plan.target(target_id) for target_id in (SHOP.id, PRINTER.id))
    assert shop is not None
    assert printer is not None
    assert (shop.group, shop.tags, printer.tags) == (SHOP.group, ("till", "floor-2"), ("till", "floor-2"))
    assert shop.interval_s == SHOP.interval_s


def test_it_previews_the_modules_of_a_monitor_with_the_addresses_given(
    qtbot: QtBot, plans: PlanModel, theme: Theme, words: Words
) -> None:
    text = "modules:\n  ping:\n    prober: icmp\n    timeout: 2s\n    icmp: {ttl: 5}\n"
    dialog = PasteDialog(text, plans, words, theme)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.addresses.isVisible()
    assert "say" in _cells(dialog, 2)[0]

    dialog.addresses.setText("10.0.0.7 10.0.0.8")

    assert _cells(dialog, 2) == [
        f"icmp://10.0.0.{last}  ·  ping  ·  blackbox 2s  ·  not taken over: ttl" for last in (7, 8)
    ]
    dialog.accept()
    assert plans.plan.profile("blackbox 2s") is not None


@pytest.mark.parametrize("is_accepted", [True, False])
def test_it_answers_without_running_a_loop_of_its_own(qapp: QApplication, is_accepted: bool) -> None:
    async def ask() -> bool:
        dialog = Confirmation("Remove", "Remove them?", "Remove")
        asyncio.get_running_loop().call_soon(dialog.accept if is_accepted else dialog.reject)
        return await answer(dialog)

    with qasync.QEventLoop(qapp, already_running=False) as loop:
        assert loop.run_until_complete(ask()) is is_accepted


def test_it_asks_for_a_printer_as_for_anything_else(qapp: QApplication) -> None:
    printer = QPrinter()

    async def ask() -> bool:
        dialog = QPrintDialog(printer)
        asyncio.get_running_loop().call_soon(dialog.reject)
        return await answer(dialog)

    with qasync.QEventLoop(qapp, already_running=False) as loop:
        assert loop.run_until_complete(ask()) is False
        # The dialog does not own the printer: it must be gone before.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


Make = Callable[[PlanModel, Words, Theme], QDialog]
DIALOGS: dict[str, Make] = {
    "target": lambda plans, words, theme: TargetDialog(SHOP, plans, words),
    "several": lambda plans, words, theme: SeveralDialog([SHOP.id, PRINTER.id], plans, words),
    "list": lambda plans, words, theme: PasteDialog("new.example", plans, words, theme),
    "rules": lambda plans, words, theme: KeepingQuestion(KEEP_ALL),
    "confirmation": lambda plans, words, theme: Confirmation("Remove", "Remove them?", "Remove"),
    "text": lambda plans, words, theme: TextQuestion("Mark", "What happens?", "Mark"),
    "choice": lambda plans, words, theme: ChoiceQuestion("Lab", "Which one?", [("tour", "Tour")], "Start"),
    "report": lambda plans, words, theme: ReportDialog("what went wrong"),
}


@pytest.fixture(params=DIALOGS)
def dialog(request: pytest.FixtureRequest, qtbot: QtBot, plans: PlanModel, words: Words, theme: Theme) -> QDialog:
    made = DIALOGS[request.param](plans, words, theme)
    qtbot.addWidget(made)
    made.show()
    QApplication.processEvents()
    return made


def _by_tab(dialog: QDialog) -> list[QWidget]:
    """What Tab goes through, from the first on."""
    found = [dialog.nextInFocusChain()]
    while (following := found[-1].nextInFocusChain()) is not found[0]:
        found.append(following)
    # The line inside a number or a choice hands the focus to what is around it.
    return [
        each
        for each in found
        if each.isVisible() and each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.focusProxy() is None
    ]


def test_it_names_all_that_can_be_reached_in_it(dialog: QDialog) -> None:
    nameless = []
    for widget in _by_tab(dialog):
        interface = QAccessible.queryAccessibleInterface(widget)
        if not interface.text(QAccessible.Text.Name) or interface.role() is QAccessible.Role.NoRole:
            nameless.append(f"{type(widget).__name__} {widget.objectName()}")

    assert nameless == []


def test_tab_goes_through_it_as_one_reads(dialog: QDialog) -> None:
    reached = _by_tab(dialog)
    inside = [(each, each.mapTo(dialog, each.rect().center())) for each in reached]

    # Of buttons side by side the platform says which comes first.
    rows = [point.y() for each, point in inside]
    assert reached
    assert rows == sorted(rows), [(type(each).__name__, each.accessibleName(), point) for each, point in inside]


def test_it_puts_away_a_question_of_qts_own_before_it_ends(qapp: QApplication, tmp_path: Path) -> None:
    (tmp_path / "there.toml").write_text("")
    levels: list[int] = []

    async def ask_and_end() -> bool:
        dialog = SaveDialog("Save", str(tmp_path / "there.toml"), "Plans (*.toml)")
        dialog.open()
        # Asks whether to replace the file, in a loop inside the loop.
        asyncio.get_running_loop().call_soon(dialog.accept)
        await asyncio.sleep(0.05)
        levels.append(QThread.currentThread().loopLevel())
        await leave_loops()
        levels.append(QThread.currentThread().loopLevel())
        is_still_open = dialog.isVisible()
        dialog.reject()
        dialog.deleteLater()
        return is_still_open

    with qasync.QEventLoop(qapp, already_running=False) as loop:
        assert loop.run_until_complete(ask_and_end())
    assert levels == [2, 1]


@pytest.mark.parametrize(
    ("typed", "kind", "place", "ending"),
    [
        ("x", 0, "x.json", ".json"),
        ("x", 1, "x.csv", ".csv"),
        ("x.json", 1, "x.json", ".json"),
        ("x.CSV", 0, "x.CSV", ".csv"),
        ("x.v2", 1, "x.v2.csv", ".csv"),
        ("x.", 0, "x..json", ".json"),
    ],
)
def test_it_completes_a_name_before_it_is_confirmed(
    qtbot: QtBot, tmp_path: Path, typed: str, kind: int, place: str, ending: str
) -> None:
    dialog = SaveDialog("Save", str(tmp_path / "figures.json"), "JSON (*.json);;CSV (*.csv)")
    qtbot.addWidget(dialog)
    dialog.selectNameFilter(dialog.nameFilters()[kind])
    _name_field(dialog).setText(typed)

    dialog.accept()

    assert (dialog.result(), dialog.place, dialog.ending) == (QDialog.DialogCode.Accepted, tmp_path / place, ending)


@pytest.mark.parametrize("typed", ["there", "there.csv", "there.v2"])
def test_it_asks_before_it_replaces_what_a_completed_name_names(qapp: QApplication, tmp_path: Path, typed: str) -> None:
    for name in ("there.csv", "there.v2.csv"):
        (tmp_path / name).write_text("kept")

    async def ask() -> tuple[int, bool]:
        dialog = SaveDialog("Save", str(tmp_path / "figures.json"), "JSON (*.json);;CSV (*.csv)")
        dialog.open()
        dialog.selectNameFilter("CSV (*.csv)")
        _name_field(dialog).setText(typed)
        asyncio.get_running_loop().call_soon(dialog.accept)
        await asyncio.sleep(0.05)
        level = QThread.currentThread().loopLevel()
        await leave_loops()
        is_still_open = dialog.isVisible()
        dialog.reject()
        dialog.deleteLater()
        return level, is_still_open

    with qasync.QEventLoop(qapp, already_running=False) as loop:
        assert loop.run_until_complete(ask()) == (2, True)


def _name_field(dialog: SaveDialog) -> QLineEdit:
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    assert isinstance(field, QLineEdit)
    return field


def test_what_is_ticked_stands_on_one_line_with_its_field(qtbot: QtBot, plans: PlanModel, words: Words) -> None:
    dialog = SeveralDialog([SHOP.id, PRINTER.id], plans, words)
    qtbot.addWidget(dialog)
    dialog.show()

    for field, tick in dialog._ticks.items():
        assert abs(tick.geometry().center().y() - field.geometry().center().y()) <= 1
