"""The alternates of a target: the same one at other places, each attempt saying where it was made."""

import msgspec

from clearline.domain.outcome import Outcome
from clearline.domain.target import Target
from clearline.engine.target_run import ALTERNATE
from clearline.resilience.pipeline import Attempt


def alternates(target: Target) -> tuple[Target, ...]:
    """The target at each of its alternate places."""
    return tuple(msgspec.structs.replace(target, via=place) for place in target.alternates)


def named(attempt: Attempt, place: str) -> Attempt:
    """An attempt whose outcome says at which alternate it was made."""

    async def at_place(number: int, deadline_s: float) -> Outcome:
        outcome = await attempt(number, deadline_s)
        return msgspec.structs.replace(outcome, detail={**outcome.detail, ALTERNATE: place})

    return at_place
