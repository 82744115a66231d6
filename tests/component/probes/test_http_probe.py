"""The HTTP probe against servers that answer well, badly or not at all."""

import base64
import gzip
import socket
import time
from pathlib import Path

import pytest

from clearline.domain.phase import Phase
from clearline.domain.target import MASK
from support.misbehaving import (
    Handler,
    ThreadServer,
    answering,
    free_port,
    limits,
    probe,
    reached,
    receive_request,
    reset,
    server,
    silent,
)
from support.tls_servers import make_authority, make_leaf, over_tls, server_context

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
WHOLE = [Phase.CONNECT, Phase.SEND, Phase.WAIT, Phase.RECEIVE]
UNANSWERED = [Phase.CONNECT, Phase.SEND, Phase.WAIT]


def after_request(act: Handler) -> Handler:
    def handle(connection: socket.socket, running: ThreadServer) -> None:
        receive_request(connection)
        act(connection, running)

    return handle


def sending(*parts: bytes, then: Handler | None = None) -> Handler:
    def act(connection: socket.socket, running: ThreadServer) -> None:
        for part in parts:
            connection.sendall(part)
        if then is not None:
            then(connection, running)

    return after_request(act)


def resetting(connection: socket.socket, _: ThreadServer) -> None:
    reset(connection)


def test_it_reads_an_answer_and_stamps_every_phase() -> None:
    with server(answering(OK)) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/")

    assert outcome.ok
    assert reached(outcome) == WHOLE
    assert outcome.status == 200
    assert outcome.bytes_in == len(OK)
    assert outcome.bytes_out > 0
    assert outcome.detail["http"]["version"] == "HTTP/1.1"
    assert outcome.detail["http"]["body_bytes"] == 5


def test_its_phases_add_up_to_the_whole_attempt() -> None:
    def slow(connection: socket.socket, running: ThreadServer) -> None:
        running.stopping.wait(0.05)
        connection.sendall(OK[:-2])
        running.stopping.wait(0.05)
        connection.sendall(OK[-2:])

    with server(after_request(slow)) as running:
        began = time.perf_counter()
        outcome = probe(f"http://127.0.0.1:{running.port}/")
        took_ms = (time.perf_counter() - began) * 1000

    assert outcome.phases.wait is not None
    assert outcome.phases.wait >= 49
    assert outcome.phases.receive is not None
    assert outcome.phases.receive >= 49
    assert 100 <= outcome.phases.total_ms <= took_ms


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, "http.error.401"), (404, "http.error.404"), (418, "http.error.418"), (500, "http.error.500")],
)
def test_it_takes_a_status_from_400_on_as_a_fault(status: int, kind: str) -> None:
    with server(answering(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % status)) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/")

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == (kind, Phase.RECEIVE)
    assert reached(outcome) == WHOLE
    assert outcome.status == status


def test_it_takes_a_redirect_as_the_answer_where_the_target_says_so() -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: /login?token=abc\r\nContent-Length: 0\r\n\r\n"
    with server(answering(answer)) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/", follow=False)

    assert outcome.ok
    assert outcome.status == 302
    assert outcome.detail["http"]["headers"]["location"] == f"/login?token={MASK}"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (b"Retry-After: 7", 7.0),
        (b"Date: Tue, 15 Sep 2026 10:00:00 GMT\r\nRetry-After: Tue, 15 Sep 2026 10:01:30 GMT", 90.0),
        (b"Date: Tue, 15 Sep 2026 10:00:00 GMT\r\nRetry-After: Tue, 15 Sep 2026 09:00:00 GMT", 0.0),
        (b"Retry-After: soon", None),
    ],
)
def test_it_reads_the_wait_a_server_asks_for(header: bytes, seconds: float | None) -> None:
    with server(answering(b"HTTP/1.1 503 Busy\r\n" + header + b"\r\nContent-Length: 0\r\n\r\n")) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/")

    assert outcome.fault is not None
    assert outcome.fault.kind == "http.error.503"
    assert outcome.retry_after_s == seconds
    assert outcome.fault.evidence["http"].get("retry_after_s") == seconds


