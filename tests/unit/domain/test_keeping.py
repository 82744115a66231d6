"""Which session files outlive the rules, and what a day will take."""

import pytest

from clearline.domain.keeping import Keeping, KeptFile, foreseen_bytes_a_day, outlived

NOW_S = 1_790_000_000.0
DAY_S = 86_400.0


def files(*days_and_gb: tuple[float, float], held: int = -1) -> list[KeptFile]:
    return [
        KeptFile(f"{place}", round(gb * 1e9), NOW_S - days * DAY_S, is_held=place == held)
        for place, (days, gb) in enumerate(days_and_gb)
    ]


@pytest.mark.parametrize(
    ("keeping", "gone"),
    [
        (Keeping(), []),
        (Keeping(keep_days=30), ["0"]),
        (Keeping(keep_gb=3.5), ["0"]),
        (Keeping(keep_gb=1.5), ["0", "1"]),
        (Keeping(keep_days=5, keep_gb=100), ["0", "1"]),
        (Keeping(keep_gb=0.1), ["0", "1", "2"]),
    ],
)
def test_the_oldest_go_first_and_only_by_a_rule(keeping: Keeping, gone: list[str]) -> None:
    found = outlived(files((40, 2), (10, 1), (1, 1))[::-1], keeping, NOW_S)
    assert [file.path for file in found] == gone


@pytest.mark.parametrize("keeping", [Keeping(keep_days=1), Keeping(keep_gb=0.001)])
def test_what_is_held_stays(keeping: Keeping) -> None:
    assert [file.path for file in outlived(files((40, 2), (30, 1), held=0), keeping, NOW_S)] == ["1"]


@pytest.mark.parametrize(
    ("first", "last", "foreseen"),
    [
        ((0.0, 0), (86_400.0, 310_000_000), 310_000_000),
        ((100.0, 50_000), (160.0, 110_000), 86_400_000),
        ((0.0, 0), (10.0, 10_000), None),
        ((0.0, 100), (600.0, 100), None),
    ],
)
def test_it_foresees_a_day_from_two_readings(
    first: tuple[float, int], last: tuple[float, int], foreseen: float | None
) -> None:
    assert foreseen_bytes_a_day(first, last) == foreseen
