"""A verdict that is shown changes for a reason only."""

from clearline.diagnosis.keeper import VerdictKeeper
from clearline.domain.verdict import PENDING, UNCLEAR, WORKS, Confidence, Verdict

PENDING_ONE = Verdict(PENDING, Confidence.POSSIBLE)
LIKELY = Verdict("port_dropped", Confidence.LIKELY)
CERTAIN = Verdict("service_down", Confidence.CERTAIN)


def shown(*offers: Verdict) -> list[str]:
    keeper = VerdictKeeper()
    return [told.code for offer in offers if (told := keeper.offer(offer)) is not None]


def test_it_shows_the_first_and_whatever_is_surer() -> None:
    assert shown(PENDING_ONE, LIKELY, CERTAIN) == [PENDING, "port_dropped", "service_down"]


def test_it_keeps_what_it_shows_while_the_new_one_is_less_sure() -> None:
    assert shown(CERTAIN, LIKELY, Verdict(UNCLEAR, Confidence.POSSIBLE), CERTAIN) == ["service_down"]


def test_it_tells_the_same_once() -> None:
    assert shown(LIKELY, LIKELY, LIKELY) == ["port_dropped"]


def test_it_lets_the_end_have_the_last_word() -> None:
    keeper = VerdictKeeper()
    keeper.offer(CERTAIN)
    assert keeper.offer(LIKELY, is_final=True) == LIKELY
    assert keeper.shown == LIKELY


def test_a_success_gives_way_to_a_finding_only_if_that_is_as_sure() -> None:
    works = Verdict(WORKS, Confidence.CERTAIN, is_fault=False)
    assert shown(works, Verdict("jumps", Confidence.LIKELY, is_fault=False)) == [WORKS]
