"""A probe that is stopped in any phase leaves no socket behind."""

import asyncio
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clearline.domain.phase import Phase
from clearline.domain.profile import Timeouts
from clearline.net.sockets import SystemNetwork
from clearline.net.timing import Stopwatch
from clearline.probes.registry import run
from support.misbehaving import (
    SteadyClock,
    ThreadServer,
    answering,
    datagram_server,
    on_network,
    receive_request,
    server,
    silent,
    target_at,
)
from support.stopping import open_sockets
from support.tls_servers import make_leaf, over_tls, server_context

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="counts open sockets in /proc")


def sockets_left(phase: Phase, address: str, port: int, monkeypatch: pytest.MonkeyPatch, **fields: object) -> set[str]:
    """Cancel a probe once it waits in a phase; gives the sockets that are still open."""

    async def use(network: SystemNetwork) -> set[str]:
        is_there = asyncio.Event()
        enter = Stopwatch.enter

        def note(self: Stopwatch, entered: Phase, at_ns: int | None = None) -> None:
            enter(self, entered, at_ns)
            if entered is phase:
                is_there.set()

        monkeypatch.setattr(Stopwatch, "enter", note)
        clock = SteadyClock()
        before = open_sockets(port)
        probing = asyncio.get_running_loop().create_task(
            run(target_at(address, **fields), Timeouts(), clock.now() + 10, network, clock)
        )
        async with asyncio.timeout(10):
            await is_there.wait()
        assert open_sockets(port) > before, "the probe holds a socket in this phase"
        probing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await probing
        return open_sockets(port) - before

    left: set[str] = asyncio.run(on_network(use))
    return left


@pytest.fixture
def black_hole() -> Iterator[int]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    fillers = [socket.socket() for _ in range(4)]
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
    yield listener.getsockname()[1]
    for sock in (*fillers, listener):
        sock.close()


def test_it_leaves_nothing_when_stopped_while_connecting(black_hole: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sockets_left(Phase.CONNECT, f"tcp://127.0.0.1:{black_hole}", 0, monkeypatch) == set()


@pytest.mark.parametrize(("scheme", "phase"), [("tls", Phase.TLS), ("https", Phase.TLS), ("http", Phase.WAIT)])
def test_it_leaves_nothing_when_stopped_before_an_answer(
    scheme: str, phase: Phase, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server(silent) as running:
        address = f"{scheme}://127.0.0.1:{running.port}"
        assert sockets_left(phase, address, running.port, monkeypatch) == set()


def half_an_answer(connection: socket.socket, running: ThreadServer) -> None:
    receive_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello")
    running.stopping.wait(10)


def test_it_leaves_nothing_when_stopped_in_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with server(half_an_answer) as running:
        address = f"http://127.0.0.1:{running.port}"
        assert sockets_left(Phase.RECEIVE, address, running.port, monkeypatch) == set()


def test_it_leaves_nothing_when_stopped_in_an_encrypted_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = server_context(make_leaf(None), tmp_path)
    with server(over_tls(context, half_an_answer)) as running:
        address = f"https://127.0.0.1:{running.port}"
        assert sockets_left(Phase.RECEIVE, address, running.port, monkeypatch, verify=False) == set()


@pytest.mark.parametrize("scheme", ["http", "socks5h", "https"])
def test_it_leaves_nothing_when_stopped_at_a_proxy(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with server(silent) as running:
        proxy = f"{scheme}://127.0.0.1:{running.port}"
        address = "https://www.example.test/"
        assert sockets_left(Phase.PROXY, address, running.port, monkeypatch, proxy=proxy) == set()


def test_it_leaves_nothing_when_stopped_at_the_second_hop(monkeypatch: pytest.MonkeyPatch) -> None:
    with server(silent) as following:
        to = f"https://127.0.0.1:{following.port}/"
        answer = f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"
        with server(answering(answer.encode())) as running:
            address = f"http://127.0.0.1:{running.port}"
            assert sockets_left(Phase.TLS, address, following.port, monkeypatch) == set()


@pytest.mark.parametrize("address", ["banner://127.0.0.1:{}", "ws://127.0.0.1:{}/"])
def test_it_leaves_nothing_when_stopped_before_a_service_speaks(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with server(silent) as running:
        assert sockets_left(Phase.WAIT, address.format(running.port), running.port, monkeypatch) == set()


def test_it_leaves_nothing_when_stopped_while_a_datagram_is_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with datagram_server(lambda _: []) as port:
        assert sockets_left(Phase.WAIT, f"udp://127.0.0.1:{port}", port, monkeypatch) == set()


def test_it_leaves_nothing_when_stopped_while_a_question_is_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with datagram_server(lambda _: []) as port:
        address = f"dns://www.example.test?server=127.0.0.1:{port}"
        assert sockets_left(Phase.WAIT, address, port, monkeypatch) == set()
