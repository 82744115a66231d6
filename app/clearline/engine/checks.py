"""Runs checks of targets, and keeps what lasts from one to the next: breakers, hosts, kept connections."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from clearline.domain.event import CheckEnded, Event
from clearline.domain.outcome import Outcome
from clearline.domain.ports import Clock, Random
from clearline.domain.profile import FallbackMode, Profile, Timeouts
from clearline.domain.target import Probe, Target
from clearline.engine.probe_call import Ask, ProbeCall
from clearline.engine.spares import alternates, named
from clearline.engine.target_run import idempotency_key, is_idempotent
from clearline.net.network import Network
from clearline.probes.kept import ConnectionPool, Reuse
from clearline.probes.udp import Unanswered
from clearline.resilience.breaker import BreakerRegistry
from clearline.resilience.growing import limits_of_attempt
from clearline.resilience.origin import Origin, OriginRegistry
from clearline.resilience.pipeline import Attempt, Pipeline, Spare

ListenOn = Callable[[str, int, int, Unanswered], None]
"""Hears whether a datagram still comes for this attempt of a check of a target."""


class Checks:
    """Makes the attempts of checks: by which limits, with which key, over which connection, at which place.

    `session_id` makes idempotency keys of one session differ from those of another. `late` listens on for datagrams.
    """

    def __init__(
        self,
        probe: ProbeCall,
        network: Network,
        clock: Clock,
        random: Random,
        *,
        was_disturbed: Callable[[float, float], bool] | None = None,
        late: ListenOn | None = None,
    ) -> None:
        self._probe = probe
        self._network = network
        self._clock = clock
        self._late = late
        more: dict[str, Any] = {"was_disturbed": was_disturbed} if was_disturbed else {}
        self._pipeline = Pipeline(clock, random, **more)
        self.breakers = BreakerRegistry()
        self.origins = OriginRegistry()
        self.kept = ConnectionPool()
        self.session_id = ""

    def run(
        self,
        target: Target,
        profile: Profile,
        number: int,
        due_s: float,
        tell: Callable[[Event], None],
        *,
        ask: Ask | None = None,
        answered_s: float | None = None,
        is_wanted: bool = False,
    ) -> Coroutine[Any, Any, CheckEnded]:
        """A whole check. `ask` makes its attempts in another way than by one probe each; the others as Pipeline.run."""
        origin = self.origins.get(target.origin, profile.budget)
        key = idempotency_key(target, profile, self.session_id, number)
        return self._pipeline.run(
            target.id,
            number,
            due_s,
            profile,
            self.breakers.get(target.breaker_key, profile.breaker),
            self._attempt(profile, origin, ask or self._ask(target, profile, key, number)),
            tell,
            is_idempotent=is_idempotent(target),
            has_key=bool(key),
            budget=origin.budget,
            spares=self._spares(target, profile, key, number),
            answered_s=answered_s,
            is_wanted=is_wanted,
        )

    def close(self) -> None:
        """Close the connections that were kept."""
        self.kept.close()

    def _ask(self, target: Target, profile: Profile, key: str, check: int) -> Ask:
        def ask(timeouts: Timeouts, number: int, deadline_s: float) -> Awaitable[Outcome]:
            more: dict[str, Any] = {"idempotency_key": key} if key else {}
            if self._late is not None and target.probe is Probe.UDP:
                late = self._late
                more["late"] = lambda unanswered: late(target.id, check, number, unanswered)
            if profile.reuse.is_on and target.probe is Probe.HTTP:
                more["reuse"] = Reuse(self.kept, profile.reuse, is_wanted=number == 1)
            limits = limits_of_attempt(target, profile.retry, timeouts, number)
            return self._probe(target, limits, deadline_s, self._network, self._clock, **more)

        return ask

    @staticmethod
    def _attempt(profile: Profile, origin: Origin | None, ask: Ask) -> Attempt:
        """What makes one attempt, each by the time limits that hold when it begins."""

        def attempt(number: int, deadline_s: float) -> Awaitable[Outcome]:
            timeouts = profile.timeouts
            if profile.adaptive.is_on and origin is not None:
                timeouts = origin.limits.timeouts(profile.adaptive, timeouts)
            return ask(timeouts, number, deadline_s)

        return attempt

    def _spares(self, target: Target, profile: Profile, key: str, check: int) -> tuple[Spare, ...]:
        if profile.fallback.mode is not FallbackMode.SAFE or target.probe is Probe.BEAT:
            return ()
        return tuple(
            Spare(
                other.via or "",
                self.breakers.get(other.breaker_key, profile.breaker),
                named(self._attempt(profile, None, self._ask(other, profile, key, check)), other.via or ""),
            )
            for other in alternates(target)
        )
