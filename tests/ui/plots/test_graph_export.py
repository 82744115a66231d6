"""Graphs as pictures and as figures."""

import csv
import io
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QMessageBox
from pytestqt.qtbot import QtBot

from clearline.ui.actions import Actions
from clearline.ui.plots.all_targets_view import AllTargetsView
from clearline.ui.plots.export import GraphData, csv_text, png_bytes, svg_bytes
from clearline.ui.plots.target_view import TargetView
from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.time_axis import TimeAxis
from clearline.ui.viewmodels.words import Words
from support.measured_events import REFUSED, WALL_S, begun, check, plan_of, refused

KEY = "tcp://192.0.2.1:9000#standard"


@pytest.fixture
def view(store: SeriesStore, axis: TimeAxis, theme: Theme, show) -> TargetView:
    view = TargetView(store, axis, theme)
    show(view)
    store.fold([*begun(plan_of()), *check(1.0, 0, took_ms=1234.5), *check(2.0, 1, fault=REFUSED), refused(3.0, 2)])
    axis.set_now(10.0)
    view.show_target("t0", KEY)
    view.draw_frame()
    return view


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_it_writes_figures_that_no_language_changes(view: TargetView) -> None:
    QLocale.setDefault(QLocale(QLocale.Language.French))
    try:
        first = read(csv_text(view.data()))[0]
    finally:
        QLocale.setDefault(QLocale.c())
    assert (first["total_ms"], first["session_s"], first["result"]) == ("1234.5", "1.0", "ok")


def test_it_writes_the_moment_as_utc(view: TargetView) -> None:
    assert read(csv_text(view.data()))[0]["utc"] == "2025-11-26T14:00:01.000Z"
    assert WALL_S == 1_764_165_600.0


def test_it_writes_failures_with_their_kind_and_what_was_not_sent(view: TargetView) -> None:
    rows = read(csv_text(view.data()))
    assert [(row["result"], row["kind"]) for row in rows] == [("ok", ""), ("failed", "tcp.refused"), ("refused", "")]


def test_it_writes_as_many_cells_as_headings(view: TargetView) -> None:
    data = view.data()
    assert {len(row) for row in data.rows} == {len(data.header)}


def test_it_lets_no_name_be_run_by_a_spreadsheet() -> None:
    assert csv_text(GraphData(["target", "ms"], [["=1+2", -3.5]])).splitlines()[1] == "'=1+2,-3.5"


def test_it_saves_vectors_without_a_picture_inside(view: TargetView) -> None:
    svg = svg_bytes(view.stack, "Target 0")
    assert b"<svg" in svg
    assert b"<image" not in svg
    assert b"Target 0" in svg


def test_it_keeps_drawing_from_its_cache_after_saving_vectors(view: TargetView) -> None:
    before = view.latency.item.cacheMode()
    svg_bytes(view)
    assert view.latency.item.cacheMode() == before


def test_it_saves_a_picture_of_its_own_size(view: TargetView) -> None:
    image = QImage.fromData(png_bytes(view))
    assert image.size() == view.size()


@pytest.mark.parametrize(
    ("typed", "kind", "written", "begins"),
    [
        ("a.png", 0, "a.png", b"\x89PNG"),
        ("a.svg", 0, "a.svg", b"<?xm"),
        ("a", 0, "a.png", b"\x89PNG"),
        ("a", 1, "a.svg", b"<?xm"),
        ("a.v2", 1, "a.v2.svg", b"<?xm"),
    ],
)
def test_it_saves_the_picture_that_was_confirmed(
    view: TargetView, tmp_path: Path, typed: str, kind: int, written: str, begins: bytes
) -> None:
    view.actions_of_graph.save_picture.trigger()
    _confirm(view, tmp_path / typed, kind)

    assert {path.name: path.read_bytes()[:4] for path in tmp_path.iterdir()} == {written: begins}


def test_it_saves_figures_that_spreadsheets_take_for_utf8(view: TargetView, tmp_path: Path) -> None:
    view.actions_of_graph.save_data.trigger()
    _confirm(view, tmp_path / "figures", 0)

    assert (tmp_path / "figures.csv").read_bytes().startswith(b"\xef\xbb\xbfutc,")


def test_it_tells_what_could_not_be_written(view: TargetView, tmp_path: Path) -> None:
    view.actions_of_graph.write_data(tmp_path / "no folder" / "figures.csv")
    (box,) = view.findChildren(QMessageBox)
    assert box.text() == "figures.csv could not be written. Choose another place."
    box.close()


def test_it_copies_picture_and_figures(view: TargetView) -> None:
    view.actions_of_graph.copy_data.trigger()
    assert QGuiApplication.clipboard().text().startswith("utc,session_s")
    view.actions_of_graph.copy_picture.trigger()
    assert QGuiApplication.clipboard().image().size() == view.size()


def test_it_asks_where_without_stopping_anything(view: TargetView, qtbot: QtBot) -> None:
    view.actions_of_graph.save_picture.trigger()
    dialog = view.actions_of_graph.dialog
    assert dialog is not None
    assert dialog.isVisible()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.reject()
    assert view.actions_of_graph.dialog is None


def test_it_names_its_actions_anew_in_another_language(view: TargetView) -> None:
    view.actions_of_graph.copy_data.setText("?")
    view._words.use("fr")
    assert view.actions_of_graph.copy_data.text() != "?"


def test_it_saves_the_heat_map_as_states(store: SeriesStore, axis: TimeAxis, theme: Theme, show) -> None:
    view = AllTargetsView(store, axis, theme, Words())
    show(view)
    store.fold([*begun(plan_of()), *check(1.0, 0), *check(30.0, 1, fault=REFUSED)])
    axis.set_now(40.0)
    view.draw_frame()
    rows = read(csv_text(view.data()))
    assert {row["state"] for row in rows} == {"up", "connect", "nothing"}
    assert {row["target"] for row in rows} == {"Target 0"}


