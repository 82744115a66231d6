"""Greetings, WebSockets and time servers, well and badly behaved."""

import base64
import hashlib
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from clearline.domain.phase import Phase
from support.misbehaving import (
    Handler,
    ThreadServer,
    answering,
    datagram_server,
    limits,
    probe,
    reached,
    receive_request,
    server,
    silent,
)
from support.tls_servers import make_authority, make_leaf, over_tls, server_context

SHORT = limits(wait_s=0.3, receive_s=0.3)


def greeting(words: bytes) -> Handler:
    def handle(connection: socket.socket, _: ThreadServer) -> None:
        connection.sendall(words)
        connection.recv(100)

    return handle


@pytest.mark.parametrize(
    ("service", "words"),
    [
        ("ssh", b"Legal notice\r\nSSH-2.0-OpenSSH_9.2\r\n"),
        ("smtp", b"220 mx.example ESMTP\r\n"),
        ("imap", b"* OK IMAP4rev1\r\n"),
        ("imap", b"* PREAUTH welcome\r\n"),
        ("pop", b"+OK ready\r\n"),
        ("ftp", b"220-Welcome\r\n220 ready\r\n"),
    ],
)
def test_it_knows_a_service_that_is_ready(service: str, words: bytes) -> None:
    with server(greeting(words)) as running:
        outcome = probe(f"banner://127.0.0.1:{running.port}?service={service}")

    assert outcome.ok
    assert reached(outcome) == [Phase.CONNECT, Phase.WAIT]
    assert outcome.detail["banner"]["service"] == service


@pytest.mark.parametrize(
    ("service", "act", "kind"),
    [
        ("smtp", greeting(b"554 no service\r\n"), "app.smtp.554"),
        ("smtp", greeting(b"421 busy\r\n"), "app.smtp.421"),
        ("smtp", greeting(b"HTTP/1.1 400 Bad Request\r\n"), "app.banner_unexpected"),
        ("smtp", silent, "app.banner_missing"),
        ("smtp", greeting(b"220"), "app.banner_missing"),
        ("imap", greeting(b"* BYE later\r\n"), "app.imap.bye"),
        ("ssh", greeting(b"spam\r\n" * 200), "app.banner_unexpected"),
        ("ssh", lambda *_: None, "tcp.closed"),
    ],
)
def test_it_tells_a_service_that_is_not(service: str, act: Handler, kind: str) -> None:
    with server(act) as running:
        outcome = probe(f"banner://127.0.0.1:{running.port}?service={service}", timeouts=SHORT)

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == (kind, Phase.WAIT)


def echoing(connection: socket.socket, _: ThreadServer) -> None:
    heard = connection.recv(1000)
    for part in (b"you said ", heard.strip(), b" -- bye"):
        connection.sendall(part)
    connection.recv(10)


def test_it_says_and_expects_what_it_is_told() -> None:
    with server(echoing) as running:
        outcome = probe(f"banner://127.0.0.1:{running.port}", payload=r"HELLO\r\n", expect_text="HELLO -- bye")

    assert outcome.ok
    assert outcome.detail["banner"]["said"] == "you said HELLO -- bye"


def test_it_shows_what_came_instead_of_the_expected_text() -> None:
    with server(echoing) as running:
        outcome = probe(f"banner://127.0.0.1:{running.port}", payload="HELLO", expect_text="WELCOME", timeouts=SHORT)

    assert outcome.fault is not None
    assert outcome.fault.kind == "app.banner_unexpected"
    assert outcome.fault.evidence["service"]["said"] == "you said HELLO -- bye"


def switching(*frames: bytes, accept: bytes | None = None, is_deaf: bool = False) -> Handler:
    """Switches to WebSocket, sends these frames, then answers pings."""

    def handle(connection: socket.socket, _: ThreadServer) -> None:
        head = receive_request(connection)
        key = head.partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0]
        digest = hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
        told = accept or base64.b64encode(digest)
        connection.sendall(
            b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + told + b"\r\n\r\n" + b"".join(frames)
        )
        while data := connection.recv(1000):
            if not is_deaf and data[0] == 0x89:
                mask, masked = data[2:6], data[6:14]
                connection.sendall(b"\x8a\x08" + bytes(byte ^ mask[at % 4] for at, byte in enumerate(masked)))

    return handle


