"""When so many samples are disturbed that no latency is judged, and when again."""

from clearline.domain.event import AttemptEnded, SessionStarted
from clearline.domain.outcome import Outcome
from clearline.domain.phase import PhaseTimes
from clearline.domain.strain import FEWEST, WINDOW_S, StrainWatch

CALM = Outcome(PhaseTimes(connect=10.0), kernel_rtt_ms=9.5, lag_ms=0.5)
STRAINED = Outcome(PhaseTimes(connect=20.0), kernel_rtt_ms=9.5, lag_ms=10.5)


def attempt(at_s: float, outcome: Outcome = CALM, *, is_disturbed: bool = False) -> AttemptEnded:
    return AttemptEnded(
        at_s=at_s, target="a", check=1, attempt=1, started_s=at_s, outcome=outcome, is_disturbed=is_disturbed
    )


def after(*attempts: AttemptEnded) -> StrainWatch:
    watch = StrainWatch()
    for each in attempts:
        watch.fold(each)
    return watch


def test_it_judges_nothing_by_a_few_samples() -> None:
    assert not after(*(attempt(0.0, STRAINED) for _ in range(FEWEST - 1))).is_strained
    assert after(*(attempt(0.0, STRAINED) for _ in range(FEWEST))).is_strained


def test_it_begins_above_a_fifth() -> None:
    fifth = [attempt(0.0, STRAINED)] * 20 + [attempt(1.0)] * 80

    assert not after(*reversed(fifth)).is_strained
    assert after(*reversed(fifth), attempt(2.0, STRAINED)).is_strained


def test_it_counts_what_was_measured_while_the_tester_was_away() -> None:
    assert after(*(attempt(0.0, is_disturbed=True) for _ in range(FEWEST))).is_strained


def test_it_ends_only_below_a_tenth_and_says_so_once() -> None:
    watch = after(*[attempt(0.0, STRAINED)] * 30)

    turns = [number for number in range(400) if watch.fold(attempt(1.0))]

    assert turns == [270 - 1], "30 of 300 are a tenth"
    assert not watch.is_strained


def test_it_forgets_what_is_older_than_a_minute() -> None:
    watch = after(*[attempt(0.0, STRAINED)] * 30, *[attempt(WINDOW_S + 1.0)] * FEWEST)

    assert watch.share == 0.0
    assert not watch.is_strained


def test_it_takes_other_events_for_nothing() -> None:
    assert not StrainWatch().fold(SessionStarted(at_s=0.0, session_id="s", wall_s=0.0, path=""))
