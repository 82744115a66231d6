"""How long a healthy server takes."""

from statistics import median, quantiles

from clearline.lab.latency import Latency, LatencySource


def drawn(latency: Latency, seed: str = "1", count: int = 4000) -> list[float]:
    source = LatencySource(latency, seed)
    return [source.draw_s() * 1000 for _ in range(count)]


def test_the_same_seed_draws_the_same_waits() -> None:
    latency = Latency(median_ms=20, spike_share=0.1, spike_ms=100)
    assert drawn(latency, "1") == drawn(latency, "1")
    assert drawn(latency, "1") != drawn(latency, "2")


def test_it_has_the_median_and_spread_it_was_given() -> None:
    waits = drawn(Latency(median_ms=20, sigma=0.22))
    tenths = quantiles(waits, n=20)
    assert 19 < median(waits) < 21
    assert 13 < tenths[0] < 15
    assert 27.5 < tenths[-1] < 30.5


def test_spikes_are_as_frequent_as_asked() -> None:
    waits = drawn(Latency(median_ms=20, sigma=0.1, spike_share=0.05, spike_ms=500))
    assert 0.03 < sum(wait > 60 for wait in waits) / len(waits) < 0.07


def test_without_a_median_it_answers_at_once() -> None:
    assert set(drawn(Latency(), count=10)) == {0.0}
