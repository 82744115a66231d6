"""The log as a table: what passes, and what stays chosen."""

import pytest
from PySide6.QtCore import QPersistentModelIndex

from clearline.host.log_reader import LogEntry
from clearline.ui.viewmodels.log import LEVEL, SUBJECT, TEXT, LogModel
from clearline.ui.viewmodels.words import Words


def _entry(second: int, text: str = "x", level: str = "info", target: str = "") -> LogEntry:
    return LogEntry(1_790_000_000.0 + second, level, "engine", target, text, f"raw {second}")


@pytest.fixture
def model() -> LogModel:
    made = LogModel(Words())
    made.show_entries(
        [_entry(3, "attempt failed", "warning", "Printer"), _entry(2, "broke", "error"), _entry(1, "begins")]
    )
    return made


def _shown(model: LogModel) -> list[str]:
    return [model.entry(row).text for row in range(model.rowCount())]


def test_it_shows_all_at_first(model: LogModel) -> None:
    assert _shown(model) == ["attempt failed", "broke", "begins"]


def test_it_says_level_subject_and_text(model: LogModel) -> None:
    assert [model.index(0, column).data() for column in (LEVEL, SUBJECT, TEXT)] == [
        "warning",
        "Printer",
        "attempt failed",
    ]
    assert model.index(1, SUBJECT).data() == "engine"


def test_it_keeps_graver_levels(model: LogModel) -> None:
    model.from_level("warning")
    assert _shown(model) == ["attempt failed", "broke"]


def test_it_finds_every_word_in_any_case(model: LogModel) -> None:
    model.filter_by("FAILED prin")
    assert _shown(model) == ["attempt failed"]


def test_it_keeps_one_target(model: LogModel) -> None:
    assert model.subjects == ["engine", "Printer"]
    model.only_about("Printer")
    assert _shown(model) == ["attempt failed"]


def test_it_puts_new_entries_on_top_and_leaves_the_rest_where_it_is(model: LogModel) -> None:
    chosen = QPersistentModelIndex(model.index(1, 0))
    old = [model.entry(row) for row in range(3)]

    model.show_entries([_entry(5, "later"), _entry(4, "late"), *old])

    assert _shown(model)[:2] == ["later", "late"]
    assert chosen.row() == 3


def test_it_filters_what_comes_newly(model: LogModel) -> None:
    old = [model.entry(row) for row in range(3)]
    model.from_level("error")

    model.show_entries([_entry(5, "worse", "error"), _entry(4, "nothing"), *old])

    assert _shown(model) == ["worse", "broke"]


def test_it_begins_anew_with_another_log(model: LogModel) -> None:
    model.show_entries([_entry(9, "other")])
    assert _shown(model) == ["other"]
