"""Without a route: no link at all, a link without an address, and a link whose router is missing."""

import pytest

from clearline.net.machine import link_state
from support.misbehaving import limits
from support.namespaces import Namespaces, join_by_veth
from support.probing_at_once import probe_all

ELSEWHERE = "192.0.2.9"


@pytest.mark.parametrize(
    ("steps", "state", "kind"),
    [
        ((), "no_link", "local.no_link"),
        (("-n {client} addr flush dev server0",), "no_address", "local.no_address"),
        (("-n {client} link set server0 up",), "", "local.no_route"),
    ],
    ids=["no link", "no address", "no router"],
)
def test_it_tells_why_there_is_no_route(spaces: Namespaces, steps: tuple[str, ...], state: str, kind: str) -> None:
    with Namespaces("client", "server") as made:
        if steps:
            join_by_veth(made, "client", "server", "10.83.0")
            made.ip(*steps)

        seen = made.inside("client", lambda: link_state(ELSEWHERE))
        tcp, udp = made.inside("client", lambda: probe_all((f"tcp://{ELSEWHERE}:80", f"udp://{ELSEWHERE}:7"), limits()))

    assert seen == state
    assert [tcp.fault.kind, udp.fault.kind] == [kind, kind]


def test_it_knows_the_own_network(spaces: Namespaces) -> None:
    with Namespaces("client", "server") as made:
        join_by_veth(made, "client", "server", "10.84.0")

        assert made.inside("client", lambda: link_state("10.84.0.77")) == "on_link"


@pytest.mark.parametrize(
    ("address", "is_off", "kind"),
    [
        ("[fd60::1]:80", True, "local.family_unavailable"),
        ("[fe80::1%server0]:80", False, "local.bind_failed"),
    ],
    ids=["IPv6 is turned off", "the server has its address"],
)
def test_it_takes_no_missing_address_for_a_missing_port(
    spaces: Namespaces, address: str, is_off: bool, kind: str
) -> None:
    with Namespaces("client", "server") as made:
        made.set("client", net_ipv6_conf_all_disable__ipv6=int(is_off), net_ipv6_conf_default_addr__gen__mode=1)
        join_by_veth(made, "client", "server", "10.85.0")
        if not is_off:
            made.ip("-n {server} addr add fe80::2/64 dev client1 nodad", "-n {client} addr add fe80::2/64 dev server0")

        tcp, udp = made.inside("client", lambda: probe_all((f"tcp://{address}", f"udp://{address}"), limits()))

    assert [tcp.fault.kind, udp.fault.kind] == [kind, kind]
