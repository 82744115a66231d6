"""One target tried straight and through its proxy at the same time: which of the two is it?"""

import asyncio
from dataclasses import dataclass

import msgspec

from clearline.domain.outcome import Outcome
from clearline.domain.ports import Clock
from clearline.domain.profile import Timeouts
from clearline.domain.proxy import NONE, SYSTEM
from clearline.domain.target import Target
from clearline.net.network import Network
from clearline.probes.registry import run


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two outcomes of the same target. `proxied` is None where no proxy is set for it."""

    direct: Outcome
    proxied: Outcome | None

    @property
    def finding(self) -> str:
        """`alike`, `only_direct`, `only_proxied`, `neither` or `no_proxy`: which way works."""
        if self.proxied is None:
            return "no_proxy"
        if self.direct.ok and self.proxied.ok:
            return "alike"
        if self.direct.ok or self.proxied.ok:
            return "only_direct" if self.direct.ok else "only_proxied"
        return "neither"


async def compare_ways(
    target: Target, timeouts: Timeouts, deadline_s: float, network: Network, clock: Clock
) -> SideBySide:
    """Both attempts at once, so that they meet the same moment. Never raises for network trouble."""
    proxy = target.proxy
    if proxy == SYSTEM:
        proxy = await network.system_proxy(target.scheme, target.host, target.port)
    straight = msgspec.structs.replace(target, proxy=NONE)
    if proxy in (NONE, ""):
        return SideBySide(await run(straight, timeouts, deadline_s, network, clock), None)
    through = msgspec.structs.replace(target, proxy=proxy)
    direct, proxied = await asyncio.gather(
        run(straight, timeouts, deadline_s, network, clock), run(through, timeouts, deadline_s, network, clock)
    )
    return SideBySide(direct, proxied)
