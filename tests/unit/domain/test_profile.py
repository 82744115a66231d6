"""Profiles are checked when built, with every problem at once."""

import msgspec
import pytest

from clearline.domain.liveness import Heartbeat
from clearline.domain.phase import Phase
from clearline.domain.profile import (
    BUILT_IN,
    LIMITS,
    STANDARD,
    AdaptivePolicy,
    BreakerPolicy,
    FallbackPolicy,
    Profile,
    RetryPolicy,
    Timeouts,
    read_field,
    replace_field,
    validate,
)


def codes(profile: Profile) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in validate(profile)]


@pytest.mark.parametrize("profile", BUILT_IN, ids=lambda profile: profile.name)
def test_it_finds_nothing_wrong_with_the_built_in_ones(profile: Profile) -> None:
    assert validate(profile) == ()


def test_it_has_built_in_names_once() -> None:
    assert len({profile.name for profile in BUILT_IN}) == len(BUILT_IN)


@pytest.mark.parametrize("field", LIMITS)
def test_it_accepts_both_ends_of_each_range_and_nothing_beyond(field: str) -> None:
    limit = LIMITS[field]
    for value, is_fine in (
        (limit.low, True),
        (limit.high, True),
        (limit.low - 0.01, False),
        (limit.high * 1.01, False),
    ):
        found = ("profile.range", field) in codes(replace_field(STANDARD, field, value))
        assert found is not is_fine, f"{field} = {value}"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_it_refuses_what_is_no_number(value: float) -> None:
    assert ("profile.range", "timeouts.connect_s") in codes(replace_field(STANDARD, "timeouts.connect_s", value))


@pytest.mark.parametrize(
    ("profile", "code", "field"),
    [
        (Profile("p", Timeouts(attempt_s=10, total_s=9)), "profile.total_below_attempt", "timeouts.total_s"),
        (Profile("p", retry=RetryPolicy(base_s=5, cap_s=4)), "profile.cap_below_base", "retry.cap_s"),
        (
            Profile("p", breaker=BreakerPolicy(window_calls=5, minimum_calls=6)),
            "profile.minimum_above_window",
            "breaker.minimum_calls",
        ),
        (
            Profile("p", breaker=BreakerPolicy(open_s=9, open_cap_s=8)),
            "profile.open_cap_below_open",
            "breaker.open_cap_s",
        ),
        (Profile("p", breaker=BreakerPolicy(window_s=29.9)), "profile.window_below_attempts", "breaker.window_s"),
        (
            Profile("p", adaptive=AdaptivePolicy(floor_s=5, ceiling_s=4)),
            "profile.ceiling_below_floor",
            "adaptive.ceiling_s",
        ),
        (
            Profile("p", fallback=FallbackPolicy(fresh_s=5, stale_s=4)),
            "profile.stale_below_fresh",
            "fallback.stale_s",
        ),
        (
            Profile("p", heartbeat=Heartbeat(misses_to_suspect=3, misses_to_dead=2)),
            "profile.dead_before_suspect",
            "heartbeat.misses_to_dead",
        ),
        (Profile("p", heartbeat=Heartbeat(send="")), "profile.nothing_to_send", "heartbeat.send"),
        (
            Profile("p", heartbeat=Heartbeat(reconnect_base_s=31)),
            "profile.reconnect_cap_below_base",
            "heartbeat.reconnect_cap_s",
        ),
        (Profile("p", breaker=BreakerPolicy(lease_s=14.9)), "profile.lease_below_attempt", "breaker.lease_s"),
    ],
)
def test_it_compares_what_must_fit_together(profile: Profile, code: str, field: str) -> None:
    assert codes(profile) == [(code, field)]


@pytest.mark.parametrize(
    "profile",
    [
        Profile("p", breaker=BreakerPolicy(window_s=30, minimum_calls=50)),
        Profile("p", breaker=BreakerPolicy(window_s=30)),
        Profile("p", fallback=FallbackPolicy(fresh_s=5, stale_s=0)),
        Profile("p", adaptive=AdaptivePolicy(floor_s=5, ceiling_s=5)),
    ],
)
def test_it_finds_nothing_wrong_at_the_edge_of_what_fits(profile: Profile) -> None:
    assert validate(profile) == ()


def test_it_reports_every_problem_at_once() -> None:
    profile = Profile("p", Timeouts(attempt_s=10, total_s=9), RetryPolicy(attempts=0))
    assert [code for code, _ in codes(profile)] == ["profile.range", "profile.total_below_attempt"]


def test_it_says_the_value_and_the_range() -> None:
    (problem,) = validate(replace_field(STANDARD, "retry.attempts", 2001))
    assert problem.values == {"value": "2001", "low": "1", "high": "2000", "unit": ""}


@pytest.mark.parametrize("field", LIMITS)
def test_it_reads_back_what_was_replaced_and_changes_nothing_else(field: str) -> None:
    changed = replace_field(STANDARD, field, 3)
    assert read_field(changed, field) == 3
    assert [name for name in LIMITS if read_field(changed, name) != read_field(STANDARD, name) and name != field] == []


@pytest.mark.parametrize("phase", Phase)
def test_it_has_a_limit_for_each_phase(phase: Phase) -> None:
    assert STANDARD.timeouts.of(phase) == getattr(STANDARD.timeouts, f"{phase}_s")


@pytest.mark.parametrize("profile", BUILT_IN, ids=lambda profile: profile.name)
def test_it_travels(profile: Profile) -> None:
    assert msgspec.json.decode(msgspec.json.encode(profile), type=Profile) == profile
