"""The circuit breaker, one story each."""

import sys
from typing import Any

import pytest

from clearline.domain.event import BreakerChanged, BreakerState
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.profile import BreakerMode, BreakerPolicy
from clearline.resilience.breaker import Breaker, BreakerRegistry, Permit, Refusal, Verdict, verdict_of

CLOSED, OPEN, HALF_OPEN, ISOLATED = (
    BreakerState.CLOSED,
    BreakerState.OPEN,
    BreakerState.HALF_OPEN,
    BreakerState.ISOLATED,
)
OK, FAILED, VOID = Verdict.OK, Verdict.FAILED, Verdict.VOID


def policy(**changes: Any) -> BreakerPolicy:
    """Trips on three in a row and on nothing else, unless told."""
    return BreakerPolicy(**{"streak": 3, "failure_ratio": 2.0, "open_s": 10.0, "open_cap_s": 35.0, **changes})


def permit(breaker: Breaker, now: float = 0.0) -> Permit:
    answer = breaker.admit(now)
    assert isinstance(answer, Permit)
    return answer


def refusal(breaker: Breaker, now: float = 0.0) -> Refusal:
    answer = breaker.admit(now)
    assert isinstance(answer, Refusal)
    return answer


def calls(breaker: Breaker, *verdicts: Verdict, now: float = 0.0, seconds: float = 0.01) -> list[BreakerChanged]:
    changes: list[BreakerChanged] = []
    for verdict in verdicts:
        given = permit(breaker, now)
        changes += given.changes
        changes += breaker.settle(given, verdict, now, seconds)
    return changes


def opened(**changes: Any) -> Breaker:
    """Open since second 0, until second 10."""
    breaker = Breaker("k", policy(**changes))
    calls(breaker, FAILED, FAILED, FAILED)
    assert breaker.state is OPEN
    return breaker


class TestClosed:
    def test_successes_before_the_first_failure_count_one_each(self) -> None:
        breaker = Breaker("k", policy(streak=0, failure_ratio=0.5, window_calls=10, minimum_calls=4))
        assert calls(breaker, OK, FAILED, FAILED) == []
        assert [change.reason for change in calls(breaker, FAILED)] == ["failure_ratio"]

    def test_it_opens_after_a_streak(self) -> None:
        breaker = Breaker("k", policy())
        assert calls(breaker, FAILED, FAILED) == []
        assert calls(breaker, FAILED, now=5.0) == [
            BreakerChanged(at_s=5.0, key="k", before=CLOSED, after=OPEN, reason="streak", until_s=15.0, failures=3)
        ]

    def test_it_stays_closed_where_successes_break_the_streak(self) -> None:
        breaker = Breaker("k", policy())
        calls(breaker, FAILED, FAILED, OK, FAILED, FAILED, OK, FAILED, FAILED)
        assert breaker.state is CLOSED

    def test_it_needs_no_streak_rule(self) -> None:
        breaker = Breaker("k", policy(streak=0))
        calls(breaker, *[FAILED] * 50)
        assert breaker.state is CLOSED

    def test_it_opens_on_the_failure_ratio_once_enough_calls_were_made(self) -> None:
        breaker = Breaker("k", policy(streak=0, failure_ratio=0.5, window_calls=10, minimum_calls=4))
        assert calls(breaker, FAILED, OK, FAILED) == []
        (change,) = calls(breaker, FAILED)
        assert (change.reason, change.failures) == ("failure_ratio", 3)

    def test_it_forgets_calls_that_left_the_window(self) -> None:
        breaker = Breaker("k", policy(streak=0, failure_ratio=0.75, window_calls=4, minimum_calls=4))
        calls(breaker, FAILED, FAILED, OK, OK, OK, FAILED, FAILED)
        assert breaker.state is CLOSED
        calls(breaker, FAILED)
        assert breaker.state is OPEN

    def test_it_never_opens_on_a_success(self) -> None:
        breaker = Breaker("k", policy(streak=0, failure_ratio=0.5, window_calls=10, minimum_calls=4))
        calls(breaker, FAILED, FAILED, FAILED, OK)
        assert breaker.state is CLOSED

    def test_it_opens_on_slow_successes(self) -> None:
        breaker = Breaker("k", policy(slow_call_s=1.0, slow_ratio=0.5, window_calls=4, minimum_calls=4))
        calls(breaker, OK, OK, seconds=1.0)
        calls(breaker, OK, seconds=1.01)
        (change,) = calls(breaker, OK, seconds=1.01)
        assert (change.reason, change.failures) == ("slow_ratio", 2)

    def test_it_counts_only_the_slow_calls_there_were(self) -> None:
        breaker = Breaker("k", policy(streak=0, slow_call_s=1.0, slow_ratio=1.0, window_calls=4, minimum_calls=2))
        calls(breaker, OK)
        assert calls(breaker, OK, seconds=2.0) == []

    def test_it_judges_slowness_by_enough_calls_and_by_their_share(self) -> None:
        breaker = Breaker("k", policy(streak=0, slow_call_s=1.0, slow_ratio=0.75, window_calls=8, minimum_calls=4))
        assert calls(breaker, *[OK] * 3, seconds=2.0) == []
        calls(breaker, OK, OK)
        assert calls(breaker, OK, seconds=2.0) == []

    def test_it_remembers_every_slow_call_of_its_window(self) -> None:
        breaker = Breaker("k", policy(streak=0, slow_call_s=1.0, slow_ratio=1.0, window_calls=4, minimum_calls=4))
        assert calls(breaker, *[OK] * 3, seconds=2.0) == []
        assert [change.reason for change in calls(breaker, OK, seconds=2.0)] == ["slow_ratio"]

    def test_it_looks_back_at_exactly_its_window(self) -> None:
        breaker = Breaker("k", policy(streak=0, failure_ratio=1.0, window_calls=2, minimum_calls=2))
        assert calls(breaker, FAILED, OK, FAILED) == []

    def test_it_has_no_slow_calls_without_that_rule(self) -> None:
        breaker = Breaker("k", policy(slow_call_s=0.0, slow_ratio=0.01, minimum_calls=1))
        calls(breaker, *[OK] * 20, seconds=3600.0)
        assert breaker.state is CLOSED

    def test_it_learns_nothing_from_void_calls(self) -> None:
        breaker = Breaker("k", policy(failure_ratio=0.1, minimum_calls=1))
        calls(breaker, *[VOID] * 100)
        assert breaker.state is CLOSED

    def test_it_lets_a_void_call_break_no_streak(self) -> None:
        breaker = Breaker("k", policy())
        calls(breaker, FAILED, FAILED, VOID, FAILED)
        assert breaker.state is OPEN


