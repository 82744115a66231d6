"""One engine for one session: begins with the first target, hears of changes when they rest."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from clearline.domain.command import ApplyPlan, CheckNow, StartSession
from clearline.domain.plan import Plan
from clearline.ui.event_pump import EventPump
from clearline.ui.live_session import LiveSession, session_path
from support.window_events import PLAN, SHOP, SilentEngine

pytestmark = pytest.mark.qt


@pytest.fixture
def engines() -> list[SilentEngine]:
    return []


@pytest.fixture
def live(engines: list[SilentEngine], tmp_path: Path) -> LiveSession:
    def make(*args: object) -> SilentEngine:
        engines.append(SilentEngine(*args))  # type: ignore[arg-type]
        return engines[-1]

    return LiveSession(EventPump([]), tmp_path, make)  # type: ignore[arg-type]


def test_it_records_nothing_before_there_is_a_target(qtbot: QtBot, live: LiveSession) -> None:
    with qtbot.assertNotEmitted(live.ready, wait=350):
        live.apply(Plan())

    assert not live.has_started


def test_it_begins_with_the_first_target_in_a_file_of_its_own(qtbot: QtBot, live: LiveSession, tmp_path: Path) -> None:
    with qtbot.waitSignal(live.ready) as heard:
        live.apply(PLAN)

    session = heard.args[1]
    assert isinstance(session, StartSession)
    assert session.plan == PLAN
    assert Path(session.path).parent == tmp_path


def test_it_applies_many_quick_changes_once(qtbot: QtBot, live: LiveSession, engines: list[SilentEngine]) -> None:
    with qtbot.waitSignal(live.ready):
        live.apply(PLAN)
    for count in range(1, 5):
        live.apply(PLAN.with_targets(PLAN.targets[:count]))

    qtbot.waitUntil(lambda: bool(engines[0].sent))

    assert engines[0].sent == [ApplyPlan(plan=PLAN)]


def test_it_refuses_commands_before_the_start(live: LiveSession, engines: list[SilentEngine]) -> None:
    live.check_now([SHOP.id])

    assert engines[0].sent == []


def test_it_checks_now(qtbot: QtBot, live: LiveSession, engines: list[SilentEngine]) -> None:
    with qtbot.waitSignal(live.ready):
        live.apply(PLAN)

    live.check_now([SHOP.id])

    assert engines[0].sent == [CheckNow(targets=(SHOP.id,))]


def test_it_takes_a_name_that_a_second_window_of_the_same_minute_cannot_take(tmp_path: Path) -> None:
    first = session_path(tmp_path / "sessions", 0.0)
    second = session_path(tmp_path / "sessions", 0.0)
    assert second != first
    assert {first.suffix, second.suffix} == {".clearline"}


def test_it_leaves_it_to_the_recorder_to_say_why_no_file_can_be_made(tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    folder.write_text("in the way")
    assert session_path(folder, 0.0).parent == folder
