"""Look-up threads that may hang, and what the resolver's errors become."""

import asyncio
import socket
import threading

import pytest

from clearline.domain.phase import Phase
from clearline.net.classify import classify
from clearline.net.evidence import NetworkError
from clearline.net.resolver import LookupThreads, read_name_servers, resolve_name
from clearline.net.sockets import SystemNetwork
from clearline.net.timing import limit_in


def test_it_gives_results_and_errors_of_calls() -> None:
    async def story() -> None:
        threads = LookupThreads()
        assert await threads.run(lambda: 42) == 42
        with pytest.raises(ZeroDivisionError):
            await threads.run(lambda: 1 // 0)
        threads.close()

    asyncio.run(story())


def test_it_runs_so_many_calls_at_once_and_lets_the_rest_wait() -> None:
    release = threading.Event()
    running = threading.Semaphore(0)

    def hang() -> None:
        running.release()
        release.wait(10)

    async def story() -> int:
        threads = LookupThreads(max_threads=3)
        async with asyncio.TaskGroup() as group:
            for _ in range(5):
                group.create_task(threads.run(hang))
            await asyncio.sleep(0)
            for _ in range(3):
                assert running.acquire(timeout=10)
            is_fourth_waiting = not running.acquire(blocking=False)
            release.set()
        threads.close()
        return is_fourth_waiting

    assert asyncio.run(story())


def test_it_uses_an_idle_thread_again() -> None:
    async def story() -> set[int]:
        threads = LookupThreads()
        used = set()
        for _ in range(20):
            used.add(await threads.run(threading.get_ident))
            # A thread is idle only a moment after its result was seen.
            async with asyncio.timeout(5):
                while threads._idle == 0:  # noqa: ASYNC110 (the pool tells nobody)
                    await asyncio.sleep(0)
        threads.close()
        return used

    assert len(asyncio.run(story())) == 1


def test_it_does_not_wait_for_hung_calls_when_it_closes() -> None:
    release = threading.Event()

    async def story() -> None:
        threads = LookupThreads(max_threads=1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await threads.run(lambda: release.wait(10))
        threads.close()
        with pytest.raises(RuntimeError):
            await threads.run(lambda: 1)

    asyncio.run(story())
    release.set()


def failing(error: Exception, monkeypatch: pytest.MonkeyPatch) -> str:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    async def story() -> str:
        threads = LookupThreads()
        try:
            with pytest.raises(NetworkError) as caught:
                await resolve_name(threads, "www.example.test", 80, limit_in(5))
        finally:
            threads.close()
        assert caught.value.evidence.transport == "dns"
        return classify(caught.value.evidence).kind

    return asyncio.run(story())


def test_it_tells_the_resolvers_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    assert failing(socket.gaierror(socket.EAI_NONAME, "no"), monkeypatch) == "dns.name_not_resolved.nxdomain"
    assert failing(socket.gaierror(socket.EAI_AGAIN, "later"), monkeypatch) == "dns.failed"
    assert failing(UnicodeError("label too long"), monkeypatch) == "input.invalid"


def test_it_gives_up_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: release.wait(10))

    async def story() -> str:
        threads = LookupThreads()
        with pytest.raises(NetworkError) as caught:
            await resolve_name(threads, "www.example.test", 80, limit_in(0.05, Phase.RESOLVE.value))
        threads.close()
        return classify(caught.value.evidence).kind

    kind = asyncio.run(story())
    release.set()

    assert kind == "dns.timed_out"


@pytest.mark.parametrize(("literal", "shown"), [("192.0.2.1", "192.0.2.1:80"), ("2001:db8::1", "[2001:db8::1]:80")])
def test_it_never_looks_up_a_literal_address(literal: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> list[str]:
        network = SystemNetwork()
        monkeypatch.setattr(network._threads, "run", None)
        try:
            return [address.shown for address in await network.resolve(literal, 80, limit_in(1))]
        finally:
            network.close()

    assert asyncio.run(story()) == [shown]


def test_it_reads_the_configured_name_servers() -> None:
    assert all(server.is_usable for server in read_name_servers())
