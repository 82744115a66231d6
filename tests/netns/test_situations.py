"""Situations across routers and in machines of their own, each in its namespace, get the right verdict."""

import pytest

from support.namespaces import why_not
from support.placed_situations import PLACES, WORLD, judge_places
from support.situations import Judged, Situation

ALL = (*WORLD, *(one for place in PLACES for one in place.situations))


@pytest.fixture(scope="module")
def judged() -> dict[str, Judged]:
    if reason := why_not():
        pytest.skip(reason)
    return {one.situation.name: one for one in judge_places()}


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_it_says_what_is_wrong_where_and_whose(one: Situation, judged: dict[str, Judged]) -> None:
    found = judged[one.name]
    assert found.is_right, (found.verdict, found.facts)
