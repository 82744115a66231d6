"""One check of each target, without a session: `clearline check`."""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any

from clearline.cli import records
from clearline.domain.event import (
    AttemptEnded,
    BreakerChanged,
    BreakerState,
    CheckEnded,
    Event,
    FallbackUsed,
    Result,
)
from clearline.domain.outcome import Outcome
from clearline.domain.plan import Plan
from clearline.domain.ports import Clock
from clearline.domain.profile import Profile
from clearline.domain.target import Target
from clearline.engine.caller import Caller
from clearline.engine.target_run import ALTERNATE
from clearline.host.clock import SessionClock, wall_s
from clearline.host.texts import Texts
from clearline.net.network import Network
from clearline.probes import registry
from clearline.resilience.errors import FaultError
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
    used: FallbackUsed | None = None
    """What stood in for it, where the profile has such a thing."""
    error: FaultError | None = None
    """What a program that calls the target the same way would catch; None where it gets an answer."""

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
            "went_on_with": records.stand_in(self.used) if self.used else None,
            "error": type(self.error).__name__ if self.error else None,
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
    events: list[Event] = []
    caller = Caller(
        registry.run,
        network,
        clock,
        random.Random(),  # noqa: S311 (jitter, no secret)
        profile,
        tell=events.append,
    )
    error: FaultError | None = None
    try:
        await caller.call(target)
    except FaultError as failed:
        error = failed
    finally:
        caller.close()
    ended = next(event for event in events if isinstance(event, CheckEnded))
    outcomes = [event.outcome for event in events if isinstance(event, AttemptEnded)]
    if ended.result is not Result.OK:
        # What went wrong at an alternate explains nothing of the target.
        outcomes = [outcome for outcome in outcomes if ALTERNATE not in outcome.detail] or outcomes
    changes = [event for event in events if isinstance(event, BreakerChanged) and event.key == target.breaker_key]
    return Checked(
        target,
        ended,
        outcomes[-1] if outcomes else None,
        changes[-1].after if changes else BreakerState.CLOSED,
        records.utc(start_s + ended.started_s),
        next((event for event in events if isinstance(event, FallbackUsed)), None),
        error,
    )
