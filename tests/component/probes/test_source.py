"""Sockets tied to an adapter: they bear its address, and go no other way where it is gone."""

import asyncio
import sys

import pytest

from clearline.domain.outcome import Outcome
from clearline.domain.profile import Timeouts
from clearline.net.network import Source
from clearline.probes.registry import run
from support.misbehaving import SteadyClock, on_network, server, silent, target_at

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="names Linux's adapters")

GONE = Source("127.0.0.1", "gone0")


def look(address: str, source: Source) -> Outcome:
    clock = SteadyClock()

    async def use(network) -> Outcome:
        tied = network.leaving_by(source)
        return await run(target_at(address), Timeouts(), clock.now() + 2.0, tied, clock)

    return asyncio.run(on_network(use))


def test_it_bears_the_address_that_was_chosen() -> None:
    with server(silent) as there:
        outcomes = [look(f"tcp://127.0.0.1:{there.port}", Source(ip, "lo")) for ip in ("127.0.0.7", "127.0.0.8")]

    assert [outcome.ok for outcome in outcomes] == [True, True]
    assert [outcome.detail["local_ip"] for outcome in outcomes] == ["127.0.0.7", "127.0.0.8"]


@pytest.mark.parametrize("scheme", ["tcp", "udp", "icmp"])
def test_it_goes_no_other_way_where_the_adapter_is_gone(scheme: str) -> None:
    with server(silent) as there:
        port = "" if scheme == "icmp" else f":{there.port}"
        outcome = look(f"{scheme}://127.0.0.1{port}", GONE)

    assert outcome.fault is not None
    assert outcome.fault.kind == "local.capability"


def test_it_refuses_an_address_that_the_adapter_does_not_have() -> None:
    with server(silent) as there:
        outcome = look(f"tcp://127.0.0.1:{there.port}", Source("192.0.2.7", "lo"))

    assert outcome.fault is not None
    assert outcome.fault.kind == "local.capability"
