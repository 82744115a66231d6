"""Both families of a name over a link on which one of them is broken."""

import pytest

from clearline.net.network import literal_address
from clearline.net.sockets import SystemNetwork
from clearline.probes.families import Families, compare_families
from support.link_emulator import SERVER, SERVER_6


def compared(bench, port: int = 80, limit_s: float = 1.5) -> Families:
    addresses = [literal_address(host, port) for host in (SERVER_6, SERVER)]

    async def compare(network: SystemNetwork) -> Families:
        return await compare_families(network, addresses, limit_s)

    found: Families = bench.do(compare)
    return found


def test_it_shows_the_broken_family_that_a_browser_hides(bench) -> None:
    bench.become(delay_ms=5, drops=[SERVER_6])

    found = compared(bench)

    assert [(leg.family, leg.kind) for leg in found.legs] == [(6, "tcp.timed_out"), (4, "")]
    assert found.hidden == 6
    assert found.race.winner == f"{SERVER}:80"
    assert found.race.ms == pytest.approx(260, abs=5)


def test_it_reports_a_lost_request_with_its_leg(bench) -> None:
    bench.become(delay_ms=5, drop_syns=1, drops=[SERVER_6])

    four = compared(bench).legs_of(4)[0]

    assert (four.is_ok, four.syn_retransmits, four.rtt_ms) == (True, 1, None)


def test_it_measures_every_leg_by_itself(bench) -> None:
    bench.become(delay_ms=5)

    assert [leg.rtt_ms for leg in compared(bench).legs] == pytest.approx([10, 10], abs=2)
