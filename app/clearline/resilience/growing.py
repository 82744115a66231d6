"""Time limits that grow from attempt to attempt, where the wait for an answer is all that tells of a loss."""

import msgspec

from clearline.domain.profile import Jitter, RetryPolicy, Timeouts
from clearline.domain.target import Probe, Target
from clearline.resilience import backoff


def limits_of_attempt(target: Target, policy: RetryPolicy, timeouts: Timeouts, number: int) -> Timeouts:
    """The limits of this attempt (from 1). For datagrams the wait for an answer grows as the pauses of the policy do.

    A datagram may be lost or its answer slow, and nothing tells which: asking again with the same patience would meet
    the slow one again. Never beyond the attempt limit. Source: RFC 8085, 3.1.1; RFC 1123, 6.1.3.3 (DNS).
    """
    if target.probe is not Probe.UDP:
        return timeouts
    longest_s = max(timeouts.wait_s, timeouts.attempt_s)
    growth = msgspec.structs.replace(policy, base_s=timeouts.wait_s, cap_s=longest_s, jitter=Jitter.NONE)
    return msgspec.structs.replace(timeouts, wait_s=backoff.delay(growth, number, 0.0, 1.0))
