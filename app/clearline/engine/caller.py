"""One resilient call at a time, for code that wants an answer or an exception: `await caller.call(target)`."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from clearline.domain.event import AttemptEnded, CheckEnded, Event, FallbackUsed, Result
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from clearline.domain.ports import Clock, Random
from clearline.domain.profile import STANDARD, Profile, Timeouts
from clearline.domain.target import Probe, Target
from clearline.engine.checks import Checks
from clearline.engine.probe_call import Ask, ProbeCall
from clearline.engine.target_run import ALTERNATE
from clearline.host.clock import SessionClock, wall_s
from clearline.net.network import Network
from clearline.net.sockets import SystemNetwork
from clearline.probes import registry
from clearline.probes.beat import beat_once
from clearline.resilience.errors import FaultError, NotSentError, error_of
from clearline.resilience.fallback import Answer


class Caller:
    """Calls targets by one profile: with its time limits, retries, breaker, budget, kept connections and fallbacks.

    What lasts from one call to the next is kept here, a cached answer for each target among it. `tell` hears of
    everything that happens. Close it to let the kept connections go.
    """

    def __init__(
        self,
        probe: ProbeCall,
        network: Network,
        clock: Clock,
        random: Random,
        profile: Profile = STANDARD,
        *,
        default: Outcome | None = None,
        tell: Callable[[Event], None] | None = None,
    ) -> None:
        self._checks = Checks(probe, network, clock, random)
        self._network = network
        self._clock = clock
        self._profile = profile
        self._default = default
        self._tell = tell
        self._calls = 0
        self._answered: dict[str, tuple[float, Outcome]] = {}
        self._failed: dict[str, Fault] = {}

    async def call(self, target: Target) -> Answer[Outcome]:
        """What the target answered, or what the profile's fallback has in its place, with source and age.

        A default counts where the Caller was given one. Raises the FaultError of what went wrong where nothing stands
        in: NotSentError while its breaker is open, whose cause is what opened it. A cancellation goes through.
        """
        events: list[Event] = []
        profile, now = self._profile, self._clock.now()
        origin = self._checks.origins.get(target.origin, profile.budget)

        def hear(event: Event) -> None:
            events.append(event)
            if self._tell is not None:
                self._tell(event)
            if isinstance(event, AttemptEnded) and profile.adaptive.is_on:
                key = f"{target.origin}#{profile.name}"
                for told in origin.limits.learn(event, key, profile.adaptive, profile.timeouts):
                    hear(told)

        at_s, cached = self._answered.get(target.id, (None, None))
        self._calls += 1
        ended = await self._checks.run(
            target, profile, self._calls - 1, now, hear, ask=self._beat(target), answered_s=at_s
        )
        outcomes = [event.outcome for event in events if isinstance(event, AttemptEnded)]
        used = next((event for event in events if isinstance(event, FallbackUsed)), None)
        own = [outcome.fault for outcome in outcomes if outcome.fault is not None and ALTERNATE not in outcome.detail]
        if own:
            self._failed[target.id] = own[-1]
        if ended.result is Result.OK:
            self._answered[target.id] = (ended.at_s, outcomes[-1])
            return Answer(outcomes[-1], *((used.source, used.age_s, used.place) if used else ()))
        stood_in = self._default if used is not None and used.source == "default" else cached
        if used is not None and stood_in is not None:
            return Answer(stood_in, used.source, used.age_s)
        if not outcomes:
            raise self._refusal(target, ended)
        raise _error(outcomes)

    def close(self) -> None:
        """Close the connections that were kept."""
        self._checks.close()

    def _refusal(self, target: Target, ended: CheckEnded) -> NotSentError:
        """The breaker let nothing through. A person may have isolated it: then nothing is known to have failed."""
        breaker = self._checks.breakers.get(target.breaker_key, self._profile.breaker)
        before = self._failed.get(target.id)
        error = NotSentError(before or Fault("unknown", Phase.CONNECT), ended.gave_up, breaker.ready_at(ended.at_s))
        error.__cause__ = error_of(before) if before is not None else None
        return error

    def _beat(self, target: Target) -> Ask | None:
        """A long connection is called by one beat on a connection of its own."""
        if target.probe is not Probe.BEAT:
            return None

        def ask(timeouts: Timeouts, _number: int, deadline_s: float) -> Awaitable[Outcome]:
            return beat_once(target, self._profile, timeouts, deadline_s, self._network, self._clock)

        return ask


@asynccontextmanager
async def calling(
    profile: Profile = STANDARD, *, default: Outcome | None = None, tell: Callable[[Event], None] | None = None
) -> AsyncIterator[Caller]:
    """A Caller with this machine's network, which is let go at the end."""
    network = SystemNetwork()
    chance = random.Random()  # noqa: S311 (jitter, no secret)
    caller = Caller(registry.run, network, SessionClock(wall_s()), chance, profile, default=default, tell=tell)
    try:
        yield caller
    finally:
        caller.close()
        network.close()


def _error(outcomes: list[Outcome]) -> FaultError:
    """The fault of the target's own last attempt; those before it, and those of alternates, are its notes."""
    told = [(outcome.detail.get(ALTERNATE, ""), outcome.fault) for outcome in outcomes if outcome.fault is not None]
    last = max((place for place, (alternate, _) in enumerate(told) if not alternate), default=len(told) - 1)
    error = error_of(told[last][1])
    for place, (alternate, fault) in enumerate(told):
        if place != last:
            error.add_note(f"{alternate or f'attempt {place + 1}'}: {fault.kind} ({fault.phase})")
    return error
