"""One target while it is being run: its schedule and its checks under way."""

from asyncio import Task

from clearline.domain.event import CheckEnded
from clearline.domain.plan import Plan
from clearline.domain.ports import Random
from clearline.domain.profile import Profile
from clearline.domain.target import Probe, Target
from clearline.engine.schedule import Schedule, most_outstanding

IDEMPOTENT_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
"""Methods whose repetition does no harm (RFC 9110, 9.2.2)."""
_ONLY_SHOWN = {"name", "group", "interval_s", "is_paused", "profile"}


class TargetRun:
    """Everything the engine knows of one target. It decides; the engine starts the tasks."""

    def __init__(self, target: Target, plan: Plan, origin_s: float, random: Random, first_number: int = 0) -> None:
        self.target = target
        self.profile = _profile(plan, target)
        self.schedule = Schedule(origin_s, plan.interval_of(target), random, first_number)
        self.checks: set[Task[CheckEnded]] = set()
        self.entry = 0
        """Serial of its valid entry in the engine's heap; others are out of date."""

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
        if any(
            getattr(before, name) != getattr(target, name)
            for name in Target.__struct_fields__
            if name not in _ONLY_SHOWN
        ):
            self.stop()
        return plan.interval_of(target) != self.schedule.interval_s or target.is_paused != before.is_paused

    def stop(self) -> None:
        """Stop its checks under way; each ends as void."""
        for task in self.checks:
            task.cancel()


def is_idempotent(target: Target) -> bool:
    """May an attempt be repeated although the peer might have acted on the one before?"""
    return target.probe is not Probe.HTTP or target.method.upper() in IDEMPOTENT_METHODS


def _profile(plan: Plan, target: Target) -> Profile:
    profile = plan.profile(target.profile)
    if profile is None:
        raise ValueError(f"no profile {target.profile!r}: the plan was not validated")
    return profile
