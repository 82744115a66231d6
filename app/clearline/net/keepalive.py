"""TCP keep-alive of one connection: which options this system has, what was set, and what it then says it has set."""

import math
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

from clearline.domain.liveness import KeepAlive


@dataclass(frozen=True, slots=True)
class Option:
    """A socket option of one system: its name in the socket module, or its number where Python has no name for it."""

    name: str
    number: int | None = None
    per_s: int = 1
    """Its unit: so many in a second."""


# Sources: linux/tcp.h; XNU bsd/netinet/tcp.h (TCP_RXT_CONNDROPTIME bounds retransmissions in seconds); ws2ipdef.h of
# the Windows SDK (TCP_KEEPIDLE and TCP_KEEPINTVL since Windows 10 1709, TCP_KEEPCNT since 1703, TCP_MAXRT in seconds).
_LINUX: Mapping[str, Option] = MappingProxyType(
    {
        "idle_s": Option("TCP_KEEPIDLE"),
        "interval_s": Option("TCP_KEEPINTVL"),
        "count": Option("TCP_KEEPCNT"),
        "user_timeout_s": Option("TCP_USER_TIMEOUT", per_s=1000),
    }
)
_MACOS: Mapping[str, Option] = MappingProxyType(
    {
        "idle_s": Option("TCP_KEEPALIVE"),
        "interval_s": Option("TCP_KEEPINTVL"),
        "count": Option("TCP_KEEPCNT"),
        "user_timeout_s": Option("TCP_RXT_CONNDROPTIME", 0x80),
    }
)
_WINDOWS: Mapping[str, Option] = MappingProxyType(
    {
        "idle_s": Option("TCP_KEEPIDLE", 3),
        "interval_s": Option("TCP_KEEPINTVL", 17),
        "count": Option("TCP_KEEPCNT", 16),
        "user_timeout_s": Option("TCP_MAXRT", 5),
    }
)
_OPTIONS = {"linux": _LINUX, "darwin": _MACOS, "win32": _WINDOWS}


class OptionSocket(Protocol):
    """The part of a socket that this file uses."""

    def setsockopt(self, level: int, option: int, value: int, /) -> None:
        """Set an option. Raises OSError."""
        ...

    def getsockopt(self, level: int, option: int, /) -> int:
        """What is set. Raises OSError."""
        ...


def set_keep_alive(
    sock: OptionSocket, wanted: KeepAlive, *, system: str = sys.platform, api: object = socket
) -> dict[str, Any]:
    """Set what this system can. Says of each option what became of it: `state` and, where it is set, its `value`.

    `set` (the value is read back: systems round), `unsupported` (no such option here) or `refused` (with the `error`).
    `api` is where the names of options are looked up. Never raises: a connection lives without, it only dies later.
    """
    on = {"keep_alive": _set(sock, socket.SOL_SOCKET, socket.SO_KEEPALIVE, int(wanted.is_on), 1)}
    # The kernel's answer to SO_KEEPALIVE is a flag, of any value on some systems.
    if on["keep_alive"].get("value"):
        on["keep_alive"]["value"] = 1
    if not wanted.is_on:
        return on
    values = {
        "idle_s": wanted.idle_s,
        "interval_s": wanted.interval_s,
        "count": wanted.count,
        "user_timeout_s": wanted.unacknowledged_s,
    }
    options = _OPTIONS.get(system, _LINUX)
    return on | {field: _set_named(sock, options[field], value, api) for field, value in values.items()}


def _set_named(sock: OptionSocket, option: Option, value: float, api: object) -> dict[str, Any]:
    number = getattr(api, option.name, option.number)
    if number is None:
        return {"state": "unsupported"}
    # Up, never down: a peer may be given up late but not early.
    return _set(sock, socket.IPPROTO_TCP, number, max(1, math.ceil(value * option.per_s)), option.per_s)


def _set(sock: OptionSocket, level: int, number: int, value: int, per_s: int) -> dict[str, Any]:
    try:
        sock.setsockopt(level, number, value)
        found = sock.getsockopt(level, number)
    except OSError as error:
        return {"state": "refused", "error": error.strerror or type(error).__name__}
    return {"state": "set", "value": found / per_s if per_s != 1 else found}
