"""Ways through proxies: HTTP CONNECT, whole requests, SOCKS5; each failure told of the proxy and not of the server."""

import asyncio
import socket
from pathlib import Path

import pytest

from clearline.domain.fault import Layer
from clearline.domain.phase import Phase
from clearline.probes.side_by_side import SideBySide, compare_ways
from support.misbehaving import (
    Handler,
    SteadyClock,
    ThreadServer,
    answering,
    free_port,
    limits,
    on_network,
    probe,
    reached,
    receive_request,
    reset,
    server,
    silent,
    target_at,
)
from support.proxies import LOGIN, http_proxy, socks_proxy
from support.tls_servers import make_authority, make_leaf, over_tls, server_context

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@pytest.fixture
def ca(tmp_path: Path) -> tuple[Handler, str]:
    """An HTTPS server's handler, and the file with its root."""
    authority = make_authority()
    path = tmp_path / "ca.pem"
    path.write_bytes(authority.pem)
    return over_tls(server_context(make_leaf(authority), tmp_path), answering(OK)), str(path)


def test_it_goes_through_a_tunnel_to_an_encrypted_server(ca: tuple[Handler, str]) -> None:
    heads: list[bytes] = []
    with server(ca[0]) as running, server(http_proxy(heads)) as proxy:
        outcome = probe(f"https://127.0.0.1:{running.port}/", ca_file=ca[1], proxy=f"http://127.0.0.1:{proxy.port}")

    assert outcome.ok
    assert reached(outcome) == [Phase.CONNECT, Phase.PROXY, Phase.TLS, Phase.SEND, Phase.WAIT, Phase.RECEIVE]
    assert heads[0].startswith(f"CONNECT 127.0.0.1:{running.port} HTTP/1.1\r\n".encode())
    assert outcome.detail["proxy"] == {"address": f"http://127.0.0.1:{proxy.port}", "status": 200}
    assert outcome.address == f"127.0.0.1:{proxy.port}"


def test_it_hands_plain_requests_to_the_proxy_whole() -> None:
    heads: list[bytes] = []
    with server(answering(OK)) as running, server(http_proxy(heads)) as proxy:
        outcome = probe(f"http://127.0.0.1:{running.port}/a?b=c", proxy=f"http://me:geheim@127.0.0.1:{proxy.port}")

    assert outcome.ok
    assert heads[0].startswith(f"GET http://127.0.0.1:{running.port}/a?b=c HTTP/1.1\r\n".encode())
    assert LOGIN in heads[0]
    assert reached(outcome) == [Phase.CONNECT, Phase.SEND, Phase.WAIT, Phase.RECEIVE]


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_it_goes_through_socks(scheme: str) -> None:
    asked: list[bytes] = []
    with server(answering(OK)) as running, server(socks_proxy(asked, login=(b"me", b"geheim"))) as proxy:
        outcome = probe(f"http://localhost:{running.port}/", proxy=f"{scheme}://me:geheim@127.0.0.1:{proxy.port}")

    if scheme == "socks5h":
        assert outcome.ok
        assert asked == [b"\x03localhost"]
    else:
        assert asked[0][0] in (1, 4), "the name was looked up here"
    assert Phase.PROXY in reached(outcome)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{}", "banner://127.0.0.1:{}"])
def test_it_reaches_other_services_through_a_proxy_of_the_targets_own(address: str) -> None:
    def greet(connection: socket.socket, _: ThreadServer) -> None:
        connection.sendall(b"220 ready\r\n")

    with server(greet) as running, server(http_proxy([])) as proxy:
        outcome = probe(address.format(running.port), proxy=f"http://127.0.0.1:{proxy.port}")

    assert outcome.ok


def refusing(answer: bytes) -> Handler:
    return answering(answer)


def slamming(connection: socket.socket, _: ThreadServer) -> None:
    receive_request(connection)
    reset(connection)