class TestOpen:
    def test_it_refuses_and_says_until_when(self) -> None:
        breaker = opened()
        answer = refusal(breaker, 9.99)
        assert (answer.state, answer.retry_at_s, answer.changes) == (OPEN, 10.0, ())

    def test_it_admits_a_probe_call_when_the_time_is_up(self) -> None:
        given = permit(opened(), 10.0)
        assert given.changes == (
            BreakerChanged(at_s=10.0, key="k", before=OPEN, after=HALF_OPEN, reason="timer", needed=2),
        )

    def test_it_becomes_half_open_by_the_clock_alone(self) -> None:
        breaker = opened()
        assert breaker.tick(9.99) == ()
        assert [change.reason for change in breaker.tick(10.0)] == ["timer"]

    def test_it_ignores_a_success_that_was_admitted_before_it_opened(self) -> None:
        breaker = Breaker("k", policy())
        early = permit(breaker)
        calls(breaker, FAILED, FAILED, FAILED)
        assert breaker.settle(early, OK, 1.0, 1.0) == ()
        assert breaker.state is OPEN

    def test_it_ignores_a_failure_that_was_admitted_before_it_opened_when_half_open(self) -> None:
        breaker = Breaker("k", policy())
        early = permit(breaker)
        calls(breaker, FAILED, FAILED, FAILED)
        permit(breaker, 10.0)
        assert breaker.settle(early, FAILED, 11.0, 11.0) == ()
        assert breaker.state is HALF_OPEN


