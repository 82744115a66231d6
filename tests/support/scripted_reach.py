"""A network of which only `reach` and `push` are scripted: hops and packet sizes without any packet."""

import socket
from collections.abc import Callable

from clearline.domain.outcome import Outcome
from clearline.domain.profile import Timeouts
from clearline.net.evidence import Evidence, NetworkError
from clearline.net.network import Address
from clearline.net.reached import Method, Pushed, Reach
from clearline.net.timing import Limit
from clearline.probes.registry import run
from support.misbehaving import SteadyClock, target_at

TARGET = "192.0.2.9"


class ScriptedReach:
    """Answers each packet by a function of method, distance and size."""

    def __init__(
        self,
        answer: Callable[[Method, int | None, int | None], Reach],
        confirms: Callable[[int | None], bool] = lambda _: True,
    ) -> None:
        self._answer = answer
        self._confirms = confirms
        self.asked: list[tuple[Method, int | None, int | None]] = []

    async def resolve(self, host: str, port: int, limit: Limit) -> tuple[Address, ...]:
        return (Address(socket.AF_INET, (TARGET, port)),)

    async def reach(
        self, address: Address, method: Method, limit: Limit, *, ttl: int | None = None, size: int | None = None
    ) -> Reach:
        self.asked.append((method, ttl, size))
        return self._answer(method, ttl, size)

    async def push(self, address: Address, size: int, limit: Limit, *, mss: int | None = None) -> Pushed:
        is_confirmed = self._confirms(mss)
        return Pushed(is_confirmed, 0 if is_confirmed else 5, 0 if is_confirmed else 3)


def not_allowed() -> NetworkError:
    """What an echo socket says to a user who may not have one."""
    return NetworkError(Evidence(is_capability_missing=True))


async def probed(network: ScriptedReach, address: str) -> Outcome:
    """One attempt on it."""
    clock = SteadyClock()
    return await run(target_at(address), Timeouts(), clock.now() + 15, network, clock)  # type: ignore[arg-type]
