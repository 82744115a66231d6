"""Figures against their plainest formulas."""

import math
import statistics as plain
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearline.domain.statistics import Statistics, percentile, wilson

latencies = st.lists(st.floats(0.01, 10_000), min_size=1, max_size=300)
checks = st.lists(st.one_of(st.none(), st.floats(0.01, 10_000)), max_size=120)
"""A latency, or None for a failure."""


def folded(samples: list[float | None], window: int = 600) -> Statistics:
    figures = Statistics(window)
    for sample in samples:
        if sample is None:
            figures.add_failure()
        else:
            figures.add_success(sample)
    return figures


class TestPercentile:
    @pytest.mark.parametrize(
        ("share", "expected"), [(0.0, 1.0), (0.25, 2.0), (0.5, 3.0), (0.9, 4.6), (0.95, 4.8), (1.0, 5.0)]
    )
    def test_it_is_linear_between_neighbours(self, share: float, expected: float) -> None:
        assert percentile([1.0, 2.0, 3.0, 4.0, 5.0], share) == pytest.approx(expected)

    def test_it_needs_a_sample(self) -> None:
        with pytest.raises(ValueError, match="no samples"):
            percentile([], 0.5)

    def test_it_is_the_sample_where_there_is_one(self) -> None:
        assert percentile([7.0], 0.99) == 7.0

    @given(latencies)
    def test_it_agrees_with_the_median(self, samples: list[float]) -> None:
        assert percentile(sorted(samples), 0.5) == pytest.approx(plain.median(samples))

    @given(st.lists(st.floats(0.01, 10_000), min_size=2, max_size=300))
    def test_it_agrees_with_inclusive_quantiles(self, samples: list[float]) -> None:
        expected = plain.quantiles(samples, n=100, method="inclusive")
        assert [percentile(sorted(samples), share / 100) for share in range(1, 100)] == pytest.approx(expected)


class TestWilson:
    def test_it_gives_0_to_16_percent_for_0_of_20(self) -> None:
        low, high = wilson(0, 20)
        assert (low, high) == (0.0, pytest.approx(0.161, abs=0.001))

    def test_it_knows_nothing_without_a_sample(self) -> None:
        assert wilson(0, 0) == (0.0, 1.0)

    @given(st.integers(1, 500).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
    def test_it_solves_its_defining_equation(self, counts: tuple[int, int]) -> None:
        failures, total = counts
        share = failures / total
        for end in wilson(failures, total):
            if 0 < end < 1:
                assert abs(share - end) == pytest.approx(1.96 * math.sqrt(end * (1 - end) / total), abs=1e-6)

    @given(st.integers(1, 500).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
    def test_it_holds_the_share_and_stays_within_0_and_1(self, counts: tuple[int, int]) -> None:
        failures, total = counts
        low, high = wilson(failures, total)
        assert 0 <= low <= failures / total + 1e-12
        assert failures / total - 1e-12 <= high <= 1


class TestStatistics:
    def test_it_knows_nothing_at_first(self) -> None:
        figures = Statistics()
        assert (figures.loss, figures.jitter_ms, figures.latency(0.5), figures.last_ms) == (None, None, None, None)
        assert figures.loss_interval == (0.0, 1.0)

    @given(checks)
    def test_it_counts_loss(self, samples: list[float | None]) -> None:
        figures = folded(samples)
        assert (figures.checks, figures.failures) == (len(samples), samples.count(None))
        if samples:
            assert figures.loss == pytest.approx(samples.count(None) / len(samples))
            assert figures.loss_interval == wilson(samples.count(None), len(samples))

    @given(checks)
    def test_it_takes_jitter_as_the_mean_step_between_successes(self, samples: list[float | None]) -> None:
        seen = [sample for sample in samples if sample is not None]
        steps = [abs(after - before) for before, after in pairwise(seen)]
        assert folded(samples).jitter_ms == (pytest.approx(plain.fmean(steps)) if steps else None)

    @given(checks, st.integers(1, 20))
    def test_it_looks_at_its_window_only_but_counts_everything(self, samples: list[float | None], window: int) -> None:
        figures = folded(samples, window)
        recent = samples[-window:]
        assert figures.checks == len(samples)
        assert figures.samples == min(window, len(samples) - samples.count(None))
        if recent:
            assert figures.loss == pytest.approx(recent.count(None) / len(recent))

    @pytest.mark.parametrize(("share", "needed"), [(0.5, 5), (0.95, 40), (0.99, 200)])
    def test_it_shows_no_percentile_that_its_samples_do_not_carry(self, share: float, needed: int) -> None:
        assert folded([1.0] * (needed - 1)).latency(share) is None
        assert folded([1.0] * needed).latency(share) == 1.0

    def test_it_takes_percentiles_of_successes(self) -> None:
        assert folded([5.0, None, 1.0, 3.0, None, 2.0, 4.0]).latency(0.5) == 3.0

    def test_it_has_no_last_latency_after_a_failure(self) -> None:
        assert folded([5.0]).last_ms == 5.0
        assert folded([5.0, None]).last_ms is None

    def test_it_counts_successes_of_the_first_try(self) -> None:
        figures = Statistics()
        figures.add_success(1.0)
        figures.add_success(1.0, first_try=False)
        figures.add_failure()
        assert (figures.first_try_ok, figures.checks) == (1, 3)


class TestLateness:
    @pytest.mark.parametrize("is_before", [True, False])
    def test_it_counts_an_answer_that_came_late_as_late_and_not_as_lost(self, is_before: bool) -> None:
        figures = Statistics()
        figures.add_success(1.0)
        for is_late in (is_before, not is_before):
            figures.add_late(7) if is_late else figures.add_failure(7)
        assert (figures.late, figures.failures, figures.checks, figures.loss) == (1, 0, 2, 0.0)

    def test_it_keeps_other_losses(self) -> None:
        figures = Statistics()
        figures.add_failure(6)
        figures.add_failure(7)
        figures.add_late(7)
        assert (figures.failures, figures.loss) == (1, 0.5)

    def test_it_takes_back_no_loss_twice(self) -> None:
        figures = Statistics()
        figures.add_failure(6)
        figures.add_failure(7)
        figures.add_late(7)
        figures.add_late(7)
        assert (figures.late, figures.failures) == (2, 1)
