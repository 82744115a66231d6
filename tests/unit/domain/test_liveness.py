"""How soon a dead connection is known, by the kernel's probes and by our own beats, and whose pace beats follow."""

import msgspec

from clearline.domain.liveness import Heartbeat, KeepAlive
from clearline.domain.plan import Plan
from clearline.domain.profile import STANDARD
from clearline.domain.target import Target

LINE = Target(id="t", address="beat://chat.test:7000")


def test_it_gives_data_in_flight_as_long_as_an_idle_line() -> None:
    assert KeepAlive(idle_s=60, interval_s=10, count=3).unacknowledged_s == 90


def test_it_takes_the_user_timeout_that_was_set() -> None:
    assert KeepAlive(user_timeout_s=7).unacknowledged_s == 7


def test_it_knows_the_longest_silence_before_death() -> None:
    assert Heartbeat(interval_s=5, timeout_s=2, misses_to_dead=3).silence_s == 11


def test_it_beats_at_the_pace_of_its_profile_and_not_of_the_plan() -> None:
    assert Plan((LINE,), interval_s=60).interval_of(LINE) == STANDARD.heartbeat.interval_s


def test_it_beats_at_its_own_pace_where_it_has_one() -> None:
    assert Plan((LINE,)).interval_of(msgspec.structs.replace(LINE, interval_s=0.5)) == 0.5


def test_it_numbers_beats_only_where_the_answer_tells_the_number() -> None:
    assert Heartbeat().is_numbered
    assert not Heartbeat(send="PING {n}", expect="PONG").is_numbered
