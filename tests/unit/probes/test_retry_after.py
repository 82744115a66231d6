"""What a server asks for with Retry-After, in both forms."""

import pytest

from clearline.probes.http_exchange import retry_after

DATE = "Tue, 15 Sep 2026 10:00:00 GMT"
NOW_S = 1_789_466_400.0
"""That date, in seconds since 1970 UTC."""


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        (" 120 ", 120),
        ("999999999999999", 999_999_999),
        ("Tue, 15 Sep 2026 10:00:10 GMT", 10),
        ("Tue, 15 Sep 2026 09:00:00 GMT", 0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("\u0663", None),
    ],
)
def test_it_reads(value: str, seconds: float | None) -> None:
    assert retry_after(value, DATE, 0.0) == seconds


def test_it_goes_by_the_servers_own_clock() -> None:
    assert retry_after("Tue, 15 Sep 2026 10:00:10 GMT", DATE, NOW_S + 3600) == 10


def test_it_goes_by_ours_where_the_server_tells_no_date() -> None:
    assert retry_after("Tue, 15 Sep 2026 10:00:10 GMT", "", NOW_S) == 10