def test_it_toggles_the_scale_by_a_key(view: TargetView, qtbot: QtBot) -> None:
    view.activateWindow()
    view.stack.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is view.stack)
    qtbot.keyClick(view.stack, Qt.Key.Key_G)
    assert view.is_log
    qtbot.keyClick(view.stack, Qt.Key.Key_G)
    assert not view.is_log


def test_it_shows_the_spread_of_the_visible_time_only(view: TargetView, axis: TimeAxis) -> None:
    view.histogram_action.setChecked(True)
    assert view.histogram.counts.sum() == 1
    axis.show(5.0, 8.0)
    view.draw_frame()
    assert view.histogram.counts.sum() == 0
    assert view.histogram.summary() == "No latencies in this time."


def test_it_shows_percentiles_of_the_spread_only_with_enough_samples(view: TargetView, store: SeriesStore) -> None:
    view.histogram_action.setChecked(True)
    store.fold([event for number in range(50) for event in check(4.0 + number / 10, 10 + number)])
    view.draw_frame()
    assert [share for share, _ in view.histogram.percentiles] == [50, 95]


def test_it_keeps_a_spike_from_flattening_the_spread(view: TargetView, store: SeriesStore) -> None:
    view.histogram_action.setChecked(True)
    store.fold([event for number in range(99) for event in check(4.0 + number / 20, 10 + number)])
    view.draw_frame()
    assert view.histogram.edges[-1] < 100.0
    assert (view.histogram.counts.sum(), view.histogram.counts[-1]) == (100, 1)


def test_it_spreads_on_the_scale_of_the_graph(view: TargetView) -> None:
    view.histogram_action.setChecked(True)
    view.set_log(is_log=True)
    edges = view.histogram.edges
    assert edges[1] / edges[0] == pytest.approx(edges[2] / edges[1])
    assert len(view.histogram.rows()) == 1
    assert len(view.histogram.data().rows) == len(view.histogram.counts)


def test_it_shows_the_graph_as_a_table_and_gives_it_the_keyboard(view: TargetView, qtbot: QtBot) -> None:
    view.activateWindow()
    view.table_action.setChecked(True)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is view.table)
    assert view.table.table.rows == view.rows()
    qtbot.keyClick(view.table, Qt.Key.Key_Escape)
    assert not view.table.isVisible()
    assert not view.table_action.isChecked()
    assert QApplication.focusWidget() is view.stack


def test_it_keeps_the_row_that_is_read_while_others_come(view: TargetView, store: SeriesStore) -> None:
    view.table_action.setChecked(True)
    view.table.selectRow(1)
    store.fold(check(0.5, 9))
    view.table.refresh()
    assert view.table.table.rows[view.table.currentIndex().row()][0].endswith(":02")


def test_it_shows_at_most_the_newest_rows_as_a_table(view: TargetView, store: SeriesStore) -> None:
    store.fold([event for number in range(900) for event in check(4.0 + number / 200, 10 + number)])
    view.table_action.setChecked(True)
    assert len(view.table.table.rows) == 500
    assert view.table.table.rows[-1] == view.rows()[-1]


def test_it_shows_the_heat_map_as_a_table(store: SeriesStore, axis: TimeAxis, theme: Theme, show) -> None:
    view = AllTargetsView(store, axis, theme)
    show(view)
    store.fold([*begun(plan_of(2)), *check(1.0, 0)])
    axis.set_now(10.0)
    view.draw_frame()
    view.table_action.setChecked(True)
    assert [row[0] for row in view.twin.table.rows] == ["Target 0", "Target 1"]


def test_it_begins_a_table_of_targets_at_its_top(store: SeriesStore, axis: TimeAxis, theme: Theme, show) -> None:
    view = AllTargetsView(store, axis, theme)
    show(view)
    store.fold([*begun(plan_of(30)), *check(1.0, 0)])
    axis.set_now(10.0)
    view.draw_frame()
    view.table_action.setChecked(True)
    QApplication.processEvents()
    assert view.twin.verticalScrollBar().maximum() > 0
    assert view.twin.verticalScrollBar().value() == 0


def test_it_offers_the_same_in_the_menu_of_graphs(store: SeriesStore, axis: TimeAxis, theme: Theme, show) -> None:
    window = QMainWindow()
    acts = Actions(window)
    acts.fill(window.menuBar())
    view = TargetView(store, axis, theme)
    window.setCentralWidget(view)
    show(window)
    menu = window.menuBar().actions()[-2].menu()  # the last is Help
    menu.aboutToShow.emit()
    assert [action for action in menu.actions() if not action.isSeparator()] == view.actions()
    view.hide()
    menu.aboutToShow.emit()
    assert menu.actions() == []


def _confirm(view: TargetView, path: Path, kind: int) -> None:
    dialog = view.actions_of_graph.dialog
    assert dialog is not None
    dialog.selectNameFilter(dialog.nameFilters()[kind])
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    assert isinstance(field, QLineEdit)
    field.setText(str(path))
    dialog.accept()


def test_it_gives_each_column_of_a_table_the_room_it_needs(view: TargetView) -> None:
    view.resize(420, 500)
    view.table_action.setChecked(True)
    QApplication.processEvents()

    metrics = view.table.fontMetrics()
    rows = [view.table.table.headings, *view.table.table.rows]
    needed = [max(metrics.horizontalAdvance(row[column]) for row in rows) for column in range(len(rows[0]))]
    assert all(view.table.columnWidth(column) > width + 12 for column, width in enumerate(needed))
    assert [heading[:1].isupper() for heading in rows[0]] == [True] * len(rows[0])
