"""Whether another attempt follows a failed one, and when: asked before any waiting, so nobody waits for nothing."""

from clearline.domain.fault import Retry, Sent
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from clearline.domain.profile import RetryPolicy
from clearline.resilience import backoff
from clearline.resilience.timeouts import is_worth_starting

IDEMPOTENT_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
"""Source: RFC 9110, 9.2.2."""


STALE_CONNECTION = "stale_connection"
"""BackoffStarted.reason of the retry that a connection closed meanwhile is good for."""
_STALE = {"tcp.reset", "tcp.closed", "tcp.aborted", "http.response.invalid.empty", "h2.goaway"}


class Wait:
    """Another attempt at `until_s`, which may be now. `delay_s` is the back-off in it, for the next retry's jitter."""

    __slots__ = ("delay_s", "reason", "until_s")

    def __init__(self, until_s: float, reason: str, delay_s: float) -> None:
        self.until_s = until_s
        self.reason = reason
        self.delay_s = delay_s


class GiveUp:
    """No other attempt; `reason` is CheckEnded.gave_up."""

    __slots__ = ("reason",)

    def __init__(self, reason: str) -> None:
        self.reason = reason


def decide(
    policy: RetryPolicy,
    outcome: Outcome,
    attempt: int,
    now: float,
    deadline_s: float,
    *,
    breaker_ready_s: float,
    previous_s: float,
    uniform: float,
    is_idempotent: bool,
    has_key: bool = False,
) -> Wait | GiveUp:
    """What follows the attempt of this number that failed just now. `breaker_ready_s` is `Breaker.ready_at(now)`.

    A Retry-After is never undercut and never clipped: where the wait is longer than its cap or ends too late for the
    deadline the check gives up, and the outcome shows the time that was asked for.
    """
    if outcome.fault is not None and outcome.fault.is_void and not is_worth_starting(now, deadline_s):
        return GiveUp("deadline")
    if not can_retry(policy, outcome, is_idempotent=is_idempotent, has_key=has_key):
        return GiveUp("not_retryable")
    if attempt >= policy.attempts:
        return GiveUp("attempts")
    delay_s = backoff.delay(policy, attempt, previous_s, uniform)
    until_s, reason = now + delay_s, "backoff"
    asked_s = outcome.retry_after_s if policy.obey_retry_after else None
    if asked_s is not None and asked_s > delay_s:
        until_s, reason = now + asked_s, "retry_after"
        if asked_s > policy.retry_after_cap_s:
            return GiveUp(reason)
    if not is_worth_starting(until_s, deadline_s):
        return GiveUp("deadline" if reason == "backoff" else reason)
    if breaker_ready_s <= until_s:
        return Wait(until_s, reason, delay_s)
    return after_refusal(breaker_ready_s, deadline_s, delay_s)


def after_refusal(breaker_ready_s: float, deadline_s: float, delay_s: float) -> Wait | GiveUp:
    """While the breaker refuses no attempt is spent: wait for it where the deadline allows, else give up at once."""
    if is_worth_starting(breaker_ready_s, deadline_s):
        return Wait(breaker_ready_s, "breaker", delay_s)
    return GiveUp("breaker")


def can_retry(policy: RetryPolicy, outcome: Outcome, *, is_idempotent: bool, has_key: bool = False) -> bool:
    """May the same request be tried again? Proof that nothing was sent beats the method; an HTTP status is for the
    policy to decide; everything else for the kind of fault.

    `has_key`: every attempt carries the same Idempotency-Key, which makes any method repeatable. Then 409 says that
    the attempt before is still being worked on (wait), and 422 that the key was used for another request (never).
    Source: draft-ietf-httpapi-idempotency-key-header, 2.7.
    """
    fault = outcome.fault
    if fault is None or (fault.sent is not Sent.NO and not is_idempotent and not has_key):
        return False
    if fault.kind.startswith("http.error"):
        if has_key and outcome.status in (409, 422):
            return outcome.status == 409
        return outcome.status in policy.statuses
    return fault.retry not in (Retry.NO, Retry.FIX)


def is_stale_connection(outcome: Outcome, *, is_repeatable: bool) -> bool:
    """Was this a connection from an earlier request (`is_reused` in the evidence) that the peer had closed meanwhile?

    No byte of an answer came, or the phase would be receive; TLS and HTTP/2 may have said good-bye. That says nothing
    of the peer and costs nothing: one try on a fresh connection follows at once, and is not counted.
    A request that must not be repeated is not, as no byte of an answer proves that it was not read (RFC 9112, 9.3.1).
    """
    fault = outcome.fault
    return (
        fault is not None
        and fault.evidence.get("is_reused") is True
        and fault.phase in (Phase.SEND, Phase.WAIT)
        and outcome.retry_after_s is None
        and fault.kind in _STALE
        and is_repeatable
    )
