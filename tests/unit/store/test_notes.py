"""Only what changed is stored, and everything comes back."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearline.store.notes import NOTE_LIMIT, changed, difference, encoded

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(PLAIN, PLAIN)
def test_it_gives_back_what_differed(before: Any, after: Any) -> None:
    changes = difference(before, after)
    assert changes is None or changed(before, changes) == after


def test_it_names_changed_values_by_their_place() -> None:
    before = {"a": 1, "b": [2, {"c": 3}], "d": 4}
    assert difference(before, {"a": 1, "b": [2, {"c": 9}], "d": "x"}) == [2, 9, 3, "x"]


def test_it_tells_a_number_from_a_truth() -> None:
    assert difference([1, 0], [True, False]) == [0, True, 1, False]


@pytest.mark.parametrize("after", [{"a": [1, 2]}, {"b": [1]}, {"a": 1}, [1], {"a": [1], "b": 2}, {}])
def test_it_says_when_two_are_not_built_alike(after: Any) -> None:
    assert difference({"a": [1]}, after) is None


@pytest.mark.parametrize("changes", [[0], ["0", 1], [5, 1], [True, 1], [-1, 2]])
def test_it_refuses_changes_that_do_not_fit(changes: list[Any]) -> None:
    with pytest.raises(ValueError, match="change"):
        changed({"a": 1, "b": 2}, changes)


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=6000), max_size=20))
def test_it_never_exceeds_its_limit(content: dict[str, Any]) -> None:
    body = encoded(content)
    assert len(body) <= NOTE_LIMIT
    assert isinstance(msgspec.msgpack.decode(body), dict)
