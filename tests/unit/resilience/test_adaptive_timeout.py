"""Limits that follow a host: the estimate against plain counting, and what it must never do."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearline.domain.event import AttemptEnded
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.profile import AdaptivePolicy, Timeouts
from clearline.resilience.adaptive_timeout import FEWEST, REMEMBERED, AdaptiveLimits, PhaseLimit, kaplan_meier

POLICY = AdaptivePolicy(is_on=True, floor_s=0.1, ceiling_s=20.0)
FIXED = Timeouts(connect_s=4.0, wait_s=10.0)
seconds = st.floats(0.001, 60.0)
tries = st.lists(st.tuples(seconds, st.booleans()), min_size=1, max_size=25)


def taught(*took: float, policy: AdaptivePolicy = POLICY) -> PhaseLimit:
    limit = PhaseLimit()
    for one in took:
        limit.took(one)
    return limit


def ended(phases: PhaseTimes, fault: Fault | None = None, **more: object) -> AttemptEnded:
    detail = more.pop("detail", {})
    outcome = Outcome(phases, fault, detail=detail)
    return AttemptEnded(at_s=1.0, target="t", check=0, attempt=1, started_s=0.0, outcome=outcome, **more)


class TestKaplanMeier:
    def test_it_agrees_with_the_textbook(self) -> None:
        # Survival after 1, 2, 4 s: 4/5, 3/5, 3/5 · 1/2 (one was cut at 3 s).
        data = [(1.0, False), (2.0, False), (3.0, True), (4.0, False), (5.0, True)]
        assert [kaplan_meier(data, share) for share in (0.2, 0.4, 0.41, 0.7, 0.71)] == [1.0, 2.0, 4.0, 4.0, None]

    def test_it_counts_an_answer_before_a_cut_at_the_same_moment(self) -> None:
        assert kaplan_meier([(1.0, True), (1.0, False)], 0.5) == 1.0

    def test_it_knows_nothing_of_no_tries(self) -> None:
        assert kaplan_meier([], 0.5) is None

    @settings(max_examples=1500)
    @given(st.lists(seconds, min_size=1, max_size=25), st.sampled_from([0.1, 0.5, 0.9, 0.99]))
    def test_it_is_the_plain_quantile_where_nothing_was_cut(self, took: list[float], share: float) -> None:
        place = math.ceil(round(share * len(took), 9)) - 1
        assert kaplan_meier([(one, False) for one in took], share) == sorted(took)[place]

    @settings(max_examples=1500)
    @given(tries, st.sampled_from([0.1, 0.5, 0.9, 0.99]))
    def test_it_never_falls_for_a_try_being_cut(self, data: list[tuple[float, bool]], share: float) -> None:
        """Turning an answer into a cut can only say: longer, or unknown."""
        whole = kaplan_meier(data, share)
        place = next((number for number, (_, was_cut) in enumerate(data) if not was_cut), None)
        if place is None:
            assert whole is None
            return
        cut = kaplan_meier([*data[:place], (data[place][0], True), *data[place + 1 :]], share)
        assert cut is None or (whole is not None and cut >= whole)


class TestPhaseLimit:
    def test_it_keeps_the_profiles_limit_until_it_knows_enough(self) -> None:
        limit = taught(*[0.5] * (FEWEST - 1)).limit(POLICY, 4.0)
        assert (limit.seconds, limit.why, limit.values) == (4.0, "too_few", {"samples": FEWEST - 1, "limit_s": 4.0})

    def test_it_is_the_quantile_with_its_margin_and_says_so(self) -> None:
        limit = taught(*[0.5] * FEWEST).limit(POLICY, 4.0)
        assert (limit.seconds, limit.why) == (0.75, "measured")
        assert limit.values == {
            "samples": FEWEST,
            "cut": 0,
            "quantile": 0.99,
            "factor": 1.5,
            "in_a_row": 0,
            "quantile_s": 0.5,
            "limit_s": 0.75,
        }

    def test_it_doubles_for_each_timeout_in_a_row_until_the_next_answer(self) -> None:
        phase = taught(*[0.5] * 200)
        seen = []
        for _ in range(2):
            phase.cut(phase.limit(POLICY, 4.0).seconds, was_timeout=True)
            limit = phase.limit(POLICY, 4.0)
            seen.append((limit.seconds, limit.why, limit.values["in_a_row"]))
        assert seen == [(1.5, "widened", 1), (3.0, "widened", 2)]
        phase.took(0.5)
        assert phase.limit(POLICY, 4.0).why == "measured"

    def test_it_widens_where_too_many_were_cut_to_tell(self) -> None:
        phase = taught(*[0.5] * FEWEST)
        for _ in range(10):
            phase.cut(2.0, was_timeout=False)
        limit = phase.limit(POLICY, 4.0)
        assert (limit.seconds, limit.why, limit.values["cut"]) == (4.0, "unreached", 10)

    def test_a_try_that_was_stopped_is_no_timeout(self) -> None:
        phase = taught(*[0.5] * FEWEST)
        phase.cut(0.1, was_timeout=False)
        assert phase.limit(POLICY, 4.0).why == "measured"

    def test_it_stays_within_floor_and_ceiling(self) -> None:
        low = taught(*[0.001] * FEWEST).limit(POLICY, 4.0)
        high = taught(*[19.0] * FEWEST).limit(POLICY, 4.0)
        assert [(low.seconds, low.why), (high.seconds, high.why)] == [(0.1, "floor"), (20.0, "ceiling")]

    def test_what_just_reaches_the_bounds_is_told_as_bounded(self) -> None:
        at = [
            taught(*[one] * FEWEST).limit(AdaptivePolicy(is_on=True, factor=2.0, floor_s=1.0, ceiling_s=8.0), 4.0)
            for one in (0.5, 4.0)
        ]
        assert [(limit.seconds, limit.why) for limit in at] == [(1.0, "floor"), (8.0, "ceiling")]

    def test_a_try_that_took_no_time_was_not_cut(self) -> None:
        assert taught(0.0).tries == [(0.0, False)]

    def test_it_does_not_overflow(self) -> None:
        phase = taught(*[0.5] * FEWEST)
        for _ in range(5000):
            phase.cut(1.0, was_timeout=True)
        assert phase.limit(POLICY, 4.0).seconds == 20.0

    def test_it_forgets_the_oldest_beyond_its_ring(self) -> None:
        phase = taught(*[9.0] * 10, *[0.5] * REMEMBERED)
        assert phase.tries == [(0.5, False)] * REMEMBERED

    def test_it_replaces_one_after_the_other(self) -> None:
        phase = taught(*[float(number + 1) for number in range(REMEMBERED + 3)])
        assert sorted(one for one, _ in phase.tries) == [float(number + 4) for number in range(REMEMBERED)]

    def test_a_try_cut_at_its_start_says_nothing(self) -> None:
        phase = PhaseLimit()
        phase.cut(0.0, was_timeout=True)
        assert (phase.tries, phase.in_a_row) == ([], 1)

    def test_it_recovers_within_three_calls_from_a_host_that_became_a_second_slower(self) -> None:
        phase = taught(*[0.1] * REMEMBERED)
        policy = AdaptivePolicy(is_on=True, floor_s=0.05)
        timeouts = 0
        for _ in range(500):
            limit_s = phase.limit(policy, 4.0).seconds
            if limit_s < 1.1:
                timeouts += 1
                phase.cut(limit_s, was_timeout=True)
            else:
                phase.took(1.1)
        assert timeouts <= 3

    @settings(max_examples=1500)
    @given(
        st.lists(st.tuples(seconds, st.sampled_from(["took", "timeout", "stopped", "answered"])), max_size=50),
        st.floats(0.05, 5.0),
        st.floats(0.0, 30.0),
    )
    def test_it_is_always_a_limit_that_can_be_explained(
        self, story: list[tuple[float, str]], floor_s: float, above_s: float
    ) -> None:
        policy = AdaptivePolicy(is_on=True, floor_s=floor_s, ceiling_s=floor_s + above_s)
        phase = PhaseLimit()
        for one, what in story:
            if what == "took":
                phase.took(one)
            elif what == "answered":
                phase.answered()
            else:
                phase.cut(one, was_timeout=what == "timeout")
        limit = phase.limit(policy, 7.0)
        assert limit.why in {"measured", "widened", "unreached", "too_few", "floor", "ceiling"}
        assert limit.values["limit_s"] == limit.seconds
        if limit.why == "too_few":
            assert limit.seconds == 7.0
        else:
            assert policy.floor_s <= limit.seconds <= policy.ceiling_s


class TestAdaptiveLimits:
    def learned(self, *events: AttemptEnded) -> AdaptiveLimits:
        limits = AdaptiveLimits()
        for event in events:
            limits.learn(event, "k", POLICY, FIXED)
        return limits

    def test_it_gives_an_attempt_the_profiles_own_at_first(self) -> None:
        assert AdaptiveLimits().timeouts(POLICY, FIXED) == FIXED

    def test_it_adapts_each_phase_by_itself(self) -> None:
        limits = self.learned(*[ended(PhaseTimes(connect=200.0, wait=1000.0))] * FEWEST)
        changed = limits.timeouts(POLICY, FIXED)
        assert (changed.connect_s, changed.wait_s) == (pytest.approx(0.3), 1.5)
        assert (changed.resolve_s, changed.send_s, changed.attempt_s) == (5.0, 5.0, 15.0)

    def test_it_makes_the_limits_of_an_attempt_once(self) -> None:
        limits = self.learned(*[ended(PhaseTimes(wait=1000.0))] * FEWEST)
        first = limits.timeouts(POLICY, FIXED)
        assert limits.timeouts(POLICY, FIXED) is first
        limits.learn(ended(PhaseTimes(wait=3000.0)), "k", POLICY, FIXED)
        assert limits.timeouts(POLICY, FIXED).wait_s == 4.5
        longer = Timeouts(connect_s=4.0, wait_s=10.0, send_s=9.0)
        assert limits.timeouts(POLICY, longer).send_s == 9.0

    def test_it_tells_no_change_of_less_than_a_twentieth(self) -> None:
        limits = self.learned(*[ended(PhaseTimes(wait=1000.0))] * FEWEST)
        told = [limits.learn(ended(PhaseTimes(wait=1030.0)), "k", POLICY, FIXED) for _ in range(REMEMBERED)]
        assert limits.timeouts(POLICY, FIXED).wait_s == pytest.approx(1.545)
        assert not any(told)

    def test_it_notices_that_the_profile_changed(self) -> None:
        limits = self.learned(*[ended(PhaseTimes(wait=1000.0))] * FEWEST)
        assert limits.timeouts(POLICY, FIXED).wait_s == 1.5
        assert limits.timeouts(AdaptivePolicy(is_on=True, factor=3.0), FIXED).wait_s == 3.0

    def test_it_learns_nothing_of_sending_and_receiving(self) -> None:
        limits = self.learned(*[ended(PhaseTimes(send=1.0, receive=1.0))] * FEWEST)
        assert limits.timeouts(POLICY, FIXED) == FIXED

    def test_it_takes_the_phases_before_a_fault_as_answers(self) -> None:
        fault = Fault("http.timed_out", Phase.WAIT)
        limits = self.learned(*[ended(PhaseTimes(connect=200.0, wait=10_000.0), fault)] * FEWEST)
        assert limits.limit(Phase.CONNECT, POLICY, FIXED).why == "measured"
        assert limits.limit(Phase.WAIT, POLICY, FIXED).values["cut"] == FEWEST

    def test_it_takes_a_void_attempt_as_cut_short(self) -> None:
        fault = Fault("http.timed_out", Phase.WAIT, is_void=True)
        limits = self.learned(*[ended(PhaseTimes(wait=500.0), fault)] * FEWEST)
        values = limits.limit(Phase.WAIT, POLICY, FIXED).values
        assert (values["cut"], values["in_a_row"]) == (FEWEST, 0)

    def test_it_takes_a_refusal_as_a_sign_of_life_only(self) -> None:
        limits = self.learned(
            *[ended(PhaseTimes(connect=200.0))] * FEWEST,
            ended(PhaseTimes(connect=4000.0), Fault("tcp.timed_out", Phase.CONNECT)),
            ended(PhaseTimes(connect=1.0), Fault("tcp.refused", Phase.CONNECT)),
        )
        values = limits.limit(Phase.CONNECT, POLICY, FIXED).values
        assert (values["samples"], values["in_a_row"]) == (FEWEST + 1, 0)

    def test_it_leaves_out_what_a_busy_tester_measured(self) -> None:
        limits = self.learned(*[ended(PhaseTimes(wait=9000.0), is_disturbed=True)] * FEWEST)
        assert limits.limit(Phase.WAIT, POLICY, FIXED).values["samples"] == 0

    def test_it_measures_each_address_by_itself(self) -> None:
        tried = [
            {"address": "[2001:db8::1]:80", "ms": 4000.0, "kind": "tcp.timed_out"},
            {"address": "192.0.2.1:80", "ms": 200.0, "kind": ""},
        ]
        limits = self.learned(*[ended(PhaseTimes(connect=4200.0), detail={"addresses": tried})] * FEWEST)
        values = limits.limit(Phase.CONNECT, POLICY, FIXED).values
        assert (values["samples"], values["cut"]) == (2 * FEWEST, FEWEST)
        limit = limits.limit(Phase.CONNECT, POLICY, FIXED)
        assert (limit.why, limit.seconds) == ("unreached", 8.0)

    def test_it_tells_a_change_once(self) -> None:
        limits = AdaptiveLimits()
        told = [limits.learn(ended(PhaseTimes(wait=1000.0)), "k", POLICY, FIXED) for _ in range(FEWEST + 5)]
        (change,) = [event for events in told for event in events]
        assert (change.key, change.phase, change.before_s, change.after_s) == ("k", Phase.WAIT, 10.0, 1.5)
        assert (change.why, change.values["quantile_s"]) == ("measured", 1.0)

    def test_it_tells_the_next_change_from_the_one_before(self) -> None:
        limits = AdaptiveLimits()
        for _ in range(FEWEST):
            limits.learn(ended(PhaseTimes(wait=1000.0)), "k", POLICY, FIXED)
        (change,) = limits.learn(
            ended(PhaseTimes(wait=1500.0), Fault("http.timed_out", Phase.WAIT)), "k", POLICY, FIXED
        )
        assert (change.before_s, change.after_s, change.why) == (1.5, 6.0, "widened")
