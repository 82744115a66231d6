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
