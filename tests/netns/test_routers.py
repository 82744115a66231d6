"""What real routers say with ICMP, seen by the probes in three network namespaces: client, router, server."""

import pytest

from clearline.domain.outcome import Outcome
from support.misbehaving import limits
from support.namespaces import Namespaces, join_by_veth
from support.probing_at_once import probe_all

ROUTER = "10.81.0.2"
EXPECTED = {
    "tcp://10.82.0.2:80": ("tcp.refused", ""),
    "udp://10.82.0.2:80": ("udp.port_unreachable", "10.82.0.2"),
    "dns://a.test?server=10.82.0.2:53": ("dns.unreachable.port", "10.82.0.2"),
    "tcp://10.90.1.5:80": ("tcp.admin_prohibited", ROUTER),
    "udp://10.90.1.5:80": ("udp.admin_prohibited", ROUTER),
    "tcp://10.90.2.5:80": ("tcp.address_unreachable.host", ROUTER),
    "udp://10.90.2.5:80": ("udp.unreachable.host", ROUTER),
    "tcp://10.99.0.1:80": ("tcp.address_unreachable.net", ROUTER),
    "tcp://10.90.3.5:80": ("tcp.timed_out", ""),
    "udp://10.90.3.5:80": ("udp.no_reply", ""),
    "dns://a.test?server=10.90.3.5:53": ("dns.timed_out", ""),
    "tcp://10.81.0.77:80": ("local.neighbor_unreachable", "10.81.0.1"),
    "tcp://10.91.0.1:80": ("local.no_route", ""),
    "tcp://10.92.0.1:80": ("local.permission_denied", ""),
    "tcp://10.93.0.1:80": ("local.no_route", ""),
    "icmp://10.82.0.2": ("", ""),
    "icmp://10.90.1.5": ("icmp.admin_prohibited", ROUTER),
    "icmp://10.90.2.5": ("icmp.unreachable.host", ROUTER),
    "icmp://10.99.0.1": ("icmp.unreachable.net", ROUTER),
    "icmp://10.90.3.5": ("icmp.no_reply", ""),
    "icmp://10.91.0.1": ("local.no_route", ""),
}


@pytest.fixture(scope="module")
def seen(spaces: Namespaces) -> dict[str, Outcome]:
    """All probed at once: a silent neighbour takes the kernel three seconds."""
    join_by_veth(spaces, "client", "router", "10.81.0")
    join_by_veth(spaces, "router", "server", "10.82.0")
    spaces.ip(
        "-n {server} route add default via 10.82.0.1",
        "-n {client} route add default via 10.81.0.2",
        "-n {router} route add prohibit 10.90.1.0/24",
        "-n {router} route add unreachable 10.90.2.0/24",
        "-n {router} route add blackhole 10.90.3.0/24",
        "-n {client} route add unreachable 10.91.0.0/24",
        "-n {client} route add prohibit 10.92.0.0/24",
        "-n {client} route add blackhole 10.93.0.0/24",
    )
    # A Linux router answers one client five times at once and then once a second (net/ipv4/route.c: error_burst).
    spaces.set("router", net_ipv4_ip__forward=1, net_ipv4_icmp__ratelimit=0)
    spaces.set("client", net_ipv4_ping__group__range="0 2147483647")
    first = tuple(address for address in EXPECTED if not address.startswith("icmp"))
    later = tuple(address for address in EXPECTED if address.startswith("icmp"))
    times, short = limits(connect_s=3.6, wait_s=3.6), limits(wait_s=0.5)

    def look() -> list[Outcome]:
        return [*probe_all(first, times), *probe_all(later, short)]

    return dict(zip((*first, *later), spaces.inside("client", look), strict=True))


@pytest.mark.parametrize("address", EXPECTED)
def test_it_tells_who_refused(address: str, seen: dict[str, Outcome]) -> None:
    fault = seen[address].fault

    kind = fault.kind if fault else ""
    offender = fault.evidence.get("icmp", {}).get("offender", "") if fault else ""
    assert (kind, offender) == EXPECTED[address]
