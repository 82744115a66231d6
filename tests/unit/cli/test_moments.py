"""Moments as people type them."""

from datetime import UTC, datetime, timedelta

import pytest

from clearline.cli.moments import moment_s
from clearline.domain.problem import InputError

BEGAN = datetime(2026, 11, 26, 22, 30, 15).astimezone()
WALL_S = BEGAN.timestamp()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (None, 7.0),
        ("90s", 90.0),
        ("1.5h", 5400.0),
        ("22:31", 45.0),
        ("22:30:20.5", 5.5),
        ("22:30", -15.0),
        ("00:30:15", 7200.0),
        (datetime.fromtimestamp(WALL_S + 60, UTC).isoformat(), 60.0),
        ((BEGAN + timedelta(seconds=60)).replace(tzinfo=None).isoformat(), 60.0),
    ],
)
def test_it_reads_spans_times_of_day_and_dates(typed: str | None, expected: float) -> None:
    assert moment_s(typed, WALL_S, 7.0) == pytest.approx(expected)


@pytest.mark.parametrize("typed", ["soon", "25:00", "14:61", "-5s", "", "9" * 400 + "s", "99999-01-01"])
def test_it_refuses_the_rest(typed: str) -> None:
    with pytest.raises(InputError):
        moment_s(typed, WALL_S, 0.0)
