"""Sessions and plans that were there before: the library, and what was opened lately."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import qasync
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from clearline.domain.event import PlanApplied
from clearline.domain.keeping import Keeping
from clearline.domain.plan import Plan, new_target
from clearline.store.session_note import write_note
from clearline.store.writer import SessionWriter
from clearline.ui.keeping_dialog import KeepingQuestion
from clearline.ui.library_feed import LibraryFeed, _keep_note, look
from clearline.ui.recents import MOST, Recents
from clearline.ui.settings import WindowSettings
from clearline.ui.viewmodels.library import LASTED, NAME, TARGETS, WORST, LibraryModel, SessionEntry
from clearline.ui.viewmodels.theme import Theme, ThemeChoice
from clearline.ui.viewmodels.words import NONE, Words
from clearline.ui.widgets.empty_state import EmptyState, RecentButton
from clearline.ui.widgets.library_view import LibraryView
from clearline.ui.widgets.outline_delegate import OutlineDelegate
from support.scheduled_checks import scheduled
from support.window_events import PLAN, SHOP, WALL_S, failure, started

pytestmark = pytest.mark.qt


@pytest.fixture
def sessions(tmp_path: Path) -> Path:
    """One session, and one file that is none."""
    folder = tmp_path / "sessions"
    folder.mkdir()
    (folder / "letter.clearline").write_text("Dear support")
    writer = SessionWriter(folder / "shop.clearline", "s", WALL_S)
    writer.emit([started(), PlanApplied(at_s=0.0, plan=PLAN), *failure(SHOP.id, 75)])
    writer.close(5.0)
    return folder


@pytest.fixture
def entries(qapp: QApplication, sessions: Path) -> list[SessionEntry]:
    loop = qasync.QEventLoop(qapp, already_running=False)
    asyncio.set_event_loop(loop)
    found: list[SessionEntry] = []

    async def look_all() -> None:
        ended = asyncio.Event()
        feed.arrived.connect(found.append)
        feed.ended.connect(ended.set)
        feed.start()
        async with asyncio.timeout(10):
            await ended.wait()

    with ThreadPoolExecutor(max_workers=1) as executor:
        feed = LibraryFeed(sessions, executor)
        loop.run_until_complete(look_all())
    loop.close()
    asyncio.set_event_loop(None)
    return found


@pytest.fixture
def view(qtbot: QtBot, entries: list[SessionEntry], words: Words, tmp_path: Path) -> LibraryView:
    model = LibraryModel(words)
    made = LibraryView(model, str(tmp_path), Theme(ThemeChoice.LIGHT))
    model.setParent(made)
    qtbot.addWidget(made)
    made.show()
    made.begin()
    for entry in entries:
        model.add(entry)
    made.end()
    return made


def _row(view: LibraryView, name: str) -> int:
    return next(row for row in range(view._model.rowCount()) if view._model.entry(row).name == name)


def test_it_tells_what_a_session_holds(view: LibraryView) -> None:
    row = _row(view, "shop.clearline")
    cells = [view._model.index(row, column).data() for column in (LASTED, TARGETS, NAME)]
    assert cells == ["1 min 15 s", "4", "shop.clearline"]


def test_it_shows_files_that_cannot_be_opened_and_opens_none_of_them(view: LibraryView) -> None:
    row = _row(view, "letter.clearline")
    assert view._model.index(row, LASTED).data() == NONE
    assert "cannot be opened" in view._model.index(row, NAME).data()
    view.table.selectRow(row)
    assert not view.open_button.isEnabled()


def test_it_opens_the_chosen_session(view: LibraryView, qtbot: QtBot) -> None:
    row = _row(view, "shop.clearline")
    with qtbot.waitSignal(view.session_chosen) as chosen:
        view.table.activated.emit(view._model.index(row, 0))
    assert chosen.args == [view._model.entry(row).path]


def test_it_teaches_where_nothing_was_recorded(qtbot: QtBot, words: Words, tmp_path: Path) -> None:
    model = LibraryModel(words)
    view = LibraryView(model, str(tmp_path), Theme(ThemeChoice.LIGHT))
    model.setParent(view)
    qtbot.addWidget(view)
    view.show()
    view.begin()
    assert view._empty.text() == "Looking for sessions…"
    view.end()
    assert view._empty.text().startswith("Nothing was recorded yet.")


@pytest.mark.parametrize(
    ("text", "is_found"), [("shop", True), ("SHOP clearline", True), ("shop printer.nowhere", False), ("", True)]
)
def test_it_finds_a_session_by_its_words(view: LibraryView, text: str, is_found: bool) -> None:
    view.search.setText(text)
    names = [view._model.entry(row).name for row in range(view._model.rowCount())]
    assert ("shop.clearline" in names) is is_found
    view.search.setText("no such session")
    assert (view._model.rowCount(), view._empty.text()) == (0, "No session holds these words.")
    assert not view.open_button.isEnabled()


def test_it_tells_the_longest_outage(words: Words, tmp_path: Path) -> None:
    path = tmp_path / "night.clearline"
    target = new_target("tcp://printer.example:9100", name="Printer")
    writer = SessionWriter(path, "s", 1_790_000_000.0, batch_s=0)
    writer.emit([PlanApplied(at_s=0.0, plan=Plan((target,)))])
    writer.emit(list(scheduled(900, [(100, 110), (300, 420)], target=target.id)))
    assert writer.close()
    _, entry = look(path, 1)
    model = LibraryModel(words)
    assert entry is not None
    model.add(entry)
    assert model.index(0, WORST).data() == "2 min   Printer: No answer"


def test_a_later_part_of_a_split_session_is_as_long_as_its_own_time(tmp_path: Path) -> None:
    path = tmp_path / "night.clearline"
    target = new_target("tcp://printer.example:9100")
    writer = SessionWriter(path, "s", WALL_S, batch_s=0, keeping=Keeping(split_mb=0.2))
    events = [PlanApplied(at_s=0.0, plan=Plan((target,))), *scheduled(4000, target=target.id)]
    for place in range(0, len(events), 200):
        writer.emit(events[place : place + 200])
        assert writer.flush(20)
    assert writer.close()
    parts = [entry for part in tmp_path.glob("*.clearline") if (entry := look(part, 1)[1])]
    assert len(parts) >= 3
    assert sum(part.duration_s for part in parts) == pytest.approx(4000, abs=5 * len(parts))
    begins = sorted(part.wall_s for part in parts)
    assert begins[0] == pytest.approx(WALL_S, abs=1)
    assert begins[1] > WALL_S + 100


def test_its_preview_tells_when_what_failed(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "night.clearline"
    target = new_target("tcp://printer.example:9100")
    writer = SessionWriter(path, "s", WALL_S, batch_s=0)
    writer.emit([PlanApplied(at_s=0.0, plan=Plan((target,))), *scheduled(900, [(300, 420)], target=target.id)])
    assert writer.close()
    _, entry = look(path, 1)
    assert entry is not None
    assert sum(cell.ok + sum(cell.failed.values()) for cell in entry.outline) == 840  # 60 slots passed meanwhile.
    cell_s = 900 / len(entry.outline)
    broken = [place * cell_s for place, cell in enumerate(entry.outline) if cell.failed]
    assert (min(broken), max(broken)) == (pytest.approx(300, abs=10), pytest.approx(420, abs=15))
    theme = Theme(ThemeChoice.LIGHT)
    picture = OutlineDelegate(theme).picture(entry, QSize(180, 10), 1.0).toImage()
    layer = next(iter(entry.outline[round(360 / cell_s)].failed))
    assert picture.pixelColor(72, 5) == theme.color(f"layer_{layer.value}")
    assert picture.pixelColor(20, 5) == theme.color("heat_up")


def test_a_note_is_kept_beside_the_file_and_found(
    view: LibraryView, sessions: Path, words: Words, qtbot: QtBot
) -> None:
    before = (sessions / "shop.clearline").read_bytes()
    view.table.selectRow(_row(view, "shop.clearline"))
    view.note.setFocus()
    with qtbot.waitSignal(view.note_written) as written:
        qtbot.keyClicks(view.note, "Till 3 froze")
        view.table.selectRow(_row(view, "letter.clearline"))
    assert view.note.text() == ""
    write_note(Path(written.args[0]), written.args[1])
    assert (sessions / "shop.clearline").read_bytes() == before
    _, entry = look(sessions / "shop.clearline", 1)
    assert entry is not None
    assert entry.note == "Till 3 froze"
    view.search.setText("froze")
    assert [view._model.entry(row).name for row in range(view._model.rowCount())] == ["shop.clearline"]
    write_note(sessions / "shop.clearline", " ")
    assert not (sessions / "shop.clearline.note.txt").exists()


def test_a_note_is_kept_however_fast_somebody_goes_on_typing(view: LibraryView, qtbot: QtBot) -> None:
    view.show()
    view.note.setFocus()
    with qtbot.waitSignal(view.note_written) as written:
        while not written.signal_triggered:
            qtbot.keyClicks(view.note, "x")
            qtbot.wait(20)

    assert written.args[1].startswith("xx")


def test_a_note_that_cannot_be_kept_stays_and_is_told(view: LibraryView, sessions: Path) -> None:
    (sessions / "shop.clearline.note.txt.new").mkdir()
    assert _keep_note(sessions / "shop.clearline", "x") == ("shop.clearline", "Is a directory")
    view.table.selectRow(_row(view, "shop.clearline"))
    view.note.setText("x")
    view.show_unsaved("shop.clearline", "Is a directory")
    assert "not saved: Is a directory" in view._about.text()
    assert view.note.text() == "x"
    assert view.note.isModified()


def test_rules_are_asked_for_and_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    question = KeepingQuestion(Keeping(keep_days=30))
    qtbot.addWidget(question)
    assert question.fields["split_mb"].text() == "never"
    question.fields["split_mb"].setValue(500)
    settings = WindowSettings(tmp_path)
    settings.keeping = question.keeping
    settings.write()
    assert WindowSettings(tmp_path).keeping == Keeping(split_mb=500, keep_days=30)
    (tmp_path / "window.ini").write_text("[keeping]\nkeep_days=-5\nsplit_mb=soon\n")
    assert WindowSettings(tmp_path).keeping == Keeping()


def test_it_stops_reading_when_nobody_looks(qapp: QApplication, sessions: Path) -> None:
    loop = qasync.QEventLoop(qapp, already_running=False)
    asyncio.set_event_loop(loop)
    arrived: list[SessionEntry] = []

    async def look_away() -> None:
        feed.start()
        feed.halt()
        await asyncio.sleep(0.1)

    with ThreadPoolExecutor(max_workers=1) as executor:
        feed = LibraryFeed(sessions, executor)
        feed.arrived.connect(arrived.append)
        loop.run_until_complete(look_away())
    loop.close()
    asyncio.set_event_loop(None)
    assert arrived == []


@pytest.fixture
def recents(qtbot: QtBot, tmp_path: Path) -> Recents:
    menu = QMenu()
    qtbot.addWidget(menu)
    made = Recents(WindowSettings(tmp_path), menu)
    menu.setProperty("owner", made)
    return made


def test_it_remembers_what_was_opened_lately_the_latest_first(recents: Recents, tmp_path: Path) -> None:
    for path in ("/a.toml", "/b.clearline", "/a.toml"):
        recents.add(path)
    recents._settings.write()
    assert WindowSettings(tmp_path).recent == ["/a.toml", "/b.clearline"]
    assert [action.text() for action in recents._menu.actions()] == ["a.toml", "b.clearline"]


def test_it_remembers_a_single_one(recents: Recents, tmp_path: Path) -> None:
    recents.add("/a.toml")
    recents._settings.write()
    assert WindowSettings(tmp_path).recent == ["/a.toml"]


def test_it_forgets_the_oldest(recents: Recents) -> None:
    for number in range(MOST + 3):
        recents.add(f"/{number}.toml")
    assert len(recents.paths) == MOST
    assert "/0.toml" not in recents.paths


def test_it_opens_one_from_its_menu(recents: Recents, qtbot: QtBot) -> None:
    recents.add("/a & b.toml")
    with qtbot.waitSignal(recents.chosen) as chosen:
        recents._menu.actions()[0].trigger()
    assert chosen.args == ["/a & b.toml"]


def test_it_offers_them_on_the_first_screen(qtbot: QtBot) -> None:
    empty = EmptyState()
    qtbot.addWidget(empty)
    empty.show()
    empty.offer(["/x/a.toml", "/x/b.clearline"])
    links = [link for link in empty.findChildren(RecentButton) if link.isVisible()]
    assert [link.text() for link in links] == ["a.toml", "b.clearline"]
    with qtbot.waitSignal(empty.recent_chosen) as chosen:
        links[1].click()
    assert chosen.args == ["/x/b.clearline"]
