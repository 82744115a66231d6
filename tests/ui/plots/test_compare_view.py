"""Several targets over one another."""

import pytest
from PySide6.QtWidgets import QApplication

from clearline.ui.plots.all_targets_view import AllTargetsView
from clearline.ui.plots.compare_view import CompareView
from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.time_axis import TimeAxis
from support.measured_events import REFUSED, begun, check, plan_of


@pytest.fixture
def view(store: SeriesStore, axis: TimeAxis, theme: Theme, show) -> CompareView:
    """Target n takes 20·(n + 1) ms; t1 is refused from 30 to 40 s."""
    view = CompareView(store, axis, theme)
    show(view, 600, 300)
    store.fold(begun(plan_of(7)))
    for second in range(60):
        for place in range(7):
            fault = REFUSED if place == 1 and 30 <= second < 40 else None
            took_ms = 20.0 * (place + 1)
            store.fold(check(float(second), second, took_ms=took_ms, fault=fault, target=f"t{place}"))
    axis.set_now(60.0)
    return view


def shown(view: CompareView, *ids: str) -> CompareView:
    view.show_targets(ids)
    QApplication.processEvents()
    view.draw_frame()
    return view


def test_it_draws_each_target_as_a_line_of_its_own(view: CompareView) -> None:
    shown(view, "t0", "t2")
    assert view.lane.item.points(0)[1].max() == pytest.approx(20.0)
    assert view.lane.item.points(1)[1].min() == pytest.approx(60.0)


def test_it_puts_all_lines_on_one_scale(view: CompareView) -> None:
    shown(view, "t0", "t5")
    assert view.lane.item.y_range.top_ms >= 120.0


def test_it_names_lines_by_number_and_word(view: CompareView) -> None:
    shown(view, "t0", "t1")
    assert [word for _, word in view.legend.entries] == ["1 Target 0", "2 Target 1"]
    assert len({token for token, _ in view.legend.entries}) == 2


@pytest.mark.parametrize("count", [0, 1, 7])
def test_it_compares_two_to_six(view: CompareView, count: int) -> None:
    shown(view, *[f"t{place}" for place in range(count)])
    assert not view.isVisible()


def test_it_tells_what_each_took_at_a_moment(view: CompareView, axis: TimeAxis) -> None:
    shown(view, "t0", "t1")
    axis.set_cursor(35.0)
    assert view.stack.crosshair.lines[1:] == ["1 Target 0 · 20 ms", "2 Target 1 · failed after 40 ms"]


def test_it_summarises_the_slowest_first(view: CompareView) -> None:
    shown(view, "t0", "t1")
    assert view.summary() == "Target 1: median 40 ms, 17% failed. Target 0: median 20 ms, 0% failed."
    assert view.stack.accessibleDescription() == view.summary()
    assert [row[0] for row in view.rows()] == ["Target 0", "Target 1"]


def test_it_gives_the_figures_of_all(view: CompareView) -> None:
    shown(view, "t0", "t1")
    data = view.data()
    place = list(data.header).index("target")
    assert {row[place] for row in data.rows} == {"Target 0", "Target 1"}


def test_it_has_a_scale_of_choice(view: CompareView) -> None:
    shown(view, "t0", "t5")
    before = view.lane.item.headings()
    view.log_action.setChecked(True)
    assert view.lane.item.headings() != before


def test_it_shows_six_lines_without_a_line_more(view: CompareView) -> None:
    shown(view, *[f"t{place}" for place in range(6)])
    view.repaint()
    assert len({token for token, _ in view.legend.entries}) == 6


def test_it_marks_what_lies_above_the_scale_in_the_colour_of_its_line(view: CompareView, store: SeriesStore) -> None:
    store.fold(check(58.5, 1000, took_ms=5000.0, target="t2"))
    shown(view, "t0", "t2")
    assert view.lane.item.spikes(0) == []
    assert view.lane.item.spikes(1) == pytest.approx([view.lane.item.x_of(58.5)])
    assert view.lane.item.y_range.top_ms < 5000.0


def test_it_appears_below_the_heat_map_where_two_to_six_are_chosen(
    store: SeriesStore, axis: TimeAxis, theme: Theme, show
) -> None:
    view = AllTargetsView(store, axis, theme)
    show(view)
    store.fold([*begun(plan_of(3)), *check(1.0, 0)])
    view.show_targets(["t0", "t1"])
    assert view.compare.isVisible()
    view.show_targets([])
    assert not view.compare.isVisible()
