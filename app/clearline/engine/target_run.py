"""One target while it is being run: its schedule and its checks under way."""

import hashlib
from asyncio import Task
from collections.abc import Iterable
from typing import Protocol

from clearline.domain.event import AttemptEnded, CheckEnded, Event, TesterDisturbed
from clearline.domain.plan import Plan
from clearline.domain.ports import Random
from clearline.domain.profile import Profile
from clearline.domain.target import Probe, Target
from clearline.engine.schedule import Schedule, most_outstanding
from clearline.resilience.origin import Origin
from clearline.resilience.retry import IDEMPOTENT_METHODS

ALTERNATE = "alternate"
"""Outcome.detail of an attempt at an alternate names it by this."""
_ONLY_SHOWN = {"name", "group", "interval_s", "is_paused", "profile"}


class Line(Protocol):
    """What the engine asks of a long connection that is kept; engine.long_run."""

    def hurry(self, *, is_to_beat: bool = False) -> None:
        """Look again at what is due; `is_to_beat`: a person wants a beat now."""
        ...

    def hear(self, found: Iterable[TesterDisturbed]) -> None:
        """What disturbed this machine."""
        ...


class TargetRun:
    """Everything the engine knows of one target. It decides; the engine starts the tasks."""

    def __init__(self, target: Target, plan: Plan, origin_s: float, random: Random, first_number: int = 0) -> None:
        self.target = target
        self.profile = _profile(plan, target)
        self.schedule = Schedule(origin_s, plan.interval_of(target), random, first_number)
        self.checks: set[Task[CheckEnded]] = set()
        self.entry = 0
        """Serial of its valid entry in the engine's heap; others are out of date."""
        self.answered_s: float | None = None
        """When it last answered: what a program's cache would hold."""
        self._quiet_until_s = 0.0
        self.line: Line | None = None
        """Its long connection, where it has one."""
        self.keeper: Task[None] | None = None

    @property
    def is_long(self) -> bool:
        """Is it one long connection with beats instead of checks in slots?"""
        return self.target.probe is Probe.BEAT

    def is_to_be_left_alone(self, now_s: float) -> bool:
        """Did the peer ask for no request before some later moment (Retry-After)?

        Binds the checks that the schedule starts, in full and without a cap. A person who asks for a check now gets it.
        """
        return now_s < self._quiet_until_s and self.profile.retry.obey_retry_after

    @property
    def is_full(self) -> bool:
        """Are as many checks under way as may be?"""
        return len(self.checks) >= most_outstanding(self.profile.timeouts.total_s, self.schedule.interval_s)

    def change(self, target: Target, plan: Plan) -> bool:
        """Go on by a new plan. True where the schedule is to begin anew: paused, resumed, or at another pace.

        Checks under way that test something else than the target does now are stopped; those that only run by an
        older profile end by it, and the next one begins by the new.
        """
        before, self.target = self.target, target
        self.profile = _profile(plan, target)
        is_other = any(
            getattr(before, name) != getattr(target, name)
            for name in Target.__struct_fields__
            if name not in _ONLY_SHOWN
        )
        if is_other:
            self.stop()
            self.answered_s, self._quiet_until_s = None, 0.0
        is_paced = plan.interval_of(target) != self.schedule.interval_s or target.is_paused != before.is_paused
        # A kind of its own: what has slots has no connection to keep, and the other way round.
        return is_paced or (is_other and (self.is_long or before.probe is Probe.BEAT))

    def hear(self, event: Event, profile: Profile, origin: Origin) -> tuple[Event, ...]:
        """Learn from what its checks tell. Returns the time limits that this changed."""
        if not isinstance(event, AttemptEnded) or ALTERNATE in event.outcome.detail:
            return ()
        outcome = event.outcome
        if outcome.fault is None:
            self.answered_s = event.at_s
        elif outcome.retry_after_s is not None:
            self._quiet_until_s = event.at_s + outcome.retry_after_s
        if not profile.adaptive.is_on:
            return ()
        return origin.limits.learn(event, f"{self.target.origin}#{profile.name}", profile.adaptive, profile.timeouts)

    def stop(self) -> None:
        """Stop its checks under way; each ends as void. A long connection is closed."""
        for task in self.checks:
            task.cancel()
        if self.keeper is not None:
            self.keeper.cancel()
        self.line = self.keeper = None


def is_idempotent(target: Target) -> bool:
    """May an attempt be repeated although the peer might have acted on the one before?"""
    return target.probe not in (Probe.HTTP, Probe.H3) or target.method.upper() in IDEMPOTENT_METHODS


def idempotency_key(target: Target, profile: Profile, session_id: str, check: int) -> str:
    """What every attempt of this check sends as its Idempotency-Key; empty where the profile asks for none."""
    if target.probe not in (Probe.HTTP, Probe.H3) or not profile.retry.has_idempotency_key:
        return ""
    return hashlib.sha256(f"{session_id} {target.id} {check}".encode()).hexdigest()[:32]


def _profile(plan: Plan, target: Target) -> Profile:
    profile = plan.profile(target.profile)
    if profile is None:
        raise ValueError(f"no profile {target.profile!r}: the plan was not validated")
    return profile
