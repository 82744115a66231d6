"""What stands between the two ends is told from the ends, and an application's moods from its faults."""

import asyncio

import pytest

from support.middle_situations import MIDDLE, judge_middle
from support.situations import Judged, Situation


@pytest.fixture(scope="module")
def judged() -> dict[str, Judged]:
    return {one.situation.name: one for one in asyncio.run(judge_middle())}


@pytest.mark.parametrize("one", [one.situation for one in MIDDLE], ids=lambda one: one.name)
def test_it_says_what_is_wrong_where_and_whose(one: Situation, judged: dict[str, Judged]) -> None:
    found = judged[one.name]
    assert found.is_right, (found.verdict, found.facts)
