"""The graphs of one target."""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clearline.domain.event import (
    AttemptEnded,
    BackoffStarted,
    BreakerChanged,
    BreakerState,
    CheckMissed,
    Health,
    LabFaultChanged,
    MarkerDropped,
    NetworkChange,
    NetworkChanged,
    PlanApplied,
    Result,
    TimeoutAdapted,
)
from clearline.domain.event import TesterDisturbed as Disturbed  # pytest takes names with Test for tests
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan
from clearline.domain.profile import AdaptivePolicy
from clearline.ui import plots
from clearline.ui.plots.lane_stack import GAP_PX
from clearline.ui.plots.target_view import TargetView
from clearline.ui.viewmodels import series
from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.series_state import State
from clearline.ui.viewmodels.theme import Theme, ThemeChoice
from clearline.ui.viewmodels.time_axis import Span, TimeAxis
from clearline.ui.viewmodels.words import Words
from support.measured_events import NO_NAME, REFUSED, attempt, begun, check, ended, plan_of, refused

KEY = "tcp://192.0.2.1:9000#standard"


def opened(at_s: float, before: BreakerState, after: BreakerState) -> BreakerChanged:
    return BreakerChanged(at_s=at_s, key=KEY, before=before, after=after, reason="streak")


@pytest.fixture
def view(store: SeriesStore, axis: TimeAxis, theme: Theme, show) -> TargetView:
    view = TargetView(store, axis, theme)
    show(view)
    return view


def adaptive(plan: Plan) -> Plan:
    profiles = tuple(replace(profile, adaptive=AdaptivePolicy(is_on=True)) for profile in plan.profiles)
    return replace(plan, profiles=profiles)


def feed(view: TargetView, store: SeriesStore, axis: TimeAxis, *events: object, now_s: float = 100.0) -> None:
    store.fold(begun(adaptive(plan_of(attempts=4))))
    store.fold(sorted(events, key=lambda event: event.at_s))
    store.now_s = max(store.now_s, now_s)
    axis.set_now(store.now_s)
    view.show_target("t0", KEY)
    view.draw_frame()


def hour_of_checks(count: int = 100, **outcome: object) -> list[object]:
    return [event for number in range(count) for event in check(float(number), number, **outcome)]


def test_it_draws_every_success_with_its_whole_latency(view, store, axis) -> None:
    feed(view, store, axis, *check(10.0, 0, took_ms=20.0), *check(11.0, 1, took_ms=40.0))
    x, y = view.latency.item.getData()
    assert x.tolist() == [10.0, 11.0]
    assert y.tolist() == pytest.approx([20.0, 40.0])


def test_it_waits_with_new_samples_but_not_with_a_page_of_a_recorded_session(view, store, axis) -> None:
    feed(view, store, axis, *check(10.0, 0))
    view._since_draw.restart()
    drawn = view.frames_drawn
    store.fold(check(11.0, 1))
    axis.draw_now()
    assert view.frames_drawn == drawn
    store.page_came()
    axis.draw_now()
    assert view.frames_drawn == drawn + 1


def test_it_draws_no_line_across_an_outage(view, store, axis) -> None:
    events = [e for n in range(20) for e in check(float(n), n, fault=REFUSED if 8 <= n < 12 else None)]
    feed(view, store, axis, *events)
    x, y = view.latency.item.getData()
    gap = int(np.flatnonzero(np.isnan(y))[0])
    assert (x[gap - 1], x[gap + 1]) == (7.0, 12.0)


def test_it_draws_no_line_where_nothing_was_measured(view, store, axis) -> None:
    feed(view, store, axis, *check(1.0, 0), *check(2.0, 1), *check(50.0, 2))
    _, y = view.latency.item.getData()
    assert np.isnan(y).sum() == 1


def test_it_leaves_out_what_a_busy_tester_measured(view, store, axis) -> None:
    feed(view, store, axis, attempt(1.0, 0), attempt(2.0, 1, is_disturbed=True), attempt(3.0, 2))
    x, _ = view.latency.item.getData()
    assert x[~np.isnan(x)].tolist() == [1.0, 3.0]


