"""Proxies, WebSockets, greetings and time, seen on the wire: what their probes will meet."""

import asyncio
import base64
import os
import socket
import struct
from collections.abc import Callable

import pytest

from clearline.domain.target import Target
from clearline.lab.faults import LabFault
from clearline.lab.lab import Lab
from support.lab_clients import LIMIT_S, dial, get, in_lab, one_target, read_all, say, two_targets


def connect_line(port: int, host: str = "localhost") -> bytes:
    return f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()


def read_head(sock: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\r\n\r\n") and (part := sock.recv(1)):
        data += part
    return data


def socks_request(port: int, host: bytes = b"localhost") -> bytes:
    return b"\x05\x01\x00\x03" + bytes((len(host),)) + host + port.to_bytes(2, "big")


def through_proxy(ask: Callable[[Target, Target], bytes], fault: str = "") -> bytes:
    """What `ask(proxy, web)` gets in a lab with a proxy and a web server."""

    async def run() -> bytes:
        async with Lab(two_targets("proxy", "http", fault)) as lab:
            proxy, web = lab.plan.targets
            return await asyncio.to_thread(ask, proxy, web)

    return asyncio.run(run())


def test_a_tunnel_leads_to_a_server_of_the_lab() -> None:
    def ask(proxy: Target, web: Target) -> bytes:
        with dial(proxy) as sock:
            sock.sendall(connect_line(web.port))
            assert read_head(sock).startswith(b"HTTP/1.1 200 ")
            sock.sendall(get())
            return read_all(sock)

    assert through_proxy(ask).endswith(b"hello")


def test_socks_leads_to_a_server_of_the_lab() -> None:
    def ask(proxy: Target, web: Target) -> bytes:
        with dial(proxy) as sock:
            sock.sendall(b"\x05\x01\x00")
            assert sock.recv(2) == b"\x05\x00"
            sock.sendall(socks_request(web.port))
            assert sock.recv(10)[1] == 0
            sock.sendall(get())
            return read_all(sock)

    assert through_proxy(ask).endswith(b"hello")


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        ("proxy_auth", b"407", b"Proxy-Authenticate: Basic"),
        ("proxy_denied", b"403", b"error=http_request_denied"),
        ("proxy_upstream", b"502", b"error=connection_refused"),
    ],
)
def test_it_says_no_to_connect_with_its_reason(fault: str, status: bytes, words: bytes) -> None:
    answer = in_lab("proxy", f'kind = "{fault}"', lambda target: say(target, connect_line(443)))
    assert answer.split(b" ")[1] == status
    assert words in answer


def test_a_gateway_timeout_has_its_own_word() -> None:
    answer = in_lab("proxy", 'kind = "proxy_upstream", status = 504', lambda target: say(target, connect_line(443)))
    assert b"error=connection_timeout" in answer


def test_it_never_leads_out_of_this_machine() -> None:
    answer = in_lab("proxy", "", lambda target: say(target, connect_line(80, "practice.example")))
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert b"destination_ip_prohibited" in answer


def test_it_tells_when_nothing_listens_behind_it() -> None:
    def ask(proxy: Target, _: Target) -> bytes:
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))
            return say(proxy, connect_line(held.getsockname()[1]))

    assert through_proxy(ask).startswith(b"HTTP/1.1 502 ")


@pytest.mark.parametrize("code", range(1, 9))
def test_every_socks_reply_arrives(code: int) -> None:
    def look(target: Target) -> int:
        with dial(target) as sock:
            sock.sendall(b"\x05\x01\x00")
            sock.recv(2)
            sock.sendall(socks_request(443))
            return sock.recv(10)[1]

    assert in_lab("proxy", f'kind = "socks_reply", code = {code}', look) == code


def test_socks_may_want_a_login() -> None:
    assert in_lab("proxy", 'kind = "socks_no_method"', lambda target: say(target, b"\x05\x01\x00")) == b"\x05\xff"


def test_a_proxy_that_hangs_says_nothing() -> None:
    def look(target: Target) -> None:
        with pytest.raises(TimeoutError):
            say(target, connect_line(443), 0.2)

    in_lab("proxy", 'kind = "proxy_hangs"', look)


def frame(opcode: int, payload: bytes) -> bytes:
    mask = b"\x01\x02\x03\x04"
    masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
    return bytes((0x80 | opcode, 0x80 | len(payload))) + mask + masked


def upgrade(sock: socket.socket) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    sock.sendall(get("/", "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}"))
    return read_head(sock)


def on_socket(words: bytes, fault: str = "", size: int = 100) -> bytes:
    def look(target: Target) -> bytes:
        with dial(target) as sock:
            assert upgrade(sock).startswith(b"HTTP/1.1 101 ")
            sock.sendall(words)
            return sock.recv(size)

    return in_lab("ws", fault, look)


