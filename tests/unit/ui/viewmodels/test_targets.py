"""The list of targets: order, groups, ranged changes, filter."""

import msgspec
import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt

from clearline.domain.plan import Plan
from clearline.domain.target import Target
from clearline.ui.viewmodels.session import SessionModel
from clearline.ui.viewmodels.targets import TargetFilter, TargetListModel, TargetSort
from clearline.ui.viewmodels.words import Words
from support.window_events import INTRANET, OLD, PLAN, PRINTER, SHOP, failure, started, success


@pytest.fixture
def session() -> SessionModel:
    model = SessionModel()
    model.use_plan(PLAN)
    model.fold([started()])
    return model


@pytest.fixture
def model(session: SessionModel) -> TargetListModel:
    return TargetListModel(session, Words())


def _rows(model: TargetListModel) -> list[str]:
    rows = [model.row(model.index(number)) for number in range(model.rowCount())]
    return [row.target_id or row.group.upper() for row in rows]


def test_it_puts_targets_under_their_groups_in_the_plans_order(model: TargetListModel) -> None:
    assert _rows(model) == ["HEAD OFFICE", INTRANET.id, "SUPPLIERS", PRINTER.id, SHOP.id, OLD.id]


def test_it_gives_targets_without_a_group_no_heading(session: SessionModel, model: TargetListModel) -> None:
    session.use_plan(Plan(targets=(Target("a", "tcp://a.example:1"), Target("b", "tcp://b.example:1"))))

    assert _rows(model) == ["a", "b"]


def test_it_tells_one_ranged_change_for_a_batch(session: SessionModel, model: TargetListModel) -> None:
    heard: list[tuple[int, int]] = []

    def hear(first: object, last: object) -> None:
        heard.append((first.row(), last.row()))  # type: ignore[attr-defined]

    model.dataChanged.connect(hear)
    session.fold([*success(SHOP.id, 1), *failure(INTRANET.id, 1)])
    session.fold(success(PRINTER.id, 1))
    assert heard == []
    model.refresh()

    assert heard == [(1, 4)]
    model.refresh()
    assert heard == [(1, 4)]


def test_it_never_reorders_because_of_what_was_measured(session: SessionModel, model: TargetListModel) -> None:
    before = _rows(model)

    session.fold([*failure(INTRANET.id, 1), *success(SHOP.id, 1)])

    assert _rows(model) == before


def test_it_keeps_the_heading_of_what_the_filter_keeps(model: TargetListModel) -> None:
    view = TargetFilter(model)

    view.filter_by("printer 10.2")

    kept = [model.row(view.mapToSource(view.index(row, 0))) for row in range(view.rowCount())]
    assert [row.target_id or row.group for row in kept] == ["Suppliers", PRINTER.id]


def test_it_shows_everything_again_without_a_filter(model: TargetListModel) -> None:
    view = TargetFilter(model)
    view.filter_by("nothing like this")
    assert view.rowCount() == 0

    view.filter_by("  ")

    assert view.rowCount() == model.rowCount()


def test_it_says_a_row_in_words(session: SessionModel, model: TargetListModel) -> None:
    session.fold(failure(PRINTER.id, 1))

    spoken = model.data(model.index_of(PRINTER.id), role=11)  # Qt.AccessibleTextRole
    assert spoken == "Label printer, down, refused, 100%"


def test_it_shows_no_secret(session: SessionModel) -> None:
    secret = Target("s", "https://me:hunter2@shop.example/?token=hunter2")
    session.use_plan(Plan(targets=(secret,)))
    model = TargetListModel(session, Words())

    shown = [str(model.data(model.index(0), role)) for role in (0, 3, 11)]

    assert not any("hunter2" in text for text in shown)


def test_it_finds_a_target_by_its_id(model: TargetListModel) -> None:
    assert model.index_of(SHOP.id).row() == 4
    assert not model.index_of("nobody").isValid()


@pytest.mark.parametrize(
    ("row", "group", "before"),
    [(1, "Head office", INTRANET.id), (2, "Head office", None), (4, "Suppliers", SHOP.id), (-1, "Suppliers", None)],
)
def test_it_tells_where_targets_were_dropped(model: TargetListModel, row: int, group: str, before: str | None) -> None:
    heard: list[tuple[object, ...]] = []

    def hear(*told: object) -> None:
        heard.append(told)

    model.dropped.connect(hear)
    data = model.mimeData([model.index_of(OLD.id), model.index_of(PRINTER.id)])
    model.dropMimeData(data, Qt.DropAction.MoveAction, row, 0, QModelIndex())

    assert heard == [([PRINTER.id, OLD.id], group, before)]
    assert model.rowCount() == 6


@pytest.mark.parametrize(
    ("order", "rows"),
    [
        (TargetSort.NAME, [PRINTER.id, OLD.id, SHOP.id]),
        (TargetSort.WORST, [SHOP.id, PRINTER.id, OLD.id]),
        (TargetSort.LATENCY, [PRINTER.id, SHOP.id, OLD.id]),
        (TargetSort.LOSS, [SHOP.id, PRINTER.id, OLD.id]),
    ],
)
def test_it_sorts_inside_each_group(
    session: SessionModel, model: TargetListModel, order: TargetSort, rows: list[str]
) -> None:
    session.fold([*success(PRINTER.id, 1), *failure(SHOP.id, 1)])

    model.sort_by(order)

    assert _rows(model) == ["HEAD OFFICE", INTRANET.id, "SUPPLIERS", *rows]


def test_it_moves_no_row_when_only_figures_change(session: SessionModel, model: TargetListModel) -> None:
    model.sort_by(TargetSort.WORST)
    before = _rows(model)

    session.fold(failure(SHOP.id, 1))
    assert _rows(model) == before
    model.resort()

    assert _rows(model) != before


def test_it_keeps_what_is_selected_while_rows_move(session: SessionModel, model: TargetListModel) -> None:
    filtered = TargetFilter(model)
    held = QPersistentModelIndex(filtered.mapFromSource(model.index_of(SHOP.id)))
    session.fold(failure(SHOP.id, 1))

    model.sort_by(TargetSort.WORST)

    assert held.data() == SHOP.label
    assert filtered.index(3, 0).data() == SHOP.label


@pytest.mark.parametrize(
    ("typed", "found"), [("#till", [SHOP.id]), ("till", [SHOP.id, PRINTER.id]), ("#TILL #left", [SHOP.id]), ("#ti", [])]
)
def test_it_finds_targets_by_their_tags(session: SessionModel, typed: str, found: list[str]) -> None:
    tagged = msgspec.structs.replace(SHOP, tags=("till", "left"))
    session.use_plan(Plan(targets=(tagged, msgspec.structs.replace(PRINTER, tags=("till-2",)))))
    filtered = TargetFilter(TargetListModel(session, Words()))

    filtered.filter_by(typed)

    rows = [filtered.mapToSource(filtered.index(row, 0)) for row in range(filtered.rowCount())]
    model = filtered.sourceModel()
    assert isinstance(model, TargetListModel)
    assert [row.target_id for row in map(model.row, rows) if row.state] == found