class TestHalfOpen:
    def test_it_closes_after_enough_successes_and_counts_them_aloud(self) -> None:
        breaker = opened(successes_to_close=2)
        breaker.tick(10.0)
        changes = calls(breaker, OK, OK, now=10.0)
        assert [(c.before, c.after, c.reason, c.successes, c.needed) for c in changes] == [
            (HALF_OPEN, HALF_OPEN, "probe_ok", 1, 2),
            (HALF_OPEN, CLOSED, "recovered", 2, 2),
        ]

    def test_it_begins_to_count_anew_each_time_it_is_half_open(self) -> None:
        breaker = opened(successes_to_close=2)
        calls(breaker, OK, FAILED, now=10.0)
        assert [change.reason for change in calls(breaker, OK, now=30.0)] == ["timer", "probe_ok"]

    def test_it_opens_again_when_a_probe_call_fails(self) -> None:
        breaker = opened()
        changes = calls(breaker, OK, FAILED, now=10.0)
        assert (changes[-1].before, changes[-1].after, changes[-1].reason) == (HALF_OPEN, OPEN, "probe_failed")
        assert changes[-1].failures == 1

    def test_it_admits_no_more_than_its_number_of_probe_calls(self) -> None:
        breaker = opened(half_open_calls=2)
        answers = [breaker.admit(10.0) for _ in range(50)]
        assert sum(isinstance(answer, Permit) for answer in answers) == 2

    def test_it_is_ready_where_nobody_took_the_only_place(self) -> None:
        breaker = opened(half_open_calls=1)
        breaker.tick(10.0)
        assert breaker.ready_at(10.0) == 10.0

    def test_it_is_ready_while_a_place_is_free(self) -> None:
        breaker = opened(half_open_calls=2, lease_s=7.0)
        breaker.tick(10.0)
        ready = [breaker.ready_at(10.0)]
        permit(breaker, 10.0)
        ready.append(breaker.ready_at(12.0))
        permit(breaker, 12.0)
        ready.append(breaker.ready_at(13.0))
        assert ready == [10.0, 12.0, 17.0]

    def test_a_place_is_free_at_the_very_end_of_its_lease(self) -> None:
        breaker = opened(lease_s=7.0)
        permit(breaker, 10.0)
        assert breaker.ready_at(17.0) == 17.0

    def test_a_smaller_number_of_places_holds_for_the_leases_that_are_out(self) -> None:
        breaker = opened(half_open_calls=2, lease_s=7.0)
        permit(breaker, 10.0)
        permit(breaker, 12.0)
        breaker.set_policy(policy(half_open_calls=1, lease_s=7.0), 13.0)
        assert breaker.ready_at(17.0) == 19.0

    def test_it_says_when_the_next_place_is_free_at_the_latest(self) -> None:
        breaker = opened(lease_s=7.0)
        permit(breaker, 10.0)
        assert refusal(breaker, 12.0).retry_at_s == 17.0

    @pytest.mark.parametrize("verdict", Verdict)
    def test_it_gives_the_place_of_a_settled_call_to_the_next(self, verdict: Verdict) -> None:
        breaker = opened(half_open_calls=1, successes_to_close=9)
        breaker.settle(permit(breaker, 10.0), verdict, 11.0, 1.0)
        assert isinstance(breaker.admit(11.0 if verdict is not FAILED else 31.0), Permit)

    def test_it_learns_nothing_from_a_cancelled_probe_call(self) -> None:
        breaker = opened(successes_to_close=1)
        assert breaker.settle(permit(breaker, 10.0), VOID, 11.0, 1.0) == ()
        assert breaker.state is HALF_OPEN

    def test_it_takes_a_lease_back_that_ran_out_and_ignores_its_late_result(self) -> None:
        breaker = opened(lease_s=7.0, successes_to_close=1)
        lost = permit(breaker, 10.0)
        assert isinstance(breaker.admit(17.0), Permit)
        assert breaker.settle(lost, FAILED, 17.0, 7.0) == ()
        assert breaker.state is HALF_OPEN

    def test_it_ignores_a_result_after_the_lease_even_where_nobody_took_the_place(self) -> None:
        breaker = opened(lease_s=7.0, successes_to_close=1)
        lost = permit(breaker, 10.0)
        assert breaker.settle(lost, OK, 17.0, 7.0) == ()
        assert breaker.state is HALF_OPEN

    def test_it_counts_one_result_a_lease(self) -> None:
        breaker = opened(successes_to_close=2)
        given = permit(breaker, 10.0)
        breaker.settle(given, OK, 10.0, 0.1)
        assert breaker.settle(given, OK, 10.0, 0.1) == ()
        assert breaker.state is HALF_OPEN

    def test_it_does_not_recover_on_slow_answers_where_slowness_opens_it(self) -> None:
        breaker = opened(slow_call_s=1.0)
        (_, change) = calls(breaker, OK, now=10.0, seconds=1.5)
        assert change.reason == "probe_failed"

    def test_an_answer_that_takes_just_as_long_as_allowed_is_not_slow(self) -> None:
        breaker = opened(slow_call_s=1.5, successes_to_close=1)
        assert calls(breaker, OK, now=10.0, seconds=1.5)[-1].reason == "recovered"

    def test_a_result_from_before_it_opened_means_nothing_after_it_recovered(self) -> None:
        breaker = Breaker("k", policy(streak=1, successes_to_close=1))
        early = permit(breaker)
        calls(breaker, FAILED)
        calls(breaker, OK, now=10.0)
        assert breaker.state is CLOSED
        assert breaker.settle(early, FAILED, 11.0, 11.0) == ()

    def test_it_doubles_the_open_time_up_to_the_cap_and_starts_again_after_recovery(self) -> None:
        breaker = Breaker("k", policy(successes_to_close=1))
        now, lasted = 0.0, []
        calls(breaker, FAILED, FAILED, FAILED)
        for _ in range(4):
            assert breaker.until_s is not None
            lasted.append(breaker.until_s - now)
            now = breaker.until_s
            calls(breaker, FAILED, now=now)
        assert breaker.until_s is not None
        now = breaker.until_s
        calls(breaker, OK, FAILED, FAILED, FAILED, now=now)
        assert breaker.until_s is not None
        assert (lasted, breaker.until_s - now) == ([10.0, 20.0, 35.0, 35.0], 10.0)

    def test_it_doubles_two_thousand_times_without_overflow(self) -> None:
        breaker = Breaker("k", policy(open_s=1.0, open_cap_s=2.0))
        calls(breaker, FAILED, FAILED, FAILED)
        for _ in range(2000):
            assert breaker.until_s is not None
            calls(breaker, FAILED, now=breaker.until_s)
        assert breaker.state is OPEN


