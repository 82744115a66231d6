"""Situations with a box between the two ends, or an application with moods, on loopback, and the verdict each gets."""

import asyncio
import contextlib
import datetime as dt
import socket
import tempfile
from dataclasses import dataclass, replace
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from clearline.domain.verdict import Outside
from clearline.net.sockets import SystemNetwork
from support.misbehaving import Handler, ThreadServer, answering, free_port, receive_request, server, target_at
from support.proxies import http_proxy
from support.situations import HEALTHY, C, Judged, L, Situation, judge_one
from support.tls_servers import Leaf, make_authority, make_leaf, over_tls, server_context

_BODY = b"All is well.\n" * 20
_WELL = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(_BODY) + _BODY
_NO = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_QUICK, _EARLIER = 30, 42
_SLOW_S = 0.08
_ROOT = make_authority()
"""Trusted where a situation says so."""
_MONTHS = dt.timedelta(days=60)


def _page(connection: socket.socket, _running: ThreadServer) -> None:
    receive_request(connection)
    connection.sendall(_WELL)


def _page_dated(ahead: dt.timedelta) -> Handler:
    """From a server whose clock is so far ahead of ours, or behind."""

    def handle(connection: socket.socket, _running: ThreadServer) -> None:
        receive_request(connection)
        date = format_datetime(dt.datetime.now(dt.UTC) + ahead, usegmt=True)
        connection.sendall(_WELL.replace(b"\r\n", b"\r\nDate: %s\r\n" % date.encode(), 1))

    return handle


def _page_for_browsers(connection: socket.socket, _running: ThreadServer) -> None:
    connection.sendall(_WELL if b"Mozilla/" in receive_request(connection) else _NO)


def _page_that_tires(connection: socket.socket, running: ThreadServer) -> None:
    """Quick at first, slow after so many requests."""
    receive_request(connection)
    if running.accepted > _QUICK:
        running.stopping.wait(_SLOW_S)
    connection.sendall(_WELL)


def _proxy(connection: socket.socket, running: ThreadServer) -> None:
    """An honest one, which says so where it gets no answer itself."""
    try:
        http_proxy([])(connection, running)
    except ConnectionRefusedError:
        connection.sendall(_BAD_GATEWAY)


