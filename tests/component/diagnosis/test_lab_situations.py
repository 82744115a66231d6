"""What the practice lab breaks gets the right verdict, and what it leaves well gets none."""

import asyncio

import pytest

from support.situations import LAB, Judged, Situation, judge_lab


@pytest.fixture(scope="module")
def judged() -> dict[str, Judged]:
    return {one.situation.name: one for one in asyncio.run(judge_lab(LAB))}


@pytest.mark.parametrize("one", LAB, ids=lambda one: one.name)
def test_it_says_what_is_wrong_where_and_whose(one: Situation, judged: dict[str, Judged]) -> None:
    found = judged[one.name]
    assert found.is_right, (found.verdict, found.facts)


def test_nothing_is_certain_and_wrong(judged: dict[str, Judged]) -> None:
    assert [one.situation.name for one in judged.values() if one.is_certain_and_wrong] == []


def test_there_are_enough_of_both_kinds() -> None:
    assert sum(one.is_broken for one in LAB) >= 60
    assert sum(not one.is_broken for one in LAB) >= 15
    assert len({one.name for one in LAB}) == len(LAB)
