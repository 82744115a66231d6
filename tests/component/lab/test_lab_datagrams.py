"""UDP and DNS: what comes back, seen by raw sockets and dnspython."""

import socket
import time
from collections.abc import Callable

import dns.flags
import dns.message
import dns.query
import dns.rcode
import pytest

from clearline.domain.target import Target, parse_endpoint
from support.lab_clients import in_lab


def talk(target: Target, *words: bytes, limit_s: float = 2.0) -> list[bytes]:
    answers = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(limit_s)
        sock.connect((target.host, target.port))
        for word in words:
            sock.send(word)
            answers.append(sock.recv(1000))
    return answers


def asks(
    kind: str = "A", name: str = "www.practice.example", limit_s: float = 2.0
) -> Callable[[Target], dns.message.Message]:
    def look(target: Target) -> dns.message.Message:
        host, port = parse_endpoint(target.server or "")
        return dns.query.udp(dns.message.make_query(name, kind), host, limit_s, port or 53)

    return look


def test_it_sends_every_datagram_back() -> None:
    assert in_lab("udp", "", lambda target: talk(target, b"one", b"", b"three")) == [b"one", b"", b"three"]


def test_lost_datagrams_do_not_come_back() -> None:
    def look(target: Target) -> None:
        with pytest.raises(TimeoutError):
            talk(target, b"one", limit_s=0.2)

    in_lab("udp", 'kind = "drop"', look)


def test_it_loses_about_the_share_it_is_told() -> None:
    def look(target: Target) -> int:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.connect((target.host, target.port))
            sock.settimeout(0.5)
            for _ in range(200):
                sock.send(b"x")
            came = 0
            try:
                while sock.recv(10):
                    came += 1
            except TimeoutError:
                pass
        return came

    assert 70 <= in_lab("udp", 'kind = "loss", share = 0.5', look) <= 130


def test_a_closed_port_is_told_by_icmp() -> None:
    def look(target: Target) -> None:
        with pytest.raises(ConnectionRefusedError):
            talk(target, b"one")

    in_lab("udp", 'kind = "port_closed"', look)


def test_garbage_is_not_what_was_said() -> None:
    (answer,) = in_lab("udp", 'kind = "garbage"', lambda target: talk(target, b"one"))
    assert answer != b"one"


def test_a_delay_is_as_long_as_asked() -> None:
    def look(target: Target) -> float:
        began = time.perf_counter()
        talk(target, b"one")
        return time.perf_counter() - began

    assert in_lab("udp", 'kind = "delay", delay_ms = 150', look) >= 0.145


def test_a_name_is_answered_from_the_zone() -> None:
    answer = in_lab("dns", "", asks())
    assert sorted(str(record) for record in answer.answer[0]) == ["10.2.0.20", "10.2.0.21"]


def test_a_type_that_is_not_there_is_an_empty_answer() -> None:
    answer = in_lab("dns", "", asks("AAAA"))
    assert (answer.rcode(), answer.answer) == (dns.rcode.NOERROR, [])


def test_another_name_does_not_exist() -> None:
    assert in_lab("dns", "", asks(name="other.practice.example")).rcode() == dns.rcode.NXDOMAIN


@pytest.mark.parametrize(
    ("fault", "rcode"),
    [
        ("nxdomain", dns.rcode.NXDOMAIN),
        ("servfail", dns.rcode.SERVFAIL),
        ("server_refuses", dns.rcode.REFUSED),
        ("format_error", dns.rcode.FORMERR),
        ("no_data", dns.rcode.NOERROR),
    ],
)
def test_each_bad_answer_has_its_code_and_no_records(fault: str, rcode: int) -> None:
    answer = in_lab("dns", f'kind = "{fault}"', asks())
    assert (answer.rcode(), answer.answer) == (rcode, [])


def test_a_truncated_answer_sends_the_client_to_a_tcp_port_that_refuses() -> None:
    def look(target: Target) -> dns.message.Message:
        answer = asks()(target)
        host, port = parse_endpoint(target.server or "")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, port or 53), 1)
        return answer

    assert in_lab("dns", 'kind = "truncated"', look).flags & dns.flags.TC


def test_an_answer_to_another_question_is_noticed() -> None:
    def look(target: Target) -> None:
        with pytest.raises(dns.query.BadResponse):
            asks()(target)

    in_lab("dns", 'kind = "wrong_id"', look)


def test_a_dropped_question_times_out() -> None:
    def look(target: Target) -> None:
        with pytest.raises(dns.exception.Timeout):
            asks(limit_s=0.2)(target)

    in_lab("dns", 'kind = "drop"', look)


def test_what_is_no_question_is_ignored() -> None:
    def look(target: Target) -> bytes:
        host, port = parse_endpoint(target.server or "")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(2)
            sock.connect((host, port or 53))
            sock.send(b"hello")
            sock.send(dns.message.make_query("www.practice.example", "A").to_wire())
            return sock.recv(1000)

    assert dns.message.from_wire(in_lab("dns", "", look)).answer
