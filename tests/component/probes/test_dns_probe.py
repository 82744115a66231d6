"""The DNS probe against name servers that answer everything a name server can."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from support.misbehaving import datagram_server, free_port, limits, probe, reached

Reply = Callable[[dns.message.Message], list[bytes]]


def ask(reply: Reply, record_type: str = "A", **more: object) -> Outcome:
    with datagram_server(lambda data: reply(dns.message.from_wire(data))) as port:
        return probe(f"dns://www.example.test?type={record_type}&server=127.0.0.1:{port}", **more)


def answered(
    question: dns.message.Message, *records: str, ede: int | None = None, rcode: int = 0
) -> dns.message.Message:
    answer = dns.message.make_response(question)
    answer.set_rcode(dns.rcode.Rcode.make(rcode))
    if records:
        name, kind = question.question[0].name, question.question[0].rdtype
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", dns.rdatatype.to_text(kind), *records))
    if ede is not None:
        answer.use_edns(options=[dns.edns.EDEOption(dns.edns.EDECode.make(ede), "because")])
    return answer


def saying(*records: str, ede: int | None = None, rcode: int = 0) -> Reply:
    return lambda question: [answered(question, *records, ede=ede, rcode=rcode).to_wire()]


@pytest.mark.parametrize(
    ("record_type", "record"), [("A", "192.0.2.1"), ("AAAA", "2001:db8::1"), ("MX", "10 mail.example.test.")]
)
def test_it_reads_an_answer(record_type: str, record: str) -> None:
    outcome = ask(saying(record), record_type)

    assert outcome.ok
    assert reached(outcome) == [Phase.WAIT]
    assert outcome.status == 0
    assert outcome.detail["dns"]["answers"] == [record]
    assert outcome.detail["dns"]["ttl_s"] == 60
    assert outcome.bytes_out > 12
    assert outcome.bytes_in > 12


@pytest.mark.parametrize(
    ("rcode", "ede", "kind"),
    [
        (0, None, "dns.name_not_resolved.no_data"),
        (3, None, "dns.name_not_resolved.nxdomain"),
        (3, 15, "dns.server.blocked"),
        (2, None, "dns.server.servfail"),
        (2, 22, "dns.server.servfail"),
        (2, 6, "dns.server.dnssec_bogus"),
        (5, None, "dns.server.refused"),
        (9, None, "dns.protocol"),
    ],
)
def test_it_tells_what_the_server_said(rcode: int, ede: int | None, kind: str) -> None:
    outcome = ask(saying(rcode=rcode, ede=ede))

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == (kind, Phase.WAIT)
    assert outcome.status == rcode
    assert outcome.fault.evidence["dns"]["rcode"] == rcode
    assert outcome.fault.evidence["dns"].get("ede", []) == ([] if ede is None else [ede])
    assert reached(outcome) == [Phase.WAIT]


@pytest.mark.parametrize("rcode", [1, 4])
def test_it_asks_again_without_edns_where_the_server_cannot_take_it(rcode: int) -> None:
    def picky(question: dns.message.Message) -> list[bytes]:
        return saying(rcode=rcode)(question) if question.edns >= 0 else saying("192.0.2.1")(question)

    outcome = ask(picky)

    assert outcome.ok
    assert outcome.detail["dns"]["edns"] is False


def test_it_tells_a_server_that_finds_no_question_good_enough() -> None:
    outcome = ask(saying(rcode=1))

    assert outcome.fault is not None
    assert outcome.fault.kind == "dns.protocol"


def test_it_tells_silence() -> None:
    outcome = ask(lambda _: [], timeouts=limits(wait_s=0.2))

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == ("dns.timed_out", Phase.WAIT)
    assert outcome.phases.wait is not None
    assert outcome.phases.wait >= 199


def wrong_id(question: dns.message.Message) -> bytes:
    answer = answered(question, "192.0.2.66")
    answer.id = question.id ^ 1
    return answer.to_wire()


def wrong_question(question: dns.message.Message) -> bytes:
    other = dns.message.make_query("other.example.test", "A", id=question.id)
    return answered(other, "192.0.2.66").to_wire()


@pytest.mark.parametrize("forge", [wrong_id, wrong_question])
def test_it_waits_past_answers_to_something_else(forge: Callable[[dns.message.Message], bytes]) -> None:
    outcome = ask(lambda question: [forge(question), *saying("192.0.2.1")(question)])

    assert outcome.ok
    assert outcome.detail["dns"]["answers"] == ["192.0.2.1"]


@pytest.mark.parametrize("forge", [wrong_id, wrong_question])
def test_it_tells_where_only_answers_to_something_else_came(forge: Callable[[dns.message.Message], bytes]) -> None:
    outcome = ask(lambda question: [forge(question)], timeouts=limits(wait_s=0.2))

    assert outcome.fault is not None
    assert outcome.fault.kind == "dns.protocol"
    assert outcome.fault.evidence["dns"]["rejected"] == 1


def test_it_tells_an_answer_that_makes_no_sense() -> None:
    outcome = ask(lambda question: [question.to_wire()[:2] + b"\x80\x00" + b"\xff" * 9])

    assert outcome.fault is not None
    assert outcome.fault.kind == "dns.protocol"


def test_it_tells_where_no_name_server_runs() -> None:
    outcome = probe(f"dns://www.example.test?server=127.0.0.1:{free_port(socket.SOCK_DGRAM)}")

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == ("dns.unreachable.port", Phase.WAIT)


@contextlib.contextmanager
def long_answers(*, has_stream: bool) -> Iterator[int]:
    """A server that says over UDP that the answer is too long, and gives it over TCP or does not."""

    def too_long(data: bytes) -> list[bytes]:
        answer = answered(dns.message.from_wire(data))
        answer.flags |= dns.flags.TC
        return [answer.to_wire()]

    with datagram_server(too_long) as port:
        if not has_stream:
            yield port
            return
        listener = socket.create_server(("127.0.0.1", port))

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                data = connection.recv(65_536)
                wire = answered(dns.message.from_wire(data[2:]), "192.0.2.7").to_wire()
                # In two parts, as a stream may.
                connection.sendall(len(wire).to_bytes(2, "big") + wire[:10])
                connection.sendall(wire[10:])

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield port
        thread.join(10)
        listener.close()


def test_it_fetches_a_long_answer_over_tcp() -> None:
    with long_answers(has_stream=True) as port:
        outcome = probe(f"dns://www.example.test?server=127.0.0.1:{port}")

    assert outcome.ok
    assert outcome.detail["dns"]["answers"] == ["192.0.2.7"]
    assert reached(outcome) == [Phase.CONNECT, Phase.WAIT]


def test_it_tells_where_a_long_answer_cannot_be_fetched() -> None:
    with long_answers(has_stream=False) as port:
        outcome = probe(f"dns://www.example.test?server=127.0.0.1:{port}")

    assert outcome.fault is not None
    assert outcome.fault.kind == "dns.truncated_no_tcp"


def test_it_asks_the_systems_resolver_without_a_server() -> None:
    outcome = probe("dns://localhost")

    assert outcome.ok
    assert reached(outcome) == [Phase.RESOLVE]
    assert outcome.detail["dns"]["answers"] == ["127.0.0.1"]


def test_it_turns_an_address_into_the_name_that_ptr_asks_for() -> None:
    asked: list[str] = []

    def note(question: dns.message.Message) -> list[bytes]:
        asked.append(str(question.question[0].name))
        return saying("host.example.test.")(question)

    with datagram_server(lambda data: note(dns.message.from_wire(data))) as port:
        outcome = probe(f"dns://192.0.2.5?type=PTR&server=127.0.0.1:{port}")

    assert outcome.ok
    assert asked == ["5.2.0.192.in-addr.arpa."]


@pytest.mark.parametrize(
    ("record_type", "records", "kind"),
    [
        ("A", ["0.0.0.0"], "dns.server.blocked"),
        ("AAAA", ["::"], "dns.server.blocked"),
        ("A", ["127.0.53.53"], "dns.bogon"),
        ("A", ["0.0.0.0", "192.0.2.1"], ""),
    ],
)
def test_it_tells_answers_that_lead_nowhere(record_type: str, records: list[str], kind: str) -> None:
    outcome = ask(saying(*records), record_type)

    assert (outcome.fault.kind if outcome.fault else "") == kind
    assert sorted(outcome.detail["dns"]["answers"]) == sorted(records)
