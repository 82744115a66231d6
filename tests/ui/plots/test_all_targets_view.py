"""All targets at once."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from clearline.domain.event import MarkerDropped
from clearline.ui.plots import all_targets_view
from clearline.ui.plots.all_targets_view import AllTargetsView
from clearline.ui.plots.outage_table import FROM, LAYER, LENGTH, REPORT, TARGET, WHAT
from clearline.ui.plots.plot_theme import PlotTheme
from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.series_state import State
from clearline.ui.viewmodels.theme import Theme, ThemeChoice
from clearline.ui.viewmodels.time_axis import Span, TimeAxis
from support.measured_events import NO_NAME, REFUSED, begun, check, plan_of, refused


@pytest.fixture
def view(store: SeriesStore, axis: TimeAxis, theme: Theme, show) -> AllTargetsView:
    view = AllTargetsView(store, axis, theme)
    show(view)
    return view


def feed(view: AllTargetsView, store: SeriesStore, axis: TimeAxis, count: int = 3) -> None:
    """300 checks each; t1 is refused from 100 to 150 s, t2 has no name from 200 s on."""
    store.fold(begun(plan_of(count)))
    for number in range(300):
        for place in range(count):
            fault = REFUSED if place == 1 and 100 <= number < 150 else NO_NAME if place == 2 and number >= 200 else None
            store.fold(check(float(number), number, fault=fault, target=f"t{place}"))
    axis.set_now(300.0)
    draw(view)


def draw(view: AllTargetsView) -> None:
    view._forget()
    view.draw_frame()
    QApplication.processEvents()


def place_of(view: AllTargetsView, row: int, at_s: float) -> QPoint:
    heat = view.heat
    x = (at_s - heat._axis.from_s) / heat._axis.length_s * heat.box.rect().width()
    return heat.view.mapFromScene(heat.box.mapToScene(x, heat.rows.rect_of(row, 1.0).center().y()))


def test_it_has_a_row_per_target_with_the_failing_layer(view, store, axis) -> None:
    feed(view, store, axis)
    assert view.heat.grid.cells.shape[0] == 3
    assert view.heat.state_at(1, 120.0) is State.CONNECT
    assert view.heat.state_at(2, 250.0) is State.NAME
    assert view.heat.state_at(0, 120.0) is State.UP


def test_a_column_of_which_a_little_failed_is_filled_in_part(view, store, axis) -> None:
    store.fold(begun(plan_of(1)))
    for number in range(3600):
        store.fold(check(float(number), number, fault=REFUSED if number % 20 == 5 else None))
    axis.set_now(3600.0)
    axis.set_span(Span.HOUR)
    draw(view)
    assert view.heat.column_s() == 20.0
    assert view.heat.has_parts
    assert "height: share that failed" in view.legend.note
    column = view.heat.image.image[:, 10]
    assert column.tolist() == sorted(column.tolist())
    assert 0.2 < (column == State.CONNECT).mean() < 0.6
    view.heat.hovered_row = 0
    axis.set_cursor(1810.0)
    assert view.heat.crosshair.lines[0].endswith("5% failed")


def test_its_table_catches_up_with_what_came_last(view, store, axis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(all_targets_view, "TABLE_EVERY_MS", 20)
    monkeypatch.setattr(all_targets_view, "DRAW_EVERY_MS", 0)
    feed(view, store, axis)
    before = view.outages.seen
    store.fold([event for number in (400, 401) for event in check(299.0 + number / 1e3, number, fault=REFUSED)])
    view.draw_frame()  # The heat map; too early for the table.
    assert view.outages.seen == before
    QTest.qWait(40)
    view.draw_frame()
    assert view.outages.seen == before + 1


def test_it_writes_letters_only_where_they_fit(view, store, axis) -> None:
    feed(view, store, axis)
    assert {(row, letter) for row, letter, _ in view.heat.overlay.letters()} == {(1, "C"), (2, "N")}


def test_it_picks_the_target_and_the_moment_that_were_clicked(view, store, axis, qtbot: QtBot) -> None:
    feed(view, store, axis)
    picked: list[tuple[str, float]] = []
    view.picked.connect(lambda target, at_s: picked.append((target, at_s)))
    qtbot.mouseClick(view.heat.view.viewport(), Qt.MouseButton.LeftButton, pos=place_of(view, 1, 120.0))
    ((target, at_s),) = picked
    assert target == "t1"
    assert at_s == pytest.approx(120.0, abs=1.5)


def test_it_lists_running_outages_first_then_the_newest(view, store, axis) -> None:
    feed(view, store, axis)
    cells = [[view.outages.index(row, column).data() for column in range(REPORT)] for row in range(2)]
    assert [cell[TARGET] for cell in cells] == ["Target 2", "Target 1"]
    assert cells[0][LENGTH].endswith("still down")
    assert cells[1][LENGTH] == "50 s"
    assert all(cell[FROM] for cell in cells)


def test_it_lists_only_outages_of_the_visible_window(view, store, axis) -> None:
    feed(view, store, axis)
    axis.show(0.0, 90.0)
    draw(view)
    assert view.outages.rows == []


def test_it_picks_the_beginning_of_an_outage_from_the_table(view, store, axis) -> None:
    feed(view, store, axis)
    picked: list[tuple[str, float]] = []
    view.picked.connect(lambda target, at_s: picked.append((target, at_s)))
    view.table.clicked.emit(view.outages.index(1, 0))
    assert picked == [("t1", 100.0)]


def test_it_never_scrolls_sideways(view, store, axis) -> None:
    feed(view, store, axis)
    view.resize(420, 600)
    QApplication.processEvents()
    assert view.table.horizontalHeader().length() <= view.table.viewport().width()


def test_it_shares_the_height_between_up_to_twenty_rows(view, store, axis) -> None:
    feed(view, store, axis, count=12)
    assert view.heat.bar.maximum() == 0
    assert view.heat.bar.isHidden()


def test_it_gives_more_rows_a_fixed_height_and_scrolls(view, store, axis) -> None:
    feed(view, store, axis, count=60)
    height = view.heat.rows.row_px
    view.resize(700, 900)
    draw(view)
    assert view.heat.rows.row_px == height
    assert view.heat.bar.maximum() > 0


def test_it_shows_the_states_of_rows_that_were_scrolled_to(view, store, axis) -> None:
    feed(view, store, axis, count=60)
    assert view.heat.state_at(59, 100.0) is State.NOTHING
    view.heat.bar.setValue(view.heat.bar.maximum())
    assert view.heat.state_at(59, 100.0) is State.UP


def test_it_works_from_the_keyboard(view, store, axis, qtbot: QtBot) -> None:
    feed(view, store, axis)
    picked: list[str] = []
    view.picked.connect(lambda target, _at_s: picked.append(target))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(view.heat, key)
    assert picked == ["t1"]


def test_it_shows_only_the_targets_that_are_named(view, store, axis) -> None:
    feed(view, store, axis)
    view.show_targets(["t2", "t0"])
    assert view.heat.target_ids == ["t2", "t0"]
    assert view.heat.names.names == ["Target 2", "Target 0"]


def test_it_sums_up_what_it_shows(view, store, axis) -> None:
    feed(view, store, axis)
    assert "3 targets" in view.summary()
    assert "2 in this time, 1 now" in view.summary()
    assert "Down now: Target 2." in view.summary()
    assert view.heat.accessibleName()


def test_it_has_a_table_twin(view, store, axis) -> None:
    feed(view, store, axis)
    rows = {row[0]: row for row in view.rows()}
    assert rows["Target 1"][3] == "connection"
    assert rows["Target 0"][2] == "0%"
    assert all(len(row) == len(view.columns()) for row in rows.values())


def test_it_recolours_while_running(view, store, axis, theme: Theme) -> None:
    feed(view, store, axis)
    theme.choose(ThemeChoice.DARK)
    QApplication.processEvents()
    image = view.heat.view.grab().toImage()
    at = place_of(view, 0, 120.0)
    assert image.pixelColor(at) == theme.color("heat_up")


def test_it_works_nothing_out_when_nothing_changed(view, store, axis) -> None:
    feed(view, store, axis)
    draw(view)
    before = view.frames_drawn
    for _ in range(10):
        view.draw_frame()
    assert view.frames_drawn == before


def test_it_adds_no_items_however_long_it_runs(view, store, axis) -> None:
    feed(view, store, axis)
    items = len(view.heat.view.scene().items())
    for number in range(300, 1300):
        store.fold(check(float(number), number))
        axis.set_now(float(number))
        view._drawn = ()
        view.draw_frame()
    assert len(view.heat.view.scene().items()) == items


def test_it_keeps_the_selected_outage_when_others_come(view, store, axis) -> None:
    feed(view, store, axis)
    view.table.selectRow(1)
    for number in range(300, 303):
        store.fold(check(float(number), number, fault=REFUSED, target="t0"))
    axis.set_now(303.0)
    draw(view)
    row = view.outages.rows[view.table.currentIndex().row()]
    assert (row.target, row.from_s) == ("t1", 100.0)


def hold(view: AllTargetsView, store: SeriesStore, axis: TimeAxis) -> None:
    """A check fails after 10 s; the breaker refuses the next 29."""
    store.fold([*begun(plan_of()), *check(10.0, 0, fault=REFUSED), *(refused(float(n), n) for n in range(11, 40))])
    axis.set_now(40.0)
    draw(view)


def test_it_goes_on_with_a_failure_where_nothing_was_sent(view, store, axis) -> None:
    hold(view, store, axis)
    assert view.heat.state_at(0, 10.0) is State.CONNECT
    assert view.heat.state_at(0, 30.0) is State.HELD_CONNECT
    assert [letter for _, letter, _ in view.heat.overlay.letters()][-1] == "C"


def test_it_counts_what_was_not_sent_into_the_outage(view, store, axis) -> None:
    hold(view, store, axis)
    hint = view.outages.index(0, WHAT).data(Qt.ItemDataRole.ToolTipRole)
    assert hint.endswith("30 checks without success, 29 of them not sent")


def test_it_makes_the_words_of_an_outage_when_somebody_asks(view, store, axis, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(view, store, axis)
    for row in range(300, 340):
        store.fold(check(float(row), row, fault=REFUSED if row % 8 < 3 else None, target="t0"))
    axis.set_now(340.0)
    asked: list[int] = []
    hints: list[float] = []
    monkeypatch.setattr(type(view.outages), "cell", lambda _, outage, column: asked.append(column) or "a word")
    monkeypatch.setattr(type(view.outages), "_hint", lambda _, outage: hints.append(outage.from_s) or "all about it")
    view.outages.show(["t0", "t1", "t2"], 0.0, 340.0, 340.0)
    assert len(view.outages.rows) == 7
    assert (WHAT in asked, hints) == (False, [])
    assert view.outages.index(6, WHAT).data() == "a word"
    assert view.outages.index(6, WHAT).data(Qt.ItemDataRole.ToolTipRole) == "all about it"
    assert hints == [100.0]


def test_it_says_how_long_an_outage_lasts_now(view, store, axis) -> None:
    feed(view, store, axis)
    told: list[bool] = []
    view.outages.dataChanged.connect(lambda *_: told.append(True))
    view.outages.show(["t1", "t2"], 0.0, 360.0, 360.0)
    assert view.outages.index(0, LENGTH).data() == "2 min 40 s, still down"
    view.outages.show(["t1"], 0.0, 360.0, 360.0)
    assert told == [True]
    view.outages.show(["t1"], 0.0, 361.0, 361.0)
    assert told == [True]
    view.outages.retranslate()
    assert told == [True, True]


def test_it_tells_the_meaning_of_the_paler_colour_only_where_it_shows(view, store, axis) -> None:
    feed(view, store, axis)
    assert "paler" not in view.legend.note
    store.clear()
    hold(view, store, axis)
    assert "paler: not sent" in view.legend.note


def test_it_says_why_nothing_was_sent(view, store, axis) -> None:
    hold(view, store, axis)
    view.heat.hovered_row = 0
    axis.set_cursor(30.0)
    assert view.heat.crosshair.lines[0].endswith("fails at: connection · not sent: breaker open")


def test_it_keeps_letters_on_paler_states_legible(theme: Theme) -> None:
    for choice in (ThemeChoice.LIGHT, ThemeChoice.DARK):
        theme.choose(choice)
        plot_theme = PlotTheme(theme)
        for state in (one for one in State if one.is_held):
            assert contrast(plot_theme.state(state), plot_theme.text_on_state(state)) >= 4.5


def contrast(one: QColor, other: QColor) -> float:
    """By WCAG 2.2."""

    def luminance(color: QColor) -> float:
        parts = [color.redF(), color.greenF(), color.blueF()]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_it_draws_markers_through_all_rows(view, store, axis, theme: Theme) -> None:
    feed(view, store, axis)
    store.fold([MarkerDropped(at_s=150.0, text="cable out"), MarkerDropped(at_s=-900.0, text="long ago")])
    draw(view)

    assert [marker.text for marker in view.heat.overlay.markers] == ["cable out"]
    place = place_of(view, 2, 150.0)
    image = view.heat.view.viewport().grab().toImage()
    colors = {image.pixelColor(place.x() + dx, place.y()).name() for dx in (-1, 0, 1)}
    assert theme.hex("marker") in colors


@pytest.mark.parametrize(("width", "has_layer"), [(520, False), (1200, True)])
def test_what_an_outage_was_has_room_before_its_layer_has(view, store, axis, width: int, has_layer: bool) -> None:
    feed(view, store, axis)
    view.resize(width, 600)
    QApplication.processEvents()

    assert view.table.isColumnHidden(LAYER) is not has_layer
    assert view.table.columnWidth(WHAT) > view.fontMetrics().horizontalAdvance("Name does not exist")


def test_in_the_narrowest_window_it_still_says_which_when_and_what(view, store, axis) -> None:
    feed(view, store, axis)
    view.resize(300, 600)
    QApplication.processEvents()
    wide = view.fontMetrics().horizontalAdvance

    assert view.table.isColumnHidden(LAYER)
    assert view.table.isColumnHidden(REPORT)
    assert view.table.columnWidth(FROM) > wide("00:00:00")
    assert view.table.columnWidth(WHAT) > wide("Connection")


def test_it_draws_its_ground_in_the_colour_of_the_theme_in_force(view, store, axis, theme: Theme) -> None:
    view.setStyleSheet("QGraphicsView { background: #ffffff; }")
    feed(view, store, axis)
    view.compare.show_targets(["t0", "t1"])
    draw(view)
    grounds = [view.heat.view, view.compare.stack]
    assert [_corner(each) for each in grounds] == ["#ffffff", "#ffffff"]

    view.setStyleSheet("QGraphicsView { background: #22262d; }")
    theme.choose(ThemeChoice.DARK)
    QApplication.processEvents()

    assert [_corner(each) for each in grounds] == ["#22262d", "#22262d"]


def _corner(view: QWidget) -> str:
    return view.grab().toImage().pixelColor(2, view.height() - 2).name()