@pytest.mark.parametrize(("percent", "needed"), [(50, 5), (95, 40), (99, 200)])
def test_it_draws_a_percentile_only_with_enough_samples(view, store, axis, percent: int, needed: int) -> None:
    axis.set_span(Span.FIVE_MINUTES)
    feed(view, store, axis, *hour_of_checks(needed - 1), now_s=250.0)
    assert percent not in view.latency.item.percentiles
    store.fold(check(float(needed), needed))
    view.draw_frame()
    assert view.latency.item.percentiles[percent] == pytest.approx(20.0)
    view.repaint()


def test_it_marks_a_clipped_spike_instead_of_flattening_the_rest(view, store, axis) -> None:
    events = [e for n in range(100) for e in check(float(n), n, took_ms=2000.0 if n == 50 else 20.0)]
    feed(view, store, axis, *events)
    ((x_px, value_ms),) = view.latency.item.spikes
    assert value_ms == pytest.approx(2000.0)
    assert x_px == pytest.approx(view.latency.item.x_of(50.0))
    assert view.latency.box.viewRange()[1][1] < 50.0


def test_it_keeps_all_lanes_on_one_window_in_time(view, store, axis) -> None:
    feed(view, store, axis, *hour_of_checks())
    lanes = (view.latency, view.breaker, view.retry, view.layer, view.tester)
    assert {tuple(lane.box.viewRange()[0]) for lane in lanes} == {(axis.from_s, axis.to_s)}


def test_it_aligns_all_lanes_at_their_left(view, store, axis) -> None:
    feed(view, store, axis, *hour_of_checks())
    QApplication.processEvents()
    lefts = {round(lane.box.mapToScene(0.0, 0.0).x(), 3) for lane in view.stack.lanes}
    assert len(lefts) == 1


def test_it_shows_the_breakers_states_up_to_now(view, store, axis) -> None:
    feed(
        view,
        store,
        axis,
        opened(20.0, BreakerState.CLOSED, BreakerState.OPEN),
        opened(50.0, BreakerState.OPEN, BreakerState.HALF_OPEN),
        # A trial succeeded: still half-open.
        opened(60.0, BreakerState.HALF_OPEN, BreakerState.HALF_OPEN),
    )
    assert view.breaker.item.segments() == [
        (0.0, 20.0, BreakerState.CLOSED),
        (20.0, 50.0, BreakerState.OPEN),
        (50.0, 100.0, BreakerState.HALF_OPEN),
    ]


def test_it_writes_a_breakers_state_only_where_the_word_fits(view, store, axis) -> None:
    feed(
        view,
        store,
        axis,
        opened(90.0, BreakerState.CLOSED, BreakerState.OPEN),
        opened(91.0, BreakerState.OPEN, BreakerState.CLOSED),
        opened(92.0, BreakerState.CLOSED, BreakerState.OPEN),
        now_s=290.0,
    )
    assert view.breaker.item.words_drawn() == ["Closed", "Open"]


def test_it_puts_each_attempt_of_a_check_into_its_own_row(view, store, axis) -> None:
    events = [attempt(10.0 + n, 0, attempt=n, fault=REFUSED if n < 3 else None) for n in (1, 2, 3)]
    feed(view, store, axis, *events, ended(13.1, 0, due_s=10.0, attempts=3))
    item = view.retry.item
    assert [item.row_of(bar.center().y()) for bar in item.bars(ok=False)] == [1, 2]
    assert [item.row_of(bar.center().y()) for bar in item.bars(ok=True)] == [3]


def test_it_has_as_many_rows_as_the_profile_allows_attempts(view, store, axis) -> None:
    feed(view, store, axis, *check(1.0, 0))
    assert [text for _, text in view.retry.item.headings()] == ["1st try", "2nd", "3rd", "4th"]


def test_it_links_an_attempt_to_the_next_over_its_wait(view, store, axis) -> None:
    wait = BackoffStarted(at_s=10.1, target="t0", check=0, attempt=2, until_s=14.0, reason="backoff")
    feed(view, store, axis, attempt(10.0, 0, fault=REFUSED), wait, attempt(14.0, 0, attempt=2))
    item = view.retry.item
    ((begin, end),) = item.links()
    assert begin.x() == pytest.approx(item.x_of(10.1))
    assert end.x() == pytest.approx(item.x_of(14.0))
    assert (item.row_of(begin.y()), item.row_of(end.y())) == (1, 2)


