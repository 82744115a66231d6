"""The key on the wire."""

import asyncio
import socket

import pytest

from clearline.domain.target import Target
from clearline.host.clock import SessionClock
from clearline.net.sockets import SystemNetwork
from clearline.probes import registry
from support.misbehaving import ThreadServer, limits, receive_request, server


@pytest.mark.parametrize(("key", "header"), [("8e03", b'Idempotency-Key: "8e03"'), ("", None)])
def test_it_is_sent_as_a_structured_string_where_there_is_one(key: str, header: bytes | None) -> None:
    seen: list[bytes] = []

    def answer(connection: socket.socket, _running: ThreadServer) -> None:
        seen.append(receive_request(connection))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async def ask(port: int) -> None:
        clock = SessionClock(0.0)
        target = Target(id="t", address=f"http://127.0.0.1:{port}/", method="POST")
        outcome = await registry.run(target, limits(), clock.now() + 5, SystemNetwork(), clock, idempotency_key=key)
        assert outcome.ok

    with server(answer) as running:
        asyncio.run(ask(running.port))
    lines = seen[0].split(b"\r\n")
    assert [line for line in lines if line.lower().startswith(b"idempotency")] == ([header] if header else [])
