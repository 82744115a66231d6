"""Connections that lead onwards leave nothing behind, however they end."""

import asyncio
import socket

import psutil
import pytest

from clearline.lab.fault_proxy import FaultProxy, Upstream
from clearline.lab.impairment import Impairment
from clearline.lab.lab import Lab
from support.lab_clients import two_targets

LIMIT_S = 10.0


def open_sockets() -> int:
    return len(psutil.Process().net_connections())


async def dial(port: int) -> socket.socket:
    client = socket.socket()
    client.setblocking(False)
    await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", port))
    return client


@pytest.mark.parametrize("ends_first", ["client", "service", "proxy"])
def test_a_fault_proxy_lets_go_of_both_sides(ends_first: str) -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        before = open_sockets()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.setblocking(False)
            proxy = FaultProxy(Upstream(4, "127.0.0.1", listener.getsockname()[1]))
            proxy.open()
            proxy.set_impairment(Impairment(close_delay_ms=20))
            client = await dial(proxy.port)
            service, _ = await loop.sock_accept(listener)
            service.setblocking(False)
            await loop.sock_sendall(client, b"hello")
            assert await loop.sock_recv(service, 100) == b"hello"
            if ends_first == "client":
                client.close()
                assert await loop.sock_recv(service, 100) == b""
            elif ends_first == "service":
                service.close()
                assert await loop.sock_recv(client, 100) == b""
            # What is under way when it closes goes with it.
            proxy.set_impairment(Impairment(latency_ms=5000))
            if ends_first == "proxy":
                await loop.sock_sendall(client, b"never arrives")
            proxy.close()
            client.close()
            service.close()
        assert open_sockets() == before

    async def limited() -> None:
        async with asyncio.timeout(LIMIT_S):
            await run()

    asyncio.run(limited())


def test_a_lab_that_ends_ends_its_tunnels() -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        before = open_sockets()
        async with asyncio.timeout(LIMIT_S), Lab(two_targets("proxy", "tcp")) as lab:
            proxy, behind = lab.plan.targets
            client = await dial(proxy.port)
            await loop.sock_sendall(client, f"CONNECT localhost:{behind.port} HTTP/1.1\r\n\r\n".encode())
            heard = b""
            while b"220 ready" not in heard:
                heard += await loop.sock_recv(client, 1000)
        client.close()
        assert open_sockets() == before

    asyncio.run(run())
