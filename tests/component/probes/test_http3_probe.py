"""HTTP/3 against a server on loopback: phases, certificates, and each way it can go wrong."""

import builtins
import socket
import sys
from pathlib import Path

import pytest

from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from support.misbehaving import datagram_server, free_port, limits, probe, reached
from support.quic_server import Visitor, quic_server, says
from support.tls_servers import Authority, make_authority, make_leaf

SHORT = limits(connect_s=0.5, tls_s=0.5, wait_s=0.5, receive_s=0.5)


@pytest.fixture(scope="module")
def root() -> Authority:
    return make_authority()


@pytest.fixture(scope="module")
def folder(root: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds `root.pem`, and a server's certificate with its key as `good.pem`."""
    folder = tmp_path_factory.mktemp("h3")
    (folder / "root.pem").write_bytes(root.pem)
    make_leaf(root).save(folder).rename(folder / "good.pem")
    return folder


def ask(folder: Path, port: int, path: str = "/", host: str = "127.0.0.1", **fields: object) -> Outcome:
    fields = {"timeouts": SHORT, "ca_file": str(folder / "root.pem"), **fields}
    return probe(f"h3://{host}:{port}{path}", **fields)  # type: ignore[arg-type]


def test_it_asks_over_quic_and_stamps_every_phase(folder: Path) -> None:
    with quic_server(folder / "good.pem", says(200, b"hello", (b"server", b"test"))) as (port, asked):
        outcome = ask(folder, port, "/a?b=c", headers=("X-Tool: yes",), expect_text="hello")

    assert outcome.ok, outcome.fault
    assert reached(outcome) == [Phase.CONNECT, Phase.TLS, Phase.SEND, Phase.WAIT, Phase.RECEIVE]
    assert outcome.status == 200
    assert outcome.detail["http"] == {"version": "HTTP/3", "headers": {"server": "test"}, "body_bytes": 5}
    assert outcome.detail["quic"] == {"version": "1"}
    assert outcome.detail["tls"]["alpn"] == "h3"
    assert outcome.detail["tls"]["names"]
    assert min(outcome.bytes_in, outcome.bytes_out) > 1200, "the first datagram alone is padded to that"
    head = asked[0][0]
    assert (head[b":method"], head[b":path"], head[b":authority"]) == (b"GET", b"/a?b=c", f"127.0.0.1:{port}".encode())
    assert head[b"x-tool"] == b"yes"


def test_it_sends_a_body(folder: Path) -> None:
    with quic_server(folder / "good.pem", says(201)) as (port, asked):
        outcome = ask(folder, port, method="POST", body="five!")

    assert outcome.ok, outcome.fault
    assert asked[0][1] == b"five!"


@pytest.mark.parametrize(("status", "kind"), [(404, "http.error.404"), (503, "http.error.503"), (301, "")])
def test_it_judges_the_answer_as_for_any_http(folder: Path, status: int, kind: str) -> None:
    with quic_server(folder / "good.pem", says(status, b"", (b"location", b"/"))) as (port, _):
        outcome = ask(folder, port)

    assert (outcome.fault.kind if outcome.fault else "") == kind


def test_it_misses_the_expected_text(folder: Path) -> None:
    with quic_server(folder / "good.pem", says(200, b"other")) as (port, _):
        assert ask(folder, port, expect_text="hello").fault.kind == "http.content_mismatch"


@pytest.mark.parametrize(
    ("leaf", "host", "kind"),
    [
        ({}, "localhost", ""),
        ({"names": ("other.test",)}, "127.0.0.1", "tls.cert.name_invalid"),
        ({"names": ("other.test",)}, "localhost", "tls.cert.name_invalid"),
        ({"ends_days": -1}, "127.0.0.1", "tls.cert.date_invalid.expired"),
        ({"starts_days": 1}, "127.0.0.1", "tls.cert.date_invalid.not_yet_valid"),
        ({"is_self_signed": True}, "127.0.0.1", "tls.cert.authority_invalid.self_signed"),
        ({"issuer": "stranger"}, "127.0.0.1", "tls.cert.authority_invalid.unknown_ca"),
    ],
)
def test_it_tells_what_is_wrong_with_a_certificate(
    root: Authority, folder: Path, tmp_path: Path, leaf: dict[str, object], host: str, kind: str
) -> None:
    issuer = {"stranger": make_authority("Stranger")}.get(str(leaf.pop("issuer", "")), root)
    made = make_leaf(None if leaf.pop("is_self_signed", False) else issuer, *leaf.pop("names", ()), **leaf)  # type: ignore[arg-type, misc]
    with quic_server(made.save(tmp_path), says(200)) as (port, asked):
        outcome = ask(folder, port, host=host)
        unchecked = ask(folder, port, host=host, verify=False)

    assert (outcome.fault.kind if outcome.fault else "") == kind
    assert unchecked.ok
    assert unchecked.detail["tls"]["is_verified"] is False
    assert len(asked) == (1 if kind else 2), "nothing is asked of a server that is not trusted"


def test_it_tells_silence_on_udp_from_a_closed_port(folder: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        unanswered = ask(folder, silent.getsockname()[1])
    closed = ask(folder, free_port(socket.SOCK_DGRAM))

    assert unanswered.fault.kind == "h3.handshake_failed.timed_out"
    assert unanswered.fault.phase is Phase.CONNECT
    assert closed.fault.kind == "udp.port_unreachable"


def test_it_hears_that_the_server_speaks_no_version_of_ours(folder: Path) -> None:
    def refuse(data: bytes) -> list[bytes]:
        # RFC 9000 section 17.2.1: version negotiation, with both connection ids swapped.
        to_size = data[5]
        to = data[6 : 6 + to_size]
        own_size = data[6 + to_size]
        own = data[7 + to_size : 7 + to_size + own_size]
        answer = b"\x80" + bytes(4) + bytes([own_size]) + own + bytes([to_size]) + to + (0xABCDABCD).to_bytes(4, "big")
        return [answer]

    with datagram_server(refuse) as port:
        outcome = ask(folder, port)

    assert outcome.fault.kind == "h3.handshake_failed"
    assert outcome.fault.evidence["quic"]["error"] is not None


def test_it_hears_that_the_server_has_no_http_3(folder: Path) -> None:
    with quic_server(folder / "good.pem", says(200), alpn=["hq-interop"]) as (port, _):
        outcome = ask(folder, port)

    assert outcome.fault.kind == "tls.version_or_cipher_mismatch"
    assert outcome.fault.evidence["tls"]["alert"] == 120


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (lambda visitor, stream, _: visitor.give_up(stream, 0x10B), "h3.stream_reset"),
        (lambda visitor, stream, _: visitor.hang_up(0x102), "h3.closed"),
        (lambda visitor, stream, _: visitor.hang_up(0x106), "h3.protocol.error"),
        (lambda visitor, stream, _: None, "http.timed_out"),
        (lambda visitor, stream, _: visitor.http.send_headers(stream, [(b":status", b"200")]), "http.stalled"),
    ],
)
def test_it_tells_how_a_request_ended(folder: Path, answer: object, kind: str) -> None:
    with quic_server(folder / "good.pem", answer) as (port, _):  # type: ignore[arg-type]
        outcome = ask(folder, port)

    assert outcome.fault.kind == kind
    assert outcome.phases.tls is not None, "what was reached before is kept"


def test_it_reads_no_more_than_a_mebibyte(folder: Path) -> None:
    def flood(visitor: Visitor, stream: int, _: dict[bytes, bytes]) -> None:
        visitor.say(stream, 200, b"x" * (3 << 20))

    with quic_server(folder / "good.pem", flood) as (port, _):
        outcome = ask(folder, port, timeouts=limits())

    assert outcome.ok, outcome.fault
    assert outcome.detail["http"]["is_cut"]


def test_it_says_which_part_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "clearline.net.quic", raising=False)
    real = builtins.__import__

    def without(name: str, *rest: object, **named: object) -> object:
        if name.startswith("aioquic"):
            raise ImportError(name)
        return real(name, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    outcome = probe("h3://127.0.0.1:9/")

    assert outcome.fault.kind == "local.part_missing"
    assert outcome.fault.evidence["missing_part"] == "http3"
