"""Two sessions beside each other, and one under other policies, in the window."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from clearline.domain.problem import InputError, Problem
from clearline.domain.profile import BUILT_IN
from clearline.host.texts import LANGUAGES, Language, Texts
from clearline.ui.library_feed import look
from clearline.ui.report_work import compare, marks, try_policies
from clearline.ui.viewmodels.comparing import CompareModel, CompareRequest
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.trying import TryModel, TryRequest
from clearline.ui.viewmodels.words import Words
from clearline.ui.viewmodels.work import Work
from clearline.ui.widgets.compare_page import OTHER, ComparePage
from clearline.ui.widgets.try_page import TryPage
from support.measured_events import begun, check, plan_of
from support.planted import planted_events
from support.report_session import made, recorded

pytestmark = pytest.mark.qt
TEXTS = Texts("en")


@pytest.fixture
def session(tmp_path: Path) -> str:
    return str(recorded(tmp_path / "acme.clearline", planted_events()))


@pytest.fixture
def page(qtbot: QtBot, theme: Theme, words: Words, session: str) -> ComparePage:
    model = CompareModel()
    shown = ComparePage(model, theme, words)
    model.setParent(shown)
    qtbot.addWidget(shown)
    shown.resize(1300, 800)
    entry = look(Path(session), 0)[1]
    assert entry is not None
    shown.offer(entry)
    shown.show()
    return shown


def test_it_says_what_to_choose_at_first(page: ComparePage) -> None:
    assert page.headline.text() == "Choose two sessions, or one and where to divide it."
    assert not page.table.isVisible()


def test_it_compares_once_two_sides_are_chosen(page: ComparePage, session: str) -> None:
    asked: list[CompareRequest] = []
    page.model.wanted.connect(asked.append)
    page.model.choose(a=session)
    assert asked == []
    page.b.chosen.emit(session)
    assert asked == [CompareRequest(session, session, 0.0, "")]


def test_it_shows_what_differs(page: ComparePage, session: str) -> None:
    request = CompareRequest(session, session, 0.0, "")
    work = Work()
    page.model.begin(work)
    page.model.compared = compare(request, TEXTS, work)
    page.model.finish(work)
    assert page.headline.text() == "Nothing differs beyond chance"
    assert page.table.rowCount() > 5
    assert page.bars.accessibleName() == page.headline.text()
    assert page.bars.height() > 100
    assert page.share.isEnabled()


def test_it_draws_nothing_where_the_two_have_no_target_in_common(
    page: ComparePage, session: str, tmp_path: Path
) -> None:
    other = str(recorded(tmp_path / "other.clearline", [*begun(plan_of(1)), *check(1.0, 0)], "another"))
    work = Work()
    page.model.begin(work)
    page.model.compared = compare(CompareRequest(session, other, 0.0, ""), TEXTS, work)
    page.model.finish(work)
    assert page.headline.text()
    assert not page.table.isVisible()
    assert not page.bars.isVisible()


def test_it_offers_markers_to_divide_a_session_at(page: ComparePage, session: str) -> None:
    found = marks(session, TEXTS)
    assert [told.partition("  ")[2] for _, told in found] == [
        "Jane Doe called from Hauptstrasse",
        "middle of the session",
    ]
    page.model.choose(a=session)
    page.model.set_marks(session, found)
    asked: list[CompareRequest] = []
    page.model.wanted.connect(asked.append)
    page.at.chosen.emit(found[1][0])
    assert asked == [CompareRequest(session, "", found[1][0], "")]
    told = compare(asked[0], TEXTS, Work())
    assert told is not None
    assert told.document.subtitle.startswith("A: before ")


def test_it_asks_for_the_ticket_where_one_side_is_redacted(page: ComparePage, session: str, tmp_path: Path) -> None:
    theirs = str(made(Path(session), tmp_path / "theirs.clearline", ticket="INC-4711"))
    with pytest.raises(InputError) as caught:
        compare(CompareRequest(session, theirs, 0.0, ""), TEXTS, Work())
    assert not page.ticket.isVisible()
    work = Work()
    page.model.begin(work)
    page.model.finish(work, caught.value.problems[0])
    assert page.ticket.isVisible()
    assert "--ticket" in page.bar.told.text() or "ticket" in page.bar.told.text()
    told = compare(CompareRequest(session, theirs, 0.0, "INC-4711"), TEXTS, Work())
    assert told is not None
    assert len(told.comparison.targets) == 2


def test_it_lets_another_file_be_looked_for(page: ComparePage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.file_asked) as asked:
        page.a.chosen.emit(OTHER)
    assert asked.args == ["a"]


def test_it_stops_when_nobody_wants_to_know(session: str) -> None:
    work = Work(is_unwanted=True)
    assert compare(CompareRequest(session, session, 0.0, ""), TEXTS, work) is None
    assert try_policies(TryRequest(session, 0.0, 1e12, (), BUILT_IN[:1]), work) is None


@pytest.fixture
def trying(qtbot: QtBot, theme: Theme, words: Words) -> TryPage:
    model = TryModel()
    shown = TryPage(model, theme, words)
    model.setParent(shown)
    qtbot.addWidget(shown)
    shown.resize(1300, 800)
    shown.show()
    return shown


def test_it_replays_under_two_other_profiles_and_shows_lanes(trying: TryPage, session: str) -> None:
    asked: list[TryRequest] = []
    trying.model.wanted.connect(asked.append)
    trying.model.open(session, (0.0, 1e12), (), BUILT_IN, "standard")
    assert [profile.name for profile in asked[-1].profiles] == ["quick check", "fetch"]
    work = Work()
    trying.model.begin(work)
    trying.model.tried = try_policies(asked[-1], work)
    trying.model.finish(work)
    assert [trying.table.horizontalHeaderItem(place).text() for place in range(4)] == [
        "All targets",
        "as run",
        "Quick check",
        "Fetch",
    ]
    assert trying.lanes.height() > 100
    assert "Errors a user would have seen: 20" in trying.lanes.accessibleName()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [980, 1024, 1480])
def test_it_scrolls_no_lanes_sideways(trying: TryPage, session: str, language: Language, width: int) -> None:
    trying._words.use(language)
    trying.resize(width, 640)
    trying.model.open(session, (0.0, 1e12), (), BUILT_IN, "standard")
    work = Work()
    trying.model.begin(work)
    trying.model.tried = try_policies(TryRequest(session, 0.0, 1e12, (), BUILT_IN[:2]), work)
    trying.model.finish(work)
    QApplication.processEvents()

    (area,) = trying.findChildren(QScrollArea)
    assert area.horizontalScrollBar().maximum() == 0
    assert not area.horizontalScrollBar().isVisible()


def test_it_tries_another_policy_when_it_is_chosen(trying: TryPage, session: str) -> None:
    trying.model.open(session, (0.0, 1e12), (), BUILT_IN, "standard")
    asked: list[TryRequest] = []
    trying.model.wanted.connect(asked.append)
    trying.first.chosen.emit("upload")
    trying.second.chosen.emit("")
    assert [[profile.name for profile in request.profiles] for request in asked] == [["upload", "fetch"], ["upload"]]


def test_it_says_what_went_wrong(trying: TryPage) -> None:
    work = Work()
    trying.model.begin(work)
    trying.model.finish(work, Problem("whatif.nothing"))
    assert trying.bar.told.text() == TEXTS.say("whatif.nothing")
