"""Alive, suspect, dead: judged from the last byte read, to the exact second, whatever happens in between."""

from math import inf

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearline.domain.event import LivenessChanged
from clearline.domain.liveness import Heartbeat, Liveness
from clearline.resilience.heartbeat import FIGURE_EVERY, MOST_AWAITED, Pulse

POLICY = Heartbeat(interval_s=5, timeout_s=2, misses_to_suspect=1, misses_to_dead=3)


def connected(policy: Heartbeat = POLICY, now: float = 0.0) -> Pulse:
    pulse = Pulse("t", policy)
    pulse.connected(now)
    return pulse


def drive(pulse: Pulse, until_s: float) -> list[LivenessChanged]:
    """Send what is due and tell the time, with a peer that is silent."""
    told: list[LivenessChanged] = []
    while pulse.next_s <= until_s:
        now = pulse.next_s
        told += pulse.tick(now)
        if pulse.due_s <= now:
            pulse.sent(now)
    return told


def test_it_tells_that_a_connection_was_made() -> None:
    (told,) = Pulse("t", POLICY).connected(1.0)
    assert (told.target, told.before, told.after, told.reason) == ("t", Liveness.UNKNOWN, Liveness.ALIVE, "connected")


def test_it_beats_at_once_on_a_new_connection() -> None:
    assert connected(now=3.0).due_s == 3.0


def test_it_beats_again_an_interval_after_the_last_byte() -> None:
    pulse = connected()
    pulse.sent(0.0)
    pulse.heard(0.5)
    pulse.answered(0.5)
    pulse.heard(2.0)
    assert pulse.due_s == 7.0


def test_it_asks_a_peer_that_always_talks_all_the_same() -> None:
    pulse = connected()
    pulse.sent(0.0)
    pulse.heard(0.5)
    pulse.answered(0.5)
    for second in range(1, 30):
        pulse.heard(float(second))
        if pulse.due_s <= second:
            break
    assert second == FIGURE_EVERY * POLICY.interval_s


def test_it_waits_for_an_answer_before_the_next_beat() -> None:
    pulse = connected()
    pulse.sent(0.0)
    assert (pulse.due_s, pulse.next_s) == (inf, 2.0)


def test_it_goes_from_alive_to_suspect_to_dead_in_silence() -> None:
    pulse = connected()
    pulse.sent(0.0)
    pulse.heard(0.5)
    pulse.answered(0.5)
    told = drive(pulse, 60.0)
    assert [(change.at_s, change.after, change.misses) for change in told] == [
        (7.5, Liveness.SUSPECT, 1),
        (11.5, Liveness.DEAD, 3),
    ]
    assert told[-1].silent_s == POLICY.silence_s


def test_it_is_alive_again_with_any_byte() -> None:
    pulse = connected()
    assert drive(pulse, 2.0)[-1].after is Liveness.SUSPECT
    (told,) = pulse.heard(2.5)
    assert (told.before, told.after, told.reason, told.silent_s) == (Liveness.SUSPECT, Liveness.ALIVE, "heard", 2.5)
    assert pulse.misses == 0


def test_it_takes_an_answer_after_the_limit_as_late_and_not_as_lost() -> None:
    pulse = connected()
    drive(pulse, 2.0)
    pulse.heard(2.5)
    assert pulse.answered(2.5, 1) == (1, 2.5, True)


def test_it_takes_answers_without_a_number_in_the_order_of_the_beats() -> None:
    pulse = connected()
    drive(pulse, 2.0)
    pulse.heard(2.5)
    assert [pulse.answered(2.5), pulse.answered(2.75)] == [(1, 2.5, True), (2, 0.75, False)]


def test_it_takes_nothing_for_an_answer_that_nobody_asked_for() -> None:
    pulse = connected()
    pulse.sent(0.0)
    assert pulse.answered(0.1, 7) is None
    assert pulse.is_awaiting


def test_it_takes_no_answer_twice() -> None:
    pulse = connected()
    pulse.sent(0.0)
    assert pulse.answered(0.1, 1) is not None
    assert pulse.answered(0.2, 1) is None


@pytest.mark.parametrize("reason", ["closed", "reset", "aborted", "lost"])
def test_it_is_dead_once_the_connection_ended(reason: str) -> None:
    pulse = connected()
    (told,) = pulse.ended(4.0, reason)
    assert (told.after, told.reason, told.silent_s, pulse.next_s) == (Liveness.DEAD, reason, 4.0, inf)


def test_it_dies_only_once() -> None:
    pulse = connected()
    pulse.ended(4.0, "reset")
    assert pulse.ended(5.0, "closed") == ()


def test_it_hears_nothing_of_a_dead_connection() -> None:
    pulse = connected()
    pulse.ended(4.0, "reset")
    assert pulse.heard(5.0) == ()
    assert pulse.state is Liveness.DEAD


def test_it_lives_again_with_a_new_connection() -> None:
    pulse = connected()
    pulse.ended(4.0, "reset")
    (told,) = pulse.connected(6.0)
    assert (told.before, told.after, pulse.due_s) == (Liveness.DEAD, Liveness.ALIVE, 6.0)


def test_it_counts_nothing_of_a_sleep_and_beats_at_once_after_it() -> None:
    pulse = connected()
    pulse.sent(0.0)
    pulse.jolted(3600.0)
    assert pulse.tick(3600.0) == ()
    assert (pulse.misses, pulse.due_s, pulse.state) == (0, 3600.0, Liveness.ALIVE)


def test_it_counts_the_silence_from_the_end_of_a_sleep() -> None:
    pulse = connected()
    pulse.jolted(3600.0)
    assert drive(pulse, 3602.0)[-1].silent_s == 2.0


