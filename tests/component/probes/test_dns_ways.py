"""Name servers by TCP, TLS and HTTPS, wrong signatures, and where servers and the system's resolver disagree."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from clearline.domain.phase import Phase
from clearline.net.name_settings import NameSettings
from clearline.net.network import Address, literal_address
from clearline.net.sockets import SystemNetwork
from clearline.probes.dns_compare import compare
from support.misbehaving import (
    Handler,
    ThreadServer,
    datagram_server,
    free_port,
    limits,
    probe,
    reached,
    receive_request,
    server,
)
from support.tls_servers import make_authority, make_leaf, over_tls, server_context


def answered(question: dns.message.Message, *records: str, rcode: int = 0) -> bytes:
    answer = dns.message.make_response(question)
    answer.set_rcode(dns.rcode.Rcode.make(rcode))
    if records:
        answer.answer.append(dns.rrset.from_text(question.question[0].name, 60, "IN", "A", *records))
    return answer.to_wire()


def by_stream(*records: str) -> Handler:
    def handle(connection: socket.socket, _: ThreadServer) -> None:
        data = b""
        while len(data) < 2 or len(data) < 2 + int.from_bytes(data[:2], "big"):
            part = connection.recv(1000)
            if not part:
                return
            data += part
        wire = answered(dns.message.from_wire(data[2:]), *records)
        connection.sendall(len(wire).to_bytes(2, "big") + wire)
        connection.recv(10)

    return handle


def by_https(status: int = 200) -> Handler:
    def handle(connection: socket.socket, _: ThreadServer) -> None:
        request = receive_request(connection)
        head, _, body = request.partition(b"\r\n\r\n")
        size = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        while len(body) < size:
            body += connection.recv(1000)
        wire = answered(dns.message.from_wire(body), "192.0.2.1") if b"POST /dns-query " in head else b""
        connection.sendall(b"HTTP/1.1 %d So\r\nContent-Length: %d\r\n\r\n%b" % (status, len(wire), wire))

    return handle


@pytest.fixture
def secure(tmp_path: Path) -> tuple[Callable[[Handler], Handler], str]:
    authority = make_authority()
    path = tmp_path / "ca.pem"
    path.write_bytes(authority.pem)
    context = server_context(make_leaf(authority), tmp_path)
    return lambda then: over_tls(context, then), str(path)


def test_it_asks_by_tcp() -> None:
    with server(by_stream("192.0.2.1")) as running:
        outcome = probe(f"dns://www.example.test?transport=tcp&server=127.0.0.1:{running.port}")

    assert outcome.ok
    assert reached(outcome) == [Phase.CONNECT, Phase.WAIT]
    assert outcome.detail["dns"]["answers"] == ["192.0.2.1"]
    assert outcome.detail["dns"]["transport"] == "tcp"
    assert outcome.bytes_in > 12


def test_it_asks_by_tls(secure: tuple[Callable[[Handler], Handler], str]) -> None:
    with server(secure[0](by_stream("192.0.2.1"))) as running:
        address = f"dns://www.example.test?transport=tls&server=127.0.0.1:{running.port}"
        outcome, untrusted = probe(address, ca_file=secure[1]), probe(address)

    assert outcome.ok
    assert reached(outcome) == [Phase.CONNECT, Phase.TLS, Phase.WAIT]
    assert outcome.detail["tls"]["version"] == "TLSv1.3"
    assert untrusted.fault is not None
    assert untrusted.fault.kind == "tls.cert.authority_invalid.unknown_ca"


def test_it_asks_by_https(secure: tuple[Callable[[Handler], Handler], str]) -> None:
    with server(secure[0](by_https())) as running:
        outcome = probe(f"dns://www.example.test?transport=https&server=127.0.0.1:{running.port}", ca_file=secure[1])

    assert outcome.ok
    assert reached(outcome) == [Phase.CONNECT, Phase.TLS, Phase.SEND, Phase.WAIT, Phase.RECEIVE]
    assert outcome.detail["dns"]["answers"] == ["192.0.2.1"]


def test_it_tells_an_https_server_that_is_no_name_server(secure: tuple[Callable[[Handler], Handler], str]) -> None:
    with server(secure[0](by_https(404))) as running:
        outcome = probe(f"dns://www.example.test?transport=https&server=127.0.0.1:{running.port}", ca_file=secure[1])

    assert outcome.fault is not None
    assert outcome.fault.kind == "http.error.404"


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (lambda connection, _: connection.recv(1000), "tcp.closed"),
        (lambda connection, _: connection.sendall(b"\x00\x05hello"), "dns.protocol"),
        (lambda connection, running: running.stopping.wait(2), "dns.timed_out"),
    ],
)
def test_it_tells_a_bad_answer_by_tcp(act: Handler, kind: str) -> None:
    with server(act) as running:
        outcome = probe(
            f"dns://www.example.test?transport=tcp&server=127.0.0.1:{running.port}", timeouts=limits(wait_s=0.3)
        )

    assert outcome.fault is not None
    assert outcome.fault.kind == kind


def test_it_tells_a_name_server_that_takes_no_connection() -> None:
    outcome = probe(f"dns://www.example.test?transport=tls&server=127.0.0.1:{free_port()}")

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == ("dns.unreachable.port", Phase.CONNECT)


@pytest.mark.parametrize(
    ("is_signed_wrong", "kind"), [(True, "dns.server.dnssec_bogus"), (False, "dns.server.servfail")]
)
def test_it_proves_wrong_signatures_by_asking_without_checking(is_signed_wrong: bool, kind: str) -> None:
    def reply(data: bytes) -> list[bytes]:
        question = dns.message.from_wire(data)
        is_answered = is_signed_wrong and question.flags & dns.flags.CD
        return [answered(question, "192.0.2.1") if is_answered else answered(question, rcode=2)]

    with datagram_server(reply) as port:
        outcome = probe(f"dns://www.example.test?server=127.0.0.1:{port}")

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == (kind, Phase.WAIT)
    assert outcome.fault.evidence["dns"].get("is_fine_unchecked", False) is is_signed_wrong


class Configured(SystemNetwork):
    """A machine that is told to ask these servers."""

    def __init__(self, ports: list[int], settings: NameSettings) -> None:
        super().__init__()
        self._ports, self._settings = ports, settings

    async def name_servers(self) -> tuple[Address, ...]:
        found = (literal_address("127.0.0.1", port) for port in self._ports)
        return tuple(address for address in found if address)

    async def name_settings(self) -> NameSettings:
        return self._settings


@contextlib.contextmanager
def servers(*answers: tuple[str, ...]) -> Iterator[list[int]]:
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(
                datagram_server(
                    lambda data, records=records: [
                        answered(dns.message.from_wire(data), *records, rcode=0 if records else 3)
                    ]
                )
            )
            for records in answers
        ]


def findings(
    *answers: tuple[str, ...],
    system: tuple[str, ...],
    name: str = "www.example.test",
    settings: NameSettings | None = None,
) -> dict[str, object]:
    async def look(ports: list[int]) -> dict[str, object]:
        network = Configured(ports, settings or NameSettings())
        try:
            return await compare(network, name, "A", system, 5.0)
        finally:
            network.close()

    with servers(*answers) as ports:
        return asyncio.run(look(ports))


ONE, OTHER = "192.0.2.1", "192.0.2.2"


@pytest.mark.parametrize(
    ("answers", "system", "found"),
    [
        ([(ONE,), (ONE,)], (ONE,), []),
        ([(ONE, OTHER)], (OTHER,), []),
        ([(ONE,), (OTHER,)], (ONE,), ["servers_disagree"]),
        ([(ONE,), ()], (ONE,), ["servers_disagree"]),
        ([(ONE,)], (OTHER,), ["resolver_disagrees"]),
        ([()], (ONE,), ["resolver_disagrees"]),
        ([(ONE,)], (), ["resolver_disagrees"]),
        ([()], (), []),
        ([], (ONE,), []),
    ],
)
def test_it_finds_where_answers_disagree(
    answers: list[tuple[str, ...]], system: tuple[str, ...], found: list[str]
) -> None:
    told = findings(*answers, system=system)

    assert told["findings"] == found
    assert [set(one["answers"]) for one in told["servers"]] == [set(records) for records in answers]  # type: ignore[index,attr-defined]


def test_it_knows_a_name_from_the_hosts_file() -> None:
    settings = NameSettings(hosts=(("www.example.test", ONE),))

    assert findings((), system=(ONE,), settings=settings)["findings"] == ["hosts_file"]


def test_it_knows_a_name_that_was_completed() -> None:
    settings = NameSettings(search=("corp.test",))

    assert findings((ONE,), system=(ONE,), name="intranet", settings=settings)["findings"] == ["search_domain"]


def test_it_waits_half_a_second_at_most_for_a_silent_server() -> None:
    began = threading.Event()

    def note(_: bytes) -> list[bytes]:
        began.set()
        return []

    async def look(port: int) -> dict[str, object]:
        network = Configured([port], NameSettings())
        try:
            async with asyncio.timeout(3):
                return await compare(network, "www.example.test", "A", (ONE,), 5.0)
        finally:
            network.close()

    with datagram_server(note) as port:
        told = asyncio.run(look(port))

    assert began.is_set()
    assert told["findings"] == []
    assert told["servers"][0]["kind"] == "dns.timed_out"  # type: ignore[index]


def test_it_compares_beside_the_systems_answer() -> None:
    outcome = probe("dns://localhost?type=A")

    assert outcome.ok
    assert reached(outcome) == [Phase.RESOLVE]
    assert "hosts_file" in outcome.detail["dns"]["findings"]