def test_it_marks_what_the_breaker_refused(view, store, axis) -> None:
    axis.set_span(Span.MINUTE)
    feed(view, store, axis, refused(50.0, 0), refused(60.0, 1), refused(70.0, 2))
    x = [mark.x() for mark in view.retry.item.refused()]
    assert x == pytest.approx([view.retry.item.x_of(at_s) for at_s in (50.0, 60.0, 70.0)])


def test_an_attempt_that_was_stopped_is_not_drawn_as_failed(view, store, axis) -> None:
    axis.set_span(Span.MINUTE)
    feed(view, store, axis, *check(50.0, 0, fault=REFUSED), attempt(60.0, 1, fault=REFUSED, is_disturbed=True))
    assert len(view.retry.item.bars(ok=False)) == 1
    (stopped,) = view.retry.item.void()
    assert stopped.left() == pytest.approx(view.retry.item.x_of(60.0), abs=1.0)


def test_what_a_disturbed_attempt_met_is_not_taken_to_go_on(view, store, axis) -> None:
    met = attempt(10.0, 0, fault=NO_NAME, is_disturbed=True)
    feed(view, store, axis, *check(5.0, 9, fault=REFUSED), met, ended(10.1, 0, Result.VOID), refused(50.0, 1))
    assert [state for _, _, state in view.layer.item.segments()][-1] is State.HELD_CONNECT


def test_it_has_no_scale_before_the_first_success(view, store, axis) -> None:
    feed(view, store, axis, *check(10.0, 0, fault=REFUSED))
    assert view.latency.item.headings() == []
    view.set_log(True)
    assert view.latency.item.headings() == []
    view.repaint()
    store.fold(check(11.0, 1))
    view.draw_frame()
    assert view.latency.item.headings()


def test_it_shows_where_the_connection_failed(view, store, axis) -> None:
    feed(view, store, axis, *check(10.0, 0), *check(11.0, 1, fault=NO_NAME), *check(12.0, 2, fault=REFUSED))
    assert [state for _, _, state in view.layer.item.segments()] == [State.UP, State.NAME, State.CONNECT]


def test_it_shows_a_lane_for_the_network_once_it_changed(view, store, axis) -> None:
    feed(view, store, axis, *check(10.0, 0))
    assert not view.network.box.isVisible()
    changed = NetworkChange("gateway", "IPv4", "192.0.2.1 (eth0)", "192.0.2.9 (wlan0)")

    feed(view, store, axis, *check(60.0, 0), NetworkChanged(at_s=32.0, from_s=30.0, changes=(changed,)))

    assert view.network.box.isVisible()
    assert view.network.item.hint(31.0) == "network: gateway IPv4: 192.0.2.1 (eth0) → 192.0.2.9 (wlan0)"
    assert view.network.item.hint(50.0) == ""


def test_it_shows_when_the_tester_was_away(view, store, axis) -> None:
    feed(view, store, axis, Disturbed(at_s=40.0, health=Health.ASLEEP, from_s=20.0))
    assert view.tester.item.hint(30.0) == "this computer: asleep"
    assert view.tester.item.hint(50.0) == ""


