"""What holds for every probe: limits, cancellation, and what nobody foresaw."""

import asyncio
import socket
import threading

import pytest

from clearline.domain.fault import Blame
from clearline.domain.phase import Phase
from clearline.domain.profile import Timeouts
from clearline.net.network import Address
from clearline.net.sockets import SystemNetwork, SystemStream
from clearline.net.timing import Limit
from clearline.probes.registry import run
from support.misbehaving import SteadyClock, on_network, probe, reached, server, silent, target_at


def test_it_becomes_unknown_with_its_chain_when_nobody_foresaw_it() -> None:
    class Surprising(SystemNetwork):
        async def connect(self, address: Address, limit: Limit) -> SystemStream:
            raise RuntimeError("surprise") from KeyError("root")

    async def story() -> None:
        network = Surprising()
        clock = SteadyClock()
        outcome = await run(target_at("tcp://127.0.0.1:80"), Timeouts(), clock.now() + 5, network, clock)
        network.close()

        assert outcome.fault is not None
        assert outcome.fault.kind == "unknown"
        assert outcome.fault.phase is Phase.CONNECT
        assert outcome.fault.evidence["chain"] == ["RuntimeError: surprise", "KeyError: 'root'"]
        assert outcome.fault.blame is Blame.CALLER

    asyncio.run(story())


@pytest.mark.parametrize("scheme", ["http", "tls"])
def test_it_ends_at_once_when_nothing_is_left_of_the_attempt(scheme: str) -> None:
    with server(silent) as running:
        outcome = probe(f"{scheme}://127.0.0.1:{running.port}", deadline_s=-1)

    assert outcome.fault is not None
    assert outcome.fault.is_void
    assert outcome.fault.evidence["deadline"]["by"] == "total"


def test_it_can_be_stopped_while_the_resolver_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    async def use(network: SystemNetwork) -> None:
        clock = SteadyClock()
        loop = asyncio.get_running_loop()
        is_hanging = asyncio.Event()

        def hang(*_: object, **__: object) -> list[object]:
            loop.call_soon_threadsafe(is_hanging.set)
            release.wait(10)
            return []

        monkeypatch.setattr(socket, "getaddrinfo", hang)
        target = target_at("tcp://www.example.test:80")
        probing = loop.create_task(run(target, Timeouts(), clock.now() + 10, network, clock))
        await is_hanging.wait()
        probing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await probing

    asyncio.run(on_network(use))
    release.set()


def test_it_keeps_probes_apart_that_run_at_once() -> None:
    async def use(network: SystemNetwork) -> None:
        clock = SteadyClock()
        with server(silent) as running:
            targets = [target_at(f"tcp://127.0.0.1:{running.port}") for _ in range(50)]
            outcomes = await asyncio.gather(
                *(run(target, Timeouts(), clock.now() + 10, network, clock) for target in targets)
            )
        assert all(outcome.ok for outcome in outcomes)
        assert all(reached(outcome) == [Phase.CONNECT] for outcome in outcomes)

    asyncio.run(on_network(use))


def test_it_probes_over_ipv6() -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    outcome = probe(f"tcp://[::1]:{listener.getsockname()[1]}")
    listener.close()

    assert outcome.ok
    assert outcome.address.startswith("[::1]:")
