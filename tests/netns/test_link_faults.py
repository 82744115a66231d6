"""Faults of a link and of the routers on it, each made on purpose and told by its own kind."""

import socket

import pytest

from clearline.domain.loss_pattern import FROM, LossPattern, loss_pattern
from clearline.domain.profile import Timeouts
from support.link_emulator import SERVER, SERVER_6
from support.misbehaving import limits

TCP, UDP, DNS, HTTP = f"tcp://{SERVER}:80", f"udp://{SERVER}:7", f"dns://a.test?server={SERVER}:53", f"http://{SERVER}/"
ROUTER = "10.70.5.1"
SHORT = limits(connect_s=0.4, wait_s=0.4)

UNREACHABLE = {
    **dict.fromkeys((0, 6, 11), "net"),
    **dict.fromkeys((1, 2, 5, 7, 8, 12), "host"),
    3: "port",
    **dict.fromkeys((9, 10, 13, 14, 15), "prohibited"),
}
KINDS = {
    "tcp": {
        "net": "tcp.address_unreachable.net",
        "host": "tcp.address_unreachable.host",
        "port": "tcp.refused.by_firewall",
        "prohibited": "tcp.admin_prohibited",
    },
    "udp": {
        "net": "udp.unreachable.net",
        "host": "udp.unreachable.host",
        "port": "udp.port_unreachable",
        "prohibited": "udp.admin_prohibited",
    },
    "icmp": {
        "net": "icmp.unreachable.net",
        "host": "icmp.unreachable.host",
        "port": "icmp.unreachable.port",
        "prohibited": "icmp.admin_prohibited",
    },
}


@pytest.mark.parametrize("code", UNREACHABLE)
def test_it_tells_each_code_of_a_reject_and_who_sent_it(bench, code: int) -> None:
    bench.become(refuses={SERVER: [3, code]})

    seen = bench.look(TCP, UDP, f"icmp://{SERVER}")

    meaning = UNREACHABLE[code]
    assert [outcome.fault.kind for outcome in seen] == [KINDS[probe][meaning] for probe in ("tcp", "udp", "icmp")]
    assert {outcome.fault.evidence["icmp"]["offender"] for outcome in seen} == {ROUTER}


@pytest.mark.parametrize(
    ("kind", "code", "expected"),
    [
        (1, 0, "tcp.address_unreachable.net"),
        (1, 1, "tcp.admin_prohibited"),
        (1, 3, "tcp.address_unreachable.host"),
        (1, 4, "tcp.refused.by_firewall"),
        (3, 0, "tcp.ttl_exceeded"),
    ],
)
def test_it_tells_each_code_of_ipv6(bench, kind: int, code: int, expected: str) -> None:
    bench.become(refuses={SERVER_6: [kind, code]})

    (outcome,) = bench.look(f"tcp://[{SERVER_6}]:80", timeouts=SHORT)

    assert outcome.fault.kind == expected


def test_it_tells_packets_that_run_in_circles(bench) -> None:
    bench.become(refuses={SERVER: [11, 0]})

    assert [outcome.fault.kind for outcome in bench.look(TCP, f"icmp://{SERVER}", timeouts=SHORT)] == [
        "tcp.ttl_exceeded",
        "icmp.ttl_exceeded",
    ]


def test_it_tells_packets_that_vanish(bench) -> None:
    bench.become(drops=[SERVER])

    seen = bench.look(TCP, UDP, DNS, HTTP, f"icmp://{SERVER}", timeouts=SHORT)

    assert [outcome.fault.kind for outcome in seen] == [
        "tcp.timed_out", "udp.no_reply", "dns.timed_out", "tcp.timed_out", "icmp.no_reply",
    ]  # fmt: skip


def test_it_reports_a_lost_connection_request_and_books_it_nowhere(bench) -> None:
    bench.become(delay_ms=10, drop_syns=1)

    (outcome,) = bench.look(TCP)

    assert outcome.ok
    assert outcome.phases.connect > 1000, "what a person waited is told"
    assert outcome.syn_retransmits == 1
    assert outcome.kernel_rtt_ms is None, "the round trip of a repeated request is ambiguous (RFC 6298 section 3)"
    assert outcome.latency_ms is None


def test_it_measures_the_delay_of_the_path(bench) -> None:
    bench.become(delay_ms=15)

    tcp, udp, dns, icmp = bench.look(TCP, UDP, f"udp://{SERVER}:7", f"icmp://{SERVER}")

    for outcome in (tcp, udp, dns, icmp):
        assert outcome.ok
        assert outcome.kernel_rtt_ms == pytest.approx(30, abs=6)
        assert outcome.latency_ms >= 30


def test_it_measures_each_family_by_itself(bench) -> None:
    bench.become(delay_ms=10)

    tcp, udp, icmp = bench.look(f"tcp://[{SERVER_6}]:80", f"udp://[{SERVER_6}]:7", f"icmp://[{SERVER_6}]")

    assert [outcome.ok for outcome in (tcp, udp, icmp)] == [True, True, True]
    assert icmp.kernel_rtt_ms == pytest.approx(20, abs=4)


def losses(bench, count: int, **link: object) -> tuple[list[bool], dict[str, int]]:
    """Which of so many datagrams, one after the other, were lost, and what the link counted."""
    bench.become(only_protocol=socket.IPPROTO_UDP, **link)
    # Short, as there are many; long enough for a processor that was busy elsewhere for a moment.
    quick = limits(wait_s=0.1)
    lost = []
    for _ in range(count // 20):
        lost += [not outcome.ok for outcome in bench.look(*[UDP] * 20, timeouts=quick)]
    return lost, bench.become()


@pytest.mark.parametrize(
    ("link", "pattern"),
    [
        ({"loss": 0.2}, LossPattern.RANDOM),
        ({"loss": 0.2, "burst": 4.0}, LossPattern.BURSTY),
        ({"every": 10}, LossPattern.PERIODIC),
    ],
    ids=["random", "burst", "periodic"],
)
def test_it_counts_as_many_losses_as_the_link_made_and_names_their_pattern(
    bench, link: dict[str, float], pattern: LossPattern
) -> None:
    lost, counts = losses(bench, FROM, **link)

    assert sum(lost) == counts.get("lost", 0) + counts.get("lost_back", 0)
    assert sum(lost) > 10
    assert loss_pattern(lost) is pattern


def test_it_tells_the_path_mtu_that_a_router_names(bench) -> None:
    bench.become(mtu=1300)

    (first,) = bench.look(UDP, payload="x" * 1400)

    assert first.fault.kind == "udp.message_too_big"
    assert first.fault.evidence["icmp"]["mtu"] == 1300


def test_it_sees_only_silence_where_big_packets_vanish_untold(bench) -> None:
    bench.become(mtu=1300, is_mtu_told=False)

    small, big = bench.look(UDP, UDP, payload="x" * 1400, timeouts=SHORT)[0], bench.look(UDP, timeouts=SHORT)[0]

    assert small.fault.kind == "udp.no_reply"
    assert big.ok


def test_it_waits_behind_a_full_queue_no_longer_than_the_queue(bench) -> None:
    # 80 ms a packet: all are sent before the first leaves the queue, also by a busy processor.
    bench.become(rate_kbit=100, queue_packets=3)

    seen = bench.look(*[UDP] * 10, payload="x" * 1000, timeouts=Timeouts(wait_s=0.8))

    assert sum(outcome.ok for outcome in seen) == 3