def test_it_obeys_the_statuses_that_are_expected() -> None:
    with server(answering(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")) as running:
        welcome = probe(f"http://127.0.0.1:{running.port}/", expect_status=(404,))
    with server(answering(OK)) as running:
        other = probe(f"http://127.0.0.1:{running.port}/", expect_status=(204,))

    assert welcome.ok
    assert other.fault is not None
    assert other.fault.kind == "http.content_mismatch"


@pytest.mark.parametrize("text", ["hello", "goodbye"])
def test_it_looks_for_the_expected_text(text: str) -> None:
    with server(answering(OK)) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/", expect_text=text)

    assert outcome.ok is (text == "hello")
    assert outcome.fault is None or outcome.fault.kind == "http.content_mismatch"


def test_it_finds_text_in_an_answer_that_was_compressed_unasked() -> None:
    body = gzip.compress("grüß dich".encode())
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    with server(answering(head + body)) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/", expect_text="grüß")

    assert outcome.ok


def test_it_tells_a_server_that_hangs_up_without_a_byte() -> None:
    with server(sending()) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/")

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == ("http.response.invalid.empty", Phase.WAIT)
    assert reached(outcome) == UNANSWERED


def test_it_tells_a_reset_after_the_request() -> None:
    with server(after_request(resetting)) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/")

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == ("tcp.reset", Phase.WAIT)
    assert reached(outcome) == UNANSWERED


def test_it_tells_a_reset_right_after_the_accept() -> None:
    with server(resetting) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/")

    assert outcome.fault is not None
    assert outcome.fault.kind in ("tcp.reset", "tcp.closed")
    assert reached(outcome)[0] is Phase.CONNECT


@pytest.mark.parametrize("handler", [silent, after_request(silent)], ids=["from the start", "after the request"])
def test_it_tells_silence(handler: Handler) -> None:
    with server(handler) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/", timeouts=limits(wait_s=0.2))

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == ("http.timed_out", Phase.WAIT)
    assert outcome.fault.evidence["deadline"] == {"phase": "wait", "value_s": 0.2, "by": "wait"}
    assert reached(outcome) == UNANSWERED
    assert outcome.phases.wait is not None
    assert outcome.phases.wait >= 199


@pytest.mark.parametrize("part", [OK[:-2], OK[:20]], ids=["in the body", "in the head"])
def test_it_tells_an_answer_that_stops_half_way(part: bytes) -> None:
    with server(sending(part, then=silent)) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/", timeouts=limits(receive_s=0.2))

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == ("http.stalled", Phase.RECEIVE)
    assert reached(outcome) == WHOLE


def test_it_lets_a_slow_body_take_its_time_while_it_moves() -> None:
    def drip(connection: socket.socket, running: ThreadServer) -> None:
        connection.sendall(OK[:-5])
        for at in range(5, 0, -1):
            running.stopping.wait(0.25)
            connection.sendall(OK[-at:][:1])

    with server(after_request(drip)) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/", timeouts=limits(receive_s=1))

    assert outcome.ok
    assert outcome.phases.receive is not None
    assert outcome.phases.receive > 1000, "longer than the limit, which is one for silence"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", "http.response.invalid.content_length_mismatch"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            "http.response.invalid.incomplete_chunked_encoding",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "http.response.invalid"),
        (b"HTTP/1.1 two hundred\r\n\r\n", "http.response.invalid"),
    ],
    ids=["length", "chunks", "head", "status line"],
)
def test_it_tells_a_broken_answer(answer: bytes, kind: str) -> None:
    with server(answering(answer)) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/")

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == (kind, Phase.RECEIVE)
    assert reached(outcome) == WHOLE


def test_it_tells_a_reset_in_the_middle_of_the_body() -> None:
    def act(connection: socket.socket, running: ThreadServer) -> None:
        connection.sendall(OK[:-2])
        # A reset overtakes bytes the client has not read yet.
        running.stopping.wait(0.1)
        reset(connection)

    with server(after_request(act)) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/")

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == ("tcp.reset", Phase.RECEIVE)
    assert outcome.status == 200


def test_it_tells_another_protocol_at_once_instead_of_waiting() -> None:
    def greet(connection: socket.socket, running: ThreadServer) -> None:
        connection.sendall(b"220 mail ready")
        running.stopping.wait(10)

    with server(greet) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/")

    assert outcome.fault is not None
    assert outcome.fault.kind == "http.response.invalid"
    assert outcome.fault.evidence["first_bytes"] == "220 mail ready"
    assert outcome.phases.total_ms < 2000


