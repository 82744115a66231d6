"""Connections that web targets keep from one request to the next: HTTP keep-alive, RFC 9112 section 9.3."""

import asyncio
import time
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, NamedTuple

import httpcore2

from clearline.domain.profile import ReusePolicy
from clearline.domain.target import Target
from clearline.probes.http_wire import HttpWire
from clearline.probes.place import Place
from clearline.probes.way import Way

MOST = 500
"""Unused connections kept at most, whatever the profiles say: each takes a descriptor."""


@dataclass(slots=True, eq=False)
class WebConnection:
    """A connection that speaks HTTP, and what was learned while it was made."""

    way: Way
    wire: HttpWire
    client: httpcore2.AsyncHTTP11Connection | httpcore2.AsyncHTTP2Connection
    tls: dict[str, Any] | None
    uses: int = 0
    """Requests sent on it."""
    parked_at_ns: int = 0
    timer: asyncio.TimerHandle | None = None

    @property
    def is_reusable(self) -> bool:
        """Is the exchange over, and may another one follow on it?"""
        return self.client.is_idle() and self.client.is_available()

    @property
    def idle_s(self) -> float:
        """Seconds since it was parked."""
        return (time.perf_counter_ns() - self.parked_at_ns) / 1e9


class Taken(NamedTuple):
    """A kept connection, where there was one, and how many had ended meanwhile."""

    kept: WebConnection | None
    found_closed: int
    found_reset: int
    """So many of those were reset."""


class ConnectionPool:
    """The unused connections, by where they lead. Each is closed once it was unused for its policy's time."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._parked: dict[Hashable, list[WebConnection]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._parked.values()))

    def take(self, key: Hashable) -> Taken:
        """The one that was used last, which is the caller's from now on.

        A connection that is readable while nothing was asked ends, or speaks out of turn: neither can be used.
        """
        closed = reset = 0
        while parked := self._parked.get(key):
            kept = self._remove(key, parked[-1])
            if kept.way.connection.is_quiet:
                return Taken(kept, closed, reset)
            reset += kept.way.connection.is_reset
            kept.way.connection.close()
            closed += 1
        return Taken(None, closed, reset)

    def park(self, key: Hashable, kept: WebConnection, policy: ReusePolicy) -> None:
        """Keep this one for later; the one that was unused for longest makes room."""
        kept.parked_at_ns = time.perf_counter_ns()
        kept.timer = asyncio.get_running_loop().call_later(policy.idle_s, self._drop, key, kept)
        parked = self._parked.setdefault(key, [])
        parked.append(kept)
        while len(parked) > policy.per_host:
            self._drop(key, parked[0])
        while len(self) > self._most:
            oldest = min(self._parked, key=lambda one: self._parked[one][0].parked_at_ns)
            self._drop(oldest, self._parked[oldest][0])

    def forget(self, key: Hashable) -> None:
        """Close all that lead there: one of them was found dead."""
        for kept in list(self._parked.get(key, ())):
            self._drop(key, kept)

    def close(self) -> None:
        """Close all. Closing twice is harmless."""
        for key in list(self._parked):
            self.forget(key)

    def _drop(self, key: Hashable, kept: WebConnection) -> None:
        self._remove(key, kept).way.connection.close()

    def _remove(self, key: Hashable, kept: WebConnection) -> WebConnection:
        parked = self._parked[key]
        parked.remove(kept)
        if not parked:
            del self._parked[key]
        if kept.timer is not None:
            kept.timer.cancel()
        return kept


class Reuse(NamedTuple):
    """Leave to keep connections, by a profile's policy."""

    pool: ConnectionPool
    policy: ReusePolicy
    is_wanted: bool
    """May this attempt take a kept one? The first of a check may; a retry is for a fresh one."""


def pool_key(target: Target, place: Place) -> Hashable:
    """What must be the same for a connection to serve another request. Secrets of the way are part of it."""
    own = (target.via, target.sni, target.client_cert) if place.is_own else ()
    return (place.scheme, place.host, place.port, target.proxy, target.verify, target.ca_file, *own)