def test_a_websocket_echoes_and_answers_pings() -> None:
    assert on_socket(frame(1, b"hello")) == b"\x81\x05hello"
    assert on_socket(frame(9, b"17")) == b"\x8a\x0217"


def test_the_upgrade_is_the_one_of_the_standard() -> None:
    def look(target: Target) -> bytes:
        # The example of RFC 6455 section 1.3.
        asked = get("/", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
        with dial(target) as sock:
            sock.sendall(asked)
            return read_head(sock)

    assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in in_lab("ws", "", look)


def test_a_websocket_is_rejected_with_a_status() -> None:
    def look(target: Target) -> bytes:
        with dial(target) as sock:
            return upgrade(sock)

    assert in_lab("ws", 'kind = "ws_rejected"', look).startswith(b"HTTP/1.1 403 ")


def test_a_websocket_closes_with_its_code() -> None:
    assert on_socket(b"", 'kind = "ws_closes", code = 1012') == b"\x88\x02" + (1012).to_bytes(2, "big")


def test_a_fault_reaches_a_websocket_that_is_open() -> None:
    async def run() -> bytes:
        async with Lab(one_target("ws")) as lab:
            reader, writer = await asyncio.open_connection("127.0.0.1", lab.plan.targets[0].port)
            writer.write(get("/", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: a2V5"))
            await reader.readuntil(b"\r\n\r\n")
            lab.set_fault("it", LabFault("ws_closes", code=1001))
            try:
                return await reader.readexactly(4)
            finally:
                writer.close()
                await writer.wait_closed()

    assert asyncio.run(run()) == b"\x88\x02" + (1001).to_bytes(2, "big")


def test_an_unmasked_frame_is_a_protocol_error() -> None:
    assert on_socket(b"\x81\x01a") == b"\x88\x02" + (1002).to_bytes(2, "big")


def test_a_banner_has_replies_to_some_words() -> None:
    def look(target: Target) -> list[bytes]:
        with dial(target) as sock:
            heard = [sock.recv(100)]
            sock.sendall(b"ehlo me\r\n")
            return [*heard, sock.recv(100)]

    assert in_lab("banner", "", look) == [b"220 ready\r\n", b"250 hello\r\n"]


def test_a_banner_refuses_with_a_code_and_hangs_up() -> None:
    answer = in_lab("banner", 'kind = "banner_refuses", code = 421', lambda target: say(target, b""))
    assert answer.startswith(b"421 ")


def test_a_banner_is_missing_or_wrong() -> None:
    def look(target: Target) -> None:
        with pytest.raises(TimeoutError):
            say(target, b"", 0.2)

    in_lab("banner", 'kind = "banner_missing"', look)

    def look_again(target: Target) -> bytes:
        with dial(target) as sock:
            return sock.recv(100)

    assert not in_lab("banner", 'kind = "banner_wrong"', look_again).startswith(b"220")


def ask_time(fault: str = "") -> tuple[int, int, bytes, bytes, float]:
    """Leap indicator, stratum, reference, origin and transmitted Unix time."""
    sent = b"\x23" + bytes(39) + b"12345678"

    def look(target: Target) -> bytes:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(LIMIT_S)
            sock.sendto(sent, ("127.0.0.1", target.port))
            return sock.recv(100)

    answer = in_lab("ntp", fault, look)
    seconds, part = struct.unpack("!II", answer[40:48])
    return answer[0] >> 6, answer[1], answer[12:16], answer[24:32], seconds - 2_208_988_800 + part / 2**32


def test_time_is_told_to_whoever_asked() -> None:
    leap, stratum, _, origin, _ = ask_time()
    assert (leap, stratum, origin) == (0, 2, b"12345678")


def test_a_time_server_without_time_says_so() -> None:
    leap, stratum, *_ = ask_time('kind = "ntp_unsynchronized"')
    assert (leap, stratum) == (3, 16)


@pytest.mark.parametrize(("fault", "code"), [("ntp_kiss_rate", b"RATE"), ("ntp_kiss_deny", b"DENY")])
def test_a_kiss_of_death_names_its_reason(fault: str, code: bytes) -> None:
    _, stratum, reference, _, _ = ask_time(f'kind = "{fault}"')
    assert (stratum, reference) == (0, code)


def test_a_wrong_time_is_wrong_by_that_much() -> None:
    right, wrong = ask_time()[-1], ask_time('kind = "ntp_wrong_time", delay_ms = 90000')[-1]
    assert 85 < wrong - right < 95


def test_an_answer_to_another_request_has_another_origin() -> None:
    assert ask_time('kind = "ntp_wrong_origin"')[3] != b"12345678"
