"""Spans and sizes as people type them."""

import click
import pytest

from clearline.cli.durations import Duration, Size

ANY = Duration(0.05, 7200)


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("30s", 30), ("500ms", 0.5), ("2m", 120), ("2min", 120), ("1.5h", 5400), ("5", 5), (" 1 s ", 1), (".5", 0.5)],
)
def test_it_reads_spans(typed: str, seconds: float) -> None:
    assert ANY.convert(typed, None, None) == seconds


@pytest.mark.parametrize("typed", ["", "s", "soon", "-1s", "1e3", "5 days", "0", "10ms", "3h", "inf", "nan", "1s2s"])
def test_it_shows_what_to_write_instead_of_anything_else(typed: str) -> None:
    with pytest.raises(click.BadParameter, match="30s"):
        ANY.convert(typed, None, None)


@pytest.mark.parametrize(("typed", "size"), [("1480x920", (1480, 920)), ("800×600", (800, 600))])
def test_it_reads_sizes(typed: str, size: tuple[int, int]) -> None:
    assert Size().convert(typed, None, None) == size


@pytest.mark.parametrize("typed", ["", "big", "1480", "1x1", "99999x1000", "-100x200"])
def test_it_shows_what_a_size_looks_like(typed: str) -> None:
    with pytest.raises(click.BadParameter, match="1480x920"):
        Size().convert(typed, None, None)
