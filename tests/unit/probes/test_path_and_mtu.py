"""Paths and packet sizes, judged from scripted answers."""

import asyncio

import pytest

from clearline.net.evidence import Icmp
from clearline.net.reached import Method, Reach
from support.scripted_reach import TARGET, ScriptedReach, not_allowed, probed

END = Reach(TARGET, 12.0, is_end=True)


def hop(ttl: int) -> Reach:
    return Reach(f"10.0.{ttl}.1", 2.0 * ttl, icmp=Icmp(4, 11, 0, f"10.0.{ttl}.1"))


def test_it_finds_the_way_and_takes_the_ends_round_trip_for_its_own() -> None:
    network = ScriptedReach(lambda method, ttl, size: hop(ttl) if ttl < 4 else END)

    outcome = asyncio.run(probed(network, "path://example.test:443"))

    assert outcome.ok
    assert [each["ip"] for each in outcome.detail["path"]["tcp"]["hops"]] == [*(hop(n).ip for n in (1, 2, 3)), TARGET]
    assert outcome.phases.wait == 12.0


def test_it_lets_tcp_decide_where_the_address_has_a_port() -> None:
    def answer(method: Method, ttl: int, size: int | None) -> Reach:
        if ttl < 3:
            return hop(ttl)
        return Reach() if method is Method.TCP else END

    outcome = asyncio.run(probed(ScriptedReach(answer), "path://example.test:443"))

    assert outcome.fault is not None
    assert outcome.fault.kind == "path.dead_after_hop"
    assert outcome.fault.evidence["path"]["last_hop"] == 2
    assert outcome.detail["path"]["icmp"]["is_reached"]


def test_it_says_which_ways_this_user_may_not_try() -> None:
    def answer(method: Method, ttl: int, size: int | None) -> Reach:
        if method is Method.ICMP:
            raise not_allowed()
        return END

    outcome = asyncio.run(probed(ScriptedReach(answer), "path://example.test"))

    assert outcome.ok
    assert outcome.detail["path"]["icmp"]["is_not_allowed"]


def test_it_ends_where_a_router_refuses() -> None:
    refusal = Reach("10.0.2.1", 4.0, icmp=Icmp(4, 3, 13, "10.0.2.1"))
    network = ScriptedReach(lambda method, ttl, size: hop(1) if ttl == 1 else refusal)

    outcome = asyncio.run(probed(network, "path://example.test:443"))

    hops = outcome.detail["path"]["tcp"]["hops"]
    assert outcome.fault is not None
    assert (len(hops), hops[-1]["refusal"]) == (2, [4, 3, 13])


@pytest.mark.parametrize("limit", [576, 577, 1279, 1300, 1499, 1500])
def test_it_finds_every_limit_to_the_byte(limit: int) -> None:
    def answer(method: Method, ttl: int | None, size: int) -> Reach:
        if size > 1500:
            return Reach(device_mtu=1500)
        return END if size <= limit else Reach()

    outcome = asyncio.run(probed(ScriptedReach(answer), "mtu://example.test"))

    assert outcome.detail["mtu"]["mtu"] == limit
    assert outcome.ok == (limit == 1500)


def test_it_asks_for_what_a_router_names_before_it_searches() -> None:
    def answer(method: Method, ttl: int | None, size: int) -> Reach:
        if size > 1500:
            return Reach(device_mtu=1500)
        return END if size <= 1400 else Reach("10.0.1.1", 1.0, icmp=Icmp(4, 3, 4, "10.0.1.1", mtu=1400))

    network = ScriptedReach(answer)
    outcome = asyncio.run(probed(network, "mtu://example.test"))

    assert outcome.ok
    assert {size for _, _, size in network.asked} == {576, 65_535, 1500, 1400, 1401}


def test_it_shows_a_black_hole_by_tcp_alone_where_nothing_else_answers() -> None:
    network = ScriptedReach(lambda method, ttl, size: Reach(), confirms=lambda mss: mss is not None)

    outcome = asyncio.run(probed(network, "mtu://example.test:443"))

    assert outcome.fault is not None
    assert outcome.fault.kind == "tcp.mtu_black_hole"
    assert outcome.fault.evidence["mtu"]["method"] == "tcp"


def test_it_takes_slow_confirmation_of_any_size_for_no_black_hole() -> None:
    def answer(method: Method, ttl: int | None, size: int) -> Reach:
        return Reach(device_mtu=1500) if size > 1500 else END

    outcome = asyncio.run(probed(ScriptedReach(answer, confirms=lambda mss: False), "mtu://example.test:443"))

    assert outcome.ok
    assert outcome.detail["mtu"]["tcp"]["is_small_confirmed"] is False


def test_it_says_so_where_nothing_answers() -> None:
    outcome = asyncio.run(probed(ScriptedReach(lambda method, ttl, size: Reach()), "mtu://example.test"))

    assert outcome.fault is not None
    assert outcome.fault.kind == "icmp.no_reply"


def test_it_goes_by_icmp_where_the_system_tells_no_routers_for_tcp() -> None:
    def answer(method: Method, ttl: int | None, size: int | None) -> Reach:
        if method is not Method.ICMP:
            raise not_allowed()
        return Reach(TARGET, 9.0, is_end=True) if ttl == 2 else hop(1)

    outcome = asyncio.run(probed(ScriptedReach(answer), f"path://{TARGET}:443"))

    assert outcome.ok, outcome.fault
    assert outcome.detail["path"]["tcp"]["is_not_allowed"]
    assert outcome.detail["path"]["icmp"]["is_reached"]
