"""The time axis: live follow, pan, zoom, return to live."""

import pytest

from clearline.ui.viewmodels.time_axis import Span, TimeAxis


def axis_at(now_s: float, span: Span = Span.FIVE_MINUTES) -> TimeAxis:
    axis = TimeAxis()
    axis.set_span(span)
    axis.set_now(now_s)
    return axis


def window(axis: TimeAxis) -> tuple[float, float]:
    return axis.from_s, axis.to_s


def test_it_fills_a_young_session_from_the_left() -> None:
    assert window(axis_at(20.0)) == (0.0, 60.0)


def test_it_shows_a_session_whole_that_is_shorter_than_the_span() -> None:
    assert window(axis_at(200.0)) == (0.0, 200.0)


def test_it_keeps_the_chosen_span_when_a_young_session_is_moved() -> None:
    axis = axis_at(200.0)
    axis.pan(-20.0)
    assert axis.span is Span.FIVE_MINUTES


def test_it_keeps_now_at_the_right_edge_while_live() -> None:
    axis = axis_at(400.0)
    axis.set_now(401.0)
    assert window(axis) == (101.0, 401.0)


def test_it_stays_where_it_was_moved_to() -> None:
    axis = axis_at(1000.0)
    axis.pan(-100.0)
    axis.set_now(1010.0)
    assert window(axis) == (600.0, 900.0)
    assert not axis.is_live


def test_it_is_live_again_when_moved_to_now() -> None:
    axis = axis_at(1000.0)
    axis.pan(-100.0)
    axis.pan(150.0)
    assert axis.is_live
    assert window(axis) == (700.0, 1000.0)


def test_it_does_not_show_what_was_before_the_session() -> None:
    axis = axis_at(1000.0)
    axis.pan(-5000.0)
    assert window(axis) == (0.0, 300.0)


def test_it_keeps_the_moment_under_the_pointer_when_zooming() -> None:
    axis = axis_at(1000.0)
    axis.zoom(0.5, 800.0)
    share = (800.0 - axis.from_s) / axis.length_s
    assert axis.length_s == pytest.approx(150.0)
    assert share == pytest.approx((800.0 - 700.0) / 300.0)


def test_it_zooms_about_now_while_live_and_no_moment_is_named() -> None:
    axis = axis_at(1000.0)
    axis.zoom(0.5)
    assert axis.is_live
    assert window(axis) == (850.0, 1000.0)


def test_it_forgets_the_chosen_span_when_zoomed_by_hand() -> None:
    axis = axis_at(1000.0)
    axis.zoom(0.5)
    assert axis.span is None
    axis.set_span(Span.MINUTE)
    assert (axis.span, window(axis)) == (Span.MINUTE, (940.0, 1000.0))


def test_it_shows_the_whole_session_as_it_grows() -> None:
    axis = axis_at(1000.0, Span.SESSION)
    axis.set_now(1100.0)
    assert window(axis) == (0.0, 1100.0)


def test_it_becomes_the_session_when_zoomed_out_beyond_it() -> None:
    axis = axis_at(1000.0)
    axis.zoom(10.0, 900.0)
    assert axis.span is Span.SESSION


def test_it_never_zooms_closer_than_a_second() -> None:
    axis = axis_at(1000.0)
    axis.zoom(1e-9, 900.0)
    assert axis.length_s == pytest.approx(1.0)


def test_it_keeps_the_right_edge_when_a_span_is_chosen_in_the_past() -> None:
    axis = axis_at(1000.0)
    axis.pan(-200.0)
    axis.set_span(Span.MINUTE)
    assert window(axis) == (740.0, 800.0)
    assert not axis.is_live


def test_it_returns_to_live() -> None:
    axis = axis_at(1000.0)
    axis.pan(-200.0)
    axis.return_to_live()
    assert axis.is_live
    assert window(axis) == (700.0, 1000.0)


def test_it_shows_a_moment_in_the_middle_with_the_cursor_on_it() -> None:
    axis = axis_at(1000.0)
    axis.show_moment(500.0)
    assert window(axis) == (350.0, 650.0)
    assert axis.cursor_s == 500.0


def test_it_tells_of_a_range_only_when_it_changed() -> None:
    axis = axis_at(400.0)
    told: list[tuple[float, float]] = []
    axis.range_changed.connect(lambda begin, end: told.append((begin, end)))
    axis.set_now(400.0)
    axis.return_to_live()
    axis.set_now(401.0)
    assert told == [(101.0, 401.0)]


def test_it_tells_when_it_stops_and_starts_being_live() -> None:
    axis = axis_at(1000.0)
    told: list[bool] = []
    axis.live_changed.connect(told.append)
    axis.pan(-10.0)
    axis.pan(-10.0)
    axis.return_to_live()
    assert told == [False, True]


def test_it_fits_a_recorded_session_that_is_shorter_than_a_minute() -> None:
    axis = TimeAxis(shortest_session_s=1.0)
    axis.set_now(30.0)
    axis.set_span(Span.SESSION)
    assert window(axis) == (0.0, 30.0)
    axis.set_span(Span.FIVE_MINUTES)
    assert window(axis) == (0.0, 30.0)
