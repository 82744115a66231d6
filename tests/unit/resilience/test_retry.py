"""What follows a failed attempt."""

from typing import Any

import pytest

from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.profile import Jitter, RetryPolicy
from clearline.resilience.retry import GiveUp, Wait, can_retry, decide, is_stale_connection

POLICY = RetryPolicy(attempts=3, base_s=1.0, jitter=Jitter.NONE)
NEVER = float("inf")


def failed(kind: str = "tcp.refused", phase: Phase = Phase.CONNECT, *, is_void: bool = False, **fields: Any) -> Outcome:
    return Outcome(PhaseTimes(), Fault(kind, phase, is_void=is_void), **fields)


def http(status: int, retry_after_s: float | None = None) -> Outcome:
    return failed(f"http.error.{status}", Phase.WAIT, status=status, retry_after_s=retry_after_s)


def after(
    outcome: Outcome,
    *,
    policy: RetryPolicy = POLICY,
    attempt: int = 1,
    now: float = 100.0,
    deadline_s: float = 130.0,
    breaker_ready_s: float = 0.0,
    is_idempotent: bool = True,
) -> tuple[Any, ...]:
    step = decide(
        policy,
        outcome,
        attempt,
        now,
        deadline_s,
        breaker_ready_s=breaker_ready_s,
        previous_s=0.0,
        uniform=0.5,
        is_idempotent=is_idempotent,
    )
    return ("wait", step.until_s, step.reason) if isinstance(step, Wait) else ("give up", step.reason)


def test_it_waits_the_backoff() -> None:
    assert after(failed()) == ("wait", 101.0, "backoff")


def test_a_wait_that_is_as_long_either_way_is_the_backoff() -> None:
    assert after(http(503, retry_after_s=1.0)) == ("wait", 101.0, "backoff")
    assert after(failed(), breaker_ready_s=101.0) == ("wait", 101.0, "backoff")


def test_it_waits_longer_after_the_second() -> None:
    assert after(failed(), attempt=2) == ("wait", 102.0, "backoff")


def test_it_gives_up_after_the_last_attempt() -> None:
    assert after(failed(), attempt=3) == ("give up", "attempts")


def test_it_tries_again_at_once_without_a_backoff() -> None:
    assert after(failed(), policy=RetryPolicy(base_s=0.0)) == ("wait", 100.0, "backoff")


def test_it_does_not_wait_for_a_deadline_that_leaves_no_useful_time() -> None:
    assert after(failed(), deadline_s=101.04) == ("give up", "deadline")
    assert after(failed(), deadline_s=101.06) == ("wait", 101.0, "backoff")


def test_it_gives_up_where_the_total_deadline_cut_the_attempt() -> None:
    cut = failed("tcp.timed_out", Phase.WAIT, is_void=True)
    assert after(cut, now=130.0, attempt=3, is_idempotent=False) == ("give up", "deadline")


def test_it_retries_an_attempt_that_our_own_trouble_made_void() -> None:
    assert after(failed("local.stalled", is_void=True)) == ("wait", 101.0, "backoff")


@pytest.mark.parametrize(
    "kind",
    ["dns.name_not_resolved.nxdomain", "tls.cert.date_invalid.expired", "local.no_link", "input.invalid", "abandoned"],
)
def test_it_never_retries_what_another_try_cannot_mend(kind: str) -> None:
    assert after(failed(kind, Phase.TLS)) == ("give up", "not_retryable")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_it_retries_the_statuses_of_the_policy(status: int) -> None:
    assert can_retry(POLICY, http(status), is_idempotent=True)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 418, 501, 505, 511])
def test_it_retries_no_other_status(status: int) -> None:
    assert not can_retry(POLICY, http(status), is_idempotent=True)


def test_it_follows_a_policy_with_other_statuses() -> None:
    policy = RetryPolicy(statuses=(404,))
    assert can_retry(policy, http(404), is_idempotent=True)
    assert not can_retry(policy, http(503), is_idempotent=True)


@pytest.mark.parametrize("phase", [Phase.SEND, Phase.WAIT, Phase.RECEIVE])
def test_it_never_repeats_an_unsafe_request_that_may_have_been_sent(phase: Phase) -> None:
    assert after(failed("tcp.reset", phase), is_idempotent=False) == ("give up", "not_retryable")
    assert after(failed("tcp.reset", phase)) == ("wait", 101.0, "backoff")


@pytest.mark.parametrize("phase", [Phase.RESOLVE, Phase.CONNECT, Phase.PROXY, Phase.TLS])
def test_it_repeats_an_unsafe_request_that_was_never_sent(phase: Phase) -> None:
    assert after(failed("tcp.reset", phase), is_idempotent=False) == ("wait", 101.0, "backoff")


def test_it_waits_as_long_as_the_peer_asks() -> None:
    assert after(http(503, 7.0)) == ("wait", 107.0, "retry_after")


def test_it_keeps_its_own_backoff_where_the_peer_asks_for_less() -> None:
    assert after(http(503, 0.25)) == ("wait", 101.0, "backoff")


