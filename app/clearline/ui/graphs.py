"""Builds the graphs of a desk; the only way to them, so that pyqtgraph is imported after the first window is up."""

from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.desk import Desk, Graphs


def place_graphs(desk: Desk, theme: Theme, words: Words) -> None:
    """Give a desk the graphs of one target, of all targets, and the retry preview. The first call costs 0.3 s."""
    from clearline.ui.plots.all_targets_view import AllTargetsView
    from clearline.ui.plots.retry_preview import RetryPreviewPlot
    from clearline.ui.plots.target_view import TargetView

    stage = desk.stage
    target = TargetView(stage.series, stage.axis, theme, words)
    all_targets = AllTargetsView(stage.series, stage.axis, theme, words)
    all_targets.picked.connect(desk.go_to_moment)
    preview = RetryPreviewPlot(theme, words)
    desk.place_graphs(
        Graphs(target, target.show_target, all_targets, all_targets.show_targets, preview, preview.show_profile)
    )
