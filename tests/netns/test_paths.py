"""Paths and packet sizes over an emulated link whose routers and limits are known."""

import pytest

from support.link_emulator import SERVER, SERVER_6

HOPS = [f"10.71.{number}.1" for number in range(1, 6)]


def test_it_names_every_hop_with_its_round_trip_by_every_method(bench) -> None:
    bench.become(delay_ms=5, hops=HOPS)

    (outcome,) = bench.look(f"path://{SERVER}:80")

    assert outcome.ok
    for method in ("icmp", "udp", "tcp"):
        hops = outcome.detail["path"][method]["hops"]
        assert [hop["ip"] for hop in hops] == [*HOPS, SERVER]
        assert [hop["best_ms"] for hop in hops] == pytest.approx([2, 4, 6, 8, 10, 10], abs=0.8)
    assert outcome.phases.wait == pytest.approx(10, abs=3)


def test_it_finds_the_hop_behind_which_nothing_answers(bench) -> None:
    bench.become(hops=HOPS, dead_after=3)

    (outcome,) = bench.look(f"path://{SERVER}:80")

    assert outcome.fault.kind == "path.dead_after_hop"
    assert outcome.fault.evidence["path"] == {"last_hop": 3, "last_ip": HOPS[2], "is_loop": False}


def test_it_finds_routers_that_send_packets_back_and_forth(bench) -> None:
    bench.become(hops=[HOPS[0], *HOPS[1:3] * 15], dead_after=31)

    (outcome,) = bench.look(f"path://{SERVER}")

    assert outcome.fault.kind == "path.loop"


def test_it_takes_a_silent_router_for_no_loss_of_the_path(bench) -> None:
    bench.become(hops=HOPS, silent_hops=[HOPS[1]], hop_answers={HOPS[2]: 0.4})

    (outcome,) = bench.look(f"path://{SERVER}")

    search = outcome.detail["path"]["udp"]
    assert search["hops"][1]["lost"] == search["hops"][1]["sent"]
    assert search["loss_begins_at"] is None


def test_it_sees_where_a_firewall_stops_the_service_and_lets_the_rest_pass(bench) -> None:
    bench.become(hops=HOPS)
    (outcome,) = bench.look(f"path://{SERVER}:81")

    assert outcome.ok, "a refused connection came all the way"
    assert outcome.detail["path"]["tcp"]["hops"][-1]["ip"] == SERVER


@pytest.mark.parametrize("size", [1300, 1437])
@pytest.mark.parametrize("host", [SERVER, f"[{SERVER_6}]"])
def test_it_finds_the_path_mtu_to_the_byte_where_a_router_tells(bench, host: str, size: int) -> None:
    bench.become(mtu=size)

    (outcome,) = bench.look(f"mtu://{host}")

    assert outcome.ok
    found = outcome.detail["mtu"]
    assert (found["mtu"], found["device_mtu"], found["told_mtu"]) == (size, 1500, size)


@pytest.mark.parametrize("size", [1300, 1437])
@pytest.mark.parametrize("host", [SERVER, f"[{SERVER_6}]"])
def test_it_finds_a_black_hole_to_the_byte(bench, host: str, size: int) -> None:
    bench.become(mtu=size, is_mtu_told=False, delay_ms=2)

    (outcome,) = bench.look(f"mtu://{host}")

    assert outcome.fault.kind == "tcp.mtu_black_hole"
    assert outcome.fault.evidence["mtu"] == {"fits": size, "vanishes": size + 1, "method": "icmp"}


def test_it_takes_lost_packets_for_no_limit(bench) -> None:
    bench.become(every=4)

    (outcome,) = bench.look(f"mtu://{SERVER}")

    assert outcome.ok
    assert outcome.detail["mtu"]["mtu"] == 1500


def test_it_proves_with_tcp_that_large_segments_vanish_and_small_ones_pass(bench) -> None:
    bench.become(mtu=1300, is_mtu_told=False)

    (outcome,) = bench.look(f"mtu://{SERVER}:9")

    assert outcome.fault.kind == "tcp.mtu_black_hole"
    tcp = outcome.detail["mtu"]["tcp"]
    assert (tcp["is_usual_confirmed"], tcp["is_small_confirmed"]) == (False, True)


def test_it_finds_the_black_hole_by_udp_where_pings_are_kept_from_users(bench) -> None:
    bench.spaces.set("client", net_ipv4_ping__group__range="1 0")
    bench.become(mtu=1300, is_mtu_told=False)
    try:
        (outcome,) = bench.look(f"mtu://{SERVER}")
    finally:
        bench.spaces.set("client", net_ipv4_ping__group__range="0 2147483647")

    assert outcome.fault.evidence["mtu"] == {"fits": 1300, "vanishes": 1301, "method": "udp"}


def test_it_says_that_pings_are_kept_from_this_user(bench) -> None:
    bench.spaces.set("client", net_ipv4_ping__group__range="1 0")
    try:
        (outcome,) = bench.look(f"icmp://{SERVER}")
    finally:
        bench.spaces.set("client", net_ipv4_ping__group__range="0 2147483647")

    assert outcome.fault.kind == "local.capability"
