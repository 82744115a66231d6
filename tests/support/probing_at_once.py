"""Probes several addresses at once on the real network."""

import asyncio
from typing import Any

from clearline.domain.outcome import Outcome
from clearline.domain.profile import Timeouts
from clearline.net.sockets import SystemNetwork
from clearline.probes.registry import run
from support.misbehaving import SteadyClock, on_network, target_at


def probe_all(addresses: tuple[str, ...], timeouts: Timeouts, **fields: Any) -> list[Outcome]:
    """One attempt at each, in the order asked."""
    clock = SteadyClock()

    async def use(network: SystemNetwork) -> list[Outcome]:
        until_s = clock.now() + timeouts.attempt_s
        probes = (run(target_at(address, **fields), timeouts, until_s, network, clock) for address in addresses)
        return list(await asyncio.gather(*probes))

    outcomes: list[Outcome] = asyncio.run(on_network(use))
    return outcomes
