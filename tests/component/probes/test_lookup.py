"""What lies behind a resolver that only says it failed: one question straight to its name server."""

import asyncio
import socket
from collections.abc import Callable

import dns.message
import dns.rcode
import pytest

from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from clearline.domain.profile import Timeouts
from clearline.net.evidence import DnsEvidence, Evidence, NetworkError
from clearline.net.network import Address
from clearline.net.sockets import SystemNetwork
from clearline.net.timing import Limit
from clearline.probes.registry import run
from support.misbehaving import SteadyClock, datagram_server, free_port, limits, reached, target_at


class FailingResolver(SystemNetwork):
    """The system's resolver says EAI_AGAIN; its name server is on a port of the test."""

    def __init__(self, port: int | None, code: int = socket.EAI_AGAIN) -> None:
        super().__init__()
        self._port = port
        self._code = code

    async def resolve(self, host: str, port: int, limit: Limit) -> tuple[Address, ...]:
        raise NetworkError(Evidence(transport="dns", dns=DnsEvidence(eai=self._code), chain=("gaierror: again",)))

    async def name_servers(self) -> tuple[Address, ...]:
        return () if self._port is None else (Address(socket.AF_INET, ("127.0.0.1", self._port)),)


def look(
    port: int | None, address: str = "tcp://www.example.test:80", timeouts: Timeouts | None = None, **options: int
) -> Outcome:
    async def story() -> Outcome:
        network = FailingResolver(port, **options)
        clock = SteadyClock()
        try:
            return await run(target_at(address), timeouts or Timeouts(), clock.now() + 15, network, clock)
        finally:
            network.close()

    return asyncio.run(story())


def saying(rcode: int) -> Callable[[bytes], list[bytes]]:
    def reply(data: bytes) -> list[bytes]:
        answer = dns.message.make_response(dns.message.from_wire(data))
        answer.set_rcode(dns.rcode.Rcode.make(rcode))
        return [answer.to_wire()]

    return reply


@pytest.mark.parametrize(
    ("rcode", "kind"),
    [(2, "dns.server.servfail"), (5, "dns.server.refused"), (4, "dns.protocol"), (3, "dns.failed"), (0, "dns.failed")],
)
@pytest.mark.parametrize("address", ["tcp://www.example.test:80", "dns://www.example.test"])
def test_it_finds_out_what_the_server_says(rcode: int, kind: str, address: str) -> None:
    with datagram_server(saying(rcode)) as port:
        outcome = look(port, address)

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == (kind, Phase.RESOLVE)
    assert reached(outcome) == [Phase.RESOLVE]
    assert outcome.fault.evidence["chain"] == ["gaierror: again"]


def test_it_finds_out_that_no_server_runs() -> None:
    outcome = look(free_port(socket.SOCK_DGRAM))

    assert outcome.fault is not None
    assert outcome.fault.kind == "dns.unreachable.port"


def test_it_finds_out_that_the_server_is_silent_and_does_not_count_its_own_wait() -> None:
    with datagram_server(lambda _: []) as port:
        outcome = look(port)

    assert outcome.fault is not None
    assert outcome.fault.kind == "dns.timed_out"
    assert not outcome.fault.is_void
    assert outcome.phases.total_ms < 900


def test_it_finds_out_that_there_is_no_server_to_ask() -> None:
    outcome = look(None)

    assert outcome.fault is not None
    assert outcome.fault.kind == "dns.not_configured"


def test_it_takes_a_plain_no_as_it_is() -> None:
    with datagram_server(saying(2)) as port:
        outcome = look(port, code=socket.EAI_NONAME)

    assert outcome.fault is not None
    assert outcome.fault.kind == "dns.name_not_resolved.nxdomain"


def test_it_asks_the_first_name_server_for_records_the_resolver_does_not_give() -> None:
    with datagram_server(saying(5)) as port:
        outcome = look(port, "dns://example.test?type=MX", limits(wait_s=1))

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == ("dns.server.refused", Phase.WAIT)
    assert outcome.address == f"127.0.0.1:{port}"