def test_it_follows_now_and_returns_to_it_after_a_double_click(view, store, axis, qtbot: QtBot) -> None:
    feed(view, store, axis, *hour_of_checks(400), now_s=400.0)
    axis.pan(-80.0)
    assert view.latency.box.viewRange()[0] == [20.0, 320.0]
    centre = view.stack.mapFromScene(view.latency.box.mapToScene(view.latency.box.rect().center()))
    qtbot.mouseClick(view.stack.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    qtbot.mouseDClick(view.stack.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    qtbot.mouseRelease(view.stack.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    view.draw_frame()
    assert axis.is_live
    assert view.latency.box.viewRange()[0] == [100.0, 400.0]


def test_it_moves_in_time_when_dragged(view, store, axis, qtbot: QtBot) -> None:
    feed(view, store, axis, *hour_of_checks(400), now_s=400.0)
    box = view.latency.box
    start = view.stack.mapFromScene(box.mapToScene(box.rect().center()))
    port = view.stack.viewport()

    def mouse(kind: QEvent.Type, at: QPoint, buttons: Qt.MouseButton) -> None:
        button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
        place = QPointF(port.mapToGlobal(at))
        QApplication.sendEvent(
            port, QMouseEvent(kind, QPointF(at), place, button, buttons, Qt.KeyboardModifier.NoModifier)
        )

    mouse(QEvent.Type.MouseButtonPress, start, Qt.MouseButton.LeftButton)
    for step in range(1, 7):
        mouse(QEvent.Type.MouseMove, start + QPoint(10 * step, 0), Qt.MouseButton.LeftButton)
        qtbot.wait(15)  # pyqtgraph takes at most 100 moves a second
    mouse(QEvent.Type.MouseButtonRelease, start + QPoint(60, 0), Qt.MouseButton.NoButton)
    moved_s = 100.0 - axis.from_s
    assert moved_s == pytest.approx(60 * 300.0 / box.rect().width(), rel=0.4)


def test_it_zooms_at_the_pointer_with_the_wheel(view, store, axis) -> None:
    feed(view, store, axis, *hour_of_checks(400), now_s=400.0)
    box, port = view.latency.box, view.stack.viewport()
    at = view.stack.mapFromScene(box.mapToScene(box.rect().width() / 4, box.rect().height() / 2))
    before_s = box.seconds_at(box.mapFromScene(view.stack.mapToScene(at)).x())
    nothing, phase = QPoint(0, 0), Qt.ScrollPhase.NoScrollPhase
    place, none = QPointF(port.mapToGlobal(at)), Qt.MouseButton.NoButton
    turned = QWheelEvent(
        QPointF(at), place, nothing, QPoint(0, 120), none, Qt.KeyboardModifier.NoModifier, phase, False
    )
    QApplication.sendEvent(port, turned)
    assert axis.length_s == pytest.approx(240.0)
    assert box.seconds_at(box.mapFromScene(view.stack.mapToScene(at)).x()) == pytest.approx(before_s)


def test_it_moves_and_zooms_from_the_keyboard(view, store, axis, qtbot: QtBot) -> None:
    feed(view, store, axis, *hour_of_checks(900), now_s=900.0)
    qtbot.keyClick(view.stack, Qt.Key.Key_Left)
    assert (axis.from_s, axis.is_live) == (570.0, False)
    qtbot.keyClick(view.stack, Qt.Key.Key_Plus)
    assert axis.length_s == pytest.approx(240.0)
    qtbot.keyClick(view.stack, Qt.Key.Key_End)
    assert axis.is_live


def test_it_takes_a_new_scale_at_once_when_moved_to_another_time(view, store, axis) -> None:
    events = [e for n in range(900) for e in check(float(n), n, took_ms=500.0 if n > 500 else 10.0)]
    feed(view, store, axis, *events, now_s=900.0)
    axis.show(0.0, 300.0)
    assert view.latency.box.viewRange()[1][1] < 20.0


def test_it_moves_the_region_of_the_navigator_with_the_window(view, store, axis) -> None:
    feed(view, store, axis, *hour_of_checks(900), now_s=900.0)
    axis.pan(-200.0)
    assert view.region.getRegion() == (400.0, 700.0)


def test_it_moves_the_window_with_the_region_of_the_navigator(view, store, axis) -> None:
    feed(view, store, axis, *hour_of_checks(900), now_s=900.0)
    view.region.setRegion((100.0, 250.0))
    assert (axis.from_s, axis.to_s) == (100.0, 250.0)
    assert view.latency.box.viewRange()[0] == [100.0, 250.0]


def test_it_becomes_live_when_the_region_is_dragged_to_the_end(view, store, axis) -> None:
    feed(view, store, axis, *hour_of_checks(900), now_s=900.0)
    view.region.setRegion((100.0, 250.0))
    view.region.setRegion((800.0, 900.0))
    assert axis.is_live


def test_it_says_in_words_what_happened_under_the_pointer(view, store, axis) -> None:
    tried = attempt(10.0, 0, attempt=3, took_ms=40.0, fault=REFUSED)
    feed(view, store, axis, tried, opened(5.0, BreakerState.CLOSED, BreakerState.OPEN))
    axis.set_cursor(10.01)
    first, *_, last = view.read_out().splitlines()
    assert first.endswith("refused after 40 ms · attempt 3 of 4")
    assert last == "breaker open"


def test_it_says_that_nothing_was_sent_while_the_breaker_was_open(view, store, axis) -> None:
    feed(view, store, axis, refused(50.0, 0))
    axis.set_cursor(50.2)
    assert view.read_out().endswith("not sent: breaker open")


def test_it_says_nothing_when_the_pointer_is_elsewhere(view, store, axis) -> None:
    feed(view, store, axis, *check(10.0, 0))
    axis.set_cursor(10.0)
    axis.set_cursor(None)
    assert view.read_out() == ""


def test_it_sums_up_the_graphs_for_those_who_cannot_see_them(view, store, axis) -> None:
    events = [e for n in range(50) for e in check(float(n), n, fault=REFUSED if n < 5 else None)]
    feed(view, store, axis, *events, opened(60.0, BreakerState.CLOSED, BreakerState.OPEN))
    summary = view.summary()
    assert "Checks: 50." in summary
    assert "10% failed, most at: connection" in summary
    assert "Breaker open" in summary
    assert view.stack.accessibleName()
    assert "Checks: 50." in view.stack.accessibleDescription()


def test_it_has_a_table_twin_of_what_is_visible(view, store, axis) -> None:
    feed(view, store, axis, *check(10.0, 0), *check(11.0, 1, fault=REFUSED), refused(12.0, 2), now_s=100.0)
    rows = view.rows()
    assert [row[2] for row in rows] == ["succeeded", "refused", "not sent"]
    assert all(len(row) == len(view.columns()) for row in rows)


def test_it_recolours_while_running(view, store, axis, theme: Theme) -> None:
    feed(view, store, axis, *hour_of_checks())
    theme.choose(ThemeChoice.DARK)
    QApplication.processEvents()
    image = view.stack.grab().toImage()
    item = view.breaker.item
    middle = view.stack.mapFromScene(item.mapToScene(item.x_of(20.0), item.height / 2))
    scale = image.devicePixelRatio()
    seen = image.pixelColor(round(middle.x() * scale), round(middle.y() * scale))
    assert seen == QColor(theme.color("breaker_closed"))
    assert theme.name == "dark"


def test_it_speaks_another_language_while_running(store, axis, theme: Theme, show) -> None:
    words = Words("en")
    view = TargetView(store, axis, theme, words)
    show(view)
    feed(view, store, axis, *hour_of_checks())
    words.use("fr")
    assert view.breaker.item.words_drawn() == ["Fermé"]


def test_it_leaves_the_themes_colours_as_they_are(view, store, axis, theme: Theme) -> None:
    feed(view, store, axis, *hour_of_checks())
    QApplication.processEvents()
    assert all(theme.color(token).alpha() == 255 for token in ("plot_region_edge", "plot_background", "failure_band"))


def test_it_works_nothing_out_when_nothing_changed(view, store, axis) -> None:
    feed(view, store, axis, *hour_of_checks())
    before = view.frames_drawn
    for _ in range(10):
        view.draw_frame()
    assert view.frames_drawn == before


def test_it_draws_nothing_while_hidden(view, store, axis) -> None:
    feed(view, store, axis, *hour_of_checks())
    view.hide()
    before = view.frames_drawn
    store.fold(check(100.0, 100))
    view.draw_frame()
    assert view.frames_drawn == before


def test_it_adds_no_items_however_long_it_runs(view, store, axis) -> None:
    feed(view, store, axis, *hour_of_checks())
    items = len(view.stack.scene().items())
    for number in range(100, 400):
        store.fold(check(float(number), number, fault=REFUSED if number % 9 == 0 else None))
        axis.set_now(float(number))
        view.draw_frame()
    assert view.frames_drawn >= 300
    assert len(view.stack.scene().items()) == items


def keep_attempts(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Of each target."""
    monkeypatch.setattr(series, "FEWEST_ATTEMPTS", count)
    monkeypatch.setattr(series, "RAW_ATTEMPTS", count)


def test_it_draws_roll_ups_where_single_attempts_were_dropped(view, store, axis, monkeypatch) -> None:
    keep_attempts(monkeypatch, 100)
    axis.set_span(Span.SESSION)
    feed(view, store, axis, *hour_of_checks(2000), now_s=2000.0)
    drawn = view.latency.item._drawn
    assert drawn is not None
    first_single = float(view.latency.item.getData()[0][0])
    assert drawn.old_area is not None
    boxes = drawn.old_area.boxes()
    assert boxes[0].left() < view.latency.item.x_of(20.0)
    assert boxes[-1].right() <= view.latency.item.x_of(first_single) + 1.0


def test_it_offers_a_logarithmic_scale(view, store, axis) -> None:
    events = [e for n in range(100) for e in check(float(n), n, took_ms=10.0 if n % 2 else 800.0)]
    feed(view, store, axis, *events)
    view.set_log(True)
    labels = [text for _, text in view.latency.item.headings()]
    assert labels[0] == "10"
    assert labels[-1].endswith("ms")
    assert "0" not in labels


def test_it_draws_markers_of_this_target_and_of_all_only(view, store, axis) -> None:
    feed(
        view,
        store,
        axis,
        MarkerDropped(at_s=10.0, text="all"),
        MarkerDropped(at_s=20.0, text="mine", target="t0"),
        MarkerDropped(at_s=30.0, text="other", target="t1"),
    )
    assert [marker.text for marker in view.latency.item.shown.markers] == ["all", "mine"]


def test_it_draws_what_the_lab_made_above_its_effects(view, store, axis) -> None:
    feed(
        view,
        store,
        axis,
        LabFaultChanged(at_s=0.0, target="t0", fault=""),
        LabFaultChanged(at_s=20.0, target="t0", fault="status", options={"status": 503}),
        LabFaultChanged(at_s=20.0, target="t1", fault="refused"),
        LabFaultChanged(at_s=60.0, target="t0", fault=""),
        LabFaultChanged(at_s=70.0, target="t0", fault="of another version"),
    )
    assert view.lab.item.segments() == [
        (0.0, 20.0, ""),
        (20.0, 60.0, "error status (status 503)"),
        (60.0, 70.0, ""),
        (70.0, 100.0, "of another version"),
    ]
    assert view.lab.item.hint(30.0) == "lab: error status (status 503)"
    assert view.lab.item.hint(65.0) == ""
    assert view.lab.box.isVisible()
    assert view.lab.box.sceneBoundingRect().bottom() < view.breaker.box.sceneBoundingRect().top()


def test_it_has_no_lane_of_faults_made_where_no_lab_is_watched(view, store, axis) -> None:
    feed(view, store, axis, *check(10.0, 0))
    QApplication.processEvents()
    assert not view.lab.box.isVisible()
    gap = view.breaker.box.sceneBoundingRect().top() - view.latency.box.sceneBoundingRect().bottom()
    assert gap == pytest.approx(GAP_PX, abs=1.0)


def test_it_shows_another_target_at_its_own_scale(view, store, axis) -> None:
    store.fold(begun(plan_of(2)))
    for number in range(50):
        store.fold(check(float(number), number, took_ms=900.0))
        store.fold(check(float(number), number, took_ms=9.0, target="t1"))
    axis.set_now(60.0)
    view.show_target("t0", KEY)
    view.show_target("t1", KEY)
    assert view.latency.box.viewRange()[1][1] < 20.0


def test_it_says_so_when_nothing_was_measured(view, store, axis) -> None:
    feed(view, store, axis)
    assert view.summary().endswith("nothing was measured.")


def test_it_tells_of_a_time_that_only_roll_ups_are_kept_of(view, store, axis, monkeypatch) -> None:
    keep_attempts(monkeypatch, 100)
    axis.set_span(Span.SESSION)
    events = [e for n in range(1000) for e in check(float(n), n, fault=REFUSED if 20 <= n < 25 else None)]
    feed(view, store, axis, *events, now_s=1000.0)
    axis.show(0.0, 60.0)
    axis.set_cursor(22.0)
    assert "Checks: 60." in view.summary()
    assert "most at: connection" in view.summary()
    first, second, *_ = view.read_out().splitlines()
    assert first.endswith("10 s · failed checks: 5 of 10")
    assert second.startswith("mean 20 ms")
    assert view.rows()[2][2] == "failed checks: 5 of 10"


def test_it_gives_failures_their_share_of_a_crowded_pixel(view, store, axis) -> None:
    events = [e for n in range(4000) for e in check(n / 40.0, n, took_ms=1.0, fault=REFUSED if n % 40 == 0 else None)]
    feed(view, store, axis, *events)
    heights = {round(bar.height(), 1) for bar in view.retry.item.bars(ok=False)}
    assert heights == {4.0}
    assert {bar.height() for bar in view.retry.item.bars(ok=True)} == {12.0}


def adapted(at_s: float, after_s: float, before_s: float = 5.0) -> TimeoutAdapted:
    values = {"samples": 40.0, "quantile": 0.99, "quantile_s": 0.06, "factor": 1.5, "limit_s": after_s}
    return TimeoutAdapted(
        at_s=at_s, key=KEY, phase=Phase.WAIT, before_s=before_s, after_s=after_s, why="measured", values=values
    )


def turned_away(at_s: float, number: int, asked_s: float) -> list[object]:
    fault = Fault("http.error.503", Phase.WAIT, {"http": {"status": 503, "retry_after_s": asked_s}})
    outcome = Outcome(phases=PhaseTimes(wait=20.0), fault=fault, address="192.0.2.1:9000", retry_after_s=asked_s)
    tried = AttemptEnded(at_s=at_s + 0.02, target="t0", check=number, attempt=1, started_s=at_s, outcome=outcome)
    return [tried, ended(at_s + 0.02, number, Result.FAILED, due_s=at_s, kind=fault.kind)]


def missed(due_s: float, number: int, reason: str) -> CheckMissed:
    return CheckMissed(at_s=due_s, target="t0", check=number, due_s=due_s, reason=reason)


def test_it_draws_the_limit_as_steps_where_the_scale_reaches_it(view, store, axis) -> None:
    feed(view, store, axis, *hour_of_checks(), adapted(20.0, 0.02), adapted(60.0, 0.01, 0.02))
    steps = view.latency.item.limits
    assert [step.limit_s for step in steps] == [5.0, 0.02, 0.01]
    assert steps[0].y_px is None
    assert steps[1].y_px < steps[2].y_px
    assert steps[1].right_px == pytest.approx(view.latency.item.x_of(60.0))


def test_it_points_at_a_limit_above_the_scale_with_an_arrow(view, store, axis) -> None:
    feed(view, store, axis, *hour_of_checks(), adapted(20.0, 1.3))
    (_, last) = view.latency.item.limits
    assert (last.y_px, last.limit_s) == (None, 1.3)
    top = view.latency.box.viewRange()[1][1]
    assert top < 100.0
    assert coloured(view, view.latency, QRectF(last.right_px - 80.0, 0.0, 80.0, 16.0), "text_down") > 20


def coloured(view, lane, area: QRectF, token: str) -> int:
    """Pixels of nearly this colour in a part of a lane."""
    image = view.grab().toImage()
    corner = lane.box.mapToScene(area.topLeft()) + QPointF(view.stack.pos())
    wanted = view._theme.color(token)
    return sum(
        abs(image.pixelColor(x, y).red() - wanted.red()) + abs(image.pixelColor(x, y).blue() - wanted.blue()) < 60
        for x in range(int(corner.x()), int(corner.x() + area.width()))
        for y in range(int(corner.y()), int(corner.y() + area.height()))
    )


def test_it_draws_no_limit_where_none_adapts(view, store, axis) -> None:
    feed(view, store, axis, *hour_of_checks())
    assert view.latency.item.limits == []
    assert view.limit_why() == ""


def test_it_tells_why_the_limit_is_what_it_is(view, store, axis) -> None:
    feed(view, store, axis, *hour_of_checks(), adapted(20.0, 0.09))
    assert view.limit_why() == "99 % of the last 40 tries took up to 60 ms; times 1.5 that is 90 ms."
    assert "Limit of answer: 90 ms." in view.summary()


def test_it_goes_on_with_a_failure_while_it_waits_as_asked(view, store, axis) -> None:
    events = [*turned_away(10.0, 0, 30.0), *(missed(float(n), n, "retry_after") for n in range(11, 40))]
    feed(view, store, axis, *events, now_s=40.0)
    assert [state for _, _, state in view.layer.item.segments()] == [State.ANSWER, State.HELD_ANSWER]
    axis.set_cursor(25.0)
    assert "not sent: waits as asked until" in view.read_out()


def test_it_draws_slots_without_a_request_paler_and_hatched(view, store, axis) -> None:
    events = [*turned_away(10.0, 0, 60.0), *(missed(float(n), n, "retry_after") for n in range(11, 70))]
    feed(view, store, axis, *events)
    area = QRectF(view.layer.item.x_of(30.0) - 60.0, 3.0, 50.0, 12.0)
    image = view.grab().toImage()
    corner = (view.layer.box.mapToScene(area.topLeft()) + QPointF(view.stack.pos())).toPoint()
    seen = {image.pixelColor(corner + QPoint(x, y)).name() for x in range(50) for y in range(12)}
    assert view._theme.state(State.HELD_ANSWER).name() in seen
    assert view._theme.color("layer_answer").name() not in seen
    assert len(seen) > 1


def test_it_draws_until_when_the_peer_wants_to_be_left_alone(view, store, axis) -> None:
    feed(view, store, axis, *turned_away(10.0, 0, 30.0))
    ((left, right),) = view.retry.item.asked()
    assert (left, right) == pytest.approx((view.retry.item.x_of(10.02), view.retry.item.x_of(40.02)))


def test_it_marks_slots_that_the_tester_missed(view, store, axis) -> None:
    feed(view, store, axis, *check(1.0, 0), missed(20.0, 1, "outstanding"), missed(30.0, 2, "retry_after"))
    assert view.tester.item.missed() == [pytest.approx(view.tester.item.x_of(20.0))]
    axis.set_cursor(20.0)
    assert "no check: earlier checks were still under way" in view.read_out()


def test_it_keeps_marks_of_missed_slots_apart(view, store, axis) -> None:
    feed(view, store, axis, *(missed(n / 10, n, "busy") for n in range(1000)))
    places = view.tester.item.missed()
    assert min(b - a for a, b in pairwise(places)) >= 8.0 - 1e-6


def test_it_tells_what_a_failed_attempt_saw_in_words_first(view, store, axis) -> None:
    feed(view, store, axis, *turned_away(10.0, 0, 30.0))
    axis.set_cursor(10.0)
    lines = view.read_out().splitlines()
    assert lines[1].startswith("Service unavailable (503).")
    assert lines[-2].endswith("http.error.503")
    assert "asks to wait 30 s" in view.read_out()


def test_it_goes_to_the_beginning_and_back_to_live_from_the_keyboard(view, store, axis, qtbot: QtBot) -> None:
    feed(view, store, axis, *hour_of_checks(900), now_s=900.0)
    qtbot.keyClick(view.stack, Qt.Key.Key_Home)
    assert (axis.from_s, axis.is_live) == (0.0, False)
    qtbot.keyClick(view.stack, Qt.Key.Key_L)
    assert axis.is_live
    qtbot.keyClick(view.stack, Qt.Key.Key_Minus)
    assert axis.length_s == pytest.approx(375.0)


def test_it_moves_nothing_by_itself() -> None:
    """Reduced motion needs no switch: no graph is animated."""
    sources = Path(plots.__file__).parent.glob("*.py")
    animated = [path.name for path in sources if re.search(r"Animation|QTimeLine|setAnimated", path.read_text("utf-8"))]
    assert not animated


def test_it_fills_an_hour_without_polygons_of_thousands_of_points(view, store, axis) -> None:
    """Qt takes 40 ms for each of them (see clearline.ui.plots.area)."""
    feed(view, store, axis, *hour_of_checks(3000), now_s=3000.0)
    axis.set_span(Span.SESSION)
    view.draw_frame()
    assert all(len(area.boxes()) <= view.latency.item.width for _, area in view.latency.item.areas)


def test_no_check_seems_to_last_into_a_pause(
    view: TargetView, store: SeriesStore, axis: TimeAxis, theme: Theme
) -> None:
    feed(view, store, axis, *hour_of_checks(97))
    pause = PlanApplied(at_s=97.2, plan=adaptive(plan_of(attempts=4, paused=(0,))))
    store.fold([pause])
    axis.show(90.0, 100.0)
    view.draw_frame()
    QApplication.processEvents()

    lane = view.layer.item
    image = view.stack.grab().toImage()
    scale = image.devicePixelRatio()

    def colour_at(at_s: float) -> str:
        place = view.stack.mapFromScene(lane.mapToScene(QPointF(lane.x_of(at_s), lane.height / 2)))
        return image.pixelColor(int(place.x() * scale), int(place.y() * scale)).name()

    assert (colour_at(96.5), colour_at(98.0)) == (theme.hex("heat_up"), theme.hex("heat_paused"))
