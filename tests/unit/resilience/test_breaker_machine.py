"""The circuit breaker under every order of calls, results, waits and hands: what must hold always."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from clearline.domain.event import BreakerChanged, BreakerState
from clearline.domain.profile import BreakerMode, BreakerPolicy
from clearline.resilience.breaker import Breaker, Permit, Verdict

POLICIES = st.builds(
    BreakerPolicy,
    mode=st.sampled_from([BreakerMode.AUTOMATIC] * 8 + [BreakerMode.OBSERVE, BreakerMode.ISOLATED]),
    streak=st.integers(0, 3),
    failure_ratio=st.sampled_from([0.25, 0.5, 1.0, 2.0]),
    window_calls=st.integers(1, 6),
    minimum_calls=st.integers(1, 6),
    slow_call_s=st.sampled_from([0.0, 1.0]),
    slow_ratio=st.sampled_from([0.25, 1.0]),
    open_s=st.sampled_from([0.5, 2.0, 8.0]),
    open_cap_s=st.sampled_from([8.0, 20.0]),
    half_open_calls=st.integers(1, 3),
    successes_to_close=st.integers(1, 3),
    lease_s=st.sampled_from([1.0, 5.0]),
)
LONGEST_LEASE_S = 5.0
verdicts = st.sampled_from([Verdict.FAILED, Verdict.OK])
durations = st.sampled_from([0.5, 0.5, 2.0])


class BreakerStory(RuleBasedStateMachine):
    """Beside the breaker: the plainest book-keeping that says what it must do."""

    @initialize(policy=POLICIES)
    def begin(self, policy: BreakerPolicy) -> None:
        self.breaker = Breaker("k", policy)
        self.now = 0.0
        self.last = BreakerState.CLOSED
        self.until_s: float | None = None
        self.epoch = 0
        self.openings = 0
        self.outstanding: list[tuple[int, float, Permit]] = []  # epoch, end of lease, permit
        self.settled: list[Permit] = []
        self.streak = 0
        self.window: list[tuple[bool, bool]] = []  # failed, slow
        self.successes = 0

    # --- what the events say

    def follow(self, changes: tuple[BreakerChanged, ...]) -> None:
        for change in changes:
            assert change.before is self.last, "the chain of transitions is broken"
            assert (change.at_s, change.key) == (self.now, "k")
            if change.after is change.before:
                assert (change.after, change.reason) == (BreakerState.HALF_OPEN, "probe_ok")
                continue
            self.epoch += 1
            self.last, self.until_s = change.after, change.until_s
            self.streak, self.window, self.successes = 0, [], 0
            if change.after is BreakerState.OPEN:
                policy = self.breaker.policy
                assert self.until_s == self.now + min(policy.open_cap_s, policy.open_s * 2**self.openings)
                self.openings += 1
            elif change.after is BreakerState.CLOSED:
                self.openings = 0
        assert self.breaker.state is self.last

    def live(self) -> int:
        return sum(epoch == self.epoch and end_s > self.now for epoch, end_s, _ in self.outstanding)

    def counts(self) -> tuple[Any, ...]:
        b = self.breaker
        return b.state, b.until_s, b._epoch, b._streak, b._calls, b._failed, b._slow, b._openings, b._successes

    # --- what may happen

    @rule(seconds=st.sampled_from([0.25, 1.0, 2.0, 8.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def tick(self) -> None:
        self.follow(self.breaker.tick(self.now))

    @rule()
    def wait_for_the_timer(self) -> None:
        self.now = max(self.now, self.until_s or 0.0)

    @rule()
    def ask(self) -> None:
        ready_s = self.breaker.ready_at(self.now)
        was_closed = self.last is BreakerState.CLOSED and self.breaker.policy.mode is not BreakerMode.ISOLATED
        was_too_early = self.last is BreakerState.OPEN and self.until_s is not None and self.now < self.until_s
        answer = self.breaker.admit(self.now)
        self.follow(answer.changes)
        is_admitted = isinstance(answer, Permit)
        assert is_admitted == (ready_s <= self.now), "ready_at and admit disagree"
        if isinstance(answer, Permit):
            assert not was_too_early, "admitted before its time"
            if self.last is BreakerState.HALF_OPEN:
                assert self.live() < self.breaker.policy.half_open_calls, "more probe calls than allowed"
            self.outstanding.append((self.epoch, self.now + self.breaker.policy.lease_s, answer))
        else:
            assert not was_closed, "a closed breaker refused"
            assert answer.retry_at_s == ready_s > self.now
            if was_too_early:
                assert ready_s == self.until_s

    @rule(verdict=verdicts, seconds=durations)
    def call(self, verdict: Verdict, seconds: float) -> None:
        outstanding = len(self.outstanding)
        self.ask()
        if len(self.outstanding) > outstanding:
            self.settle(*self.outstanding.pop(), verdict, seconds)

    @precondition(lambda self: self.outstanding)
    @rule(data=st.data(), verdict=verdicts, seconds=durations)
    def report(self, data: st.DataObject, verdict: Verdict, seconds: float) -> None:
        place = data.draw(st.integers(0, len(self.outstanding) - 1))
        self.settle(*self.outstanding.pop(place), verdict, seconds)

    def settle(self, epoch: int, end_s: float, permit: Permit, verdict: Verdict, seconds: float) -> None:
        self.settled.append(permit)
        is_lease = self.last is BreakerState.HALF_OPEN
        if epoch != self.epoch or (is_lease and end_s <= self.now):
            before = self.counts()
            assert self.breaker.settle(permit, verdict, self.now, seconds) == ()
            assert self.counts() == before, "a stale result changed something"
            return
        policy = self.breaker.policy
        is_slow = verdict is Verdict.OK and 0 < policy.slow_call_s < seconds
        expected = self.after_probe(verdict, is_slow) if is_lease else self.after_call(verdict, is_slow)
        changes = self.breaker.settle(permit, verdict, self.now, seconds)
        assert [change.reason for change in changes] == expected
        self.follow(changes)

    def after_call(self, verdict: Verdict, is_slow: bool) -> list[str]:
        """Reasons of the transitions that the rules ask for, computed from the list of calls."""
        policy = self.breaker.policy
        has_failed = verdict is Verdict.FAILED
        self.streak = self.streak + 1 if has_failed else 0
        self.window = [*self.window, (has_failed, is_slow)][-policy.window_calls :]
        calls = len(self.window)
        is_enough = calls >= min(policy.minimum_calls, policy.window_calls)
        if policy.mode is not BreakerMode.AUTOMATIC:
            return []
        if has_failed and policy.streak and self.streak >= policy.streak:
            return ["streak"]
        if has_failed and is_enough and sum(failed for failed, _ in self.window) / calls >= policy.failure_ratio:
            return ["failure_ratio"]
        if is_slow and is_enough and sum(slow for _, slow in self.window) / calls >= policy.slow_ratio:
            return ["slow_ratio"]
        return []

    def after_probe(self, verdict: Verdict, is_slow: bool) -> list[str]:
        if verdict is Verdict.FAILED or is_slow:
            return ["probe_failed"]
        self.successes += 1
        return ["recovered" if self.successes >= self.breaker.policy.successes_to_close else "probe_ok"]

    @precondition(lambda self: self.outstanding)
    @rule(data=st.data())
    def stop_a_call(self, data: st.DataObject) -> None:
        *_, permit = self.outstanding.pop(data.draw(st.integers(0, len(self.outstanding) - 1)))
        self.settled.append(permit)
        before = self.counts()
        assert self.breaker.settle(permit, Verdict.VOID, self.now, 0.5) == ()
        assert self.counts() == before, "a void result changed something"

    @precondition(lambda self: self.settled and self.last is not BreakerState.CLOSED)
    @rule(data=st.data(), verdict=st.sampled_from(Verdict))
    def report_twice(self, data: st.DataObject, verdict: Verdict) -> None:
        before = self.counts()
        permit = data.draw(st.sampled_from(self.settled))
        assert self.breaker.settle(permit, verdict, self.now, 0.5) == ()
        assert self.counts() == before

    @rule(data=st.data(), hand=st.sampled_from(["isolate", "close", "policy", "policy"]))
    def meddle(self, data: st.DataObject, hand: str) -> None:
        if hand == "isolate":
            self.follow(self.breaker.isolate(self.now))
            assert self.last is BreakerState.ISOLATED
        elif hand == "close":
            self.follow(self.breaker.close(self.now))
            assert self.last is BreakerState.CLOSED or self.breaker.policy.mode is BreakerMode.ISOLATED
        else:
            self.change_policy(data.draw(POLICIES))

    def change_policy(self, policy: BreakerPolicy) -> None:
        mode = self.breaker.policy.mode
        is_manual = self.last is BreakerState.ISOLATED and mode is not BreakerMode.ISOLATED
        changes = self.breaker.set_policy(policy, self.now)
        self.follow(changes)
        if policy.mode is BreakerMode.ISOLATED:
            assert self.last is BreakerState.ISOLATED or mode is BreakerMode.ISOLATED
        elif mode is policy.mode:
            assert all(change.reason == "timer" for change in changes)
            assert not is_manual or self.last is BreakerState.ISOLATED

    @precondition(lambda self: self.last is not BreakerState.ISOLATED)
    @rule()
    def wait_for_until_and_lease(self) -> None:
        if self.breaker.policy.mode is BreakerMode.ISOLATED:
            return
        self.now = max(self.now, self.until_s or 0.0) + LONGEST_LEASE_S
        answer = self.breaker.admit(self.now)
        self.follow(answer.changes)
        assert isinstance(answer, Permit), "the breaker hangs"
        self.outstanding.append((self.epoch, self.now + self.breaker.policy.lease_s, answer))

    @invariant()
    def has_an_end_exactly_while_open(self) -> None:
        assert (self.breaker.until_s is not None) == (self.last is BreakerState.OPEN)
        assert self.breaker.until_s == self.until_s


TestBreakerStory = BreakerStory.TestCase
TestBreakerStory.settings = settings(max_examples=1500, stateful_step_count=20)