def test_it_gives_up_where_the_peer_asks_for_more_than_the_cap() -> None:
    policy = RetryPolicy(retry_after_cap_s=5.0)
    assert after(http(503, 5.0), policy=policy) == ("wait", 105.0, "retry_after")
    assert after(http(503, 5.1), policy=policy) == ("give up", "retry_after")


def test_it_gives_up_where_the_peer_asks_for_more_than_the_deadline_allows() -> None:
    assert after(http(429, 60.0)) == ("give up", "retry_after")


def test_it_ignores_the_peer_where_the_policy_says_so() -> None:
    policy = RetryPolicy(base_s=1.0, jitter=Jitter.NONE, obey_retry_after=False)
    assert after(http(503, 500.0), policy=policy) == ("wait", 101.0, "backoff")


def test_it_waits_for_a_breaker_that_opens_before_the_deadline() -> None:
    assert after(failed(), breaker_ready_s=110.0) == ("wait", 110.0, "breaker")


def test_it_waits_no_longer_for_a_breaker_that_is_ready_earlier() -> None:
    assert after(http(503, 20.0), breaker_ready_s=110.0) == ("wait", 120.0, "retry_after")


@pytest.mark.parametrize("ready_s", [129.96, 200.0, NEVER])
def test_it_fails_fast_where_the_breaker_stays_open_too_long(ready_s: float) -> None:
    assert after(failed(), breaker_ready_s=ready_s) == ("give up", "breaker")


def test_it_gives_the_kind_of_fault_before_the_count_as_reason() -> None:
    assert after(http(404), attempt=3) == ("give up", "not_retryable")


def test_it_remembers_the_backoff_for_the_next_draw_also_when_the_peer_asked_for_more() -> None:
    step = decide(
        POLICY, http(503, 9.0), 1, 0.0, 30.0, breaker_ready_s=0.0, previous_s=0.0, uniform=0.0, is_idempotent=True
    )
    assert not isinstance(step, GiveUp)
    assert step.delay_s == 1.0


class TestKey:
    """Every attempt carries the same Idempotency-Key."""

    @pytest.mark.parametrize(
        ("status", "has_key", "may"),
        [(409, True, True), (409, False, False), (422, True, False), (503, True, True), (404, True, False)],
    )
    def test_it_reads_the_status_as_the_draft_says(self, status: int, has_key: bool, may: bool) -> None:
        outcome = Outcome(PhaseTimes(), Fault(f"http.error.{status}", Phase.RECEIVE), status=status)
        policy = RetryPolicy(statuses=(422, 503))
        assert can_retry(policy, outcome, is_idempotent=has_key is False, has_key=has_key) is may

    def test_it_makes_any_method_repeatable(self) -> None:
        outcome = Outcome(PhaseTimes(), Fault("tcp.reset", Phase.WAIT))
        assert [can_retry(RetryPolicy(), outcome, is_idempotent=False, has_key=key) for key in (False, True)] == [
            False,
            True,
        ]


class TestStaleConnection:
    @pytest.mark.parametrize("kind", ["tcp.reset", "tcp.closed", "tcp.aborted", "http.response.invalid.empty"])
    @pytest.mark.parametrize("phase", [Phase.SEND, Phase.WAIT])
    def test_it_is_a_reused_one_that_closed_before_the_first_byte(self, kind: str, phase: Phase) -> None:
        outcome = Outcome(PhaseTimes(), Fault(kind, phase, {"is_reused": True}))
        assert is_stale_connection(outcome, is_repeatable=True)

    def test_it_may_have_said_good_bye_by_tls_or_http_2(self) -> None:
        outcome = Outcome(PhaseTimes(), Fault("h2.goaway", Phase.WAIT, {"is_reused": True}), bytes_in=24)
        assert is_stale_connection(outcome, is_repeatable=True)

    @pytest.mark.parametrize(
        "outcome",
        [
            Outcome(PhaseTimes()),
            Outcome(PhaseTimes(), Fault("tcp.reset", Phase.WAIT)),
            Outcome(PhaseTimes(), Fault("tcp.reset", Phase.WAIT, {"is_reused": False})),
            Outcome(PhaseTimes(), Fault("tcp.reset", Phase.WAIT, {"is_reused": True}), retry_after_s=1.0),
            Outcome(PhaseTimes(), Fault("tcp.reset", Phase.RECEIVE, {"is_reused": True})),
            Outcome(PhaseTimes(), Fault("http.timed_out", Phase.WAIT, {"is_reused": True})),
            Outcome(PhaseTimes(), Fault("tcp.reset", Phase.CONNECT, {"is_reused": True})),
        ],
    )
    def test_it_is_nothing_else(self, outcome: Outcome) -> None:
        assert not is_stale_connection(outcome, is_repeatable=True)

    def test_it_is_not_repeated_where_the_request_must_not_be(self) -> None:
        outcome = Outcome(PhaseTimes(), Fault("tcp.reset", Phase.WAIT, {"is_reused": True}))
        assert not is_stale_connection(outcome, is_repeatable=False)
