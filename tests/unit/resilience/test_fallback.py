"""Which answer of earlier may stand in for a call."""

import pytest

from clearline.domain.profile import FallbackMode, FallbackPolicy
from clearline.resilience.fallback import Source, fresh, last_resort, stale

SAFE = FallbackPolicy(FallbackMode.SAFE, fresh_s=0.0, stale_s=60.0)


FAST = FallbackPolicy(FallbackMode.FAST, fresh_s=10.0, stale_s=60.0, has_default=True)
BRIEF = FallbackPolicy(FallbackMode.SAFE, fresh_s=0.25, stale_s=0.5)
CACHED = FallbackPolicy(FallbackMode.SAFE, fresh_s=10.0, stale_s=60.0)


@pytest.mark.parametrize(
    ("policy", "answered_s", "source"),
    [
        (CACHED, 95.0, Source("fresh_cache", 5.0)),
        (CACHED, 90.0, Source("fresh_cache", 10.0)),
        (CACHED, 89.0, None),
        (CACHED, None, None),
        (CACHED, 105.0, Source("fresh_cache", 0.0)),
        (FAST, 95.0, None),
        (SAFE, 100.0, None),
        (BRIEF, 99.75, Source("fresh_cache", 0.25)),
    ],
)
def test_it_knows_which_answer_saves_a_call(
    policy: FallbackPolicy, answered_s: float | None, source: Source | None
) -> None:
    assert fresh(policy, answered_s, 100.0) == source


@pytest.mark.parametrize(
    ("policy", "answered_s", "source"),
    [
        (CACHED, 95.0, Source("stale_cache", 5.0)),
        (CACHED, 40.0, Source("stale_cache", 60.0)),
        (CACHED, 39.0, None),
        (CACHED, None, None),
        (CACHED, 105.0, Source("stale_cache", 0.0)),
        (FAST, 95.0, None),
        (BRIEF, 99.5, Source("stale_cache", 0.5)),
        (FallbackPolicy(FallbackMode.SAFE, stale_s=0.0), 100.0, None),
    ],
)
def test_it_knows_which_answer_stands_in_for_a_failed_call(
    policy: FallbackPolicy, answered_s: float | None, source: Source | None
) -> None:
    assert stale(policy, answered_s, 100.0) == source


def test_it_has_a_default_only_where_it_is_to_fail_safe() -> None:
    safe = FallbackPolicy(FallbackMode.SAFE, has_default=True)
    assert [last_resort(policy) for policy in (safe, SAFE, FAST)] == [Source("default", 0.0), None, None]
