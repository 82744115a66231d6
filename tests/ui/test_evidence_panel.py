"""The folded evidence beside the graphs, and the request as a curl command."""

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from clearline.domain.event import AttemptEnded
from clearline.domain.outcome import Outcome
from clearline.domain.phase import PhaseTimes
from clearline.ui.viewmodels.target_state import TargetState
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.evidence_panel import EvidencePanel
from support.window_events import INTRANET, PRINTER

pytestmark = pytest.mark.qt


@pytest.fixture
def state() -> TargetState:
    state = TargetState(INTRANET)
    outcome = Outcome(PhaseTimes(connect=1.0), address="192.0.2.7:443", detail={"proxy": {"address": "<b>x</b>"}})
    state.fold_attempt(AttemptEnded(at_s=1.0, target="intranet", check=0, attempt=1, started_s=0.0, outcome=outcome))
    return state


@pytest.fixture
def panel(qtbot: QtBot, words: Words) -> EvidencePanel:
    panel = EvidencePanel(words)
    qtbot.addWidget(panel)
    panel.show()
    return panel


def test_it_is_folded_until_it_is_wanted(panel: EvidencePanel, state: TargetState) -> None:
    panel.show_target(state)
    assert not panel.facts.isVisible()
    panel.fold.click()
    assert "192.0.2.7:443" in panel.facts.text()
    assert panel.raw.isVisible()


def test_it_takes_what_the_network_said_for_text(panel: EvidencePanel, state: TargetState) -> None:
    panel.fold.click()
    panel.show_target(state)
    assert "&lt;b&gt;x" in panel.facts.text()


def test_it_follows_the_next_attempt(panel: EvidencePanel, state: TargetState) -> None:
    panel.fold.click()
    panel.show_target(state)
    assert state.last_attempt is not None
    state.fold_attempt(replace(state.last_attempt, check=1, outcome=Outcome(PhaseTimes(), address="192.0.2.8:443")))
    panel.show_target(state)
    assert "192.0.2.8:443" in panel.facts.text()


def test_it_offers_curl_only_where_curl_has_the_like(panel: EvidencePanel, state: TargetState) -> None:
    panel.show_target(state)
    assert panel.curl.isVisible()
    panel.show_target(TargetState(PRINTER))
    assert not panel.curl.isVisible()


def test_it_goes_where_no_single_target_is_selected(panel: EvidencePanel, state: TargetState) -> None:
    panel.show_target(state)
    panel.show_target(None)
    assert not panel.isVisible()