REFUSALS = [
    (b"HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n", "proxy.auth_required"),
    (b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "proxy.denied"),
    (b"HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n", "proxy.upstream.bad_gateway"),
    (b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", "proxy.upstream.unavailable"),
    (b"HTTP/1.1 504 No\r\nContent-Length: 0\r\n\r\n", "proxy.upstream.timed_out"),
    (b"HTTP/1.1 502 No\r\nProxy-Status: p; error=dns_error; rcode=NXDOMAIN\r\n\r\n", "proxy.upstream.dns_error"),
    (b"220 mail.example.test ready\r\n", "proxy.protocol"),
    (b"\x15\x03\x03\x00\x02\x02\x28", "proxy.protocol"),
    (b"", "proxy.closed"),
]


@pytest.mark.parametrize(("answer", "kind"), REFUSALS, ids=[kind for _, kind in REFUSALS])
def test_it_tells_how_a_proxy_says_no(answer: bytes, kind: str) -> None:
    with server(answering(answer)) as proxy:
        outcome = probe("https://www.example.test/", proxy=f"http://127.0.0.1:{proxy.port}")

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == (kind, Phase.PROXY)
    assert outcome.fault.layer is Layer.PROXY


def test_it_keeps_what_the_proxy_wants_to_know() -> None:
    with server(http_proxy([], wants_login=True)) as proxy:
        outcome = probe("https://www.example.test/", proxy=f"http://me:falsch@127.0.0.1:{proxy.port}")

    assert outcome.fault is not None
    told = outcome.fault.evidence["proxy"]
    assert (told["status"], told["authenticate"]) == (407, 'Basic realm="x"')
    assert "falsch" not in repr(outcome)


def test_it_tells_a_whole_request_refused_by_the_proxy() -> None:
    with server(http_proxy([], wants_login=True)) as proxy:
        outcome = probe("http://www.example.test/", proxy=f"http://127.0.0.1:{proxy.port}")

    assert outcome.fault is not None
    assert outcome.fault.kind == "proxy.auth_required"


@pytest.mark.parametrize(
    ("act", "kind"), [(slamming, "proxy.closed"), (silent, "proxy.timed_out")], ids=["reset", "silence"]
)
def test_it_tells_a_proxy_that_breaks_off(act: Handler, kind: str) -> None:
    with server(act) as proxy:
        outcome = probe(
            "https://www.example.test/", proxy=f"http://127.0.0.1:{proxy.port}", timeouts=limits(proxy_s=0.2)
        )

    assert outcome.fault is not None
    assert outcome.fault.kind == kind


def test_it_tells_a_proxy_that_is_not_there() -> None:
    outcome = probe("https://www.example.test/", proxy=f"http://127.0.0.1:{free_port()}")

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == ("proxy.connect_failed.refused", Phase.CONNECT)


def test_it_tells_a_proxy_whose_name_nobody_knows() -> None:
    outcome = probe("https://127.0.0.1/", proxy="http://proxy.invalid:3128", timeouts=limits(resolve_s=1))

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == ("proxy.resolve_failed", Phase.RESOLVE)


def socks_saying(*answers: bytes) -> Handler:
    def handle(connection: socket.socket, _: ThreadServer) -> None:
        for answer in answers:
            connection.recv(1024)
            connection.sendall(answer)
        connection.recv(1024)

    return handle


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ((b"\x05\xff",), "proxy.auth_required"),
        ((b"\x05\x00", b"\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00"), "proxy.socks.refused"),
        ((b"\x05\x00", b"\x05\x02\x00\x01\x00\x00\x00\x00\x00\x00"), "proxy.socks.not_allowed"),
        ((b"\x05\x00", b"\x05\x01\x00\x01\x00\x00\x00\x00\x00\x00"), "proxy.socks"),
        ((b"HTTP/1.1 400 Bad Request\r\n\r\n",), "proxy.protocol"),
    ],
)
def test_it_tells_how_a_socks_proxy_says_no(answers: tuple[bytes, ...], kind: str) -> None:
    with server(socks_saying(*answers)) as proxy:
        outcome = probe("https://www.example.test/", proxy=f"socks5h://127.0.0.1:{proxy.port}")

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == (kind, Phase.PROXY)


def test_it_tells_the_certificate_of_a_proxy_apart(tmp_path: Path) -> None:
    with server(over_tls(server_context(make_leaf(None), tmp_path))) as proxy:
        outcome = probe("https://www.example.test/", proxy=f"https://127.0.0.1:{proxy.port}")

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == ("proxy.cert_invalid", Phase.PROXY)


def test_it_blames_the_server_for_what_comes_after_the_tunnel(ca: tuple[Handler, str]) -> None:
    with server(ca[0]) as running, server(http_proxy([])) as proxy:
        outcome = probe(f"https://127.0.0.1:{running.port}/", proxy=f"http://127.0.0.1:{proxy.port}")

    assert outcome.fault is not None
    assert outcome.fault.kind == "tls.cert.authority_invalid.unknown_ca"


def test_it_asks_the_environment_where_the_target_says_system(monkeypatch: pytest.MonkeyPatch) -> None:
    heads: list[bytes] = []
    with server(http_proxy(heads, wants_login=True)) as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("no_proxy", "near.example.test")
        through = probe("https://www.example.test/")
        straight = probe("https://near.example.test/", timeouts=limits(resolve_s=1))

    assert through.fault is not None
    assert through.fault.kind == "proxy.auth_required"
    assert straight.fault is not None
    assert straight.fault.layer is Layer.NAME
    assert len(heads) == 1


def test_it_never_sends_this_machines_own_addresses_to_a_system_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    with server(answering(OK)) as running:
        assert probe(f"http://127.0.0.1:{running.port}/").ok


def test_it_says_that_a_proxys_address_makes_no_sense() -> None:
    outcome = probe("https://www.example.test/", proxy="gopher://proxy")

    assert outcome.fault is not None
    assert outcome.fault.kind == "input.invalid"


def side_by_side(address: str, proxy: str) -> SideBySide:
    async def use(network: object) -> SideBySide:
        clock = SteadyClock()
        return await compare_ways(target_at(address, proxy=proxy), limits(), clock.now() + 5, network, clock)  # type: ignore[arg-type]

    seen: SideBySide = asyncio.run(on_network(use))
    return seen


def test_it_tries_both_ways_side_by_side() -> None:
    with server(answering(OK)) as running, server(http_proxy([])) as proxy:
        address = f"http://127.0.0.1:{running.port}/"
        both = side_by_side(address, f"http://127.0.0.1:{proxy.port}")
        broken = side_by_side(address, f"http://127.0.0.1:{free_port()}")
        none = side_by_side(address, "system")

    assert both.finding == "alike"
    assert broken.finding == "only_direct"
    assert none.finding == "no_proxy"
