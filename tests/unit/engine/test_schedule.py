"""When checks are due."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearline.engine.schedule import MOST_MISSED, Schedule, Slot, most_outstanding, offsets


class Fixed:
    """Chance that always gives the same number: 0.5 means no jitter."""

    def __init__(self, value: float = 0.5) -> None:
        self.value = value

    def random(self) -> float:
        return self.value


def due_times(schedule: Schedule, count: int) -> list[float]:
    found = []
    for _ in range(count):
        found.append(schedule.slot.due_s)
        schedule.advance()
    return found


def test_it_is_due_at_multiples_of_the_interval_from_its_origin() -> None:
    assert due_times(Schedule(10.0, 2.0, Fixed()), 4) == [10.0, 12.0, 14.0, 16.0]


def test_it_is_never_due_before_its_origin() -> None:
    assert Schedule(10.0, 2.0, Fixed(0.0)).slot.due_s == 10.0


def test_it_jitters_by_a_tenth_of_the_interval_at_most() -> None:
    assert due_times(Schedule(0.0, 1.0, Fixed(0.0)), 3) == [0.0, 0.9, 1.9]
    assert due_times(Schedule(0.0, 1.0, Fixed(0.9999999999)), 3) == pytest.approx([0.1, 1.1, 2.1])


@given(st.integers(), st.floats(0.1, 3600))
def test_it_never_drifts_however_chance_falls(seed: int, interval_s: float) -> None:
    schedule = Schedule(0.0, interval_s, random.Random(seed))
    for k, due_s in enumerate(due_times(schedule, 200)):
        assert abs(due_s - k * interval_s) <= 0.1001 * interval_s


@given(st.integers(), st.floats(0.1, 60))
def test_it_keeps_its_slots_in_order_and_apart(seed: int, interval_s: float) -> None:
    times = due_times(Schedule(0.0, interval_s, random.Random(seed)), 100)
    assert all(later - earlier > 0.79 * interval_s for earlier, later in itertools.pairwise(times))


def test_it_spreads_the_jitter_evenly() -> None:
    schedule = Schedule(0.0, 1.0, random.Random(1))
    shifts = [due_s - k for k, due_s in enumerate(due_times(schedule, 2001))][1:]
    assert sum(shift < -0.05 for shift in shifts) == pytest.approx(500, abs=80)
    assert sum(shift > 0.05 for shift in shifts) == pytest.approx(500, abs=80)


def test_it_misses_nothing_while_the_next_slot_is_not_due() -> None:
    schedule = Schedule(0.0, 1.0, Fixed())
    assert schedule.miss(0.99) == ()
    assert schedule.slot == Slot(0, 0.0)


def test_it_names_each_slot_that_a_newer_one_has_overtaken() -> None:
    schedule = Schedule(0.0, 1.0, Fixed())
    assert schedule.miss(3.2) == [Slot(0, 0.0), Slot(1, 1.0), Slot(2, 2.0)]
    assert schedule.slot == Slot(3, 3.0)


def test_it_skips_the_numbers_of_a_long_gap_and_names_only_the_first() -> None:
    schedule = Schedule(0.0, 0.1, Fixed())
    missed = schedule.miss(8 * 3600.05)
    assert [slot.number for slot in missed] == list(range(MOST_MISSED))
    assert schedule.slot.number == 288_004
    assert schedule.slot.due_s == pytest.approx(28_800.4)


def test_it_gives_a_check_besides_the_schedule_the_next_number() -> None:
    schedule = Schedule(0.0, 1.0, Fixed())
    schedule.advance()
    assert schedule.take_number() == 1
    assert schedule.slot == Slot(2, 1.0)


def test_it_begins_anew_at_another_pace_but_keeps_its_distance_from_the_last_slot() -> None:
    schedule = Schedule(0.0, 10.0, Fixed())
    schedule.advance()
    schedule.restart(1.0, 4.0)
    assert due_times(schedule, 2) == [4.0, 8.0]


def test_it_begins_at_once_when_the_new_interval_has_passed_already() -> None:
    schedule = Schedule(0.0, 60.0, Fixed())
    schedule.advance()
    schedule.restart(30.0, 1.0)
    assert schedule.slot == Slot(1, 30.0)


@pytest.mark.parametrize(("total_s", "interval_s", "expected"), [(30, 60, 1), (12, 5, 3), (30, 1, 8), (0.5, 0.25, 2)])
def test_it_allows_as_many_checks_at_once_as_fall_due_within_one(total_s, interval_s, expected) -> None:
    assert most_outstanding(total_s, interval_s) == expected


def test_it_spreads_new_targets_over_a_second_or_their_pace() -> None:
    starts = sorted(offsets([60.0] * 50))
    assert starts[0] == 0.0
    assert starts[-1] < 1.0
    assert max(later - earlier for earlier, later in itertools.pairwise(starts)) < 3 / 50
    assert max(offsets([0.1] * 10)) < 0.1


def test_it_starts_at_most_a_hundred_targets_a_second_where_the_pace_allows() -> None:
    starts = offsets([60.0] * 1000)
    assert max(starts) == pytest.approx(10.0, abs=0.1)
    busiest = max(sum(second <= start < second + 1 for start in starts) for second in range(10))
    assert busiest <= 105
