"""Messages about targets: one for all that fails together, none for what came back before it was told."""

import pytest
from PySide6.QtCore import QCoreApplication, QTimer

from clearline.domain.event import NetworkChange, NetworkChanged
from clearline.domain.plan import Plan
from clearline.domain.target import Target
from clearline.ui.viewmodels.notices import AT_MOST_EVERY_MS, GATHER_MS, Notices
from clearline.ui.viewmodels.session import SessionModel
from clearline.ui.viewmodels.words import Words
from support.window_events import failure, started, success

TARGETS = tuple(Target(f"t{number}", f"tcp://t{number}.example:1", name=f"T{number}") for number in range(6))


class Ear:
    """Hears what is said; the timers are turned by hand."""

    def __init__(self) -> None:
        self.session = SessionModel()
        self.session.use_plan(Plan(targets=TARGETS))
        self.session.fold([started()])
        self.is_wanted = True
        self.heard: list[tuple[str, str]] = []
        self.notices = Notices(self.session, Words(), lambda: self.is_wanted)
        self.notices.due.connect(self._hear)

    def fail(self, *numbers: int, at: int = 1) -> None:
        self.session.fold([event for number in numbers for event in failure(f"t{number}", at)])

    def answer(self, *numbers: int, at: int = 2) -> None:
        self.session.fold([event for number in numbers for event in success(f"t{number}", at)])

    def running(self) -> list[int]:
        return sorted(timer.interval() for timer in self.notices.findChildren(QTimer) if timer.isActive())

    def _hear(self, title: str, text: str) -> None:
        self.heard.append((title, text))


@pytest.fixture
def ear(qapp: QCoreApplication) -> Ear:
    return Ear()


def test_it_gathers_what_fails_together_into_one_message(ear: Ear) -> None:
    ear.fail(0, 1)
    ear.fail(2, 3, 4, 5)
    assert ear.running() == [GATHER_MS]

    ear.notices.tell()

    assert ear.heard == [("6 targets fail", "T0, T1, T2, T3 and 2 more")]
    assert AT_MOST_EVERY_MS in ear.running()


def test_it_says_nothing_of_what_came_back_in_time(ear: Ear) -> None:
    ear.fail(0)
    ear.answer(0)

    ear.notices.tell()

    assert ear.heard == []


def test_it_tells_what_answers_again_beside_what_fails_now(ear: Ear) -> None:
    ear.fail(0)
    ear.notices.tell()
    ear.answer(0)
    ear.fail(1, at=3)

    ear.notices.tell()

    assert ear.heard[1][1] == "T1\nAnswer again: T0"


def test_it_says_nothing_nobody_wants_and_does_not_say_it_later(ear: Ear) -> None:
    ear.is_wanted = False
    ear.fail(0)
    ear.notices.tell()
    ear.is_wanted = True

    ear.notices.tell()

    assert ear.heard == []


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("gateway_silent", ["Your own network does not answer either"]),
        ("gateway_there", []),
        ("outside_silent", ["Nothing else outside answers either"]),
        ("outside_there", []),
    ],
)
def test_it_points_to_what_fails_too(ear: Ear, what: str, told: list[str]) -> None:
    change = NetworkChange(what, "10.0.0.1", "", "")
    ear.session.fold([NetworkChanged(at_s=1.0, from_s=0.0, changes=(change,))])
    ear.fail(0)

    ear.notices.tell()

    (_, text) = ear.heard[0]
    known = ("Your own network does not answer either", "Nothing else outside answers either")
    assert [each for each in known if each in text] == told
