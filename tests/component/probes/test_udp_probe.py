"""The UDP probe: echo, loss, a stranger's answer, and a port where nothing listens."""

import socket

from clearline.domain.phase import Phase
from support.misbehaving import datagram_server, free_port, limits, probe, reached

ASKED = [Phase.SEND, Phase.WAIT]


def test_it_takes_an_echo_of_its_own_datagram_as_success() -> None:
    seen: list[bytes] = []

    def echo(data: bytes) -> list[bytes]:
        seen.append(data)
        return [data]

    with datagram_server(echo) as port:
        outcome = probe(f"udp://127.0.0.1:{port}")

    assert outcome.ok
    assert reached(outcome) == ASKED
    assert seen[0].startswith(b"clearline ")
    assert outcome.bytes_out == outcome.bytes_in == len(seen[0])


def test_it_numbers_each_datagram_anew() -> None:
    seen: set[bytes] = set()

    def echo(data: bytes) -> list[bytes]:
        seen.add(data)
        return [data]

    with datagram_server(echo) as port:
        for _ in range(3):
            probe(f"udp://127.0.0.1:{port}")

    assert len(seen) == 3


def test_it_takes_any_answer_to_a_payload_of_the_persons() -> None:
    with datagram_server(lambda data: [data.upper()]) as port:
        outcome = probe(f"udp://127.0.0.1:{port}", payload="status")

    assert outcome.ok
    assert outcome.detail["udp"]["is_echo"] is False


def test_it_tells_an_answer_that_is_no_echo() -> None:
    with datagram_server(lambda _: [b"who are you"]) as port:
        outcome = probe(f"udp://127.0.0.1:{port}")

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == ("udp.unexpected_reply", Phase.WAIT)
    assert outcome.fault.evidence["first_bytes"] == "who are you"


def test_it_tells_silence() -> None:
    with datagram_server(lambda _: []) as port:
        outcome = probe(f"udp://127.0.0.1:{port}", timeouts=limits(wait_s=0.2))

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == ("udp.no_reply", Phase.WAIT)
    assert outcome.phases.wait is not None
    assert outcome.phases.wait >= 199
    assert reached(outcome) == ASKED


def test_it_tells_where_nothing_listens() -> None:
    outcome = probe(f"udp://127.0.0.1:{free_port(socket.SOCK_DGRAM)}")

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == ("udp.port_unreachable", Phase.WAIT)


def test_it_tells_a_datagram_that_is_too_big_for_any_path() -> None:
    with datagram_server(lambda data: [data]) as port:
        outcome = probe(f"udp://127.0.0.1:{port}", payload="x" * 70_000)

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == ("udp.message_too_big", Phase.SEND)
    assert reached(outcome) == [Phase.SEND]
