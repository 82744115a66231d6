"""What the window says of long connections and late answers."""

import pytest

from clearline.domain.event import LivenessChanged, ReplyCameLate
from clearline.domain.liveness import Liveness
from clearline.ui.viewmodels.events import EventListModel
from clearline.ui.viewmodels.explain import explain, explain_all, state_in_words
from clearline.ui.viewmodels.session import SessionModel
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.words import Words
from support.window_events import PLAN, SHOP, WALL_S, failure, started, success

SUSPECT = LivenessChanged(
    at_s=9.0,
    target=SHOP.id,
    before=Liveness.ALIVE,
    after=Liveness.SUSPECT,
    reason="silence",
    silent_s=7.0,
    misses=1,
)
HEARD = LivenessChanged(
    at_s=10.0, target=SHOP.id, before=Liveness.SUSPECT, after=Liveness.ALIVE, reason="heard", silent_s=8.0
)


@pytest.fixture
def session() -> SessionModel:
    model = SessionModel()
    model.use_plan(PLAN)
    model.fold([started(), *success(SHOP.id, 1)])
    return model


def test_it_shows_a_suspect_connection_as_trouble_until_it_is_heard_again(session: SessionModel) -> None:
    session.fold([SUSPECT])
    assert session.states[SHOP.id].status is Status.SLOW

    session.fold([HEARD])

    assert session.states[SHOP.id].status is Status.UP


def test_it_says_why_a_connection_is_suspect(session: SessionModel) -> None:
    session.fold([SUSPECT])
    state = session.states[SHOP.id]
    said = "suspect: no answer for 7 s, 1 missed"

    assert state_in_words(state, Words(), 10.0) == said
    assert explain(state, Words(), 10.0, WALL_S).headline == said
    assert [paragraph.plain for paragraph in explain_all(session, Words()).paragraphs] == [said]


def test_it_lists_each_change_of_a_connection(session: SessionModel) -> None:
    lines = EventListModel(Words())
    lines.fold([SUSPECT, HEARD], session)

    told = [lines.line(lines.index(row)) for row in range(lines.rowCount())]

    assert [line.status for line in told] == [Status.UP, Status.SLOW]
    assert [line.target_id for line in told] == [SHOP.id, SHOP.id]
    assert "suspect" in told[1].text


def test_it_takes_a_loss_back_when_the_answer_comes_late(session: SessionModel) -> None:
    failed = failure(SHOP.id, 2)
    session.fold(failed)
    assert session.states[SHOP.id].statistics.failures == 1

    session.fold([ReplyCameLate(at_s=3.0, target=SHOP.id, check=failed[-1].check, attempt=1, after_ms=2500.0)])

    assert (session.states[SHOP.id].statistics.failures, session.states[SHOP.id].statistics.late) == (0, 1)
