"""The HTTP probe over HTTP/2, where a server talks before it answers."""

import socket
from pathlib import Path

import h2.connection
import h2.events
import h2.exceptions
import pytest

from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from support.http2_server import Act, over_h2
from support.misbehaving import ThreadServer, limits, probe, reached, server
from support.tls_servers import make_authority, make_leaf, over_tls, server_context

WHOLE = [Phase.CONNECT, Phase.TLS, Phase.SEND, Phase.WAIT, Phase.RECEIVE]
UNANSWERED = WHOLE[:-1]


def ask(act: Act, folder: Path, **more: object) -> Outcome:
    authority = make_authority()
    (folder / "ca.pem").write_bytes(authority.pem)
    context = server_context(make_leaf(authority), folder, alpn=("h2",))
    with server(over_tls(context, over_h2(act))) as running:
        return probe(f"https://127.0.0.1:{running.port}/", ca_file=str(folder / "ca.pem"), **more)


def answer(connection: h2.connection.H2Connection, stream: int, _: socket.socket, running: ThreadServer) -> None:
    running.stopping.wait(0.1)
    connection.send_headers(stream, [(":status", "200"), ("content-type", "text/plain")])
    connection.send_data(stream, b"hello", end_stream=True)


def test_it_counts_the_wait_until_the_answer_and_not_until_the_servers_settings(tmp_path: Path) -> None:
    outcome = ask(answer, tmp_path, expect_text="hello")

    assert outcome.ok
    assert outcome.status == 200
    assert reached(outcome) == WHOLE
    assert outcome.phases.wait is not None
    assert outcome.phases.wait >= 95
    assert outcome.detail["http"]["version"] == "HTTP/2"
    assert outcome.detail["tls"]["alpn"] == "h2"


def refuse(connection: h2.connection.H2Connection, stream: int, _: socket.socket, __: ThreadServer) -> None:
    connection.reset_stream(stream, error_code=7)


def go_away(connection: h2.connection.H2Connection, stream: int, _: socket.socket, __: ThreadServer) -> None:
    connection.close_connection(error_code=11, last_stream_id=stream)


def hang_up(_: h2.connection.H2Connection, __: int, secure: socket.socket, ___: ThreadServer) -> None:
    secure.shutdown(socket.SHUT_RDWR)


def talk_nonsense(_: h2.connection.H2Connection, __: int, secure: socket.socket, ___: ThreadServer) -> None:
    secure.sendall(b"\x00\x00\x01\x01\x04\x00\x00\x00\x00\xff")


def stay_silent(_: h2.connection.H2Connection, __: int, ___: socket.socket, running: ThreadServer) -> None:
    running.stopping.wait(10)


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (refuse, "h2.stream_reset"),
        (go_away, "h2.goaway"),
        (hang_up, "http.response.invalid.empty"),
        (talk_nonsense, "http.protocol.error"),
        (stay_silent, "http.timed_out"),
    ],
)
def test_it_tells_how_a_request_was_not_answered(act: Act, kind: str, tmp_path: Path) -> None:
    outcome = ask(act, tmp_path, timeouts=limits(wait_s=0.3))

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == (kind, Phase.WAIT)
    assert reached(outcome) == UNANSWERED


def stop_half_way(
    connection: h2.connection.H2Connection, stream: int, secure: socket.socket, running: ThreadServer
) -> None:
    connection.send_headers(stream, [(":status", "200")])
    connection.send_data(stream, b"hel")
    secure.sendall(connection.data_to_send())
    running.stopping.wait(10)


def cut_half_way(connection: h2.connection.H2Connection, stream: int, secure: socket.socket, _: ThreadServer) -> None:
    connection.send_headers(stream, [(":status", "200")])
    connection.send_data(stream, b"hel")
    secure.sendall(connection.data_to_send())
    secure.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("act", "kind"),
    [(stop_half_way, "http.stalled"), (cut_half_way, "http.response.invalid.content_length_mismatch")],
)
def test_it_tells_an_answer_that_broke_off(act: Act, kind: str, tmp_path: Path) -> None:
    outcome = ask(act, tmp_path, timeouts=limits(receive_s=0.3))

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == (kind, Phase.RECEIVE)
    assert reached(outcome) == WHOLE
    assert outcome.status == 200
