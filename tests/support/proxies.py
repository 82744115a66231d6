"""Small honest proxies: HTTP CONNECT, whole HTTP requests, SOCKS5; with or without a login of any kind."""

import base64
import contextlib
import re
import socket
import threading
from collections.abc import Callable
from typing import Protocol

import spnego

from support.misbehaving import Handler, ThreadServer, receive_request

LOGIN = b"Proxy-Authorization: Basic bWU6Z2VoZWlt"
"""me:geheim"""


def http_proxy(heads: list[bytes], *, wants_login: bool = False) -> Handler:
    """Keeps the heads it is sent."""

    def handle(connection: socket.socket, running: ThreadServer) -> None:
        data = b""
        while b"\r\n\r\n" not in data and (part := connection.recv(65_536)):
            data += part
        if not data:
            return  # Somebody only knocked.
        heads.append(data)
        if wants_login and LOGIN not in data:
            connection.sendall(b'HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n')
            return
        first = data.split(b"\r\n")[0].decode().split(" ")
        if first[0] == "CONNECT":
            host, _, port = first[1].rpartition(":")
            with socket.create_connection((host, int(port)), 5) as far:
                # What follows the head in the same packet belongs to the tunnel already.
                connection.sendall(b"HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n")
                relay(connection, far)
            return
        place = first[1].partition("://")[2]
        host, _, port = place.partition("/")[0].partition(":")
        with socket.create_connection((host, int(port or 80)), 5) as far:
            far.sendall(data.replace(first[1].encode(), b"/" + place.partition("/")[2].encode(), 1))
            relay(connection, far)

    return handle


class Gate(Protocol):
    """Lets a request of one connection in, or says what it wants instead."""

    def __call__(self, authorization: str) -> str: ...


def gated_proxy(offers: list[str], gate: Callable[[], Gate], *, hangs_up: bool = False) -> Handler:
    """CONNECT only. Each connection has a gate of its own, which says nothing for come in, else a new challenge."""

    def handle(connection: socket.socket, running: ThreadServer) -> None:
        asks = gate()
        while data := receive_request(connection):
            given = re.search(rb"(?im)^proxy-authorization: ([^\r]*)", data)
            wanted = asks(given[1].decode()) if given else None
            if wanted == "":
                host, _, port = data.split(b" ")[1].decode().rpartition(":")
                with socket.create_connection((host, int(port)), 5) as far:
                    connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    relay(connection, far)
                return
            challenges = offers if wanted is None else [wanted]
            lines = "".join(f"Proxy-Authenticate: {each}\r\n" for each in challenges)
            is_last = hangs_up and wanted is None
            lines += "Connection: close\r\n" if is_last else ""
            connection.sendall(f"HTTP/1.1 407 Login\r\n{lines}Content-Length: 6\r\n\r\nlogin!".encode())
            if is_last:
                return

    return handle


def spnego_gate(protocol: str, seen: list[str]) -> Callable[[], Gate]:
    """NTLM or Negotiate as a domain's server does it; keeps who came in. Users are in the file NTLM_USER_FILE."""

    def make() -> Gate:
        context = spnego.server(protocol=protocol)
        label = "NTLM" if protocol == "ntlm" else "Negotiate"

        def ask(authorization: str) -> str:
            scheme, _, token = authorization.partition(" ")
            if scheme != label:
                return label
            try:
                answer = context.step(base64.b64decode(token))
            except spnego.exceptions.SpnegoError:
                return label
            if context.complete:
                seen.append(str(context.client_principal))
                return ""
            return f"{label} {base64.b64encode(answer or b'').decode()}"

        return ask

    return make


def socks_proxy(asked: list[bytes], *, login: tuple[bytes, bytes] | None = None) -> Handler:
    """Keeps the addresses it is asked for, type byte first."""

    def handle(connection: socket.socket, running: ThreadServer) -> None:
        methods = exactly(connection, exactly(connection, 2)[1])
        if login is not None:
            if 2 not in methods:
                connection.sendall(b"\x05\xff")
                return
            connection.sendall(b"\x05\x02")
            user = exactly(connection, exactly(connection, 2)[1])
            password = exactly(connection, exactly(connection, 1)[0])
            connection.sendall(b"\x01" + bytes([(user, password) != login]))
            if (user, password) != login:
                return
        else:
            connection.sendall(b"\x05\x00")
        kind = exactly(connection, 4)[3]
        if kind == 3:
            name = exactly(connection, exactly(connection, 1)[0])
            host = name.decode()
            asked.append(b"\x03" + name)
        else:
            raw = exactly(connection, 4 if kind == 1 else 16)
            host = socket.inet_ntop(socket.AF_INET if kind == 1 else socket.AF_INET6, raw)
            asked.append(bytes([kind]) + raw)
        port = int.from_bytes(exactly(connection, 2), "big")
        with socket.create_connection((host, port), 5) as far:
            connection.sendall(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
            relay(connection, far)

    return handle


def exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise ConnectionError("hung up")
        data += part
    return data


def relay(near: socket.socket, far: socket.socket) -> None:
    """Both ways until both sides are done."""

    def pass_on(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    thread = threading.Thread(target=pass_on, args=(near, far), daemon=True)
    thread.start()
    pass_on(far, near)
    thread.join(10)
