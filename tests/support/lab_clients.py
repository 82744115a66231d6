"""Plain clients (raw sockets, ssl, dnspython) and one-server scenarios for testing the lab on the wire."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import TypeVar

from clearline.domain.target import Target
from clearline.lab import scenario
from clearline.lab.lab import Lab
from clearline.lab.scenario_records import Scenario

T = TypeVar("T")

LIMIT_S = 5.0
"""Longest any client waits for what must come."""

SERVERS = {
    "http": 'kind = "http", latency = { median_ms = 1 }, body = "hello"',
    "https": 'kind = "https", latency = { median_ms = 1 }, handshake = { median_ms = 1 }, body = "hello"',
    "tls": 'kind = "tls", handshake = { median_ms = 1 }, greeting = "220 ready\\r\\n"',
    "slow tls": 'kind = "tls", handshake = { median_ms = 150, sigma = 0 }',
    "tcp": 'kind = "tcp", greeting = "220 ready\\r\\n"',
    "beat": 'kind = "beat", latency = { median_ms = 1 }',
    "proxy": 'kind = "proxy", latency = { median_ms = 0 }',
    "ws": 'kind = "ws", latency = { median_ms = 0 }',
    "banner": 'kind = "banner", latency = { median_ms = 0 }, greeting = "220 ready\\r\\n", '
    'replies = { EHLO = "250 hello\\r\\n" }',
    "ntp": 'kind = "ntp", latency = { median_ms = 0 }',
    "udp": 'kind = "udp", latency = { median_ms = 1 }',
    "dns": 'kind = "dns", latency = { median_ms = 0 }, ask = "www.practice.example", '
    'records = { "www.practice.example" = ["A 10.2.0.20", "A 10.2.0.21"] }',
}


def one_target(kind: str, fault: str = "", more: str = "") -> Scenario:
    """A scenario with one target, `it`, of a kind of server; `fault` and `more` are TOML."""
    fault_line = f"fault = {{ {fault} }}" if fault else ""
    return scenario.read(
        f'title = "One"\nlesson.en = "Look."\n[[targets]]\nid = "it"\nname = "It"\n{fault_line}\n'
        f"server = {{ {SERVERS[kind]} }}\n{more}",
        "one",
    )


def two_targets(first: str, second: str, fault: str = "") -> Scenario:
    """A scenario with targets `one` and `two`, of two kinds of server; `fault` of the first is TOML."""
    fault_line = f"fault = {{ {fault} }}" if fault else ""
    return scenario.read(
        f'title = "Two"\nlesson.en = "Look."\n[[targets]]\nid = "one"\nname = "One"\n{fault_line}\n'
        f'server = {{ {SERVERS[first]} }}\n[[targets]]\nid = "two"\nname = "Two"\nserver = {{ {SERVERS[second]} }}\n',
        "two",
    )


def in_lab(kind: str, fault: str, look: Callable[[Target], T], more: str = "") -> T:
    """What a blocking client sees of one server."""

    async def run() -> T:
        async with Lab(one_target(kind, fault, more)) as lab:
            return await asyncio.to_thread(look, lab.plan.targets[0])

    return asyncio.run(run())


def dial(target: Target, limit_s: float = LIMIT_S) -> socket.socket:
    """A connected blocking socket. Raises OSError as the system does."""
    host = "127.0.0.1" if target.host == "localhost" else target.host
    return socket.create_connection((host, target.port), limit_s)


def say(target: Target, words: bytes, limit_s: float = LIMIT_S) -> bytes:
    """Everything that comes back until the server ends. Raises OSError: TimeoutError, ConnectionResetError, …"""
    with dial(target, limit_s) as sock:
        if words:
            sock.sendall(words)
        return read_all(sock)


def read_all(sock: socket.socket) -> bytes:
    """Everything until FIN."""
    parts = []
    while part := sock.recv(65536):
        parts.append(part)
    return b"".join(parts)


def shake_hands(target: Target, server_name: str = "localhost") -> ssl.SSLSocket:
    """A TLS connection that was verified against the lab's root. Raises ssl.SSLError, OSError."""
    context = ssl.create_default_context(cafile=target.ca_file)
    sock = dial(target)
    try:
        return context.wrap_socket(sock, server_hostname=server_name)
    except BaseException:
        sock.close()
        raise


def get(path: str = "/", *headers: str, method: str = "GET") -> bytes:
    """An HTTP request; the connection closes after it unless a header says otherwise."""
    lines = [f"{method} {path} HTTP/1.1", "Host: lab", *(headers or ("Connection: close",))]
    return "\r\n".join([*lines, "", ""]).encode()
