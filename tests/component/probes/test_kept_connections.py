"""Web targets that keep their connections from one check to the next, against real servers."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import h2.connection
import h2.errors
import pytest

from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from clearline.domain.profile import ReusePolicy, Timeouts
from clearline.domain.target import Target
from clearline.net.sockets import SystemNetwork
from clearline.probes.kept import ConnectionPool, Reuse
from clearline.probes.registry import run
from support.http2_server import Act, over_h2
from support.misbehaving import (
    Handler,
    SteadyClock,
    ThreadServer,
    on_network,
    reached,
    receive_request,
    reset,
    server,
    target_at,
)
from support.tls_servers import make_leaf, over_tls, server_context

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
POLICY = ReusePolicy(is_on=True, idle_s=30.0, per_host=2)
FRESH = [Phase.CONNECT, Phase.SEND, Phase.WAIT, Phase.RECEIVE]
KEPT = [Phase.SEND, Phase.WAIT, Phase.RECEIVE]


def answering_each(answer: bytes = OK, most: int = 100, then: Callable[[socket.socket], None] | None = None) -> Handler:
    """Answers so many requests on a connection; then reads one more and does `then`, or just closes."""

    def handle(connection: socket.socket, _running: ThreadServer) -> None:
        for _ in range(most):
            if not receive_request(connection):
                return
            connection.sendall(answer)
        if then is not None and receive_request(connection):
            then(connection)

    return handle


class Client:
    """Probes one target again and again over one pool."""

    def __init__(self, network: SystemNetwork, policy: ReusePolicy = POLICY) -> None:
        self.pool = ConnectionPool()
        self._network = network
        self._policy = policy
        self._clock = SteadyClock()

    async def ask(self, target: Target, *, is_wanted: bool = True) -> Outcome:
        reuse = Reuse(self.pool, self._policy, is_wanted=is_wanted)
        return await run(target, Timeouts(), self._clock.now() + 10, self._network, self._clock, reuse=reuse)


def play(handler: Handler, story: Callable[[Client, int, ThreadServer], Awaitable[Any]], **options: Any) -> Any:
    """A story with a client and a server, at the end of which nothing is open."""

    async def use(network: SystemNetwork) -> Any:
        client = Client(network, **options)
        try:
            return await story(client, running.port, running)
        finally:
            client.pool.close()
            assert len(client.pool) == 0

    with server(handler) as running:
        return asyncio.run(on_network(use))


def told(outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = outcome.detail["connection"]
    return found


async def twice(client: Client, port: int, running: ThreadServer) -> tuple[Outcome, Outcome, int]:
    target = target_at(f"http://127.0.0.1:{port}/")
    return await client.ask(target), await client.ask(target), running.accepted


def test_the_second_request_goes_over_the_first_ones_connection() -> None:
    first, second, accepted = play(answering_each(), twice)
    assert accepted == 1
    assert (reached(first), told(first)["is_reused"]) == (FRESH, False)
    assert (reached(second), told(second)["is_reused"], told(second)["uses_before"]) == (KEPT, True, 1)


def test_figures_of_a_kept_connection_are_those_of_the_request_alone() -> None:
    first, second, _ = play(answering_each(), twice)
    assert second.phases.connect is None
    assert (second.kernel_rtt_ms, second.lag_ms, second.syn_retransmits) == (None, None, 0)
    assert second.latency_ms == second.phases.total_ms
    assert (second.bytes_in, second.bytes_out) == (first.bytes_in, first.bytes_out) == (len(OK), first.bytes_out)
    assert second.address == first.address


def test_an_encrypted_one_is_kept_with_what_its_handshake_told(tmp_path: Path) -> None:
    async def story(client: Client, port: int, running: ThreadServer) -> tuple[Outcome, Outcome, int]:
        target = target_at(f"https://127.0.0.1:{port}/", verify=False)
        return await client.ask(target), await client.ask(target), running.accepted

    context = server_context(make_leaf(None), tmp_path)
    first, second, accepted = play(over_tls(context, answering_each()), story)
    assert accepted == 1
    assert reached(second) == KEPT
    assert second.detail["tls"]["version"] == first.detail["tls"]["version"]
    assert "flights_ms" in first.detail["tls"]
    assert "flights_ms" not in second.detail["tls"]


def h2_twice(folder: Path, act: Act) -> tuple[Outcome, Outcome, int]:
    async def story(client: Client, port: int, running: ThreadServer) -> tuple[Outcome, Outcome, int]:
        target = target_at(f"https://127.0.0.1:{port}/", verify=False)
        return await client.ask(target), await client.ask(target), running.accepted

    context = server_context(make_leaf(None), folder, alpn=("h2",))
    first, second, accepted = play(over_tls(context, over_h2(act)), story)
    assert (first.detail["http"]["version"], told(first)["is_reused"]) == ("HTTP/2", False)
    return first, second, accepted


def h2_answer(connection: h2.connection.H2Connection, stream: int, *_: object) -> None:
    connection.send_headers(stream, [(":status", "200")])
    connection.send_data(stream, b"hello", end_stream=True)


def test_an_http2_connection_is_kept_and_the_second_request_is_its_next_stream(tmp_path: Path) -> None:
    streams: list[int] = []

    def act(connection: h2.connection.H2Connection, stream: int, *_: object) -> None:
        streams.append(stream)
        h2_answer(connection, stream)

    _, second, accepted = h2_twice(tmp_path, act)
    assert (accepted, streams) == (1, [1, 3])
    assert second.ok
    assert (reached(second), second.detail["http"]["version"]) == (KEPT, "HTTP/2")
    assert (told(second)["is_reused"], told(second)["uses_before"]) == (True, 1)
    assert second.phases.connect is None


def test_an_http2_connection_that_its_server_calls_off_is_not_asked_again(tmp_path: Path) -> None:
    def act(connection: h2.connection.H2Connection, stream: int, *_: object) -> None:
        h2_answer(connection, stream)
        connection.close_connection(h2.errors.ErrorCodes.NO_ERROR, last_stream_id=stream)

    _, second, accepted = h2_twice(tmp_path, act)
    assert (accepted, second.ok, told(second)["is_reused"]) == (2, True, False)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    ],
)
def test_a_server_that_means_to_close_is_believed(answer: bytes) -> None:
    _, second, accepted = play(answering_each(answer), twice)
    assert (accepted, reached(second)) == (2, FRESH)


def test_an_answer_that_was_not_read_to_its_end_keeps_nothing() -> None:
    long = b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + bytes(2_000_000)
    first, second, accepted = play(answering_each(long, most=1), twice)
    assert first.detail["http"]["is_cut"]
    assert (accepted, told(second)["is_reused"]) == (2, False)


def test_one_that_the_peer_closed_while_it_was_unused_is_seen_and_left() -> None:
    async def story(client: Client, port: int, running: ThreadServer) -> Outcome:
        target = target_at(f"http://127.0.0.1:{port}/")
        await client.ask(target)
        await asyncio.sleep(0.1)  # the FIN is a fact of the kernel: nothing to await
        return await client.ask(target)

    outcome = play(answering_each(most=1), story)
    assert outcome.ok
    assert (told(outcome)["is_reused"], told(outcome)["found_closed"]) == (False, 1)
    assert reached(outcome) == FRESH


def test_one_that_is_reset_by_the_next_request_says_that_it_was_a_kept_one() -> None:
    _, second, _ = play(answering_each(most=1, then=reset), twice)
    assert second.fault is not None
    assert (second.fault.kind, second.fault.phase) == ("tcp.reset", Phase.WAIT)
    assert second.fault.evidence["is_reused"] is True


def test_the_others_beside_a_dead_one_are_left_as_well() -> None:
    async def story(client: Client, port: int, _running: ThreadServer) -> int:
        target = target_at(f"http://127.0.0.1:{port}/")
        await asyncio.gather(client.ask(target), client.ask(target))
        assert len(client.pool) == 2
        await client.ask(target)
        return len(client.pool)

    assert play(answering_each(most=1, then=reset), story) == 0


def test_a_retry_takes_a_fresh_one_and_keeps_it() -> None:
    async def story(client: Client, port: int, _running: ThreadServer) -> tuple[Outcome, int]:
        target = target_at(f"http://127.0.0.1:{port}/")
        await client.ask(target)
        return await client.ask(target, is_wanted=False), len(client.pool)

    outcome, kept = play(answering_each(), story)
    assert (reached(outcome), kept) == (FRESH, 2)


def test_no_more_are_kept_than_the_policy_allows() -> None:
    async def story(client: Client, port: int, _running: ThreadServer) -> int:
        target = target_at(f"http://127.0.0.1:{port}/")
        await asyncio.gather(*(client.ask(target) for _ in range(5)))
        return len(client.pool)

    assert play(answering_each(), story, policy=ReusePolicy(is_on=True, per_host=3)) == 3


def test_one_that_is_unused_for_too_long_is_closed() -> None:
    async def story(client: Client, port: int, _running: ThreadServer) -> list[int]:
        await client.ask(target_at(f"http://127.0.0.1:{port}/"))
        kept = len(client.pool)
        # A later timer of the same loop runs after the pool's own.
        await asyncio.sleep(0.1)
        return [kept, len(client.pool)]

    assert play(answering_each(), story, policy=ReusePolicy(is_on=True, idle_s=0.05)) == [1, 0]


@pytest.mark.parametrize("change", [{"sni": "other.test"}, {"verify": False}, {"via": "127.0.0.1"}, {"proxy": "none"}])
def test_another_way_there_has_a_connection_of_its_own(change: dict[str, Any]) -> None:
    async def story(client: Client, port: int, running: ThreadServer) -> int:
        await client.ask(target_at(f"http://127.0.0.1:{port}/"))
        await client.ask(target_at(f"http://127.0.0.1:{port}/", **change))
        return running.accepted

    assert play(answering_each(), story) == 2


def test_a_hop_that_a_redirect_leads_to_is_kept_like_every_other() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n"

    def handle(connection: socket.socket, _running: ThreadServer) -> None:
        while request := receive_request(connection):
            connection.sendall(OK if b"/there" in request else moved)

    first, second, accepted = play(handle, twice)
    assert (first.status, second.status, accepted) == (200, 200, 1)
    assert reached(second) == KEPT
    assert second.bytes_in == len(moved) + len(OK)
    assert [hop["status"] for hop in second.detail["hops"]] == [302, 200]
