"""What a profile comes to: the herd and the retry budget."""

import pytest
from pytestqt.qtbot import QtBot

from clearline.domain.event import BudgetChanged
from clearline.domain.profile import BudgetPolicy, Jitter, Profile, RetryPolicy
from clearline.resilience.herd import peak
from clearline.ui.plots.budget_gauge import BudgetGauge
from clearline.ui.plots.herd_plot import HerdPlot
from clearline.ui.plots.policy_plots import PolicyPlots
from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.time_axis import TimeAxis
from support.measured_events import begun, check, plan_of


@pytest.fixture
def herd(theme: Theme, show) -> HerdPlot:
    plot = HerdPlot(theme)
    show(plot, 300, 140)
    return plot


def drawn(herd: HerdPlot, qtbot: QtBot, policy: RetryPolicy) -> HerdPlot:
    herd.show_policy(policy)
    qtbot.waitUntil(lambda: not herd.is_waiting)
    return herd


@pytest.fixture
def gauge(theme: Theme, show) -> BudgetGauge:
    gauge = BudgetGauge(theme)
    show(gauge, 220, 40)
    return gauge


@pytest.fixture
def plots(store: SeriesStore, axis: TimeAxis, theme: Theme, show) -> PolicyPlots:
    plots = PolicyPlots(store, axis, theme)
    show(plots, 300, 300)
    store.fold([*begun(plan_of()), *check(1.0, 0)])
    axis.set_now(10.0)
    return plots


def test_it_shows_what_jitter_does_to_the_herd(herd: HerdPlot, qtbot: QtBot) -> None:
    drawn(herd, qtbot, RetryPolicy(attempts=4, jitter=Jitter.FULL))
    assert peak(herd.plain) == 1000
    assert peak(herd.spread) < 500


def test_it_tells_the_herd_in_a_sentence(herd: HerdPlot, qtbot: QtBot) -> None:
    drawn(herd, qtbot, RetryPolicy(attempts=4, jitter=Jitter.FULL))
    assert herd.summary().endswith("without jitter 1000.")
    assert herd.accessibleDescription() == herd.summary()


def test_it_says_what_full_jitter_would_do_where_there_is_none(herd: HerdPlot, qtbot: QtBot) -> None:
    drawn(herd, qtbot, RetryPolicy(attempts=4, jitter=Jitter.NONE))
    assert "up to 1000 at a time; with full jitter" in herd.summary()


def test_it_has_no_herd_without_retries(herd: HerdPlot, qtbot: QtBot) -> None:
    drawn(herd, qtbot, RetryPolicy(attempts=1))
    assert herd.summary().startswith("No retries")


def test_it_works_the_herd_out_once_for_a_burst_of_changes(herd: HerdPlot, qtbot: QtBot) -> None:
    herd.show_policy(RetryPolicy(attempts=2))
    herd.show_policy(RetryPolicy(attempts=3))
    assert herd.plain == []
    drawn(herd, qtbot, RetryPolicy(attempts=3))
    assert sum(herd.plain) == 3000


def test_it_bears_two_thousand_attempts(herd: HerdPlot, qtbot: QtBot) -> None:
    drawn(herd, qtbot, RetryPolicy(attempts=2000, base_s=0.0))
    assert sum(herd.plain) == 6000


def test_it_gives_the_herd_room_for_its_whole_sentence(herd: HerdPlot, qtbot: QtBot) -> None:
    drawn(herd, qtbot, RetryPolicy())
    before = herd.height()
    herd.resize(130, before)
    assert herd.height() > before


def test_it_has_a_table_twin_of_the_herd(herd: HerdPlot, qtbot: QtBot) -> None:
    drawn(herd, qtbot, RetryPolicy(attempts=2, jitter=Jitter.NONE))
    assert herd.rows()[0][0] == "0.0"
    assert [row[1] for row in herd.rows() if row[1] != "0"] == ["1000", "1000"]
    assert len(herd.columns()) == len(herd.rows()[0])


def test_it_fills_a_cell_a_token(gauge: BudgetGauge) -> None:
    gauge.show_budget(2.5, 4.0)
    assert [share for _, share in gauge.cells()] == [1.0, 1.0, 0.5, 0.0]


def test_it_is_one_bar_for_many_tokens(gauge: BudgetGauge) -> None:
    gauge.show_budget(250.0, 1000.0)
    ((bar, share),) = gauge.cells()
    assert (share, bar.width()) == (0.25, gauge.width())


def test_it_says_when_a_retry_was_denied(gauge: BudgetGauge) -> None:
    gauge.show_budget(0.4, 10.0, "denied")
    assert gauge.summary() == "Tokens of the retry budget: 0.4 of 10 · no token was left for a retry"
    assert gauge.accessibleDescription() == gauge.summary()


def test_it_shows_a_full_budget_before_anything_was_spent(plots: PolicyPlots) -> None:
    plots.show_target("t0")
    assert (plots.budget.tokens, plots.budget.isVisible()) == (BudgetPolicy().capacity, True)


def test_it_follows_the_budget_of_the_host(plots: PolicyPlots, store: SeriesStore) -> None:
    plots.show_target("t0")
    store.fold(BudgetChanged(at_s=5.0, key="tcp://192.0.2.1:9000", tokens=9.0, capacity=10.0, reason="spent"))
    plots.budget.draw_frame()
    assert plots.budget.tokens == 9.0


def test_it_hides_the_budget_where_no_target_is_chosen(plots: PolicyPlots) -> None:
    plots.show_target("t0")
    plots.show_target("")
    assert not plots.budget.isVisible()


def test_it_draws_profile_and_herd_together(plots: PolicyPlots, qtbot: QtBot) -> None:
    plots.show_profile(Profile("p", retry=RetryPolicy(attempts=2)))
    qtbot.waitUntil(lambda: not plots.herd.is_waiting)
    assert sum(plots.herd.plain) == 2000
    assert plots.preview.summary().startswith("2 attempts")
