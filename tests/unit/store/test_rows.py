"""Figures in few bytes without changing one of them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearline.domain.event import AnyEvent
from clearline.store import cells, rows

MOMENTS = st.floats(min_value=-1e6, max_value=1e8, allow_nan=False)


@given(st.floats(min_value=-1e9, max_value=1e9, allow_nan=False))
def test_it_gives_back_the_very_milliseconds(value: float) -> None:
    assert cells.unpacked_ms(cells.packed_ms(value)) == value


@given(MOMENTS, MOMENTS)
def test_it_gives_back_the_very_moment(moment_s: float, at_s: float) -> None:
    assert cells.unpacked_before(cells.packed_before(moment_s, at_s), at_s) == moment_s


@given(st.integers(0, 10**12))
def test_it_packs_whole_tenths_of_a_microsecond_into_an_integer(tenths: int) -> None:
    assert cells.packed_ms(round(tenths / 1e4, 4)) == tenths


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_it_writes_no_figure_for_one_that_is_none(value: float) -> None:
    assert cells.packed_ms(value) is None


@pytest.mark.parametrize("cell", [1e300, -1e300, math.inf, 2**62])
def test_it_refuses_figures_that_cannot_be(cell: float) -> None:
    with pytest.raises(ValueError, match="out of range"):
        cells.unpacked_ms(cell)


def test_it_keeps_a_table_for_every_kind_of_event() -> None:
    assert set(rows.TABLE_OF) - {rows.RecordingGap} == set(AnyEvent.__args__)


@pytest.mark.parametrize(("text", "kept"), [("a" * 5000, "a" * cells.TEXT_LIMIT), ("a\udc80b", "a?b"), ("é", "é")])
def test_it_cuts_and_mends_texts_that_cannot_be_stored(text: str, kept: str) -> None:
    assert cells.short(text) == kept
