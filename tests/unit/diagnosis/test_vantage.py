"""Two computers see the same target: the difference says on which side the trouble is."""

import pytest

from clearline.diagnosis.vantage import Difference, Sighting, compare, with_colleague
from clearline.domain.verdict import WORKS, Confidence, Step, Trial, Verdict

WORKING = Sighting("https://shop.example/", "Shop", ok=True)
REFUSED = Sighting("https://shop.example/", "Shop", ok=False, kind="tcp.refused")
SILENT = Sighting("https://shop.example/", "Shop", ok=False, kind="tcp.timed_out")


@pytest.mark.parametrize(
    ("here", "there", "difference"),
    [
        (REFUSED, WORKING, Difference.ONLY_THERE),
        (WORKING, REFUSED, Difference.ONLY_HERE),
        (REFUSED, REFUSED, Difference.BOTH_FAIL),
        (REFUSED, SILENT, Difference.FAIL_OTHERWISE),
        (WORKING, WORKING, Difference.BOTH_WORK),
    ],
)
def test_it_says_what_two_sightings_come_to(here: Sighting, there: Sighting, difference: Difference) -> None:
    assert [one.difference for one in compare([here], [there])] == [difference]


def test_it_compares_what_both_tested_and_puts_what_differs_first() -> None:
    here = [WORKING, Sighting("tcp://10.0.0.5:22", "SSH", ok=False, kind="tcp.refused"), Sighting("a", "a", ok=True)]
    there = [Sighting("TCP://10.0.0.5:22/", "ssh", ok=True), WORKING]
    told = [(one.here.label, one.difference) for one in compare(here, there)]
    assert told == [("SSH", Difference.ONLY_THERE), ("Shop", Difference.BOTH_WORK)]


DOWN = Verdict(
    "service_down",
    Confidence.CERTAIN,
    fails_first=Step.CONNECT,
    kind="tcp.refused",
    missing=(Trial.CONTROL, Trial.COLLEAGUE),
)


@pytest.mark.parametrize(
    ("there", "ruled_out", "notes"),
    [
        (WORKING, [], ["note.works_elsewhere"]),
        (REFUSED, ["ruled_out.this_computer"], []),
        (SILENT, [], ["note.fails_elsewhere"]),
    ],
)
def test_a_verdict_takes_in_the_other_computers_view(there: Sighting, ruled_out: list[str], notes: list[str]) -> None:
    told = with_colleague(DOWN, there)
    assert [saying.code for saying in told.ruled_out] == ruled_out
    assert [saying.code for saying in told.notes] == notes
    assert told.missing == (Trial.CONTROL,)


def test_where_it_works_here_the_other_view_changes_nothing() -> None:
    works = Verdict(WORKS, Confidence.CERTAIN, is_fault=False)
    assert with_colleague(works, REFUSED) == works