def test_it_stops_reading_after_a_megabyte() -> None:
    def endless(connection: socket.socket, _: ThreadServer) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
        for _ in range(200):
            connection.sendall(b"x" * 65_536)

    with server(after_request(endless)) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/")

    assert outcome.ok
    assert outcome.detail["http"]["is_cut"] is True
    assert outcome.detail["http"]["body_bytes"] < 2_000_000


def test_it_sends_credentials_and_shows_them_nowhere() -> None:
    seen: list[bytes] = []

    def echo(connection: socket.socket, _: ThreadServer) -> None:
        seen.append(receive_request(connection))
        # A careless server, on no protocol at all, so that its bytes become evidence.
        connection.sendall(b"got Basic " + base64.b64encode(b"ann:p@ss word") + b" p@ss word\r\n")

    with server(echo) as running:
        outcome = probe(f"http://ann:p%40ss%20word@127.0.0.1:{running.port}/")

    assert b"Authorization: Basic " + base64.b64encode(b"ann:p@ss word") in seen[0]
    assert f"Host: 127.0.0.1:{running.port}\r\n".encode() in seen[0]
    assert "p@ss" not in str(outcome)
    assert base64.b64encode(b"ann:p@ss word").decode() not in str(outcome)
    assert MASK in str(outcome)


def test_it_asks_with_the_given_method() -> None:
    seen: list[bytes] = []

    def note(connection: socket.socket, _: ThreadServer) -> None:
        seen.append(receive_request(connection))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")

    with server(note) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/a?b=c", method="HEAD")

    assert outcome.ok
    assert seen[0].startswith(b"HEAD /a?b=c HTTP/1.1\r\n")


def test_it_tells_where_nothing_listens() -> None:
    outcome = probe(f"http://127.0.0.1:{free_port()}/")

    assert outcome.fault is not None
    assert outcome.fault.kind == "tcp.refused"
    assert reached(outcome) == [Phase.CONNECT]


def test_it_reads_an_answer_over_tls_without_counting_session_tickets(tmp_path: Path) -> None:
    """The server's tickets come 100 ms before its answer: they are no first byte."""
    authority = make_authority()
    (tmp_path / "ca.pem").write_bytes(authority.pem)

    def slow(secure: socket.socket, running: ThreadServer) -> None:
        receive_request(secure)
        running.stopping.wait(0.1)
        secure.sendall(OK)

    context = server_context(make_leaf(authority), tmp_path, alpn=("http/1.1",))
    with server(over_tls(context, slow)) as running:
        outcome = probe(f"https://127.0.0.1:{running.port}/", ca_file=str(tmp_path / "ca.pem"))

    assert outcome.ok
    assert reached(outcome) == [Phase.CONNECT, Phase.TLS, Phase.SEND, Phase.WAIT, Phase.RECEIVE]
    assert outcome.phases.wait is not None
    assert outcome.phases.wait >= 95
    assert outcome.detail["tls"]["alpn"] == "http/1.1"


def test_it_connects_elsewhere_and_still_asks_for_the_name(tmp_path: Path) -> None:
    authority = make_authority()
    (tmp_path / "ca.pem").write_bytes(authority.pem)
    seen: list[bytes] = []

    def note(secure: socket.socket, _: ThreadServer) -> None:
        seen.append(receive_request(secure))
        secure.sendall(OK)

    context = server_context(make_leaf(authority, "www.example.test"), tmp_path)
    with server(over_tls(context, note)) as running:
        outcome = probe("https://www.example.test/", via=f"127.0.0.1:{running.port}", ca_file=str(tmp_path / "ca.pem"))

    assert outcome.ok
    assert outcome.address == f"127.0.0.1:{running.port}"
    assert b"Host: www.example.test\r\n" in seen[0]


def test_it_tells_a_bad_certificate_before_anything_is_asked(tmp_path: Path) -> None:
    with server(over_tls(server_context(make_leaf(None), tmp_path))) as running:
        outcome = probe(f"https://127.0.0.1:{running.port}/")

    assert outcome.fault is not None
    assert outcome.fault.kind == "tls.cert.authority_invalid.self_signed"
    assert reached(outcome) == [Phase.CONNECT, Phase.TLS]
