"""Redirects: followed hop by hop, shown with their figures, and told where they lead nowhere."""

import socket
from collections.abc import Callable

import pytest

from clearline.domain.phase import Phase
from clearline.domain.target import MASK
from support.misbehaving import Handler, ThreadServer, answering, free_port, probe, receive_request, server

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def routing(route: Callable[[str, bytes], bytes]) -> Handler:
    """Answers a request by its path and its whole head."""

    def handle(connection: socket.socket, _: ThreadServer) -> None:
        request = receive_request(connection)
        connection.sendall(route(request.split(b" ")[1].decode(), request))

    return handle


def moved(to: str, status: int = 302, extra: str = "") -> bytes:
    return f"HTTP/1.1 {status} Moved\r\nLocation: {to}\r\nContent-Length: 0\r\n{extra}\r\n".encode()


def test_it_follows_redirects_and_shows_every_hop() -> None:
    pages = {"/": moved("/a?token=geheim"), "/a?token=geheim": moved("b", 307), "/b": OK}
    with server(routing(lambda path, _: pages[path])) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/")

    assert outcome.ok
    assert outcome.status == 200
    hops = outcome.detail["hops"]
    assert [hop["status"] for hop in hops] == [302, 307, 200]
    assert [hop["url"].rpartition("/")[2] for hop in hops] == ["", f"a?token={MASK}", "b"]
    assert all(hop["address"] == f"127.0.0.1:{running.port}" for hop in hops)


def test_its_hops_add_up_to_the_outcomes_figures() -> None:
    def slow(path: str, _: bytes) -> bytes:
        return moved("/end") if path == "/" else OK

    with server(routing(slow)) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/")

    hops = outcome.detail["hops"]
    assert sum(hop["ms"] for hop in hops) == pytest.approx(outcome.phases.total_ms, abs=0.5)
    for phase, ms in outcome.phases.reached():
        assert sum(hop["phases"].get(phase.value, 0) for hop in hops) == pytest.approx(ms, abs=0.1)


def test_it_counts_the_bytes_of_all_hops() -> None:
    answer = moved("/end")
    with server(routing(lambda path, _: answer if path == "/" else OK)) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/")

    assert outcome.bytes_in == len(answer) + len(OK)


def test_it_shows_no_hops_where_there_is_one() -> None:
    with server(routing(lambda *_: OK)) as running:
        assert "hops" not in probe(f"http://127.0.0.1:{running.port}/").detail


def circle(path: str, _: bytes) -> bytes:
    return moved("/b" if path == "/a" else "/a")


def endless(path: str, _: bytes) -> bytes:
    return moved(f"/{int(path.strip('/') or 0) + 1}")


@pytest.mark.parametrize(("route", "requests"), [(circle, 3), (endless, 11)])
def test_it_tells_a_circle_and_a_chain_without_end(route: Callable[[str, bytes], bytes], requests: int) -> None:
    with server(routing(route)) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/")
        assert running.accepted == requests

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == ("http.response.redirect_loop", Phase.RECEIVE)
    assert len(outcome.detail["hops"]) == requests


def test_it_brings_cookies_back_so_that_a_page_may_redirect_to_itself() -> None:
    def route(_: str, request: bytes) -> bytes:
        return OK if b"Cookie: seen=1" in request else moved("/", extra="Set-Cookie: seen=1; HttpOnly\r\n")

    with server(routing(route)) as running:
        assert probe(f"http://127.0.0.1:{running.port}/").ok


def test_it_leaves_out_a_cookie_that_no_header_can_hold() -> None:
    def route(path: str, request: bytes) -> bytes:
        answer = moved("/end").replace(b"Location", b"Set-Cookie: a=\xff\r\nSet-Cookie: b=1\r\nLocation")
        return answer if path == "/" else OK if b"Cookie: b=1\r\n" in request else moved("/lost")

    with server(routing(route)) as running:
        assert probe(f"http://127.0.0.1:{running.port}/").ok


def test_it_tells_a_hop_that_fails_beside_those_before() -> None:
    closed = free_port()
    with server(routing(lambda *_: moved(f"http://127.0.0.1:{closed}/next"))) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/")

    assert outcome.fault is not None
    assert outcome.fault.kind == "tcp.refused"
    assert [hop.get("status") for hop in outcome.detail["hops"]] == [302, None]
    assert outcome.phases.wait is not None


def test_it_keeps_credentials_from_other_origins() -> None:
    heads: list[bytes] = []

    def note(_: str, request: bytes) -> bytes:
        heads.append(request)
        return OK

    with (
        server(routing(note)) as other,
        server(routing(lambda *_: moved(f"http://127.0.0.1:{other.port}/"))) as running,
    ):
        headers = ("Authorization: Bearer geheim", "X-Api-Key: geheim", "X-Colour: blue")
        outcome = probe(f"http://me:geheim@127.0.0.1:{running.port}/", headers=headers)

    assert outcome.ok
    assert b"geheim" not in heads[0]
    assert b"X-Colour: blue" in heads[0]


@pytest.mark.parametrize("fields", [{"follow": False}, {"expect_status": (302,)}, {"method": "POST"}])
def test_it_takes_the_redirect_as_the_answer(fields: dict[str, object]) -> None:
    with server(routing(lambda *_: moved("/elsewhere"))) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/", **fields)
        assert running.accepted == 1

    assert outcome.ok
    assert outcome.status == 302


@pytest.mark.parametrize("place", ["ftp://example.test/", "javascript:alert(1)", "http://[::bad/", "http://bad host/"])
def test_it_stops_at_a_place_it_cannot_follow(place: str) -> None:
    with server(routing(lambda *_: moved(place))) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/")

    assert outcome.status == 302
    assert outcome.detail["http"]["is_unfollowable"] is True


def test_it_sends_headers_and_a_body_of_the_targets_own() -> None:
    heads: list[bytes] = []

    def handle(connection: socket.socket, _: ThreadServer) -> None:
        data = receive_request(connection)
        while not data.endswith(b"ping=1"):
            data += connection.recv(100)
        heads.append(data)
        connection.sendall(OK)

    with server(handle) as running:
        outcome = probe(
            f"http://127.0.0.1:{running.port}/", method="POST", body="ping=1", headers=("user-agent: mine", "X-A: b")
        )

    assert outcome.ok
    assert heads[0].startswith(b"POST / ")
    assert heads[0].count(b"ser-agent: mine") == 1
    assert b"clearline" not in heads[0]
    assert b"Content-Length: 6" in heads[0]


@pytest.mark.parametrize("header", ["no colon", "A: b\r\nEvil: yes", "Ünicode: x"])
def test_it_refuses_a_header_that_is_none(header: str) -> None:
    with server(answering(OK)) as running:
        outcome = probe(f"http://127.0.0.1:{running.port}/", headers=(header,))

    assert outcome.fault is not None
    assert outcome.fault.kind == "input.invalid"
