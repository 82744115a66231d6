"""The figures of a session in words, and exported."""

import csv
import io
import json

import pytest

from clearline.domain.event import BreakerState
from clearline.ui.viewmodels.figures import FigureRow, FiguresModel
from clearline.ui.viewmodels.session import SessionModel
from clearline.ui.viewmodels.words import NONE, Words
from support.window_events import INTRANET, PLAN, PRINTER, breaker, failure, started, success


@pytest.fixture
def session() -> SessionModel:
    made = SessionModel()
    made.use_plan(PLAN)
    return made


@pytest.fixture
def model(session: SessionModel) -> FiguresModel:
    made = FiguresModel(session, Words())
    session.plan_used.emit()
    events = [started()]
    for number in range(10):
        events += success(INTRANET.id, number)
    events += [*failure(PRINTER.id, 10), *success(PRINTER.id, 11)]
    session.fold(events)
    made.fold(events)
    return made


def _row(model: FiguresModel, target_id: str | None, name: str) -> FigureRow:
    return next(row for group in model.groups(target_id) for row in group.rows if row.name == name)


def test_it_counts_each_target_and_all_together(model: FiguresModel) -> None:
    checks = [_row(model, target_id, "Checks").values for target_id in (INTRANET.id, PRINTER.id, None)]
    assert checks == [("10",), ("2",), ("12",)]


def test_it_says_the_loss_with_its_interval(model: FiguresModel) -> None:
    row = _row(model, PRINTER.id, "Loss")
    assert row.values == ("50%",)
    assert "9.5%" in row.tip
    assert "91%" in row.tip
    assert "from 2 checks" in row.tip


def test_it_says_why_there_is_no_figure_before_the_first_check(model: FiguresModel) -> None:
    row = _row(model, "shop", "Success at the first attempt")
    assert row.values == (NONE,)
    assert row.tip == "No check has ended yet."


def test_it_shows_percentiles_only_with_enough_samples_and_says_how_many_there_are(model: FiguresModel) -> None:
    row = _row(model, INTRANET.id, "Whole attempt")
    assert row.values == ("20.0", NONE, NONE, "10")
    assert "p95 needs 40 successes; so far 10." in row.tip


def test_it_names_errors_by_what_people_call_them_and_keeps_the_kind_at_hand(model: FiguresModel) -> None:
    row = _row(model, PRINTER.id, "Connection refused")
    assert (row.values, row.tip) == (("1",), "tcp.refused")


def test_it_tells_how_long_a_breaker_was_in_each_state(model: FiguresModel, session: SessionModel) -> None:
    events = [
        breaker(PRINTER, BreakerState.CLOSED, BreakerState.OPEN, 20.0),
        breaker(PRINTER, BreakerState.OPEN, BreakerState.HALF_OPEN, 32.0),
    ]
    session.fold(events)
    model.fold(events)
    assert _row(model, PRINTER.id, "Open").values[0] == "12 s"
    assert _row(model, PRINTER.id, "Closed").values[0] == "20 s"
    assert _row(model, INTRANET.id, "Closed").values == ("32 s", "100%")


def test_it_counts_anew_when_asked(model: FiguresModel) -> None:
    model.reset()
    assert _row(model, None, "Checks").values == ("0",)
    assert _row(model, INTRANET.id, "Attempts").values == ("0",)


def test_it_forgets_targets_that_were_removed(model: FiguresModel, session: SessionModel) -> None:
    session.use_plan(PLAN.__class__(targets=PLAN.targets[1:]))
    assert _row(model, INTRANET.id, "Checks").values == ("0",)


def test_it_exports_everything_as_json(model: FiguresModel) -> None:
    exported = json.loads(model.as_json(PRINTER.id))
    assert (exported["session"], exported["target"], exported["address"]) == ("s", PRINTER.name, PRINTER.shown)
    assert exported["errors"] == {"tcp.refused": 1}
    assert exported["loss"]["checks"] == 2


def test_it_exports_everything_as_csv(model: FiguresModel) -> None:
    rows = dict(csv.reader(io.StringIO(model.as_csv(PRINTER.id))))
    assert rows["figure"] == "value"
    assert rows["errors.tcp.refused"] == "1"
    assert rows["latency_ms.total.samples"] == "1"
