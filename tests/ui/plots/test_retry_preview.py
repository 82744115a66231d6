"""The retry preview."""

import pytest
from PySide6.QtWidgets import QApplication

from clearline.domain.profile import Jitter, Profile, RetryPolicy, Timeouts
from clearline.ui.plots.retry_preview import RetryPreviewPlot
from clearline.ui.viewmodels.theme import Theme, ThemeChoice

PROFILE = Profile(
    "p", timeouts=Timeouts(attempt_s=1.0, total_s=30.0), retry=RetryPolicy(attempts=4, base_s=1.0, jitter=Jitter.NONE)
)


@pytest.fixture
def plot(theme: Theme, show) -> RetryPreviewPlot:
    plot = RetryPreviewPlot(theme)
    show(plot, 300, 60)
    return plot


def test_it_draws_attempts_and_waits_in_proportion(plot: RetryPreviewPlot) -> None:
    plot.show_profile(PROFILE)
    bars = [(step.kind, bar.left() / plot.bars()[1][1].left()) for step, bar in plot.bars()]
    assert [kind for kind, _ in bars] == ["attempt", "wait"] * 3 + ["attempt"]
    # 1 s attempts with waits of 1, 2 and 4 s: the lefts in seconds, in units of the first attempt.
    assert [left for _, left in bars] == pytest.approx([0.0, 1.0, 2.0, 3.0, 5.0, 6.0, 10.0])


def test_it_stays_inside_its_width(plot: RetryPreviewPlot) -> None:
    plot.show_profile(PROFILE)
    assert max(bar.right() for _, bar in plot.bars()) <= plot.width()


def test_it_tells_the_worst_case_in_words(plot: RetryPreviewPlot) -> None:
    plot.show_profile(PROFILE)
    assert plot.summary().startswith("4 attempts; an error after 11 s at worst")
    assert plot.accessibleDescription() == plot.summary()


def test_it_has_a_table_twin(plot: RetryPreviewPlot) -> None:
    plot.show_profile(PROFILE)
    assert plot.rows()[:2] == [["attempt 1", "0 s", "1 s"], ["wait before attempt 2", "1 s", "2 s"]]


def test_it_follows_the_profile_and_the_theme(plot: RetryPreviewPlot, theme: Theme) -> None:
    plot.show_profile(PROFILE)
    plot.show_profile(Profile("one", retry=RetryPolicy(attempts=1)))
    theme.choose(ThemeChoice.DARK)
    QApplication.processEvents()
    ((_, bar),) = plot.bars()
    middle = bar.center().toPoint()
    assert plot.grab().toImage().pixelColor(middle.x() + 20, middle.y()) == theme.color("phase_connect")


def test_it_bears_two_thousand_attempts(plot: RetryPreviewPlot) -> None:
    plot.show_profile(
        Profile("many", timeouts=Timeouts(attempt_s=0.05, total_s=3600.0), retry=RetryPolicy(attempts=2000, base_s=0.0))
    )
    plot.repaint()
    assert len(plot.bars()) <= 400
