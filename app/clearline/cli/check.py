"""One check of each target, without a session: `clearline check`."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from clearline.cli import records
from clearline.domain.event import AttemptEnded, BreakerState, CheckEnded, Event, Result
from clearline.domain.outcome import Outcome
from clearline.domain.plan import Plan
from clearline.domain.ports import Clock
from clearline.domain.profile import Profile
from clearline.domain.target import Probe, Target
from clearline.engine.target_run import is_idempotent
from clearline.host.clock import SessionClock, wall_s
from clearline.host.texts import Texts
from clearline.net.network import Network
from clearline.probes import registry
from clearline.probes.beat import beat_once
from clearline.resilience.breaker import Breaker
from clearline.resilience.growing import limits_of_attempt
from clearline.resilience.pipeline import Pipeline
from clearline.resilience.supervisor import Supervisor

AT_ONCE = 50
"""Checks under way at the same time."""
APART_S = 0.02
"""Between two starts: begun all at once, the handshakes of some would lengthen the waits measured for others."""


@dataclass(frozen=True)
class Checked:
    """How one target's check went."""

    target: Target
    ended: CheckEnded
    outcome: Outcome | None
    """Of the last attempt; None where the breaker let nothing through."""
    breaker: BreakerState
    started_at: str

    @property
    def is_ok(self) -> bool:
        """Did it succeed?"""
        return self.ended.result is Result.OK

    def record(self, texts: Texts) -> dict[str, Any]:
        """The object of `check --json`."""
        return {
            **records.target_fields(self.target),
            **records.outcome_fields(self.target, self.outcome, texts),
            "attempts": self.ended.attempts,
            "gave_up": self.ended.gave_up or None,
            "breaker": self.breaker.value,
            "started_at": self.started_at,
        }


async def checked(
    plan: Plan, network: Network, report_defect: Callable[[str, BaseException], None]
) -> AsyncGenerator[Checked, None]:
    """Check every target of the plan once, some at a time; yield each in the plan's order as soon as it is known."""
    start_s = wall_s()
    clock = SessionClock(start_s)
    supervisor = Supervisor(report_defect)
    room = asyncio.Semaphore(AT_ONCE)
    try:
        tasks = [
            supervisor.start(_check(target, number * APART_S, plan, clock, network, room, start_s), name=target.label)
            for number, target in enumerate(plan.targets)
        ]
        for task in tasks:
            yield await task
    finally:
        await supervisor.stop(1.0)


async def _check(
    target: Target, after_s: float, plan: Plan, clock: Clock, network: Network, room: asyncio.Semaphore, start_s: float
) -> Checked:
    profile = plan.profile(target.profile)
    assert profile is not None  # noqa: S101 (the plan was validated)
    await asyncio.sleep(after_s)
    async with room:
        return await _run(target, profile, clock, network, start_s)


async def _run(target: Target, profile: Profile, clock: Clock, network: Network, start_s: float) -> Checked:
    outcomes: list[Outcome] = []

    def hear(event: Event) -> None:
        if isinstance(event, AttemptEnded):
            outcomes.append(event.outcome)

    def ask(number: int, deadline_s: float) -> Awaitable[Outcome]:
        limits = limits_of_attempt(target, profile.retry, profile.timeouts, number)
        if target.probe is Probe.BEAT:
            return beat_once(target, profile, limits, deadline_s, network, clock)
        return registry.run(target, limits, deadline_s, network, clock)

    breaker = Breaker(target.breaker_key, profile.breaker)
    ended = await Pipeline(clock, random.Random()).run(  # noqa: S311 (jitter, no secret)
        target.id,
        0,
        clock.now(),
        profile,
        breaker,
        ask,
        hear,
        is_idempotent=is_idempotent(target),
    )
    return Checked(
        target, ended, outcomes[-1] if outcomes else None, breaker.state, records.utc(start_s + ended.started_s)
    )
