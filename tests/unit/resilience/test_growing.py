"""The patience of an attempt with datagrams, by its number."""

import pytest

from clearline.domain.profile import BackoffKind, Jitter, RetryPolicy, Timeouts
from clearline.domain.target import Target
from clearline.resilience.growing import limits_of_attempt

ECHO = Target(id="t", address="udp://192.0.2.1:7")
LIMITS = Timeouts(wait_s=1.0, attempt_s=6.0)


@pytest.mark.parametrize(
    ("kind", "waits"),
    [
        (BackoffKind.EXPONENTIAL, [1, 2, 4, 6]),
        (BackoffKind.LINEAR, [1, 2, 3, 4]),
        (BackoffKind.FIBONACCI, [1, 1, 2, 3]),
        (BackoffKind.FIXED, [1, 1, 1, 1]),
    ],
)
def test_it_grows_as_the_pauses_do_and_never_beyond_the_attempt(kind: BackoffKind, waits: list[float]) -> None:
    for jitter in Jitter:
        policy = RetryPolicy(backoff=kind, jitter=jitter, base_s=30)
        assert [limits_of_attempt(ECHO, policy, LIMITS, number).wait_s for number in (1, 2, 3, 4)] == waits


def test_it_changes_no_other_limit() -> None:
    grown = limits_of_attempt(ECHO, RetryPolicy(), LIMITS, 2)
    assert (grown.attempt_s, grown.send_s, grown.total_s) == (LIMITS.attempt_s, LIMITS.send_s, LIMITS.total_s)


def test_it_leaves_a_wait_that_is_longer_than_the_attempt_as_it_is() -> None:
    assert limits_of_attempt(ECHO, RetryPolicy(), Timeouts(wait_s=20, attempt_s=5), 3).wait_s == 20


def test_it_survives_any_number_of_attempts() -> None:
    assert limits_of_attempt(ECHO, RetryPolicy(), LIMITS, 2000).wait_s == 6.0


def test_it_is_as_patient_with_connections_each_time() -> None:
    assert limits_of_attempt(Target(id="t", address="tcp://192.0.2.1:7"), RetryPolicy(), LIMITS, 3) is LIMITS
