"""The path probe: who passes packets on between here and the target, by ICMP, by UDP and by TCP to the real port."""

import asyncio
from typing import Any

from clearline.domain.phase import Phase
from clearline.net.evidence import Evidence, NetworkError, PathEvidence
from clearline.net.network import Address
from clearline.net.reached import Method, Reach
from clearline.net.timing import limit_in
from clearline.probes.attempt import Attempt
from clearline.probes.hops import Hop, has_loop, last_answer, loss_begins_at, trimmed

ROUNDS = 5
_MOST_HOPS = 30
_AT_ONCE = 6
_WAIT_S = 1.0
_LEAST_WAIT_S = 0.3
_SILENT_HOPS = 6
"""So many hops in a row without an answer end the search."""
_PACKETS_PER_S = 200
_NS_PER_MS = 1_000_000


async def probe_path(attempt: Attempt) -> None:
    """Phases: resolve, and wait, which is the round trip to the end and not the seconds that the search took.

    With a port in the address TCP decides whether the path is whole: a firewall may let the others pass. Without one,
    and on systems that tell no routers for TCP (macOS, Windows), any of ICMP and UDP does. Faults:
    `path.dead_after_hop`, `path.loop`, or what this machine itself says.
    """
    addresses = await attempt.resolve()
    address = addresses[0]
    attempt.at(address)
    attempt.stopwatch.enter(Phase.WAIT)
    began_ns = attempt.stopwatch.since_ns
    if not address.is_host:
        raise NetworkError(Evidence(is_invalid_address=True, peer=address.ip))
    methods = [Method.ICMP, Method.UDP, *([Method.TCP] if address.port else [])]
    searches = [Search(attempt, address, method, len(methods)) for method in methods]
    async with asyncio.TaskGroup() as tasks:
        for search in searches:
            tasks.create_task(search.run())
    attempt.detail["path"] = {search.method.value: search.plain() for search in searches}
    if any(search.end for search in searches if search.method is not Method.UDP):
        # A target answers closed UDP ports once a second or so (Linux: icmp_ratelimit), which looks like loss.
        attempt.detail["path"][Method.UDP.value]["loss_begins_at"] = None
    by_port = [search for search in searches if search.method is Method.TCP and not search.is_not_allowed]
    decisive = by_port or searches
    whole = next((search for search in decisive if search.end is not None), None)
    if whole is not None and whole.end is not None:
        attempt.stopwatch.stop(began_ns + int((whole.end.mean_ms or 0.0) * _NS_PER_MS))
        return
    best = max(decisive, key=lambda search: len(search.hops))
    if best.trouble is not None and all(search.trouble for search in decisive):
        attempt.transport = "udp"
        raise best.trouble
    last = last_answer(best.hops)
    seen = PathEvidence(last.ttl if last else 0, last.ips[0] if last else "", is_loop=has_loop(best.hops))
    raise NetworkError(Evidence(path=seen))


class Search:
    """One method's way to the target: first how far it is, then several rounds of packets to every hop."""

    def __init__(self, attempt: Attempt, address: Address, method: Method, methods: int) -> None:
        self.method = method
        self.hops: list[Hop] = []
        self.trouble: NetworkError | None = None
        self._attempt = attempt
        self._address = address
        self._gap_s = methods / _PACKETS_PER_S
        self._wait_s = _WAIT_S

    @property
    def end(self) -> Hop | None:
        """The target itself, if it answered."""
        return self.hops[-1] if self.hops and self.hops[-1].is_end else None

    @property
    def is_not_allowed(self) -> bool:
        """Does this system keep this method from this user?"""
        return self.trouble is not None and self.trouble.evidence.is_capability_missing

    def plain(self) -> dict[str, Any]:
        """As plain values, for the outcome's detail."""
        told: dict[str, Any] = {
            "is_reached": self.end is not None,
            "hops": [hop.plain() for hop in self.hops],
            "loss_begins_at": loss_begins_at(self.hops),
        }
        if self.is_not_allowed:
            told["is_not_allowed"] = True
        return told

    async def run(self) -> None:
        """Search until it is done or the attempt's time is up; trouble of this machine ends it."""
        found: list[Hop] = []
        try:
            while not self._is_far_enough(found):
                more = [Hop(ttl) for ttl in range(len(found) + 1, min(len(found) + _AT_ONCE, _MOST_HOPS) + 1)]
                await self._round(more)
                found += more
            self.hops = trimmed(found)
            # Five times the slowest answer so far is patience enough; silent routers would cost a second each round.
            slowest_ms = max((hop.worst_ms or 0.0 for hop in self.hops), default=0.0)
            self._wait_s = min(_WAIT_S, max(_LEAST_WAIT_S, 5 * slowest_ms / 1000))
            for _ in range(ROUNDS - 1):
                if self._attempt.budget.left_s < _WAIT_S / 2:
                    break
                await self._round(self.hops)
        except* NetworkError as troubles:
            self.trouble = next(error for error in _flat(troubles) if isinstance(error, NetworkError))
            self.hops = self.hops or trimmed(found)

    def _is_far_enough(self, found: list[Hop]) -> bool:
        if len(found) >= _MOST_HOPS or self._attempt.budget.left_s < _WAIT_S / 2:
            return True
        silent = found[-_SILENT_HOPS:]
        is_silent = len(silent) == _SILENT_HOPS and not any(hop.answered for hop in silent)
        return is_silent or any(hop.is_end or hop.refusal for hop in found)

    async def _round(self, hops: list[Hop]) -> None:
        async with asyncio.TaskGroup() as tasks:
            for hop in hops:
                tasks.create_task(self._ask(hop))
                await asyncio.sleep(self._gap_s)

    async def _ask(self, hop: Hop) -> None:
        limit = limit_in(min(self._wait_s, self._attempt.budget.left_s))
        found: Reach = await self._attempt.network.reach(self._address, self.method, limit, ttl=hop.ttl)
        hop.add(found)


def _flat(group: BaseExceptionGroup[Any]) -> list[BaseException]:
    found: list[BaseException] = []
    for error in group.exceptions:
        found += _flat(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found
