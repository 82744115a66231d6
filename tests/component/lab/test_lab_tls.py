"""TLS: handshakes that work and that break, seen by Python's own client."""

import socket
import ssl
import time

import pytest

from clearline.domain.target import Target
from clearline.lab.port import has_ipv6
from support.lab_clients import LIMIT_S, dial, get, in_lab, read_all, say, shake_hands


def test_a_well_server_speaks_https_and_says_good_bye() -> None:
    def look(target: Target) -> bytes:
        with shake_hands(target) as sock:
            sock.sendall(get())
            return read_all(sock)  # an end without close_notify would raise SSLEOFError here

    assert in_lab("https", "", look).endswith(b"\r\n\r\nhello")


def test_a_mail_server_greets_inside_tls() -> None:
    def look(target: Target) -> bytes:
        with shake_hands(target) as sock:
            return sock.recv(100)

    assert in_lab("tls", "", look) == b"220 ready\r\n"


@pytest.mark.parametrize("maximum", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_both_versions_of_today_work(maximum: ssl.TLSVersion) -> None:
    def look(target: Target) -> str | None:
        context = ssl.create_default_context(cafile=target.ca_file)
        context.maximum_version = maximum
        with dial(target) as sock, context.wrap_socket(sock, server_hostname="localhost") as secure:
            secure.sendall(get())
            assert read_all(secure).endswith(b"hello")
            return secure.version()

    assert in_lab("https", "", look) == maximum.name.replace("_", ".")


@pytest.mark.parametrize(
    ("fault", "code"), [("expired", 10), ("wrong_name", 62), ("self_signed", 18), ("unknown_ca", 20)]
)
def test_a_bad_certificate_is_seen_by_the_client(fault: str, code: int) -> None:
    def look(target: Target) -> int:
        with pytest.raises(ssl.SSLCertVerificationError) as caught:
            shake_hands(target)
        return caught.value.verify_code

    assert in_lab("https", f'kind = "{fault}"', look) == code


def test_a_missing_client_certificate_is_told_by_alert() -> None:
    def look(target: Target) -> str:
        with shake_hands(target) as sock, pytest.raises(ssl.SSLError) as caught:
            sock.recv(1)
        return caught.value.reason

    assert in_lab("https", 'kind = "client_cert_required"', look) == "TLSV13_ALERT_CERTIFICATE_REQUIRED"


@pytest.mark.parametrize(
    ("alert", "reason"),
    [
        (40, "SSLV3_ALERT_HANDSHAKE_FAILURE"),
        (70, "TLSV1_ALERT_PROTOCOL_VERSION"),
        (80, "TLSV1_ALERT_INTERNAL_ERROR"),
        (112, "TLSV1_UNRECOGNIZED_NAME"),
    ],
)
def test_an_alert_arrives_as_that_alert(alert: int, reason: str) -> None:
    def look(target: Target) -> str:
        with pytest.raises(ssl.SSLError) as caught:
            shake_hands(target)
        return caught.value.reason

    assert in_lab("tls", f'kind = "tls_alert", alert = {alert}', look) == reason


def test_a_handshake_that_hangs_gets_no_byte() -> None:
    def look(target: Target) -> None:
        context = ssl.create_default_context(cafile=target.ca_file)
        with dial(target, 0.3) as sock, pytest.raises(TimeoutError):
            context.wrap_socket(sock, server_hostname="localhost")

    in_lab("tls", 'kind = "tls_hang"', look)


def test_a_handshake_is_ended_by_fin() -> None:
    assert in_lab("tls", 'kind = "tls_closed"', lambda target: say(target, b"\x16\x03\x01" + bytes(200))) == b""


def test_a_handshake_is_ended_by_reset() -> None:
    def look(target: Target) -> None:
        with pytest.raises(ConnectionResetError):
            say(target, b"\x16\x03\x01" + bytes(200))

    in_lab("tls", 'kind = "tls_reset"', look)


def test_plain_text_where_tls_was_expected() -> None:
    def look(target: Target) -> str:
        with pytest.raises(ssl.SSLError) as caught:
            shake_hands(target)
        return caught.value.reason

    assert in_lab("https", 'kind = "not_tls"', look) in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE")


def test_a_broken_client_hello_gets_an_alert() -> None:
    answer = in_lab("tls", "", lambda target: say(target, b"\x16\x03\x01\x00\x05hello"))
    assert answer[:1] == b"\x15"


def test_http_faults_work_inside_tls() -> None:
    def look(target: Target) -> bytes:
        with shake_hands(target) as sock:
            sock.sendall(get())
            return read_all(sock)

    assert in_lab("https", 'kind = "status", status = 429, retry_after_s = 7', look).startswith(b"HTTP/1.1 429 ")


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")
def test_localhost_answers_on_both_families() -> None:
    def look(target: Target) -> list[bytes]:
        answers = []
        context = ssl.create_default_context(cafile=target.ca_file)
        for host in ("127.0.0.1", "::1"):
            with (
                socket.create_connection((host, target.port), LIMIT_S) as sock,
                context.wrap_socket(sock, server_hostname="localhost") as secure,
            ):
                answers.append(secure.recv(100))
        return answers

    assert in_lab("tls", "", look) == [b"220 ready\r\n"] * 2


def handshake_s(target: Target) -> float:
    with dial(target) as sock:
        context = ssl.create_default_context(cafile=target.ca_file)
        began = time.perf_counter()
        with context.wrap_socket(sock, server_hostname="localhost"):
            return time.perf_counter() - began


def test_the_handshake_takes_its_own_time() -> None:
    assert in_lab("slow tls", "", handshake_s) >= 0.145


def test_a_delay_slows_the_handshake_of_a_server_that_only_greets() -> None:
    assert in_lab("tls", 'kind = "delay", delay_ms = 150', handshake_s) >= 0.145
