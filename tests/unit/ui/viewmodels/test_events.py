"""The list of events: newest first, told once, searchable, bounded."""

import msgspec
import pytest

from clearline.domain.event import (
    AnyEvent,
    BreakerState,
    CommandRefused,
    Health,
    LabFaultChanged,
    MarkerDropped,
    PlanApplied,
)
from clearline.domain.event import TesterDisturbed as Disturbed
from clearline.domain.profile import STANDARD, replace_field
from clearline.ui.viewmodels import events as events_module
from clearline.ui.viewmodels.events import EventFilter, EventListModel
from clearline.ui.viewmodels.session import SessionModel
from clearline.ui.viewmodels.words import Words
from support.window_events import PLAN, PRINTER, SHOP, breaker, failure, started, success


@pytest.fixture
def session() -> SessionModel:
    model = SessionModel()
    model.use_plan(PLAN)
    model.fold([started()])
    return model


@pytest.fixture
def lines(session: SessionModel) -> EventListModel:
    return EventListModel(Words())


def _texts(lines: EventListModel) -> list[str]:
    return [lines.line(lines.index(row)).text for row in range(lines.rowCount())]


def test_it_tells_the_newest_first(lines: EventListModel, session: SessionModel) -> None:
    lines.fold([started(), MarkerDropped(at_s=1.0, text="cable out"), *failure(SHOP.id, 2)], session)

    assert _texts(lines) == ["connection refused", "marker: cable out", "session started"]
    # A marker says nothing of how a target is.
    assert lines.line(lines.index(1)).status is None


def test_it_tells_a_streak_of_one_fault_once_and_its_end(lines: EventListModel, session: SessionModel) -> None:
    streak = [event for number in range(5) for event in failure(SHOP.id, number)]

    lines.fold([*streak, *success(SHOP.id, 6), *success(SHOP.id, 7)], session)

    assert _texts(lines) == ["answers again", "connection refused"]


def test_it_tells_what_the_lab_made_but_not_that_all_is_well(lines: EventListModel, session: SessionModel) -> None:
    def made(at_s: float, fault: str, **options: float) -> LabFaultChanged:
        return LabFaultChanged(at_s=at_s, target=SHOP.id, fault=fault, options=options)

    lines.fold([made(1, ""), made(2, "delay", delay_ms=300), made(3, "delay", delay_ms=300), made(4, "")], session)

    assert _texts(lines) == ["the lab mends it", "the lab breaks it: more delay (delay 300 ms)"]


def test_it_tells_of_busy_moments_once_a_minute_and_of_long_ones_always(
    lines: EventListModel, session: SessionModel
) -> None:
    def busy(from_s: float, for_s: float = 0.1) -> Disturbed:
        return Disturbed(at_s=from_s + for_s, health=Health.BUSY, from_s=from_s)

    lines.fold([busy(1.0), busy(2.0), busy(30.0), busy(31.0, 4.0), busy(40.0), busy(96.0)], session)

    assert [round(lines.line(lines.index(row)).at_s, 1) for row in range(lines.rowCount())] == [96.1, 35.0, 1.1]


def test_it_inserts_once_a_batch(lines: EventListModel, session: SessionModel) -> None:
    inserted: list[tuple[int, int]] = []

    def hear(parent: object, first: int, last: int) -> None:
        inserted.append((first, last))

    lines.rowsInserted.connect(hear)
    lines.fold([*failure(SHOP.id, 1), *failure(PRINTER.id, 1), MarkerDropped(at_s=2.0, text="x")], session)
    lines.fold(success("nobody", 3), session)

    assert inserted == [(0, 2)]


def test_it_puts_a_breaker_into_words(lines: EventListModel, session: SessionModel) -> None:
    changes: list[AnyEvent] = [
        breaker(PRINTER, BreakerState.CLOSED, BreakerState.OPEN, 2.0),
        breaker(PRINTER, BreakerState.OPEN, BreakerState.HALF_OPEN, 14.0),
        breaker(PRINTER, BreakerState.HALF_OPEN, BreakerState.HALF_OPEN, 15.0, successes=1),
    ]

    lines.fold(changes, session)

    assert _texts(lines) == [
        "half-open: 1 of 2 succeeded",
        "half-open: testing recovery",
        "open for 12 s: too many failures in a row",
    ]
    assert lines.line(lines.index(0)).subject == PRINTER.name


def test_it_tells_what_disturbed_this_computer_and_what_was_refused(
    lines: EventListModel, session: SessionModel
) -> None:
    lines.fold(
        [
            Disturbed(at_s=9.0, health=Health.ASLEEP, from_s=2.0),
            CommandRefused(at_s=9.5, code="plan.no_profile", values={"target": "a", "profile": "b"}),
        ],
        session,
    )

    refused, asleep = _texts(lines)
    assert asleep == "this computer: asleep for 7 s"
    assert "profile" in refused


def test_it_keeps_only_so_many_lines(
    lines: EventListModel, session: SessionModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_module, "KEPT", 10)

    for number in range(4):
        lines.fold([MarkerDropped(at_s=number + part / 10, text=f"{number}.{part}") for part in range(5)], session)

    assert len(_texts(lines)) == 10
    assert _texts(lines)[0] == "marker: 3.4"


def test_it_finds_lines_by_words_and_by_technical_kind(lines: EventListModel, session: SessionModel) -> None:
    found = EventFilter(lines)
    lines.fold([*failure(SHOP.id, 1), MarkerDropped(at_s=2.0, text="cable out")], session)

    found.filter_by("tcp.refused shop")

    assert found.rowCount() == 1


def test_it_shows_the_lines_of_one_target_and_those_of_none(lines: EventListModel, session: SessionModel) -> None:
    found = EventFilter(lines)
    lines.fold([started(), *failure(SHOP.id, 1), *failure(PRINTER.id, 1)], session)

    found.only_of(SHOP.id)

    assert found.rowCount() == 2


def test_it_tells_what_changed_in_the_plan_with_old_and_new_numbers(
    lines: EventListModel, session: SessionModel
) -> None:
    profile = replace_field(STANDARD, "retry.attempts", 5)
    paused = msgspec.structs.replace(SHOP, is_paused=True)
    changed = PLAN.with_profile(profile).with_targets(
        paused if target.id == SHOP.id else target for target in PLAN.targets if target.id != PRINTER.id
    )

    lines.fold([PlanApplied(at_s=0.0, plan=PLAN), PlanApplied(at_s=0.1, plan=PLAN)], session)
    lines.fold([PlanApplied(at_s=3.0, plan=changed)], session)

    assert _texts(lines) == [f"1 removed: {PRINTER.label}; 1 paused: {SHOP.label}; profile “Standard”: attempts 3 → 5"]


def test_it_tells_a_change_of_the_plan_again_in_another_language(session: SessionModel) -> None:
    words = Words()
    lines = EventListModel(words)
    changed = PLAN.with_profile(replace_field(STANDARD, "timeouts.connect_s", 2.5))
    lines.fold([PlanApplied(at_s=0.0, plan=PLAN), PlanApplied(at_s=1.0, plan=changed)], session)

    words.use("fr")

    assert "2,50" in _texts(lines)[0]
