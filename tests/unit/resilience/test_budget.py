"""Retry tokens: earned by successes, spent by retries, never refilled by time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearline.domain.profile import AdaptivePolicy, BudgetPolicy, Timeouts
from clearline.resilience.budget import RetryBudget
from clearline.resilience.origin import OriginRegistry

POLICY = BudgetPolicy(ratio=0.1, capacity=3.0)


def test_it_begins_full() -> None:
    assert RetryBudget("k", POLICY).tokens == 3.0


def test_it_pays_for_as_many_retries_as_it_has_whole_tokens() -> None:
    budget = RetryBudget("k", POLICY)
    assert [budget.spend(POLICY, 0.0)[0] for _ in range(4)] == [True, True, True, False]


def test_it_earns_a_whole_token_from_ten_successes() -> None:
    budget = RetryBudget("k", POLICY)
    for _ in range(3):
        budget.spend(POLICY, 0.0)
    for _ in range(9):
        budget.earn(POLICY, 1.0)
    assert not budget.spend(POLICY, 1.0)[0]
    budget.earn(POLICY, 1.0)
    assert budget.spend(POLICY, 1.0)[0]


def test_it_is_not_refilled_by_time() -> None:
    budget = RetryBudget("k", POLICY)
    for _ in range(3):
        budget.spend(POLICY, 0.0)
    assert not budget.spend(POLICY, 1e9)[0]


def test_it_tells_each_whole_token_and_each_denial() -> None:
    budget = RetryBudget("k", POLICY)
    told = [*budget.spend(POLICY, 1.0)[1]]
    for _ in range(10):
        told += budget.earn(POLICY, 2.0)
    for _ in range(4):
        told += budget.spend(POLICY, 3.0)[1]
    assert [(event.at_s, event.tokens, event.reason) for event in told] == [
        (1.0, 2.0, "spent"),
        (2.0, 3.0, "earned"),
        (3.0, 2.0, "spent"),
        (3.0, 1.0, "spent"),
        (3.0, 0.0, "spent"),
        (3.0, 0.0, "denied"),
    ]
    assert {(event.key, event.capacity) for event in told} == {("k", 3.0)}


def test_it_takes_a_smaller_capacity_at_the_next_success() -> None:
    budget = RetryBudget("k", BudgetPolicy(capacity=10.0))
    (told,) = budget.earn(POLICY, 0.0)
    assert (budget.tokens, told.tokens, told.capacity) == (3.0, 3.0, 3.0)


@settings(max_examples=1500)
@given(
    st.lists(st.booleans(), max_size=100),
    st.sampled_from([0.0, 0.1, 0.3, 1.0]),
    st.sampled_from([1.0, 2.5, 10.0]),
)
def test_retries_never_exceed_what_was_earned(story: list[bool], ratio: float, capacity: float) -> None:
    policy = BudgetPolicy(ratio=ratio, capacity=capacity)
    budget = RetryBudget("k", policy)
    retries = successes = 0
    for is_success in story:
        before = budget.tokens
        if is_success:
            budget.earn(policy, 0.0)
            successes += 1
        else:
            is_paid, _ = budget.spend(policy, 0.0)
            assert is_paid == (before >= 1)
            retries += is_paid
        assert 0 <= budget.tokens <= capacity
        assert retries <= capacity + ratio * successes + 1e-6


class TestOrigins:
    def test_it_knows_nothing_of_a_hosts_times_at_first(self) -> None:
        limits = OriginRegistry().get("a", POLICY).limits
        assert limits.timeouts(AdaptivePolicy(is_on=True), Timeouts()) == Timeouts()

    def test_it_gives_the_same_host_the_same_tokens(self) -> None:
        registry = OriginRegistry()
        registry.get("a", POLICY).budget.spend(POLICY, 0.0)
        assert registry.get("a", POLICY).budget.tokens == 2.0

    def test_it_keeps_no_more_than_its_capacity_and_drops_the_least_recently_used(self) -> None:
        registry = OriginRegistry(2)
        first = registry.get("a", POLICY)
        registry.get("b", POLICY)
        registry.get("a", POLICY)
        registry.get("c", POLICY)
        assert len(registry) == 2
        assert registry.get("a", POLICY) is first

    @pytest.mark.parametrize(("kept", "is_same"), [({"a"}, True), ({"b"}, False)])
    def test_it_forgets_hosts_that_are_gone(self, kept: set[str], is_same: bool) -> None:
        registry = OriginRegistry()
        first = registry.get("a", POLICY)
        registry.keep_only(kept)
        assert (registry.get("a", POLICY) is first) is is_same
