"""Builds the graphs of a desk; the only way to them, so that pyqtgraph is imported after the first window is up."""

from collections.abc import Sequence

from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.desk import Desk, Graphs


def place_graphs(desk: Desk, theme: Theme, words: Words) -> None:
    """Give a desk the graphs of targets and of what a profile comes to. The first call costs 0.3 s."""
    from clearline.ui.plots.all_targets_view import AllTargetsView
    from clearline.ui.plots.policy_plots import PolicyPlots
    from clearline.ui.plots.target_view import TargetView

    stage = desk.stage
    target = TargetView(stage.series, stage.axis, theme, words)
    all_targets = AllTargetsView(stage.series, stage.axis, theme, words)
    all_targets.picked.connect(desk.go_to_moment)
    all_targets.table.report_asked.connect(desk.report_asked)
    policy = PolicyPlots(stage.series, stage.axis, theme, words)

    def show_target(target_id: str, breaker_key: str) -> None:
        target.show_target(target_id, breaker_key)
        policy.show_target(target_id)

    def show_only(target_ids: Sequence[str]) -> None:
        all_targets.show_targets(target_ids)
        policy.show_target("")

    def told(is_target: bool) -> tuple[str, list[str], list[list[str]]]:
        graph = target if is_target else all_targets
        return graph.summary(), graph.columns(), graph.rows()

    desk.place_graphs(Graphs(target, show_target, all_targets, show_only, told, policy, policy.show_profile))
