"""What a profile's time limits and retries come to, before anything is sent: the window's retry preview."""

import msgspec

from clearline.domain.profile import Profile, RetryPolicy
from clearline.resilience import backoff
from clearline.resilience.timeouts import USEFUL_S, is_worth_starting


class Step(msgspec.Struct, frozen=True):
    """One part of the worst case: an `attempt` or a `wait`, from and to in seconds since the check began."""

    kind: str
    from_s: float
    to_s: float
    low_s: float = 0.0
    """The shortest it can last: what jitter may draw for a wait, 0 for an attempt."""
    high_s: float = 0.0
    """The longest it can last by itself; in the worst case shown the total limit may cut it."""


class Preview(msgspec.Struct, frozen=True):
    """How long the user may wait for an error. Assumes no Retry-After, a breaker that stays closed, a budget that
    pays for every retry, and the profile's own limits."""

    steps: tuple[Step, ...]
    """A worst case: every attempt runs into its limit, every wait is as long as it can be."""
    worst_case_s: float
    """The longest until the user sees an error; exact."""
    typical_s: float
    """The same where every attempt fails at once (refused, say) and every wait is average."""
    attempts: int
    """Attempts in `steps`. A slow failure leaves time for fewer than the policy allows."""


def preview(profile: Profile) -> Preview:
    """The worst case of a check with this profile, and the usual one. Follows the same rules as the pipeline."""
    total_s = profile.timeouts.total_s
    longest = min(profile.timeouts.attempt_s, total_s)
    lows, highs = [0.0], [longest]
    wait_low = wait_high = least_s = 0.0
    most_s = longest
    for retry in range(1, profile.retry.attempts):
        if most_s >= total_s:
            break
        wait_low = backoff.delay(profile.retry, retry, wait_low, 0.0)
        wait_high = backoff.delay(profile.retry, retry, wait_high, 1.0)
        least_s += wait_low
        if not is_worth_starting(least_s, total_s):
            break
        lows += (wait_low, 0.0)
        highs += (wait_high, longest)
        most_s += wait_high + longest
    lasting = _fit(lows, highs, total_s)
    return Preview(
        steps=_timeline(lasting, lows, highs),
        worst_case_s=sum(lasting),
        typical_s=_typical(profile.retry, total_s),
        attempts=len(lasting) // 2 + 1,
    )


def _fit(lows: list[float], highs: list[float], total_s: float) -> list[float]:
    """The longest course that the total limit allows: cut from the end, keeping useful time for the last attempt."""
    lasting = list(highs)
    excess_s = sum(highs) - total_s
    for place in reversed(range(len(lasting))):
        if excess_s <= 0:
            break
        least_s = USEFUL_S if place == len(lasting) - 1 else lows[place]
        cut_s = min(excess_s, max(0.0, lasting[place] - least_s))
        lasting[place] -= cut_s
        excess_s -= cut_s
    return lasting


def _timeline(lasting: list[float], lows: list[float], highs: list[float]) -> tuple[Step, ...]:
    steps = []
    at_s = 0.0
    for place, (seconds, low_s, high_s) in enumerate(zip(lasting, lows, highs, strict=True)):
        kind = "wait" if place % 2 else "attempt"
        steps.append(Step(kind, at_s, at_s + seconds, low_s, high_s))
        at_s += seconds
    return tuple(steps)


def _typical(policy: RetryPolicy, total_s: float) -> float:
    at_s = wait_s = 0.0
    for retry in range(1, policy.attempts):
        wait_s = backoff.delay(policy, retry, wait_s, 0.5)
        if not is_worth_starting(at_s + wait_s, total_s):
            break
        at_s += wait_s
    return at_s
