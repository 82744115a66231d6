"""From the engine to the models, a batch a frame."""

from collections.abc import Sequence

import pytest
from pytestqt.qtbot import QtBot

from clearline.domain.event import AnyEvent
from clearline.ui import event_pump
from clearline.ui.event_pump import EventPump
from support.window_events import SHOP, success

pytestmark = pytest.mark.qt


def test_it_folds_what_came_meanwhile_as_one_batch(qtbot: QtBot) -> None:
    batches: list[list[AnyEvent]] = []
    pump = EventPump([batches.append])

    pump.receive(success(SHOP.id, 1))
    pump.receive(success(SHOP.id, 2))
    assert batches == []
    qtbot.waitUntil(lambda: bool(batches))

    assert len(batches) == 1
    assert [event.at_s for event in batches[0]] == sorted(event.at_s for event in batches[0])


def test_it_feeds_each_model_in_turn(qtbot: QtBot) -> None:
    order: list[str] = []
    pump = EventPump([lambda events: order.append("session"), lambda events: order.append("series")])

    pump.receive(success(SHOP.id, 1))
    pump.flush()

    assert order == ["session", "series"]


def test_it_leaves_the_rest_of_a_flood_for_the_next_frame(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_pump, "BUDGET_S", 0.0)
    folded: list[AnyEvent] = []
    pump = EventPump([folded.extend])
    flood = [event for number in range(event_pump.CHUNK) for event in success(SHOP.id, number)]

    pump.receive(flood)
    pump.flush()
    assert len(folded) == event_pump.CHUNK
    assert pump.waiting == event_pump.CHUNK
    qtbot.waitUntil(lambda: pump.waiting == 0)

    assert folded == flood


def test_it_takes_longer_turns_the_more_waits(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 0.0
    monkeypatch.setattr(event_pump.time, "perf_counter", lambda: now_s)
    folded: list[AnyEvent] = []

    def fold(events: Sequence[AnyEvent]) -> None:
        nonlocal now_s
        now_s += 0.004
        folded.extend(events)

    def turn(count: int) -> float:
        pump = EventPump([fold])
        pump.receive(success(SHOP.id, 1)[:1] * count)
        begun_s = now_s
        pump.flush()
        pump.stop()
        return now_s - begun_s

    usual_s, longer_s, longest_s = turn(500), turn(2 * event_pump.BEHIND), turn(100 * event_pump.BEHIND)

    assert usual_s == pytest.approx(event_pump.BUDGET_S)
    assert usual_s < longer_s < longest_s == pytest.approx(event_pump.LONGEST_S)


def test_it_folds_nothing_once_stopped(qtbot: QtBot) -> None:
    folded: list[AnyEvent] = []
    pump = EventPump([folded.extend])
    pump.receive(success(SHOP.id, 1))

    pump.stop()
    pump.flush()

    assert folded == []
