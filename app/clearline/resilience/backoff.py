"""How long to wait before another attempt."""

from clearline.domain.profile import BackoffKind, Jitter, RetryPolicy


def delay(policy: RetryPolicy, retry: int, previous_s: float, uniform: float) -> float:
    """Seconds to wait before a retry, 0 to `policy.cap_s`; for any number of retries.

    `retry` is 1 for the wait before attempt 2. `previous_s` is the wait before that one (0 for the first); only
    decorrelated jitter reads it. `uniform` is the draw, 0 to 1: 0 gives the shortest wait, 1 the longest.
    Source of the jitters: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """
    if policy.jitter is Jitter.DECORRELATED:
        longest = max(policy.base_s, 3 * max(policy.base_s, previous_s))
        return min(policy.cap_s, policy.base_s + uniform * (longest - policy.base_s))
    full = min(policy.cap_s, _grown(policy, retry))
    if policy.jitter is Jitter.FULL:
        return full * uniform
    if policy.jitter is Jitter.EQUAL:
        return full / 2 + full / 2 * uniform
    return full


def _grown(policy: RetryPolicy, retry: int) -> float:
    """The wait before cap and jitter; infinite, or the cap, where it is beyond all figures."""
    if policy.base_s <= 0 or policy.backoff is BackoffKind.FIXED:
        return policy.base_s
    if policy.backoff is BackoffKind.LINEAR:
        return policy.base_s * retry
    if policy.backoff is BackoffKind.FIBONACCI:
        return _fibonacci(policy.base_s, retry)
    try:
        return policy.base_s * policy.factor ** (retry - 1)
    except OverflowError:
        return policy.cap_s


def _fibonacci(base_s: float, retry: int) -> float:
    value, following = base_s, base_s
    for _ in range(retry - 1):
        value, following = following, value + following
    return value
