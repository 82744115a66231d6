"""Round trips a minute on a busy line, against figures reckoned by hand."""

import pytest

from clearline.diagnosis.responsiveness import FEW, RoundTrips, level_of, trimmed_mean
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes


def apart(connect: float, tls: float | None, wait: float | None, status: int | None = 200) -> Outcome:
    return Outcome(PhaseTimes(connect=connect, tls=tls, wait=wait), status=status)


def noted(*each: Outcome, loaded: tuple[float, ...]) -> RoundTrips:
    trips = RoundTrips()
    for outcome in each:
        trips.note_apart(outcome)
    for ms in loaded:
        trips.note_loaded(Outcome(PhaseTimes(wait=ms), status=200))
    return trips


@pytest.mark.parametrize(
    ("figures", "mean"),
    [
        ([5.0], 5.0),
        ([1.0] * 18 + [100.0], (18 + 100) / 19),
        ([1.0] * 19 + [100.0], 1.0),
        ([100.0, 1.0, *([4.0] * 38), 90.0], 4 - 3 / 39),
    ],
    ids=["one", "of 19 none is left out", "of 20 the slowest is", "of 41 two are"],
)
def test_it_leaves_out_the_slowest_twentieth(figures: list[float], mean: float) -> None:
    assert trimmed_mean(figures) == pytest.approx(mean)


def test_it_is_the_mean_of_both_kinds_of_request() -> None:
    # (60000 / ((40 + 60 + 50) / 3) + 60000 / 100) / 2 = (1200 + 600) / 2
    assert noted(*[apart(40, 60, 50)] * 5, loaded=(100,) * 5).per_minute == pytest.approx(900)


def test_without_encryption_that_term_is_left_out() -> None:
    # (60000 / ((40 + 60) / 2) + 60000 / 400) / 2 = (1200 + 150) / 2
    assert noted(*[apart(40, None, 60)] * 5, loaded=(400,) * 5).per_minute == pytest.approx(675)


def test_each_term_has_its_own_slowest() -> None:
    # tcp: 19 of 20 ms; http: 19 of 40 ms; on busy ones 300 ms: (60000 / 30 + 60000 / 300) / 2
    each = [apart(20, None, 40)] * 18 + [apart(5000, None, 40), apart(20, None, 9000)]
    assert noted(*each, loaded=(300,) * 20).per_minute == pytest.approx((2000 + 200) / 2)


@pytest.mark.parametrize(("count", "loaded"), [(FEW - 1, FEW), (FEW, FEW - 1), (0, 0)])
def test_few_figures_give_none(count: int, loaded: int) -> None:
    assert noted(*[apart(10, None, 10)] * count, loaded=(10,) * loaded).per_minute is None


def test_a_request_counts_whatever_its_answer_says_and_not_without_one() -> None:
    refused = Outcome(PhaseTimes(connect=10, wait=20), Fault("http.error.405", Phase.WAIT), status=405)
    silent = apart(10, None, None, status=None)
    trips = noted(refused, silent, loaded=())
    trips.note_loaded(silent)
    assert (trips.connect_ms, trips.http_ms, trips.loaded_ms) == ([10], [20], [])


@pytest.mark.parametrize(
    ("per_minute", "level"), [(0, "low"), (99.9, "low"), (100, "medium"), (1000, "medium"), (1000.1, "high")]
)
def test_it_is_low_medium_or_high_by_convention(per_minute: float, level: str) -> None:
    assert level_of(per_minute) == level
