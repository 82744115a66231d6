"""What stands in for a call, by policy: fresh cache → (the call) → stale cache → alternates → a default → the error.

Fail fast skips all of it. Every use is told with its source and age: an old answer must never pass for a new one.
"""

from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from clearline.domain.profile import FallbackMode, FallbackPolicy

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A value, and where it is from: `call`, or a source of FallbackUsed."""

    value: T
    source: str = "call"
    age_s: float = 0.0
    place: str = ""


class Source(NamedTuple):
    """A cached answer or a default as something that stands in."""

    source: str
    age_s: float


def fresh(policy: FallbackPolicy, answered_s: float | None, now: float) -> Source | None:
    """Is the last answer new enough to save the call?"""
    if policy.mode is FallbackMode.FAST or answered_s is None:
        return None
    age_s = max(0.0, now - answered_s)
    return Source("fresh_cache", age_s) if policy.fresh_s > 0 and age_s <= policy.fresh_s else None


def stale(policy: FallbackPolicy, answered_s: float | None, now: float) -> Source | None:
    """Is the last answer good enough where the call failed?"""
    if policy.mode is FallbackMode.FAST or answered_s is None:
        return None
    age_s = max(0.0, now - answered_s)
    return Source("stale_cache", age_s) if policy.stale_s > 0 and age_s <= policy.stale_s else None


def last_resort(policy: FallbackPolicy) -> Source | None:
    """Is there a default value to go on with?"""
    return Source("default", 0.0) if policy.mode is FallbackMode.SAFE and policy.has_default else None
