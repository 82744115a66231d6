"""Many failures are one sentence where they have one cause, and none where chance explains them."""

import pytest

from clearline.diagnosis.together import ENDS_AFTER_S, Member, Reach, Together, TogetherKeeper, failing_together
from clearline.domain.verdict import Step

GATEWAY = "192.0.2.1"


def down(
    name: str, host: str, since_s: float = 100.0, step: Step = Step.CONNECT, kind: str = "tcp.timed_out"
) -> Member:
    return Member(name, name, host, step, kind, since_s)


def up(name: str, host: str) -> Member:
    return Member(name, name, host)


FAR = [down("a", "198.51.100.7"), down("b", "203.0.113.9", 110.0), down("c", "203.0.113.200", 120.0)]
HERE = up("Gateway", GATEWAY)
REACHED = Member("own:outside", "outside", "outside", is_outside=True)
CUT_OFF = Member("own:outside", "outside", "outside", Step.INTERNET, "tcp.timed_out", 100.0, is_outside=True)
NAMELESS = [down(name, f"{name}.example", step=Step.NAME, kind="dns.timed_out") for name in "abc"]


@pytest.mark.parametrize(
    ("members", "reach", "where"),
    [
        ([*FAR, HERE], Reach.BEHIND_GATEWAY, "Gateway"),
        ([*FAR, down("Gateway", GATEWAY)], Reach.OWN_NETWORK, ""),
        (FAR, Reach.EVERYTHING, ""),
        ([*FAR, HERE, CUT_OFF], Reach.INTERNET, "Gateway"),
        ([*NAMELESS, HERE, CUT_OFF], Reach.INTERNET, "Gateway"),
        ([*FAR, CUT_OFF], Reach.EVERYTHING, ""),
        ([*FAR, down("Gateway", GATEWAY), CUT_OFF], Reach.OWN_NETWORK, ""),
        ([*FAR, HERE, REACHED], Reach.ONLY_TARGETS, "outside"),
        ([*FAR, REACHED], Reach.ONLY_TARGETS, "outside"),
        ([*NAMELESS, HERE, REACHED], Reach.NAMES, ""),
        ([*FAR, up("d", "d"), CUT_OFF], Reach.SAME_WAY, ""),
        (NAMELESS, Reach.NAMES, ""),
        ([down(name, f"{name}.example", step=Step.PROXY) for name in "abc"], Reach.PROXY, ""),
        ([down("a", "10.0.0.5"), down("b", "10.0.0.5"), up("c", "10.0.0.6")], Reach.HOST, "10.0.0.5"),
        (
            [down("a", "10.2.0.5"), down("b", "10.2.0.6"), down("c", "10.2.0.7"), up("d", "10.3.0.1")],
            Reach.NETWORK,
            "10.2.0.0/24",
        ),
        (
            [*(down(name, f"{name}.example", step=Step.TLS, kind="tls.cert.expired") for name in "abc"), up("d", "d")],
            Reach.SAME_WAY,
            "",
        ),
    ],
)
def test_it_says_how_far_a_trouble_reaches(members: list[Member], reach: Reach, where: str) -> None:
    watched = [one for one in members if not one.is_outside]
    told = failing_together(watched, {GATEWAY}, [one for one in members if one.is_outside])
    assert told is not None
    assert (told.reach, told.where) == (reach, where)
    assert told.since_s == 100.0


@pytest.mark.parametrize(
    "members",
    [
        [],
        [up("a", "a"), up("b", "b")],
        [down("a", "10.0.0.5"), up("b", "10.0.0.6"), up("c", "c")],
        # Two that have nothing to do with each other.
        [down("a", "10.0.0.5"), down("b", "203.0.113.9"), up("c", "c")],
        # The host answers on another port: its own services fail, it does not.
        [down("a", "10.0.0.5"), down("b", "10.0.0.5"), up("c", "10.0.0.5"), up("d", "d")],
        # At different times.
        [down("a", "a", 0.0), down("b", "b", 300.0), down("c", "c", 900.0)],
        # Applications, each with an error of its own, say nothing about the way there.
        [down(name, name, step=Step.HTTP, kind=f"http.error.50{at}") for at, name in enumerate("abc")],
    ],
)
def test_it_says_nothing_where_chance_explains_it(members: list[Member]) -> None:
    assert failing_together(members) is None


def test_a_reference_is_no_target_of_its_own() -> None:
    told = failing_together([*FAR, HERE], {GATEWAY})
    assert told is not None
    assert (told.targets, told.answering) == (("a", "b", "c"), 0)


def test_it_is_said_once_it_has_lasted_and_taken_back_once_it_is_over() -> None:
    keeper = TogetherKeeper()
    told = Together(Reach.EVERYTHING, ("a", "b", "c"), 3, 100.0)

    assert keeper.offer(told, 101.0) is None
    assert keeper.offer(told, 104.0) == told
    assert keeper.offer(None, 105.0) == told
    assert keeper.offer(told, 106.0) == told
    assert keeper.offer(None, 107.0) == told
    assert keeper.offer(None, 107.0 + ENDS_AFTER_S) is None


def test_it_keeps_when_it_began_though_more_targets_join() -> None:
    keeper = TogetherKeeper()
    keeper.offer(Together(Reach.EVERYTHING, ("a", "b", "c"), 4, 100.0), 110.0)
    later = keeper.offer(Together(Reach.EVERYTHING, ("b", "c", "d"), 4, 108.0), 111.0)
    assert later is not None
    assert (later.since_s, later.targets) == (100.0, ("b", "c", "d"))
