"""From one outage to the next by key."""

import pytest

from clearline.domain.event import PlanApplied
from clearline.domain.plan import Plan, new_target
from clearline.ui.viewmodels.outage_jump import OutageJump
from clearline.ui.viewmodels.selection import Selection
from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.time_axis import Span, TimeAxis
from support.scheduled_checks import scheduled

A, B = new_target("tcp://a.example:1"), new_target("tcp://b.example:1")
LASTS_S = 4000.0


@pytest.fixture
def series() -> SeriesStore:
    store = SeriesStore(clock=lambda: 0.0)
    store.is_live = False
    store.fold(PlanApplied(at_s=0.0, plan=Plan((A, B))))
    store.fold(scheduled(LASTS_S, [(500, 520), (1500, 1700), (3000, 3005)], target=A.id))
    store.fold(scheduled(LASTS_S, [(1000, 1030)], target=B.id))
    return store


@pytest.mark.parametrize(
    ("selected", "steps", "begun_s"),
    [
        ([A.id], [-1], [3000]),
        ([A.id], [-1, -1, -1, -1, 1], [3000, 1500, 500, None, 1500]),
        ([], [-1, -1, -1, 1, 1], [3000, 1500, 1000, 1500, 3000]),
        ([B.id], [-1, 1, -1], [1000, None, None]),
        ([A.id], [1], [None]),
    ],
)
def test_it_goes_to_each_outage_in_turn(
    series: SeriesStore, selected: list[str], steps: list[int], begun_s: list[float | None]
) -> None:
    axis, selection = TimeAxis(), Selection()
    axis.set_now(LASTS_S)
    selection.select(selected)
    jump = OutageJump(series, axis, selection)
    for step, expected in zip(steps, begun_s, strict=True):
        before = axis.from_s, axis.to_s
        assert jump.go(step) is (expected is not None)
        if expected is None:
            assert (axis.from_s, axis.to_s) == before
        else:
            assert axis.cursor_s == expected
            assert axis.from_s < expected < axis.to_s


def test_it_shows_the_whole_outage_and_closes_in_on_a_short_one(series: SeriesStore) -> None:
    axis, selection = TimeAxis(), Selection()
    axis.set_now(LASTS_S)
    selection.select([A.id])
    axis.set_span(Span.SESSION)
    jump = OutageJump(series, axis, selection)
    assert jump.go(-1)
    assert axis.length_s == 60
    assert jump.go(-1)
    assert axis.from_s < 1500 < 1700 < axis.to_s


def test_a_window_moved_elsewhere_goes_on_from_there(series: SeriesStore) -> None:
    axis, selection = TimeAxis(), Selection()
    axis.set_now(LASTS_S)
    selection.select([A.id])
    jump = OutageJump(series, axis, selection)
    jump.go(-1)
    axis.show(700.0, 800.0)
    jump.go(1)
    assert axis.cursor_s == 1500
