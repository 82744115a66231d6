"""HTTP: what the lab's servers answer, right and wrong."""

import socket
import time

import pytest

from clearline.domain.target import Target
from support.lab_clients import dial, get, in_lab, say


def parts(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    return int(status.split(" ")[1]), dict(line.split(": ", 1) for line in lines), body


def ask(target: Target) -> tuple[int, dict[str, str], bytes]:
    return parts(say(target, get()))


def test_a_well_server_answers_with_length_and_date() -> None:
    status, headers, body = in_lab("http", "", ask)
    assert (status, body) == (200, b"hello")
    assert headers["Content-Length"] == "5"
    assert headers["Date"].endswith("GMT")


def test_it_answers_several_requests_on_one_connection_in_order() -> None:
    def look(target: Target) -> bytes:
        return say(target, get("/1", "X: y") + get("/2", "X: y") + get("/3"))

    assert in_lab("http", "", look).count(b"HTTP/1.1 200 OK") == 3


def test_it_skips_the_body_of_a_request_that_comes_in_pieces() -> None:
    def look(target: Target) -> bytes:
        with dial(target) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for piece in (get("/", "Content-Length: 6", method="POST"), b"abc", b"def" + get()):
                sock.sendall(piece)
            answer = b""
            while part := sock.recv(65536):
                answer += part
            return answer

    assert in_lab("http", "", look).count(b"HTTP/1.1 200 OK") == 2


def test_head_has_headers_and_no_body() -> None:
    status, headers, body = parts(in_lab("http", "", lambda target: say(target, get(method="HEAD"))))
    assert (status, headers["Content-Length"], body) == (200, "5", b"")


def test_what_is_not_http_is_a_bad_request() -> None:
    assert in_lab("http", "", lambda target: say(target, b"HELLO\r\n\r\n")).startswith(b"HTTP/1.1 400 ")


def test_a_head_without_end_is_refused() -> None:
    assert in_lab("http", "", lambda target: say(target, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 12_000)).startswith(
        b"HTTP/1.1 431 "
    )


def test_a_status_comes_with_its_retry_after() -> None:
    status, headers, _ = in_lab("http", 'kind = "status", status = 503, retry_after_s = 120', ask)
    assert (status, headers["Retry-After"]) == (503, "120")


def test_too_many_requests_without_a_time() -> None:
    status, headers, _ = in_lab("http", 'kind = "status", status = 429', ask)
    assert status == 429
    assert "Retry-After" not in headers


def test_a_slow_first_byte_is_slow_by_that_much() -> None:
    def look(target: Target) -> float:
        began = time.perf_counter()
        say(target, get())
        return time.perf_counter() - began

    assert in_lab("http", 'kind = "slow_first_byte", delay_ms = 200', look) >= 0.195


def test_a_client_that_never_stops_asking_is_cut() -> None:
    def look(target: Target) -> None:
        with dial(target) as sock, pytest.raises((ConnectionResetError, BrokenPipeError)):
            sock.sendall(get("/", "X: y") * 200_000)

    in_lab("http", "", look)


def test_an_answer_stops_halfway_and_the_connection_stays() -> None:
    def look(target: Target) -> int:
        with dial(target) as sock:
            sock.sendall(get())
            answer = b""
            while len(answer.partition(b"\r\n\r\n")[2]) < 5000:
                answer += sock.recv(65536)
            sock.settimeout(0.3)
            with pytest.raises(TimeoutError):
                sock.recv(1)
            _, headers, body = parts(answer)
            return int(headers["Content-Length"]) - len(body)

    assert in_lab("http", 'kind = "stops_halfway"', look) > 0


def test_an_answer_is_cut_off_with_fin() -> None:
    _, headers, body = in_lab("http", 'kind = "cut_off"', ask)
    assert 0 < len(body) < int(headers["Content-Length"])


def test_an_empty_answer_is_fin_after_the_request() -> None:
    assert in_lab("http", 'kind = "empty_answer"', lambda target: say(target, get())) == b""


def test_garbage_is_not_http() -> None:
    answer = in_lab("http", 'kind = "garbage"', lambda target: say(target, get()))
    assert answer
    assert not answer.startswith(b"HTTP")


def test_redirects_lead_back_here() -> None:
    status, headers, _ = in_lab("http", 'kind = "redirect_loop"', ask)
    assert status == 302
    assert headers["Location"].startswith("/")


def test_the_wrong_page_comes_with_a_good_status() -> None:
    status, _, body = in_lab("http", 'kind = "wrong_text"', ask)
    assert status == 200
    assert b"hello" not in body
