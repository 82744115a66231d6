"""What many clients with one retry policy do to a server that just failed them all: the herd, and what jitter does.

Pure and quick (1,000 clients take some milliseconds), so that it can be drawn anew at every turn of a knob.
"""

import random

from clearline.domain.profile import RetryPolicy
from clearline.resilience import backoff

STEP_S = 0.1
"""Width of one figure of the result, in seconds."""
ANSWER_S = 0.02
"""How long a failing server takes to say so."""
SPREAD_S = 0.02
"""The clients were cut off by one event, but their first requests do not arrive at the very same instant."""
_MOST_ATTEMPTS = 100
"""More of one client are not followed."""


def simulate(policy: RetryPolicy, clients: int = 1_000, seconds: float = 30.0, seed: int = 0) -> list[int]:
    """Requests that arrive in each 0.1 s when a server fails every client at second 0 and stays down all the time.

    Every client makes up to `policy.attempts` attempts; breaker, budget and deadline are left out, as it is the jitter
    that is looked at. The same seed gives the same figures.
    """
    chance = random.Random(seed)  # noqa: S311 a drawing, nothing secret
    arrivals = [0] * max(1, round(seconds / STEP_S))
    for _ in range(clients):
        at_s = chance.random() * SPREAD_S
        wait_s = 0.0
        for attempt in range(1, min(policy.attempts, _MOST_ATTEMPTS) + 1):
            place = int(at_s / STEP_S)
            if place >= len(arrivals):
                break
            arrivals[place] += 1
            wait_s = backoff.delay(policy, attempt, wait_s, chance.random())
            at_s += ANSWER_S + wait_s
    return arrivals


def peak(arrivals: list[int]) -> int:
    """The most requests in 0.1 s after the first wave, which no policy can spread: it was there before the fault."""
    return max(arrivals[1:], default=0)
