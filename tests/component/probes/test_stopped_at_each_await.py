"""Every kind of probe stopped at each of its awaits against a real server: no socket, task or permit is left."""

import asyncio
import socket
import sys
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec
import pytest

from clearline.domain.event import AttemptEnded, CheckEnded, Event
from clearline.domain.profile import STANDARD, FallbackMode, FallbackPolicy, Profile, RetryPolicy, ReusePolicy, Timeouts
from clearline.domain.target import Target
from clearline.engine.checks import Checks
from clearline.net.sockets import SystemNetwork
from clearline.probes.beat import beat_once
from clearline.probes.registry import run
from support.misbehaving import (
    Handler,
    SteadyClock,
    ThreadServer,
    datagram_server,
    free_port,
    on_network,
    receive_request,
    server,
    target_at,
)
from support.scripted_random import ScriptedRandom
from support.stopping import open_sockets, stop_at_each_await
from support.tls_servers import make_leaf, over_tls, server_context

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="counts open sockets in /proc")

PIECES = (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", b"hello", b"again")
PAUSE_S = 0.002
"""Long enough for the client to be waiting again."""


def in_pieces(connection: socket.socket, running: ThreadServer) -> None:
    while receive_request(connection):
        for piece in PIECES:
            running.stopping.wait(PAUSE_S)
            connection.sendall(piece)


def greeting(connection: socket.socket, running: ThreadServer) -> None:
    running.stopping.wait(PAUSE_S)
    connection.sendall(b"220 ready\r\n")
    connection.recv(100)


def ponging(connection: socket.socket, running: ThreadServer) -> None:
    while line := connection.recv(100):
        running.stopping.wait(PAUSE_S)
        connection.sendall(line.replace(b"PING", b"PONG"))


def repeating(data: bytes) -> list[bytes]:
    threading.Event().wait(PAUSE_S)
    return [data]


def server_failure(data: bytes) -> list[bytes]:
    """A DNS answer with SERVFAIL: RFC 1035, 4.1.1."""
    return repeating(data[:2] + b"\x81\x82" + data[4:])


def stopped_everywhere(target: Target, port: int, profile: Profile = STANDARD) -> int:
    """Stop a probe of the target at each of its awaits; gives how many there were."""

    async def use(network: SystemNetwork) -> int:
        clock = SteadyClock()
        before = open_sockets(port)
        tasks = asyncio.all_tasks()

        async def make() -> Coroutine[Any, Any, object]:
            if target.scheme == "beat":
                return beat_once(target, profile, Timeouts(), clock.now() + 10, network, clock)
            return run(target, Timeouts(), clock.now() + 10, network, clock)

        async def check(at: int) -> None:
            assert open_sockets(port) == before, f"await {at}"
            assert asyncio.all_tasks() == tasks, f"await {at}"

        return await stop_at_each_await(make, check)

    found: int = asyncio.run(on_network(use))
    return found


@pytest.mark.parametrize(
    ("address", "handler"),
    [
        ("http://127.0.0.1:{}/", in_pieces),
        ("http://localhost:{}/", in_pieces),
        ("tcp://localhost:{}", greeting),
        ("banner://127.0.0.1:{}", greeting),
        ("ws://127.0.0.1:{}/", in_pieces),
        ("beat://127.0.0.1:{}", ponging),
    ],
)
def test_it_leaves_nothing(address: str, handler: Handler) -> None:
    with server(handler) as running:
        assert stopped_everywhere(target_at(address.format(running.port)), running.port)


@pytest.mark.parametrize("scheme", ["https", "tls"])
def test_it_leaves_nothing_of_an_encrypted_connection(scheme: str, tmp_path: Path) -> None:
    with server(over_tls(server_context(make_leaf(None), tmp_path), in_pieces)) as running:
        target = target_at(f"{scheme}://127.0.0.1:{running.port}", verify=False)
        assert stopped_everywhere(target, running.port)


@pytest.mark.parametrize(
    ("address", "reply"),
    [("udp://127.0.0.1:{}", repeating), ("dns://www.example.test?server=127.0.0.1:{}", server_failure)],
)
def test_it_leaves_nothing_of_datagrams(address: str, reply: Callable[[bytes], list[bytes]]) -> None:
    with datagram_server(reply) as port:
        assert stopped_everywhere(target_at(address.format(port)), port)


KEPT = msgspec.structs.replace(STANDARD, reuse=ReusePolicy(is_on=True), retry=RetryPolicy(attempts=2, base_s=0.001))
SAFE = msgspec.structs.replace(
    STANDARD, fallback=FallbackPolicy(FallbackMode.SAFE), retry=RetryPolicy(attempts=2, base_s=0.001)
)


def checks_stopped_everywhere(target: Target, port: int, profile: Profile, *, is_second: bool = False) -> int:
    """Stop a whole check at each of its awaits, with all that lasts from one check to the next."""

    async def use(network: SystemNetwork) -> int:
        clock = SteadyClock()
        before = open_sockets(port)
        events: list[Event] = []
        checks: list[Checks] = []

        async def make() -> Coroutine[Any, Any, object]:
            checks[:] = [Checks(run, network, clock, ScriptedRandom(then=0.5))]
            if is_second:
                await checks[0].run(target, profile, 0, 0.0, lambda _event: None)
                assert len(checks[0].kept) == 1
            events.clear()
            return checks[0].run(target, profile, 1, 0.0, events.append)

        async def check(at: int) -> None:
            checks[0].close()
            assert open_sockets(port) == before, f"await {at}"
            assert isinstance(events[-1], CheckEnded), f"await {at}"
            assert sum(isinstance(event, AttemptEnded) for event in events) == events[-1].attempts
            breakers = [checks[0].breakers.find(one.breaker_key) for one in (target,)]
            assert all(not breaker._leases for breaker in breakers if breaker)

        return await stop_at_each_await(make, check)

    found: int = asyncio.run(on_network(use))
    return found


def test_a_check_on_a_kept_connection_leaves_nothing() -> None:
    with server(in_pieces) as running:
        target = target_at(f"http://127.0.0.1:{running.port}/")
        assert checks_stopped_everywhere(target, running.port, KEPT, is_second=True)


def test_a_check_whose_kept_connection_is_stale_leaves_nothing() -> None:
    def once(connection: socket.socket, running: ThreadServer) -> None:
        receive_request(connection)
        connection.sendall(b"".join(PIECES))
        receive_request(connection)
        running.stopping.wait(PAUSE_S)

    with server(once) as running:
        target = target_at(f"http://127.0.0.1:{running.port}/")
        assert checks_stopped_everywhere(target, running.port, KEPT, is_second=True) > 2


def test_a_check_that_goes_on_at_an_alternate_leaves_nothing() -> None:
    with server(in_pieces) as running:
        alternate = f"127.0.0.1:{running.port}"
        target = target_at(f"http://127.0.0.1:{free_port()}/", alternates=(alternate,))
        assert checks_stopped_everywhere(target, running.port, SAFE) > 2