def _proxy_that_cuts(connection: socket.socket, _running: ThreadServer) -> None:
    """Passes the head of an answer and loses the rest, as a filter that chokes on what it reads."""
    receive_request(connection)
    connection.sendall(_WELL[: -len(_BODY) // 2])


def _proxy_that_hangs_up(connection: socket.socket, _running: ThreadServer) -> None:
    """Takes a tunnel, and ends it at the first words in it."""
    receive_request(connection)
    connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    connection.recv(65_536)


def _encrypted(then: Handler, leaf: Leaf | None = None) -> Handler:
    """Behind this certificate, else one of its own making."""
    with tempfile.TemporaryDirectory() as folder:
        return over_tls(server_context(leaf or make_leaf(None), Path(folder)), then)


@dataclass(frozen=True)
class Middle:
    """A situation, what answers at its target, and the proxy before that."""

    situation: Situation
    page: Handler | None = _page
    """None: nobody is there."""
    proxy: Handler | None = None
    proxy_scheme: str = "http"
    target: str = "http"
    control: Handler | None = None
    """What answers at the address that is known to be good."""
    is_root_trusted: bool = False
    """Is the server's certificate checked, by a computer that trusts `_ROOT`?"""


def _broken(name: str, verdict: str, step: str, whose: str, confidence: str, **more: Any) -> Situation:
    return Situation(name, verdict, step, whose, confidence, **more)


MIDDLE = (
    Middle(
        _broken("the proxy shows a bad certificate", "proxy_certificate", "proxy", "proxy", C),
        proxy=_encrypted(_proxy),
        proxy_scheme="https",
    ),
    Middle(_broken("the proxy cuts the answer", "proxy_spoils", "proxy", "proxy", L), proxy=_proxy_that_cuts),
    Middle(
        _broken("the proxy ends the tunnel", "proxy_spoils", "proxy", "proxy", L),
        page=_encrypted(_page),
        proxy=_proxy_that_hangs_up,
        target="https",
    ),
    Middle(
        _broken("the proxy is well, the server is not", "server_not_proxy", "connect", "server", L),
        page=None,
        proxy=_proxy,
    ),
    Middle(
        _broken("the proxy makes no tunnel, the server is off", "server_not_proxy", "connect", "server", L),
        page=None,
        proxy=_proxy,
        target="https",
    ),
    Middle(
        _broken("the proxy says that it gets no answer", "proxy_cannot_reach", "proxy", "proxy", C),
        proxy=answering(_BAD_GATEWAY),
    ),
    Middle(
        _broken("the server says so, whatever way", "backend_down", "http", "app", C),
        page=answering(_BAD_GATEWAY),
        proxy=_proxy,
    ),
    Middle(Situation("through a proxy, and all is well", HEALTHY), proxy=_proxy),
    Middle(_broken("only browsers are let in", "only_browsers", "http", "app", C), page=_page_for_browsers),
    Middle(
        _broken("it was quicker before", "worked_before", "quality", "server", L, earlier=_EARLIER, earlier_s=1.0),
        page=_page_that_tires,
    ),
    # Whatever this computer's clock says, everybody else says another time.
    Middle(
        _broken("this computer's clock is months behind", "clock_off", "self", "me", L),
        page=_page_dated(_MONTHS),
        control=_page_dated(_MONTHS),
    ),
    Middle(
        _broken("a clock months behind, and a new certificate", "clock_wrong", "tls", "me", C),
        page=_encrypted(_page_dated(_MONTHS), make_leaf(_ROOT, starts_days=30, ends_days=120)),
        target="https",
        control=_page_dated(_MONTHS),
        is_root_trusted=True,
    ),
    Middle(
        _broken("a clock months ahead, and a certificate that was good", "clock_wrong", "tls", "me", C),
        page=_encrypted(_page_dated(-_MONTHS), make_leaf(_ROOT, starts_days=-90, ends_days=-30)),
        target="https",
        control=_page_dated(-_MONTHS),
        is_root_trusted=True,
    ),
    Middle(
        _broken("only the server's clock suits its certificate", "certificate_expired", "tls", "server", C),
        page=_encrypted(_page_dated(-_MONTHS), make_leaf(_ROOT, starts_days=-90, ends_days=-30)),
        target="https",
        control=_page_dated(dt.timedelta()),
        is_root_trusted=True,
    ),
    Middle(
        Situation("only the server's clock is off", HEALTHY),
        page=_page_dated(_MONTHS),
        control=_page_dated(dt.timedelta()),
    ),
)


async def judge_middle(middles: tuple[Middle, ...] = MIDDLE) -> list[Judged]:
    """All of these at once."""
    network = SystemNetwork()
    with contextlib.ExitStack() as stack:

        def place(handler: Handler | None) -> str:
            port = stack.enter_context(server(handler)).port if handler is not None else free_port()
            return f"127.0.0.1:{port}"

        root = stack.enter_context(tempfile.NamedTemporaryFile(suffix=".pem"))
        root.write(_ROOT.pem)
        root.flush()

        def begin(one: Middle) -> Any:
            proxy = f"{one.proxy_scheme}://{place(one.proxy)}" if one.proxy is not None else "none"
            verify = one.target == "http" or one.is_root_trusted
            ca_file = root.name if one.is_root_trusted else None
            target = target_at(f"{one.target}://{place(one.page)}/", proxy=proxy, verify=verify, ca_file=ca_file)
            control = (f"http://{place(one.control)}/",) if one.control is not None else ()
            return judge_one(target, network, replace(one.situation, outside=Outside(control=control)))

        try:
            return list(await asyncio.gather(*map(begin, middles)))
        finally:
            network.close()
