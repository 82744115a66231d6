"""Roll-ups while recording: the same figures as folding the events directly, however they come."""

import random

import pytest

from clearline.domain.event import AttemptEnded, CheckEnded, CheckMissed
from clearline.domain.rollup import Rollup
from clearline.store.rollup import GRACE_S, Counted, Key, RollupKeeper, folded, merged
from support.recorded_events import TARGET, check, checks


def counted(count: int) -> list[Counted]:
    return [event for event in checks(count) if isinstance(event, AttemptEnded | CheckEnded | CheckMissed)]


class Rows:
    """The rows of roll-ups, in memory."""

    def __init__(self) -> None:
        self.rows: dict[Key, Rollup] = {}
        self.writes = 0

    def store(self, due: list[tuple[Key, Rollup]]) -> None:
        self.writes += len(due)
        self.rows |= dict(due)


def test_it_writes_each_stretch_once_it_is_over() -> None:
    rows = Rows()
    keeper = RollupKeeper({}, rows.rows.get)
    for event in counted(100):
        keeper.add(event)
        rows.store(keeper.take_due())
    expected = {(10, TARGET, start): part for start, part in folded(counted(100), 10).items() if start < 90}
    assert rows.rows == expected
    assert rows.writes == len(expected)


def test_it_keeps_a_stretch_open_for_its_grace() -> None:
    keeper = RollupKeeper({}, {}.get)
    keeper.add(check(0, 5.0))
    keeper.add(check(1, 10.0 + GRACE_S - 0.1))
    assert keeper.take_due() == []


def test_it_adds_a_late_event_to_the_row_that_was_written() -> None:
    rows = Rows()
    keeper = RollupKeeper({}, rows.rows.get)
    for event in (check(0, 5.0), check(1, 25.0), check(2, 6.0)):
        keeper.add(event)
        rows.store(keeper.take_due())
    assert rows.rows[10, TARGET, 0.0].ok == 2


def test_it_folds_a_replayed_event_into_open_stretches_only() -> None:
    keeper = RollupKeeper({10: 20.0, 300: 0.0}, {}.get)
    for at_s in (5.0, 25.0, 400.0):
        keeper.add(check(0, at_s), is_replay=True)
    assert {(key[0], key[2]): part.ok for key, part in keeper.take_due()} == {(10, 20.0): 1, (300, 0.0): 2}


@pytest.mark.parametrize("seed", range(5))
def test_it_merges_short_stretches_into_the_long_ones_of_the_same_events(seed: int) -> None:
    chance = random.Random(seed)
    events = [event for event in counted(900) if chance.random() < 0.7]
    short = folded(events, 10)
    long = merged((short[start] for start in sorted(short)), 300)
    direct = folded(events, 300)
    for part in (*long.values(), *direct.values()):
        part.latency_sum_ms = round(part.latency_sum_ms, 6)
    assert long == direct
