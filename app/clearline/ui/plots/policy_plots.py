"""What a profile comes to, under its controls: the worst case, the herd, the retry budget left, the time as a tree."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from clearline.domain.profile import Profile
from clearline.ui.plots.budget_gauge import TargetBudgetGauge
from clearline.ui.plots.budget_tree import BudgetTree
from clearline.ui.plots.herd_plot import HerdPlot
from clearline.ui.plots.retry_preview import RetryPreviewPlot
from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.time_axis import TimeAxis
from clearline.ui.viewmodels.words import Words


class PolicyPlots(QWidget):
    """Retry preview, herd, budget gauge and time budget, one below the other."""

    def __init__(
        self,
        store: SeriesStore,
        axis: TimeAxis,
        theme: Theme,
        words: Words | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.preview = RetryPreviewPlot(theme, words)
        self.herd = HerdPlot(theme, words)
        self.budget = TargetBudgetGauge(store, axis, theme, words)
        self.tree = BudgetTree(words)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for plot in (self.preview, self.herd, self.budget, self.tree):
            column.addWidget(plot)

    def show_profile(self, profile: Profile) -> None:
        """Draw what this profile comes to."""
        self.preview.show_profile(profile)
        self.herd.show_policy(profile.retry)
        self.tree.show_profile(profile)

    def show_target(self, target_id: str) -> None:
        """Show this target's budget; none where it is empty."""
        self.budget.show_target(target_id)
