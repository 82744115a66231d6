"""The legend."""

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


def test_it_leaves_room_for_the_note_in_the_first_line(theme: Theme, show) -> None:
    legend = Legend(PlotTheme(theme))
    show(legend, 300, 20)
    legend.show_entries(ENTRIES)
    without = len({at.y() for at in legend.places()})
    legend.show_entries(ENTRIES, "one column is 20 s, and more")
    assert len({at.y() for at in legend.places()}) > without


def test_it_names_all_entries_for_screen_readers(theme: Theme, show) -> None:
    legend = Legend(PlotTheme(theme))
    show(legend, 300, 20)
    legend.show_entries(ENTRIES)
    assert legend.accessibleName() == "up, slow, name lookup · N, paused"
