"""Time for calls that make calls."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearline.domain.phase import Phase
from clearline.domain.profile import CascadePolicy, Jitter, Profile, RetryPolicy, Timeouts
from clearline.resilience.cascade import Allotted, Call, allot, budget_lines, share

trees = st.recursive(
    st.builds(Call, st.just("leaf"), limit_s=st.one_of(st.none(), st.floats(0, 20))),
    lambda calls: st.builds(
        Call, st.just("node"), st.lists(calls, max_size=4).map(tuple), st.one_of(st.none(), st.floats(0, 20))
    ),
    max_leaves=7,
)


def every(allotted: Allotted) -> list[Allotted]:
    return [allotted, *(below for call in allotted.calls for below in every(call))]


def test_it_shares_what_is_left_less_a_margin() -> None:
    assert share(10.0, 2) == 4.0


def test_it_gives_the_time_one_call_did_not_need_to_the_others() -> None:
    assert share(10.0 - 1.0, 1, 0.0) == 9.0


def test_nothing_is_left_after_the_deadline() -> None:
    assert share(-1.0, 2) == 0.0


@pytest.mark.parametrize(("calls", "margin"), [(0, 0.2), (1, 1.0), (1, -0.1)])
def test_it_refuses_what_makes_no_sense(calls: int, margin: float) -> None:
    with pytest.raises(ValueError, match="calls, margin"):
        share(10.0, calls, margin)


def test_it_divides_a_tree() -> None:
    tree = allot(Call("a", (Call("b", (Call("c"), Call("d"))), Call("e"))), 10.0)
    assert [(one.name, one.budget_s) for one in every(tree)] == [
        ("a", 10.0),
        ("b", 4.0),
        ("c", pytest.approx(1.6)),
        ("d", pytest.approx(1.6)),
        ("e", 4.0),
    ]
    assert (tree.own_s, tree.longest_s) == (2.0, pytest.approx(10.0))


def test_it_gives_what_a_limited_call_leaves_to_the_others_and_keeps_the_order() -> None:
    tree = allot(Call("a", (Call("b"), Call("c", limit_s=1.0), Call("d"))), 10.0)
    assert [(one.name, one.budget_s, one.limit_s) for one in tree.calls] == [
        ("b", 3.5, None),
        ("c", 1.0, 1.0),
        ("d", 3.5, None),
    ]


def test_it_names_only_a_limit_that_binds() -> None:
    assert allot(Call("a", limit_s=20.0), 10.0).limit_s is None
    assert allot(Call("a", limit_s=10.0), 10.0).limit_s is None
    assert allot(Call("a", limit_s=9.0), 10.0).limit_s == 9.0


@settings(max_examples=1500)
@given(trees, st.floats(-1, 100), st.floats(0, 0.9))
def test_no_call_gets_more_than_its_parent_has(tree: Call, left_s: float, margin: float) -> None:
    whole = allot(tree, left_s, margin)
    assert 0 <= whole.budget_s <= max(0.0, left_s)
    assert whole.longest_s <= whole.budget_s + 1e-9
    for one in every(whole):
        assert one.budget_s >= 0
        spent_s = sum(call.budget_s for call in one.calls)
        assert spent_s <= one.budget_s * (1 - margin if one.calls else 1) + 1e-9
        assert one.own_s == pytest.approx(one.budget_s - spent_s)


class TestBudgetLines:
    profile = Profile(
        "p",
        timeouts=Timeouts(resolve_s=9.0, wait_s=4.0, attempt_s=6.0, total_s=16.0),
        retry=RetryPolicy(attempts=2, base_s=1.0, jitter=Jitter.NONE),
        cascade=CascadePolicy(calls=2, margin=0.25),
    )

    def told(self, **changes: Any) -> list[tuple[int, str, float, int]]:
        profile = msgspec.structs.replace(self.profile, **changes)
        return [(line.depth, line.what, line.seconds, line.number) for line in budget_lines(profile)]

    def test_it_is_the_check_with_its_attempts_and_pauses_at_worst(self) -> None:
        assert [line for line in self.told() if line[0] < 2] == [
            (0, "check", 16.0, 0),
            (1, "attempt", 6.0, 1),
            (1, "pause", 1.0, 0),
            (1, "attempt", 6.0, 2),
        ]

    def test_no_phase_gets_more_than_its_attempt(self) -> None:
        phases = [line for line in self.told() if line[0] == 2]
        assert [what for _, what, _, _ in phases] == [phase.value for phase in Phase]
        assert phases[0] == (2, "resolve", 6.0, 0)

    def test_a_service_that_answers_in_time_leaves_its_calls_their_share(self) -> None:
        assert [line for line in self.told() if line[0] == 3] == [
            (3, "own", 1.0, 0),
            (3, "call", 1.5, 1),
            (3, "call", 1.5, 2),
        ]

    def test_a_service_that_calls_nobody_has_no_lines(self) -> None:
        assert [line for line in self.told(cascade=CascadePolicy(calls=0)) if line[0] == 3] == []

    def test_it_shows_an_attempt_for_which_no_time_is_left_as_none(self) -> None:
        pressed = msgspec.structs.replace(self.profile.timeouts, total_s=6.0)
        assert [what for _, what, _, _ in self.told(timeouts=pressed)].count("attempt") == 1