def test_it_takes_the_answer_to_a_beat_from_before_the_sleep_for_nothing() -> None:
    pulse = connected()
    pulse.sent(0.0)
    pulse.jolted(3600.0)
    assert pulse.answered(3600.1, 1) is None


def test_it_rests_for_an_interval_where_a_beat_was_refused() -> None:
    pulse = connected()
    pulse.give_up(1.0)
    assert pulse.due_s == 6.0


def test_it_remembers_no_more_beats_than_it_must() -> None:
    pulse = connected()
    for number in range(100):
        pulse.sent(float(number))
    assert pulse.answered(100.0, 100 - MOST_AWAITED) is None
    assert pulse.answered(100.0, 101 - MOST_AWAITED) is not None


def test_it_takes_another_pace_from_the_last_byte_on() -> None:
    pulse = connected()
    pulse.sent(0.0)
    pulse.heard(0.5)
    pulse.answered(0.5, 1)
    pulse.change(msgspec.structs.replace(POLICY, interval_s=3))
    assert pulse.due_s == 3.5


def test_it_knows_nothing_once_we_let_go_of_the_connection() -> None:
    pulse = connected()
    (told,) = pulse.stopped(1.0)
    assert (told.after, told.reason, pulse.next_s) == (Liveness.UNKNOWN, "stopped", inf)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["wait", "beat", "hear", "answer", "late answer", "jolt", "end", "connect", "skip", "forget", "stop"]
        ),
        st.floats(0, 4, allow_nan=False),
    ),
    max_size=60,
)
POLICIES = st.builds(
    lambda interval_s, timeout_s, suspect, more: Heartbeat(
        interval_s=interval_s, timeout_s=timeout_s, misses_to_suspect=suspect, misses_to_dead=suspect + more
    ),
    st.floats(0.1, 10),
    st.floats(0.05, 5),
    st.integers(1, 3),
    st.integers(0, 3),
)


class History:
    """A pulse, what happened to it, and what must hold after each step."""

    def __init__(self, policy: Heartbeat) -> None:
        self.pulse = Pulse("t", policy)
        self.now = 0.0
        self.life_s = 0.0
        """When the peer was last known to live, or silence began to count anew."""
        self.told: list[LivenessChanged] = []
        self.answers: set[tuple[int, int]] = set()
        self.connection = 0

    def advance(self, seconds: float) -> None:
        """Time passes as a driver lets it: what is due is told at its moment."""
        end_s = self.now + seconds
        while self.pulse.next_s <= end_s:
            self.now = max(self.now, self.pulse.next_s)
            self.tell(self.pulse.tick(self.now))
            if self.pulse.due_s <= self.now:
                self.pulse.sent(self.now)
        self.now = end_s

    def step(self, name: str) -> None:
        pulse = self.pulse
        if name == "beat" and pulse.is_connected:
            pulse.sent(self.now)
        elif name == "hear":
            self.hear()
        elif name in ("answer", "late answer") and pulse.is_connected:
            self.hear()
            answer = pulse.answered(self.now, None if name == "answer" else 1)
            if answer is not None:
                assert (self.connection, answer.number) not in self.answers
                self.answers.add((self.connection, answer.number))
                assert answer.is_late == (answer.after_s > pulse.policy.timeout_s)
        elif name == "jolt":
            pulse.jolted(self.now)
            self.life_s = self.now
        elif name == "end":
            self.tell(pulse.ended(self.now, "reset"))
        elif name == "connect" and not pulse.is_connected:
            self.connection += 1
            self.life_s = self.now
            self.tell(pulse.connected(self.now))
        elif name == "skip":
            pulse.give_up(self.now)
        elif name == "stop":
            self.tell(pulse.stopped(self.now))
        elif name == "forget":
            pulse.forget()

    def hear(self) -> None:
        if self.pulse.is_connected:
            self.life_s = self.now
        self.tell(self.pulse.heard(self.now))

    def tell(self, changes: tuple[LivenessChanged, ...]) -> None:
        for change in changes:
            assert change.before is (self.told[-1].after if self.told else Liveness.UNKNOWN)
            assert change.before is not change.after
            assert change.silent_s >= 0
            if change.reason == "silence" and change.after is Liveness.DEAD:
                needed_s = self.pulse.policy.timeout_s * self.pulse.policy.misses_to_dead
                assert self.now - self.life_s >= needed_s - 1e-6
            self.told.append(change)


@settings(max_examples=1500)
@given(POLICIES, STEPS)
def test_it_never_dies_of_a_silence_that_was_none_and_tells_an_unbroken_story(
    policy: Heartbeat, steps: list[tuple[str, float]]
) -> None:
    history = History(policy)
    for name, seconds in steps:
        history.step(name)
        history.advance(seconds)
        pulse = history.pulse
        assert pulse.state is (history.told[-1].after if history.told else Liveness.UNKNOWN)
        assert pulse.is_connected == (pulse.next_s < inf)
        assert pulse.misses == 0 or pulse.misses <= policy.misses_to_dead


@settings(max_examples=1500)
@given(POLICIES, STEPS)
def test_it_always_ends_dead_in_lasting_silence_and_in_time(policy: Heartbeat, steps: list[tuple[str, float]]) -> None:
    history = History(policy)
    history.step("connect")
    for name, seconds in steps:
        history.step(name)
        history.advance(seconds)
    was_connected = history.pulse.is_connected
    silent_from_s = history.now
    # A beat refused just now rests for one interval more than one that was answered.
    history.advance(policy.silence_s + 1e-6)
    assert not history.pulse.is_connected
    if was_connected:
        assert history.pulse.state is Liveness.DEAD
        assert history.told[-1].at_s <= silent_from_s + policy.silence_s + 1e-6
