"""The fault proxy as a process of its own: tells its port, takes commands a line, ends when told or left."""

import asyncio
import socket
import sys
from collections.abc import Callable, Iterable
from typing import TextIO

import msgspec

from clearline.domain.problem import InputError, Problem
from clearline.domain.target import parse_address
from clearline.lab.ending import Ended, on_signals
from clearline.lab.fault_proxy import FaultProxy, Upstream
from clearline.lab.impairment import Impairment, Script, check, read_setting
from clearline.lab.lines import LineWriter, read_lines


class ProxyStarted(msgspec.Struct, frozen=True, tag_field="event", tag="proxy_started"):
    """The first line: where to connect instead of to the service."""

    address: str
    upstream: str
    seed: int
    impairment: Impairment


class ImpairmentChanged(msgspec.Struct, frozen=True, tag_field="event", tag="impairment_changed"):
    """From now on connections are spoilt like this."""

    impairment: Impairment


class ProxyRefused(msgspec.Struct, frozen=True, tag_field="event", tag="proxy_refused"):
    """A command could not be done."""

    code: str
    values: dict[str, str]


class Impair(msgspec.Struct, frozen=True, tag_field="command", tag="impair"):
    """Spoil like this from now on; the script ends. What is left out is well again."""

    impairment: Impairment = Impairment()


class StopProxy(msgspec.Struct, frozen=True, tag_field="command", tag="stop"):
    """End."""


ProxyEvent = ProxyStarted | ImpairmentChanged | ProxyRefused
"""Every line of standard output, as a decoder needs it."""
ProxyCommand = Impair | StopProxy
"""Every line of standard input, as a decoder needs it."""


def find_upstream(typed: str) -> tuple[str, Upstream]:
    """The normalised `tcp://host:port` and where it leads. Looks the name up, and blocks while it does.

    Raises InputError for what is no such address, or a name nobody knows (`lab.proxy_not_tcp`, `lab.proxy_no_name`).
    """
    address = parse_address(typed)
    scheme, _, place = address.partition("://")
    if scheme != "tcp":
        raise InputError(Problem("lab.proxy_not_tcp", {"typed": address}))
    host, _, port = place.rpartition(":")
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
    except OSError as error:
        raise InputError(Problem("lab.proxy_no_name", {"host": host, "reason": str(error)})) from error
    family, _, _, _, sockaddr = found[0]
    return address, Upstream(6 if family == socket.AF_INET6 else 4, str(sockaddr[0]), int(port))


async def serve_proxy(
    address: str,
    upstream: Upstream,
    *,
    seed: int = 1,
    impairment: Impairment | None = None,
    script: Script | None = None,
    takes_commands: bool = False,
    takes_settings: bool = False,
    for_s: float | None = None,
    stdin_fd: int = 0,
    stdout: TextIO | None = None,
) -> Ended:
    """Serve until Ctrl-C, SIGTERM, the end of `for_s`, or, where it takes commands, the end of its input.

    Where it takes settings instead, people type `latency_ms=300 loss_share=0.1`: the rest stays as it is.

    Needs a loop with add_reader: on Windows asyncio.SelectorEventLoop. Raises OSError when the system gives no port.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[Ended] = loop.create_future()

    def end(reason: Ended) -> None:
        if not ended.done():
            ended.set_result(reason)

    lines = LineWriter(stdout or sys.stdout, lambda: end(Ended.NO_READER))
    restore = on_signals(loop, end)
    has_begun = False

    def tell(changed: Impairment) -> None:
        if has_begun:
            lines.tell("impairment", _line(ImpairmentChanged(changed)))

    proxy = FaultProxy(upstream, seed, script, tell)
    timer = loop.call_later(for_s, end, Ended.TIME) if for_s is not None else None
    try:
        proxy.open()
        if impairment is not None:
            proxy.set_impairment(impairment)
        lines.write(_line(ProxyStarted(f"tcp://127.0.0.1:{proxy.port}", address, seed, proxy.impairment)))
        has_begun = True
        if takes_commands:
            read_lines(loop, stdin_fd, lambda line: _obey(proxy, line, lines, end), lambda: end(Ended.END_OF_INPUT))
        elif takes_settings:
            read_lines(loop, stdin_fd, lambda line: _set(proxy, line, lines), lambda: None)
        return await ended
    finally:
        if timer is not None:
            timer.cancel()
        proxy.close()
        lines.close()
        restore()


def _obey(proxy: FaultProxy, line: bytes, lines: LineWriter, end: Callable[[Ended], None]) -> None:
    try:
        command: ProxyCommand = msgspec.json.decode(line, type=ProxyCommand)
    except msgspec.DecodeError as error:
        lines.tell("refused", _line(ProxyRefused("lab.bad_command", {"reason": str(error)})))
        return
    match command:
        case StopProxy():
            end(Ended.END_OF_INPUT)
        case Impair():
            _impair(proxy, command.impairment, lines)


def _set(proxy: FaultProxy, line: bytes, lines: LineWriter) -> None:
    try:
        settings = dict(read_setting(word) for word in line.decode(errors="replace").split())
    except InputError as error:
        _refuse(error.problems, lines)
        return
    wanted, well = msgspec.structs.replace(proxy.impairment, **settings), Impairment()
    # A zero that was typed is left out of what is told, like one that nobody set.
    named = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value != getattr(well, name)}
    _impair(proxy, Impairment(**named), lines)


def _impair(proxy: FaultProxy, impairment: Impairment, lines: LineWriter) -> None:
    if problems := check(impairment):
        _refuse(problems, lines)
    else:
        proxy.set_impairment(impairment)


def _refuse(problems: Iterable[Problem], lines: LineWriter) -> None:
    for problem in problems:
        lines.tell(problem.field, _line(ProxyRefused(problem.code, {**problem.values, "field": problem.field})))


def _line(event: ProxyEvent) -> str:
    return msgspec.json.encode(event).decode()
