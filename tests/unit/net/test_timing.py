"""Time limits and stamps."""

import time

import msgspec
import pytest

from clearline.domain.phase import Phase
from clearline.domain.profile import Timeouts
from clearline.net.timing import Budget, Stopwatch, limit_in


class FrozenClock:
    def now(self) -> float:
        return 100.0

    def wall(self) -> float:
        return 0.0


def budget(left_s: float, **limits: float) -> Budget:
    return Budget(msgspec.structs.replace(Timeouts(), **limits), 100.0 + left_s, FrozenClock())


def test_it_gives_a_phase_its_own_limit_while_that_is_the_shorter() -> None:
    limit = budget(15, attempt_s=15, tls_s=5).limit(Phase.TLS)

    assert (limit.deadline.value_s, limit.deadline.by) == (5, "tls")
    assert limit.left_s == pytest.approx(5, abs=0.1)


def test_it_gives_a_phase_what_is_left_of_the_attempt() -> None:
    limit = budget(3, attempt_s=3, tls_s=5).limit(Phase.TLS)

    assert (limit.deadline.value_s, limit.deadline.by) == (3, "attempt")
    assert limit.left_s == pytest.approx(3, abs=0.1)


def test_it_names_the_total_where_the_attempt_was_given_less_than_its_own() -> None:
    assert budget(3, attempt_s=15, tls_s=5).limit(Phase.TLS).deadline.by == "total"


def test_it_gives_nothing_once_the_attempt_is_over() -> None:
    spent = budget(-1)

    assert spent.left_s == 0
    assert spent.limit(Phase.CONNECT).left_s == 0


def test_it_never_has_less_than_nothing_left() -> None:
    assert limit_in(-1).left_s == 0


MS = 1_000_000


def test_it_adds_up_without_a_gap() -> None:
    watch = Stopwatch()
    watch.enter(Phase.CONNECT, 0)
    watch.enter(Phase.SEND, 3 * MS)
    watch.enter(Phase.WAIT, 4 * MS)
    watch.stop(10 * MS)

    times = watch.times()
    assert (times.connect, times.send, times.wait) == (3, 1, 6)
    assert times.total_ms == 10
    assert times.tls is None


def test_it_keeps_the_time_of_a_phase_that_is_entered_twice() -> None:
    watch = Stopwatch()
    watch.enter(Phase.WAIT, 0)
    watch.enter(Phase.CONNECT, 2 * MS)
    watch.enter(Phase.WAIT, 5 * MS)
    watch.stop(6 * MS)

    assert (watch.times().wait, watch.times().connect) == (3, 3)


def test_it_gives_time_before_a_late_beginning_to_the_phase_before() -> None:
    watch = Stopwatch()
    watch.enter(Phase.RESOLVE, 0)
    watch.enter(Phase.CONNECT, 2 * MS)
    watch.began(3 * MS)
    watch.stop(10 * MS)

    assert (watch.times().resolve, watch.times().connect) == (3, 7)


def test_it_gives_time_before_a_late_beginning_to_nobody_in_the_first_phase() -> None:
    watch = Stopwatch()
    watch.enter(Phase.CONNECT, 0)
    watch.began(3 * MS)
    watch.stop(10 * MS)

    assert watch.times().connect == 7


def test_it_never_counts_backwards() -> None:
    watch = Stopwatch()
    watch.enter(Phase.WAIT, 5 * MS)
    watch.enter(Phase.RECEIVE, 4 * MS)
    watch.stop(4 * MS)

    assert (watch.times().wait, watch.times().receive) == (0, 0)


def test_it_adds_nothing_to_a_phase_that_is_only_named_again() -> None:
    watch = Stopwatch()
    watch.enter(Phase.WAIT, 0)
    watch.stop(2 * MS)
    watch.resume(Phase.WAIT)
    assert watch.spent_ms(Phase.WAIT) == 2
    watch.stop(time.perf_counter_ns())

    assert watch.times().wait == 2


def test_it_tells_the_running_phase_so_far() -> None:
    watch = Stopwatch()
    watch.enter(Phase.WAIT, time.perf_counter_ns() - 5 * MS)

    assert watch.spent_ms(Phase.WAIT) == pytest.approx(5, abs=50)
    assert watch.spent_ms(Phase.WAIT) >= 5
    assert watch.spent_ms(Phase.TLS) is None
