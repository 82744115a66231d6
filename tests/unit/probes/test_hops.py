"""Hops folded from single packets: losses that count, loops, and where a path ends."""

from clearline.net.evidence import Icmp
from clearline.net.reached import Reach
from clearline.probes.hops import Hop, has_loop, loss_begins_at, trimmed


def hop(ttl: int, answered: int, lost: int = 0, ip: str = "", *, is_end: bool = False) -> Hop:
    made = Hop(ttl, ips=[])
    for _ in range(answered):
        made.add(Reach(ip or f"10.0.{ttl}.1", 5.0, is_end))
    for _ in range(lost):
        made.add(Reach())
    return made


def test_it_finds_loss_where_it_goes_on_to_the_end() -> None:
    assert loss_begins_at([hop(1, 10), hop(2, 7, 3), hop(3, 7, 3), hop(4, 7, 3, is_end=True)]) == 2


def test_it_ignores_loss_that_a_later_hop_does_not_share() -> None:
    assert loss_begins_at([hop(1, 2, 8), hop(2, 10), hop(3, 10, is_end=True)]) is None
    assert loss_begins_at([hop(1, 2, 8), hop(2, 10), hop(3, 7, 3, is_end=True)]) == 3


def test_it_passes_over_routers_that_never_answer() -> None:
    assert loss_begins_at([hop(1, 7, 3), hop(2, 0, 10), hop(3, 7, 3, is_end=True)]) == 1


def test_it_judges_no_loss_where_the_end_was_not_reached() -> None:
    assert loss_begins_at([hop(1, 10), hop(2, 3, 7)]) is None


def test_it_ends_a_path_at_the_target_at_a_refusal_or_behind_the_last_answer() -> None:
    refusing = hop(2, 1)
    refusing.add(Reach("10.0.2.1", 1.0, icmp=Icmp(4, 3, 13, "10.0.2.1")))

    assert [each.ttl for each in trimmed([hop(1, 1), hop(2, 1, is_end=True), hop(3, 1, is_end=True)])] == [1, 2]
    assert [each.ttl for each in trimmed([hop(1, 1), refusing, hop(3, 1)])] == [1, 2]
    assert [each.ttl for each in trimmed([hop(1, 1), hop(2, 0, 3), hop(3, 0, 3)])] == [1, 2]
    assert [each.ttl for each in trimmed([hop(1, 0, 3), hop(2, 0, 3)])] == [1]


def test_it_sees_two_routers_taking_turns() -> None:
    turns = [hop(1, 1, ip="a"), hop(2, 1, ip="b"), hop(3, 1, ip="c"), hop(4, 1, ip="b"), hop(5, 1, ip="c")]

    assert has_loop(turns)
    assert not has_loop(turns[:3])


def test_it_does_not_take_one_router_that_answers_twice_for_a_loop() -> None:
    assert not has_loop([hop(1, 1, ip="a"), hop(2, 1, ip="b"), hop(3, 1, ip="b"), hop(4, 1, ip="c")])