@pytest.mark.parametrize("frames", [(), (b"\x81\x05hello", b"\x89\x02hi"), (b"\x01\x02ab\x80\x01c",)])
def test_it_opens_a_websocket_and_gets_its_pong(frames: tuple[bytes, ...]) -> None:
    with server(switching(*frames)) as running:
        outcome = probe(f"ws://127.0.0.1:{running.port}/live?a=b")

    assert outcome.ok
    assert outcome.status == 101
    assert reached(outcome) == [Phase.CONNECT, Phase.SEND, Phase.WAIT, Phase.RECEIVE]
    assert outcome.detail["ws"]["ping_ms"] == pytest.approx(outcome.phases.receive, abs=0.01)


def test_it_opens_an_encrypted_websocket(tmp_path: Path) -> None:
    authority = make_authority()
    ca_file = tmp_path / "ca.pem"
    ca_file.write_bytes(authority.pem)
    with server(over_tls(server_context(make_leaf(authority), tmp_path), switching())) as running:
        outcome = probe(f"wss://127.0.0.1:{running.port}/", ca_file=str(ca_file))

    assert outcome.ok
    assert outcome.phases.tls is not None


@pytest.mark.parametrize(
    ("act", "kind", "phase"),
    [
        (answering(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"), "ws.upgrade_rejected", Phase.WAIT),
        (answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), "ws.upgrade_rejected", Phase.WAIT),
        (answering(b""), "http.response.invalid.empty", Phase.WAIT),
        (answering(b"SSH-2.0-x\r\n"), "http.response.invalid", Phase.WAIT),
        (switching(accept=b"d3Jvbmc="), "ws.protocol.error", Phase.WAIT),
        (switching(b"\x88\x02\x03\xf5"), "ws.closed.1013", Phase.RECEIVE),
        (switching(b"\x88\x00"), "ws.closed.1005", Phase.RECEIVE),
        (switching(b"\x83\x00"), "ws.protocol.error", Phase.RECEIVE),
        (switching(b"\x81\xff" + b"\xff" * 20), "ws.protocol.error", Phase.RECEIVE),
        (switching(is_deaf=True), "ws.no_pong", Phase.RECEIVE),
    ],
)
def test_it_tells_what_became_of_a_websocket(act: Handler, kind: str, phase: Phase) -> None:
    with server(act) as running:
        outcome = probe(f"ws://127.0.0.1:{running.port}/", timeouts=SHORT)

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == (kind, phase)


def telling(
    *, first: int = 0x24, stratum: int = 2, reference: bytes = b"\x0a\x00\x00\x01", ahead_s: float = 0.0,
    has_our_stamp: bool = True,
) -> Callable[[bytes], list[bytes]]:  # fmt: skip
    def reply(question: bytes) -> list[bytes]:
        now = int((time.time() + ahead_s + 2_208_988_800) * 2**32)  # noqa: TID251 - it plays a server's own clock
        stamp = struct.unpack_from("!Q", question, 40)[0] if has_our_stamp else 7
        return [struct.pack("!BBbb2I4s4Q", first, stratum, 6, -20, 0, 0, reference, now, stamp, now, now)]

    return reply


def test_it_reads_the_clocks_difference() -> None:
    with datagram_server(telling(ahead_s=2.0)) as port:
        outcome = probe(f"ntp://127.0.0.1:{port}")

    assert outcome.ok
    assert reached(outcome) == [Phase.SEND, Phase.WAIT]
    told = outcome.detail["ntp"]
    assert told["offset_ms"] == pytest.approx(2000, abs=100)
    assert 0 <= told["delay_ms"] < 1000
    assert (told["stratum"], told["reference"]) == (2, "10.0.0.1")


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (telling(stratum=0, reference=b"RATE"), "ntp.kod.rate"),
        (telling(stratum=0, reference=b"DENY"), "ntp.kod.deny"),
        (telling(first=0xE4, stratum=0, reference=b"\0\0\0\0"), "ntp.unsynchronized"),
        (telling(first=0xE4), "ntp.unsynchronized"),
        (telling(stratum=16), "ntp.unsynchronized"),
        (telling(ahead_s=-90), "ntp.clock_differs"),
        (telling(has_our_stamp=False), "udp.unexpected_reply"),
        (lambda _: [b"short"], "udp.unexpected_reply"),
        (lambda _: [], "udp.no_reply"),
    ],
)
def test_it_tells_a_time_server_without_time_for_us(reply: Callable[[bytes], list[bytes]], kind: str) -> None:
    with datagram_server(reply) as port:
        outcome = probe(f"ntp://127.0.0.1:{port}", timeouts=SHORT)

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == (kind, Phase.WAIT)
