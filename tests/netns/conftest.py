"""One emulated link with services behind it for all tests of this folder; skipped where there can be none."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from clearline.domain.outcome import Outcome
from clearline.domain.profile import Timeouts
from clearline.net.sockets import SystemNetwork
from support.link_emulator import Emulator, Link, emulated_link
from support.misbehaving import on_network
from support.namespace_services import services
from support.namespaces import Namespaces, T, why_no_tun, why_not
from support.probing_at_once import probe_all


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/netns/" in str(item.path):
            item.add_marker(pytest.mark.netns)


@dataclass
class Bench:
    """A client and a server, and the link between them."""

    spaces: Namespaces
    emulator: Emulator

    def become(self, **fields: Any) -> dict[str, int]:
        """The link is like that from now on; gives the counts so far."""
        return self.emulator.change(Link(**fields))

    def look(self, *addresses: str, timeouts: Timeouts | None = None, **fields: Any) -> list[Outcome]:
        """Probe these from the client, all at once."""
        return self.spaces.inside("client", lambda: probe_all(addresses, timeouts or Timeouts(), **fields))

    def do(self, use: Callable[[SystemNetwork], Any]) -> Any:
        """Use the client's network."""
        return self.spaces.inside("client", lambda: asyncio.run(on_network(use)))

    def inside(self, call: Callable[[], T]) -> T:
        """Call something at the client."""
        return self.spaces.inside("client", call)


@pytest.fixture(scope="session")
def _bench() -> Iterator[Bench]:
    if reason := why_no_tun():
        pytest.skip(reason)
    with Namespaces("client", "server") as spaces, emulated_link(spaces) as emulator, services(spaces):
        spaces.set("client", net_ipv4_ping__group__range="0 2147483647")
        # One test loses packets on purpose; the next must not begin with what the kernel learned from that.
        spaces.set("client", net_ipv4_tcp__no__metrics__save=1)
        spaces.set("server", net_ipv4_icmp__ratelimit=0)
        yield Bench(spaces, emulator)


@pytest.fixture
def bench(_bench: Bench) -> Bench:
    """The link as new."""
    _bench.become()
    _bench.spaces.ip("-n {client} route flush cache")
    return _bench


@pytest.fixture(scope="module")
def spaces() -> Iterator[Namespaces]:
    """Client, router and server, with nothing between them yet."""
    if reason := why_not():
        pytest.skip(reason)
    with Namespaces("client", "router", "server") as made:
        yield made
