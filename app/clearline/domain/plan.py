"""Targets in groups, profiles and pace: what a plan file holds and what the engine is given."""

import hashlib
from collections.abc import Iterable

import msgspec

from clearline.domain.problem import InputError, Problem
from clearline.domain.profile import BUILT_IN, Profile, validate
from clearline.domain.target import Probe, Target, parse_address, parse_endpoint

INTERVAL_RANGE_S = (0.1, 3600.0)
MAX_TARGETS = 10_000


class Plan(msgspec.Struct, frozen=True):
    """What is tested, how, and how often."""

    targets: tuple[Target, ...] = ()
    profiles: tuple[Profile, ...] = BUILT_IN
    interval_s: float = 1.0
    """Pace of targets without one of their own, 0.1 to 3600 s."""

    def target(self, target_id: str) -> Target | None:
        """The target with this id."""
        return next((target for target in self.targets if target.id == target_id), None)

    def profile(self, name: str) -> Profile | None:
        """The profile with this name."""
        return next((profile for profile in self.profiles if profile.name == name), None)

    def interval_of(self, target: Target) -> float:
        """The pace of a target in seconds; of a long connection without one of its own, its profile's heartbeats."""
        if target.interval_s is not None:
            return target.interval_s
        profile = self.profile(target.profile) if target.scheme == Probe.BEAT else None
        return profile.heartbeat.interval_s if profile else self.interval_s

    def with_targets(self, targets: Iterable[Target]) -> "Plan":
        """A copy with these targets."""
        return msgspec.structs.replace(self, targets=tuple(targets))

    def with_profile(self, profile: Profile) -> "Plan":
        """A copy where this profile replaces the one of the same name, or is added."""
        kept = [profile if known.name == profile.name else known for known in self.profiles]
        if profile not in kept:
            kept.append(profile)
        return msgspec.structs.replace(self, profiles=tuple(kept))


def new_target(typed: str, taken: Iterable[str] = (), *, name: str = "", group: str = "") -> Target:
    """A target from what a person typed, with an id that is not in `taken`. Raises InputError."""
    address = parse_address(typed)
    used = set(taken)
    number = 0
    while True:
        digest = hashlib.sha256(f"{address} {number}".encode()).hexdigest()[:8]
        if digest not in used:
            return Target(id=digest, address=address, name=name, group=group)
        number += 1


def validate_plan(plan: Plan) -> tuple[Problem, ...]:
    """Everything that keeps a plan from being run; empty when it can be."""
    problems = [
        msgspec.structs.replace(problem, field=f"profiles.{profile.name}.{problem.field}")
        for profile in plan.profiles
        for problem in validate(profile)
    ]
    names = {profile.name for profile in plan.profiles}
    seen: set[str] = set()
    low, high = INTERVAL_RANGE_S
    for target in plan.targets:
        field = f"targets.{target.id}"
        if target.id in seen:
            problems.append(Problem("plan.duplicate_id", {"id": target.id}, field))
        seen.add(target.id)
        if target.profile not in names:
            problems.append(Problem("plan.no_profile", {"target": target.label, "profile": target.profile}, field))
        if not low <= plan.interval_of(target) <= high:
            problems.append(
                Problem(
                    "plan.interval",
                    {"value": f"{plan.interval_of(target):g}", "low": f"{low:g}", "high": f"{high:g}"},
                    field,
                )
            )
        try:
            parse_address(target.address)
            for alternate in target.alternates:
                parse_endpoint(alternate)
        except InputError as error:
            problems.extend(msgspec.structs.replace(problem, field=field) for problem in error.problems)
    if len(plan.targets) > MAX_TARGETS:
        problems.append(Problem("plan.too_many", {"count": str(len(plan.targets)), "high": str(MAX_TARGETS)}))
    return tuple(problems)
