"""What is wrong, in words."""

import pytest
from msgspec.structs import replace

from clearline.domain.event import AnyEvent, AttemptEnded, BreakerState
from clearline.domain.fault import Fault
from clearline.domain.phase import Phase
from clearline.ui.viewmodels.explain import explain, explain_all, ladder, state_in_words
from clearline.ui.viewmodels.session import SessionModel
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.words import Words
from support.window_events import INTRANET, PLAN, PRINTER, SHOP, WALL_S, breaker, failure, started, success

CLOSED, OPEN, HALF_OPEN = BreakerState.CLOSED, BreakerState.OPEN, BreakerState.HALF_OPEN


@pytest.fixture
def words() -> Words:
    return Words()


def _session(*events: AnyEvent) -> SessionModel:
    session = SessionModel()
    session.use_plan(PLAN)
    session.fold([started(), *events])
    return session


def test_it_counts_the_tests_of_recovery(words: Words) -> None:
    session = _session(*failure(PRINTER.id, 1), breaker(PRINTER, OPEN, HALF_OPEN, 14.0))
    state = session.states[PRINTER.id]
    assert state_in_words(state, words, 14.0) == "Half-open: testing recovery, 1 of 2"

    session.fold([breaker(PRINTER, HALF_OPEN, HALF_OPEN, 15.0, successes=1)])

    assert state_in_words(state, words, 15.0) == "Half-open: testing recovery, 2 of 2"


def test_it_counts_down_while_the_breaker_is_open(words: Words) -> None:
    session = _session(*failure(PRINTER.id, 1), breaker(PRINTER, CLOSED, OPEN, 2.0))

    assert state_in_words(session.states[PRINTER.id], words, 5.0) == "Open: tests recovery in 9 s"
    assert state_in_words(session.states[PRINTER.id], words, 20.0) == "Open: next check tests recovery"


def test_it_names_the_fault_of_what_is_down(words: Words) -> None:
    session = _session(*failure(SHOP.id, 1))

    assert state_in_words(session.states[SHOP.id], words, 2.0) == "Down: refused"


def test_it_explains_a_fault_with_the_next_step_and_whom_to_ask(words: Words) -> None:
    session = _session(*failure(SHOP.id, 1))
    told = words.texts.fault("tcp.refused")

    explanation = explain(session.states[SHOP.id], words, 2.0, WALL_S)

    assert explanation.headline == told.title
    assert explanation.paragraphs[0].plain == told.meaning
    assert told.action in explanation.next_step
    assert told.whose in explanation.next_step
    assert "tcp.refused" in explanation.technical
    assert "ECONNREFUSED" in explanation.technical


def test_it_has_nothing_to_explain_where_all_is_well(words: Words) -> None:
    session = _session(*success(SHOP.id, 1))

    explanation = explain(session.states[SHOP.id], words, 2.0, WALL_S)

    assert explanation.status is Status.UP
    assert explanation.next_step == ""


def test_it_says_since_when_it_is_back(words: Words) -> None:
    session = _session(*failure(SHOP.id, 1), *success(SHOP.id, 2))

    explanation = explain(session.states[SHOP.id], words, 3.0, WALL_S)

    assert words.clock_time(WALL_S + 2) in explanation.headline


def test_it_shows_how_far_the_last_attempt_came(words: Words) -> None:
    session = _session(*failure(SHOP.id, 1, Fault("tcp.refused", Phase.CONNECT)))

    steps = ladder(session.states[SHOP.id], words)

    assert [step.status for step in steps[:3]] == [Status.UP, Status.DOWN, Status.PAUSED]
    assert steps[2].detail == "not reached"


def test_it_shows_no_encryption_step_for_plain_http(words: Words) -> None:
    plain = PLAN.targets[3]
    session = _session(*failure(plain.id, 1))

    names = [step.name for step in ladder(session.states[plain.id], words)]

    assert "Encryption" not in names


def test_it_lists_what_fails_where_nothing_is_selected(words: Words) -> None:
    session = _session(*failure(SHOP.id, 1), *success(INTRANET.id, 1))

    explanation = explain_all(session, words)

    assert explanation.headline == "1 failing"
    assert [paragraph.target_id for paragraph in explanation.paragraphs] == [SHOP.id]


def test_it_says_when_all_answer(words: Words) -> None:
    session = _session(*success(INTRANET.id, 1))

    assert explain_all(session, words).status is Status.UP


def test_it_says_that_nothing_was_tested_yet(words: Words) -> None:
    assert explain_all(_session(), words).status is Status.UNKNOWN


def test_it_says_of_an_isolated_target_that_nothing_is_sent(words: Words) -> None:
    session = _session(breaker(INTRANET, CLOSED, BreakerState.ISOLATED, 1.0))

    said = explain(session.states[INTRANET.id], words, 2.0, WALL_S)
    of_all = explain_all(session, words)

    assert said.headline == "Isolated by hand: nothing is sent."
    assert [part.plain for part in of_all.paragraphs] == ["is isolated by hand: nothing is sent."]


def test_what_was_stopped_or_disturbed_is_no_step_that_failed(words: Words) -> None:
    stopped = [
        replace(event, is_disturbed=True) if isinstance(event, AttemptEnded) else event
        for event in failure(INTRANET.id, 2)
    ]
    session = _session(*success(INTRANET.id, 1), *stopped)

    assert Status.DOWN not in {step.status for step in ladder(session.states[INTRANET.id], words)}
