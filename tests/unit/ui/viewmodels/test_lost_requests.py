"""Checks that succeeded only after lost connection requests: they count, and have no latency."""

import math

import msgspec
import pytest

from clearline.domain.event import AnyEvent, AttemptEnded
from clearline.domain.metrics import Metrics
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.ui.plots.read_out import took_words
from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.session import SessionModel
from clearline.ui.viewmodels.targets import last_figure
from clearline.ui.viewmodels.words import Words
from support.window_events import INTRANET, PLAN, started, success

LOST = Outcome(PhaseTimes(resolve=1.0, connect=1019.0), syn_retransmits=1)


def _lost(number: int) -> list[AnyEvent]:
    ended, check = success(INTRANET.id, number, 1020.0)
    assert isinstance(ended, AttemptEnded)
    return [msgspec.structs.replace(ended, outcome=LOST), check]


def test_it_counts_the_check_and_gives_no_latency() -> None:
    session = SessionModel()
    session.use_plan(PLAN)
    session.fold([started(), *success(INTRANET.id, 1), *_lost(2)])
    state = session.states[INTRANET.id]
    assert (state.statistics.checks, state.statistics.samples, state.statistics.loss) == (2, 1, 0.0)
    assert list(state.spark) == pytest.approx([20.0])


@pytest.mark.parametrize(("language", "words"), [("en", "1 SYN lost"), ("fr", "1 SYN perdu")])
def test_it_says_what_was_lost_where_the_last_figure_would_stand(language: str, words: str) -> None:
    session = SessionModel()
    session.use_plan(PLAN)
    session.fold([started(), *_lost(1)])
    assert last_figure(session.states[INTRANET.id], Words(language)) == words  # type: ignore[arg-type]


def test_it_says_a_latency_again_with_the_next_success() -> None:
    session = SessionModel()
    session.use_plan(PLAN)
    session.fold([started(), *_lost(1), *success(INTRANET.id, 2)])
    assert last_figure(session.states[INTRANET.id], Words()) == Words().latency(20.0)


def test_it_draws_no_latency_and_tells_why_under_the_pointer() -> None:
    store = SeriesStore(clock=lambda: 0.0)
    for event in (started(), *success(INTRANET.id, 1), *_lost(2)):
        store.fold([event])
    part = store.series(INTRANET.id).slice(0.0, 10.0)
    assert part.latencies().tolist() == pytest.approx([20.0])
    assert math.isnan(part.attempts["total_ms"][1])
    assert took_words(part, 1, Words()) == "1 SYN lost"


def test_it_leaves_the_kernel_s_repeats_out_of_the_figures() -> None:
    metrics = Metrics()
    for event in _lost(1):
        metrics.fold(event)
    assert (metrics.samples(None), metrics.samples(Phase.CONNECT), metrics.samples(Phase.RESOLVE)) == (0, 0, 1)
    assert metrics.requests == 1