class TestByHand:
    def test_it_refuses_everything_while_isolated(self) -> None:
        breaker = Breaker("k", policy())
        (change,) = breaker.isolate(3.0)
        assert (change.before, change.after, change.reason) == (CLOSED, ISOLATED, "manual")
        assert refusal(breaker, 1e9).retry_at_s == float("inf")

    @pytest.mark.parametrize("waiting_s", [0.0, 10.0])
    def test_it_closes_by_hand_from_open_and_half_open(self, waiting_s: float) -> None:
        breaker = opened()
        breaker.tick(waiting_s)
        (change,) = breaker.close(waiting_s)
        assert (change.after, change.reason) == (CLOSED, "manual")
        assert isinstance(breaker.admit(waiting_s), Permit)

    def test_it_reports_a_timer_that_ended_before_the_hand_came(self) -> None:
        assert [change.reason for change in opened().close(12.0)] == ["timer", "manual"]

    def test_it_has_nothing_to_close_when_closed(self) -> None:
        assert Breaker("k", policy()).close(0.0) == ()

    def test_it_closes_by_hand_what_a_hand_isolated(self) -> None:
        breaker = Breaker("k", policy())
        breaker.isolate(0.0)
        breaker.close(1.0)
        assert breaker.state is CLOSED

    def test_it_is_isolated_once(self) -> None:
        breaker = Breaker("k", policy())
        breaker.isolate(0.0)
        assert breaker.isolate(1.0) == ()


class TestPolicy:
    def test_it_begins_isolated_where_its_policy_says_so_and_reports_it(self) -> None:
        answer = refusal(Breaker("k", policy(mode=BreakerMode.ISOLATED)), 1.0)
        assert [(c.before, c.after, c.reason) for c in answer.changes] == [(CLOSED, ISOLATED, "policy")]

    def test_it_cannot_be_closed_by_hand_while_its_policy_isolates_it(self) -> None:
        breaker = Breaker("k", policy(mode=BreakerMode.ISOLATED))
        breaker.tick(0.0)
        assert breaker.close(1.0) == ()
        assert breaker.state is ISOLATED

    def test_it_closes_when_its_policy_isolates_it_no_longer(self) -> None:
        breaker = Breaker("k", policy(mode=BreakerMode.ISOLATED))
        breaker.tick(0.0)
        (change,) = breaker.set_policy(policy(), 5.0)
        assert (change.before, change.after, change.reason) == (ISOLATED, CLOSED, "policy")

    def test_it_only_watches_when_told_to_observe(self) -> None:
        breaker = Breaker("k", policy(mode=BreakerMode.OBSERVE, failure_ratio=0.1))
        assert calls(breaker, *[FAILED] * 100) == []

    def test_it_has_counted_while_it_observed(self) -> None:
        breaker = Breaker("k", policy(mode=BreakerMode.OBSERVE))
        calls(breaker, *[FAILED] * 10)
        breaker.set_policy(policy(), 0.0)
        (change,) = calls(breaker, FAILED)
        assert change.failures == 11

    def test_it_closes_when_told_to_observe_while_open(self) -> None:
        (change,) = opened().set_policy(policy(mode=BreakerMode.OBSERVE), 1.0)
        assert (change.after, change.reason) == (CLOSED, "policy")

    def test_it_keeps_the_streak_over_a_new_policy(self) -> None:
        breaker = Breaker("k", policy(streak=10))
        calls(breaker, FAILED, FAILED)
        assert breaker.set_policy(policy(streak=3), 0.0) == ()
        calls(breaker, FAILED)
        assert breaker.state is OPEN

    def test_it_keeps_the_window_over_another_size(self) -> None:
        rules = {"streak": 0, "failure_ratio": 0.5, "minimum_calls": 6}
        breaker = Breaker("k", policy(**rules, window_calls=6))
        calls(breaker, FAILED, FAILED, OK, FAILED, OK)
        breaker.set_policy(policy(**rules, window_calls=100), 0.0)
        (change,) = calls(breaker, FAILED)
        assert change.failures == 4

    def test_it_stays_open_as_long_as_it_said_over_a_new_policy(self) -> None:
        breaker = opened()
        assert breaker.set_policy(policy(open_s=1.0), 5.0) == ()
        assert (breaker.state, breaker.until_s) == (OPEN, 10.0)

    def test_it_stays_isolated_by_hand_over_a_new_policy(self) -> None:
        breaker = Breaker("k", policy())
        breaker.isolate(0.0)
        breaker.set_policy(policy(streak=9), 1.0)
        assert breaker.state is ISOLATED


