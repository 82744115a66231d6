"""The legend."""

import pytest
from PySide6.QtGui import QFontMetricsF

from clearline.ui.plots.legend import Legend
from clearline.ui.plots.plot_theme import PlotTheme
from clearline.ui.viewmodels.theme import Theme

ENTRIES = [("up", "up"), ("slow", "slow"), ("down", "name lookup · N"), ("paused", "paused")]


def test_it_takes_another_line_where_words_do_not_fit(theme: Theme, show) -> None:
    legend = Legend(PlotTheme(theme))
    show(legend, 600, 20)
    legend.show_entries(ENTRIES)
    one_line = legend.height()
    legend.resize(160, 20)
    assert legend.height() > one_line
    assert max(at.y() for at in legend.places()) < legend.height()


@pytest.mark.parametrize(
    ("width", "note", "entry_lines", "note_line"),
    [
        (600, "one column is 20 s", 1, 0),
        (330, "one column is 20 s, and more", 1, 1),
        (160, "20 s", 3, 2),
        (160, "one column is 20 s, and more", 3, 3),
        (330, "", 1, 0),
    ],
)
def test_its_note_takes_no_room_from_the_words(
    theme: Theme, show, width: int, note: str, entry_lines: int, note_line: int
) -> None:
    legend = Legend(PlotTheme(theme))
    show(legend, width, 20)
    legend.show_entries(ENTRIES, note)

    assert (len({at.y() for at in legend.places()}), legend.note_line()) == (entry_lines, note_line)
    assert legend.height() >= (note_line + 1) * QFontMetricsF(legend.font()).height()


def test_it_names_all_entries_for_screen_readers(theme: Theme, show) -> None:
    legend = Legend(PlotTheme(theme))
    show(legend, 300, 20)
    legend.show_entries(ENTRIES)
    assert legend.accessibleName() == "up, slow, name lookup · N, paused"
