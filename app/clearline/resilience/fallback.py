"""What stands in when a call fails: fresh cache → (the call) → stale cache → alternates → a default value → the error.

Fail fast skips all of it. Every use is told with its source and age: an old answer must never pass for a new one.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from clearline.domain.event import FallbackUsed
from clearline.domain.profile import FallbackMode, FallbackPolicy
from clearline.resilience.errors import FaultError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cached(Generic[T]):
    """An answer of earlier and when it came, in session seconds."""

    value: T
    at_s: float


@dataclass(frozen=True, slots=True)
class Default(Generic[T]):
    """A value to go on with; wrapped, so that None can be one."""

    value: T


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


class FallbackChain(Generic[T]):
    """Calls something, and finds what stands in where that fails. `tell` hears of each use as an event."""

    def __init__(
        self,
        policy: FallbackPolicy,
        now: Callable[[], float],
        tell: Callable[[FallbackUsed], None],
        *,
        name: str = "",
        default: Default[T] | None = None,
    ) -> None:
        self._policy = policy
        self._now = now
        self._tell = tell
        self._name = name
        self._default = default
        self._cached: Cached[T] | None = None
        self._calls = 0

    async def run(
        self, call: Callable[[], Awaitable[T]], alternates: Sequence[tuple[str, Callable[[], Awaitable[T]]]] = ()
    ) -> Answer[T]:
        """The best answer there is. Raises the call's own FaultError where nothing stands in; those of the alternates
        are its notes. Everything else that is raised goes through at once: it is a defect or a cancellation."""
        self._calls += 1
        policy, cached = self._policy, self._cached
        if cached and (source := fresh(policy, cached.at_s, self._now())):
            return self._use(cached.value, *source)
        try:
            return self._keep(Answer(await call()))
        except FaultError as error:
            if policy.mode is FallbackMode.FAST:
                raise
            if cached and (source := stale(policy, cached.at_s, self._now())):
                return self._use(cached.value, *source)
            for place, other in alternates:
                try:
                    value = await other()
                except FaultError as failed:
                    error.add_note(f"{place}: {failed}")
                    continue
                self._keep(Answer(value))
                return self._use(value, "alternate", 0.0, place)
            if self._default is not None:
                return self._use(self._default.value, "default", 0.0)
            raise

    def _keep(self, answer: Answer[T]) -> Answer[T]:
        self._cached = Cached(answer.value, self._now())
        return answer

    def _use(self, value: T, source: str, age_s: float, place: str = "") -> Answer[T]:
        self._tell(
            FallbackUsed(
                at_s=self._now(), target=self._name, check=self._calls - 1, source=source, age_s=age_s, place=place
            )
        )
        return Answer(value, source, age_s, place)