class TestVerdict:
    @pytest.mark.parametrize("kind", ["tcp.refused", "tcp.timed_out", "http.error.500", "dns.timed_out"])
    def test_it_blames_the_peer_and_the_path(self, kind: str) -> None:
        assert verdict_of(Outcome(PhaseTimes(), Fault(kind, Phase.CONNECT))) is FAILED

    @pytest.mark.parametrize("kind", ["local.no_link", "local.stalled", "abandoned", "unknown"])
    def test_it_never_blames_the_caller(self, kind: str) -> None:
        assert verdict_of(Outcome(PhaseTimes(), Fault(kind, Phase.CONNECT))) is VOID

    def test_it_calls_an_attempt_void_that_was_cut_by_the_total_deadline(self) -> None:
        assert verdict_of(Outcome(PhaseTimes(), Fault("tcp.timed_out", Phase.CONNECT, is_void=True))) is VOID

    def test_it_calls_a_success_ok(self) -> None:
        assert verdict_of(Outcome(PhaseTimes(connect=1.0))) is OK


class TestRegistry:
    def test_it_gives_the_same_breaker_for_the_same_key(self) -> None:
        registry = BreakerRegistry()
        assert registry.get("a", policy()) is registry.get("a", policy(streak=9))
        assert registry.get("a", policy()) is not registry.get("b", policy())

    def test_it_makes_room_by_forgetting_the_closed_one_that_was_unused_longest(self) -> None:
        registry = BreakerRegistry(capacity=3)
        calls(registry.get("open", policy()), FAILED, FAILED, FAILED)
        registry.get("old", policy())
        registry.get("new", policy())
        registry.get("old", policy())
        registry.get("newest", policy())
        assert [key in registry for key in ("open", "old", "new", "newest")] == [True, True, False, True]

    def test_it_stays_bounded_when_all_are_open(self) -> None:
        registry = BreakerRegistry(capacity=2)
        for key in "abcd":
            calls(registry.get(key, policy()), FAILED, FAILED, FAILED)
        assert len(registry) == 2
        assert registry.find("d") is not None

    def test_it_forgets_targets_that_are_gone(self) -> None:
        registry = BreakerRegistry()
        registry.get("a", policy())
        registry.get("b", policy())
        assert registry.keep_only({"b", "c"}, 0.0) == ()
        assert [registry.find(key) is not None for key in "abc"] == [False, True, False]

    def test_it_tells_that_it_forgot_one_that_was_not_closed(self) -> None:
        registry = BreakerRegistry()
        for key in "ab":
            calls(registry.get(key, policy()), FAILED, FAILED, FAILED)
        (change,) = registry.keep_only({"b"}, 9.0)
        assert (change.key, change.before, change.after, change.reason, change.at_s) == (
            "a",
            BreakerState.OPEN,
            BreakerState.CLOSED,
            "forgotten",
            9.0,
        )
        assert registry.get("b", policy()).state is BreakerState.OPEN


def test_it_needs_no_more_memory_after_100_000_rejections() -> None:
    breaker = opened()
    sizes = set()
    for _ in range(100_000):
        answer = breaker.admit(5.0)
        sizes.add(sys.getsizeof(answer))
    assert len(sizes) == 1
    assert breaker._leases is None
