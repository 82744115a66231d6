"""Builds the graphs of a stage; the only way to them, so that pyqtgraph is imported after the first window is up."""

from clearline.ui.stage import Stage
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.desk import Graphs


def make_graphs(stage: Stage, theme: Theme, words: Words) -> Graphs:
    """The graphs of one target, of all targets, and the retry preview. The first call costs 0.3 s."""
    from clearline.ui.plots.all_targets_view import AllTargetsView
    from clearline.ui.plots.retry_preview import RetryPreviewPlot
    from clearline.ui.plots.target_view import TargetView

    target = TargetView(stage.series, stage.axis, theme, words)
    preview = RetryPreviewPlot(theme, words)
    return Graphs(
        target,
        target.show_target,
        AllTargetsView(stage.series, stage.axis, theme, words),
        preview,
        preview.show_profile,
    )
