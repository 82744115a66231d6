"""A name with several addresses: each tried in order, each one's answer kept."""

import asyncio
import errno
import socket

from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from clearline.domain.profile import Timeouts
from clearline.net.evidence import Evidence, NetworkError, OsError
from clearline.net.network import Address
from clearline.net.sockets import SystemNetwork, SystemStream
from clearline.net.timing import Limit
from clearline.probes.registry import run
from support.misbehaving import SteadyClock, free_port, reached, server, silent, target_at

IPV6 = Address(socket.AF_INET6, ("2001:db8::1", 80, 0, 0))


def at_port(port: int) -> Address:
    return Address(socket.AF_INET, ("127.0.0.1", port))


class ManyAddresses(SystemNetwork):
    """Every name has these addresses, and this machine has no IPv6."""

    def __init__(self, *addresses: Address) -> None:
        super().__init__()
        self._addresses = addresses

    async def resolve(self, host: str, port: int, limit: Limit) -> tuple[Address, ...]:
        return self._addresses

    async def connect(self, address: Address, limit: Limit) -> SystemStream:
        if address.family == socket.AF_INET6:
            raise NetworkError(Evidence(os_error=OsError(errno.ENETUNREACH), peer=address.ip))
        return await super().connect(address, limit)


def look(*addresses: Address) -> Outcome:
    async def story() -> Outcome:
        network = ManyAddresses(*addresses)
        clock = SteadyClock()
        try:
            return await run(target_at("tcp://www.example.test:80"), Timeouts(), clock.now() + 15, network, clock)
        finally:
            network.close()

    return asyncio.run(story())


def kinds(outcome: Outcome) -> list[str]:
    return [tried["kind"] for tried in outcome.detail["addresses"]]


def test_it_takes_the_first_address_that_connects() -> None:
    with server(silent) as first, server(silent) as second:
        outcome = look(at_port(first.port), at_port(second.port))

    assert outcome.ok
    assert outcome.address == f"127.0.0.1:{first.port}"
    assert kinds(outcome) == [""]


def test_it_goes_on_to_the_next_and_keeps_what_the_first_said() -> None:
    with server(silent) as running:
        outcome = look(IPV6, at_port(free_port()), at_port(running.port))

    assert outcome.ok
    assert outcome.address == f"127.0.0.1:{running.port}"
    assert kinds(outcome) == ["local.no_route", "tcp.refused", ""]
    assert reached(outcome) == [Phase.RESOLVE, Phase.CONNECT]


def test_it_reports_what_a_peer_said_rather_than_that_a_family_is_missing() -> None:
    outcome = look(at_port(free_port()), IPV6)

    assert outcome.fault is not None
    assert outcome.fault.kind == "tcp.refused"
    assert kinds(outcome) == ["tcp.refused", "local.no_route"]


def test_it_reports_the_missing_family_where_nothing_else_was_tried() -> None:
    outcome = look(IPV6)

    assert outcome.fault is not None
    assert outcome.fault.kind == "local.no_route"
    assert outcome.address == "[2001:db8::1]:80"
