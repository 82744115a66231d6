"""Situations across routers, on bad lines and in machines of their own, all in namespaces, get the right verdict."""

import pytest

from support.linked_situations import LINES, judge_lines
from support.namespaces import why_no_tun, why_not
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


@pytest.fixture(scope="module")
def judged_on_lines() -> dict[str, Judged]:
    if reason := why_no_tun():
        pytest.skip(reason)
    return {one.situation.name: one for one in judge_lines()}


@pytest.mark.parametrize("one", [one for line in LINES for one in line.situations], ids=lambda one: one.name)
def test_it_says_what_a_bad_line_does(one: Situation, judged_on_lines: dict[str, Judged]) -> None:
    found = judged_on_lines[one.name]
    assert found.is_right, (found.verdict, found.facts)
