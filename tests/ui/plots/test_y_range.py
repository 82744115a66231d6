"""The latency scale: p99 with hysteresis."""

import numpy as np

from clearline.ui.plots.y_range import YRange, nice_above, robust_top


def test_it_is_not_flattened_by_one_spike() -> None:
    values = np.append(np.full(150, 20.0), 2_000.0)
    assert YRange().update(values, 0.0) < 50.0


def test_it_is_not_flattened_by_three_spikes_in_five_minutes() -> None:
    values = np.append(np.full(130, 80.0), [1_100.0, 1_050.0, 990.0])
    assert YRange().update(values, 0.0) < 150.0


def test_it_shows_a_slow_spell_whole() -> None:
    values = np.append(np.full(130, 18.0), np.full(6, 66.0))
    assert YRange().update(values, 0.0) >= 66.0


def test_it_shows_a_greatest_value_whole_that_is_not_far_above_the_rest() -> None:
    values = np.append(np.linspace(10.0, 20.0, 150), 28.0)
    assert YRange().update(values, 0.0) >= 28.0


def test_it_shows_everything_of_a_few_samples() -> None:
    assert robust_top(np.array([10.0, 400.0])) == 400.0


def test_it_grows_at_once() -> None:
    scale = YRange()
    scale.update(np.full(100, 20.0), 0.0)
    assert scale.update(np.full(100, 200.0), 0.1) >= 200.0


def test_it_shrinks_only_after_a_while() -> None:
    scale = YRange()
    tall = scale.update(np.full(100, 200.0), 0.0)
    assert scale.update(np.full(100, 20.0), 1.0) == tall
    assert scale.update(np.full(100, 20.0), 3.0) == tall
    assert scale.update(np.full(100, 20.0), 6.0) < 50.0


def test_it_does_not_shrink_for_a_little() -> None:
    scale = YRange()
    tall = scale.update(np.full(100, 200.0), 0.0)
    scale.update(np.full(100, 170.0), 1.0)
    assert scale.update(np.full(100, 170.0), 100.0) == tall


def test_it_begins_the_wait_anew_when_the_room_is_needed_in_between() -> None:
    scale = YRange()
    tall = scale.update(np.full(100, 200.0), 0.0)
    scale.update(np.full(100, 20.0), 1.0)
    scale.update(np.full(100, 190.0), 4.0)
    assert scale.update(np.full(100, 20.0), 6.0) == tall


def test_it_keeps_its_scale_while_nothing_is_measured() -> None:
    scale = YRange()
    tall = scale.update(np.full(100, 200.0), 0.0)
    assert scale.update(np.empty(0), 100.0) == tall


def test_it_sets_the_scale_at_once_after_a_reset() -> None:
    scale = YRange()
    scale.update(np.full(100, 200.0), 0.0)
    scale.reset()
    assert scale.update(np.full(100, 20.0), 0.1) < 50.0


def test_it_rounds_up_to_a_round_number() -> None:
    assert [nice_above(value) for value in (0.7, 1.2, 17.0, 80.0, 81.0)] == [0.8, 1.5, 20.0, 80.0, 100.0]


def test_it_has_no_top_before_the_first_latency() -> None:
    scale = YRange()
    assert scale.update(np.empty(0), 0.0) == 0.0
    assert scale.drawn_ms > 0.0
