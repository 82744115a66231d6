"""Every address of a name by itself, and what a browser would feel that races them (RFC 8305)."""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, zip_longest
from typing import Any

import msgspec

from clearline.domain.phase import Phase
from clearline.net.classify import classify
from clearline.net.evidence import NetworkError
from clearline.net.network import Address, Network
from clearline.net.timing import limit_in

MOST_PER_FAMILY = 4
ATTEMPT_DELAY_MS = 250.0
"""RFC 8305 section 5: the recommended pause before the next address is tried beside the one before."""


class Leg(msgspec.Struct, frozen=True):
    """One address tried by itself."""

    address: str
    family: int
    """4 or 6."""
    ms: float
    """Until it was connected or failed."""
    kind: str = ""
    """Kind of fault; empty where it connected."""
    rtt_ms: float | None = None
    """The kernel's round trip; None without one, also where requests were lost."""
    syn_retransmits: int = 0

    @property
    def is_ok(self) -> bool:
        """Did it connect?"""
        return not self.kind


class Race(msgspec.Struct, frozen=True):
    """What a program feels that races the addresses."""

    winner: str
    """Address; empty where none connects."""
    ms: float
    """From the first request until the winner is connected, or until the last one failed."""
    order: tuple[str, ...]
    """The addresses in the order they would be tried, only those that would be."""


class Families(msgspec.Struct, frozen=True):
    """Both families apart, and raced."""

    legs: tuple[Leg, ...]
    race: Race

    def legs_of(self, family: int) -> tuple[Leg, ...]:
        """Those of family 4 or 6."""
        return tuple(leg for leg in self.legs if leg.family == family)

    @property
    def hidden(self) -> int | None:
        """The family that fails on every address while the other connects: a race hides that. 4, 6 or None."""
        for family, other in ((6, 4), (4, 6)):
            own = self.legs_of(family)
            if own and not any(leg.is_ok for leg in own) and any(leg.is_ok for leg in self.legs_of(other)):
                return family
        return None

    def plain(self) -> dict[str, Any]:
        """As plain values, for the outcome's detail."""
        told: dict[str, Any] = msgspec.to_builtins(self)
        return told | {"hidden": self.hidden}


async def compare_families(network: Network, addresses: Sequence[Address], limit_s: float) -> Families:
    """Connect to each address by itself, at most four of each family, all at once and each with the whole limit.

    Nothing is sent on the connections, and they are closed at once. Never raises for network trouble.
    """
    chosen = [
        address
        for family in (socket.AF_INET6, socket.AF_INET)
        for address in [each for each in addresses if each.family == family][:MOST_PER_FAMILY]
    ]
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(_try(network, address, limit_s)) for address in chosen]
    legs = {address: task.result() for address, task in zip(chosen, running, strict=True)}
    # The resolver's order is the system's preference (RFC 6724), which racing begins with.
    return Families(tuple(legs.values()), race([legs[address] for address in addresses if address in legs]))


async def _try(network: Network, address: Address, limit_s: float) -> Leg:
    family = 6 if address.family == socket.AF_INET6 else 4
    limit = limit_in(limit_s, Phase.CONNECT.value)
    try:
        connection = await network.connect(address, limit)
    except NetworkError as trouble:
        # What is left of the limit tells how long it took.
        spent_ms = limit_s * 1000 - limit.left_s * 1000
        seen = replace(trouble.evidence, phase=Phase.CONNECT, elapsed_ms=spent_ms)
        lost = seen.tcp_info.total_retrans if seen.tcp_info else 0
        return Leg(address.shown, family, round(spent_ms, 3), classify(seen).kind, syn_retransmits=lost)
    try:
        kernel = connection.kernel
        lost = kernel.total_retrans if kernel else 0
        ms = round((connection.connected_at_ns - connection.began_at_ns) / 1e6, 3)
        return Leg(address.shown, family, ms, "", kernel.rtt_us / 1000 if kernel and not lost else None, lost)
    finally:
        connection.close()


def race(legs: Sequence[Leg]) -> Race:
    """What racing these would come to, by RFC 8305: families take turns, a new address every 250 ms or at a failure.

    Computed from legs measured by themselves, so that asking costs the server no further connections.
    """
    order = _alternated(legs)
    winner, won_at_ms, ended_at_ms = "", float("inf"), 0.0
    starts_at_ms = 0.0
    tried: list[str] = []
    failures: list[float] = []
    for leg in order:
        if starts_at_ms >= won_at_ms:
            break
        tried.append(leg.address)
        ends_at_ms = starts_at_ms + leg.ms
        if leg.is_ok and ends_at_ms < won_at_ms:
            winner, won_at_ms = leg.address, ends_at_ms
        if not leg.is_ok:
            failures.append(ends_at_ms)
        ended_at_ms = max(ended_at_ms, ends_at_ms)
        early = [at for at in failures if at > starts_at_ms]
        starts_at_ms = min([starts_at_ms + ATTEMPT_DELAY_MS, *early])
    return Race(winner, round(won_at_ms if winner else ended_at_ms, 3), tuple(tried))


def _alternated(legs: Sequence[Leg]) -> list[Leg]:
    """RFC 8305 section 4: the preferred family first, then one of each by turns."""
    if not legs:
        return []
    first = legs[0].family
    own = [leg for leg in legs if leg.family == first]
    other = [leg for leg in legs if leg.family != first]
    return [leg for leg in chain.from_iterable(zip_longest(own, other)) if leg is not None]
