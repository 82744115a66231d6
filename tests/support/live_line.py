"""A session with one long connection on the real network, until enough was told."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

from clearline.domain.command import StartSession
from clearline.domain.event import AttemptEnded, Event, LivenessChanged
from clearline.domain.liveness import Heartbeat, KeepAlive, Liveness
from clearline.domain.plan import Plan
from clearline.domain.profile import BreakerPolicy, Profile, RetryPolicy
from clearline.domain.target import Target
from clearline.engine.engine import Engine
from clearline.net.network import Network
from clearline.probes import registry
from support.misbehaving import SteadyClock, on_network

LIMIT_S = 15.0


class LiveLine:
    """An EventSink that can be waited on."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.engine: Engine | None = None
        self._heard = asyncio.Event()

    def emit(self, events: Sequence[Event]) -> None:
        self.events.extend(events)
        self._heard.set()

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def kinds(self) -> list[str]:
        """Of each attempt, empty where it succeeded."""
        faults = [event.outcome.fault for event in self.of(AttemptEnded)]
        return [fault.kind if fault else "" for fault in faults]

    @property
    def faults(self) -> list[str]:
        return [kind for kind in self.kinds if kind]

    @property
    def changes(self) -> list[tuple[Liveness, str]]:
        return [(change.after, change.reason) for change in self.of(LivenessChanged)]

    async def until(self, is_enough: Callable[["LiveLine"], object]) -> None:
        """Wait for what is told to be enough."""
        async with asyncio.timeout(LIMIT_S):
            while not is_enough(self):
                self._heard.clear()
                await self._heard.wait()


async def lived(
    network: Network,
    address: str,
    heartbeat: Heartbeat,
    story: Callable[[LiveLine], Awaitable[None]],
    keep_alive: KeepAlive | None = None,
) -> LiveLine:
    """Run a session with this target through a story."""
    line = LiveLine()
    profile = Profile(
        "line",
        retry=RetryPolicy(attempts=3, base_s=0.05),
        breaker=BreakerPolicy(streak=0, failure_ratio=2),
        heartbeat=heartbeat,
        keepalive=keep_alive or KeepAlive(),
    )
    plan = Plan((Target(id="line", address=address, profile="line"),), (profile,))
    defects: list[tuple[str, BaseException]] = []
    line.engine = Engine(
        SteadyClock(),
        random.Random(1),
        network,
        line,
        registry.run,
        report_defect=lambda *defect: defects.append(defect),
        slept_s=lambda: 0.0,
    )
    try:
        await line.engine.start(StartSession(session_id="s", path="", wall_s=1e9, plan=plan))
        await story(line)
    finally:
        await line.engine.stop()
    assert defects == []
    return line


def live(
    address: str,
    heartbeat: Heartbeat,
    is_enough: Callable[[LiveLine], object],
    keep_alive: KeepAlive | None = None,
) -> LiveLine:
    """The same until enough was told, on a loop and a network of its own."""
    found: LiveLine = asyncio.run(
        on_network(lambda network: lived(network, address, heartbeat, lambda line: line.until(is_enough), keep_alive))
    )
    return found
