"""The right column: figures, the practice lab's panel, the events narrowed by group."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from clearline.domain.event import BreakerState, Health, TesterDisturbed
from clearline.lab.faults import LabFault
from clearline.lab.lab import FaultChanged
from clearline.lab.process import LabRefused, LabStarted
from clearline.ui.stage import Stage
from clearline.ui.viewmodels.events import EventGroup
from clearline.ui.viewmodels.lab import LabModel
from clearline.ui.viewmodels.session import Source
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.desk import Desk
from clearline.ui.widgets.fault_buttons import FEW, FaultButton
from clearline.ui.widgets.lab_panel import LabPanel
from support.window_events import INTRANET, PLAN, PRINTER, SilentEngine, breaker, failure, started, success

pytestmark = pytest.mark.qt


@pytest.fixture
def desk(qtbot: QtBot, theme: Theme, words: Words) -> Desk:
    stage = Stage(Source.LAB, words, make_client=SilentEngine)
    made = Desk(stage, theme, words)
    stage.setParent(made)
    qtbot.addWidget(made)
    stage.plans.use(PLAN)
    made.show()
    stage.pump.receive([started(), *success(INTRANET.id, 1), *failure(PRINTER.id, 1)])
    stage.pump.flush()
    return made


@pytest.fixture
def lab(desk: Desk, words: Words) -> LabModel:
    told = LabStarted(
        "tour", "A tour.", "Look at\nthe letters.", 1, 300.0, PLAN, "", {}, {INTRANET.id: "https", PRINTER.id: "tcp"}
    )
    model = LabModel(told, words, lambda: 0.0, desk)
    desk.place_lab(LabPanel(model, words))
    desk.side.show_part(4)
    return model


def _texts(widget: QWidget) -> list[str]:
    # What was just put into a layout is shown with the next turn of the loop.
    QApplication.processEvents()
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def _shown(desk: Desk) -> list[str]:
    model = desk.events.view.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def _buttons(desk: Desk) -> dict[str, FaultButton]:
    assert desk.lab is not None
    QApplication.processEvents()
    return {button.kind: button for button in desk.lab.findChildren(FaultButton) if button.isVisible()}


def test_it_shows_figures_of_the_selected_target(desk: Desk) -> None:
    desk.side.show_part(2)
    assert "All targets" in _texts(desk.figures)
    desk.stage.selection.select([PRINTER.id])
    shown = _texts(desk.figures)
    assert {"Label printer", "Connection refused"} <= set(shown)


def test_it_keeps_the_explanation_in_view_when_a_lab_begins(desk: Desk, words: Words) -> None:
    told = LabStarted("tour", "A tour.", "Look at\nthe letters.", 1, 300.0, PLAN, "", {})
    desk.place_lab(LabPanel(LabModel(told, words, lambda: 0.0, desk), words))
    assert desk.explain.isVisible()


def test_it_counts_anew_from_its_button(desk: Desk) -> None:
    desk.side.show_part(2)
    desk.figures.reset_button.click()
    assert "Connection refused" not in _texts(desk.figures)


def test_it_narrows_events_to_a_group(desk: Desk) -> None:
    desk.stage.pump.receive(
        [
            breaker(PRINTER, BreakerState.CLOSED, BreakerState.OPEN, 2.0),
            TesterDisturbed(at_s=5.0, health=Health.ASLEEP, from_s=3.0),
        ]
    )
    desk.stage.pump.flush()
    counts = {}
    for group in EventGroup:
        desk.events.only_in(group)
        counts[group.value] = len(_shown(desk))
    assert counts == {"all": 4, "failures": 1, "breaker": 1, "tester": 2}


def test_it_opens_the_log_from_the_events(desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(desk.events.log_asked):
        desk.events.log_button.click()


def test_it_keeps_the_spaces_of_a_lesson_that_must_not_break(desk: Desk, words: Words) -> None:
    told = LabStarted("tour", "Un tour.", "Regardez\u00a0: les\nlettres.", 1, 300.0, PLAN, "", {})
    desk.place_lab(LabPanel(LabModel(told, words, lambda: 0.0, desk), words))
    desk.side.show_part(4)
    assert "Regardez\u00a0: les lettres." in _texts(desk.side)


def test_it_brings_the_lab_on_screen_with_its_lesson(desk: Desk, lab: LabModel) -> None:
    assert desk.lab is not None
    assert desk.lab.isVisible()
    assert {"A tour", "Look at the letters.", "Scenario of 5 min, at 0 s"} <= set(_texts(desk.lab))
    assert _buttons(desk) == {}


def test_it_offers_the_faults_of_the_selected_target(desk: Desk, lab: LabModel) -> None:
    desk.stage.selection.select([PRINTER.id])
    kinds = set(_buttons(desk))
    assert "refused" in kinds
    assert "expired" not in kinds
    assert len(kinds & {"refused", "black_hole", "half_closed"}) == 3


def test_it_sets_the_numbers_of_the_fault_that_is_on_live(desk: Desk, lab: LabModel, qtbot: QtBot) -> None:
    desk.stage.selection.select([INTRANET.id])
    assert desk.lab is not None
    assert not desk.lab.options.isVisible()
    lab.hear(FaultChanged(INTRANET.id, LabFault("delay"), 1.0, "hand"))
    box = desk.lab.options.boxes["delay_ms"]
    assert (box.value(), box.suffix()) == (300.0, " ms")
    assert "delay" in _texts(desk.lab)

    with qtbot.waitSignal(lab.fault_asked) as asked:
        box.setValue(800)
    assert asked.args == [INTRANET.id, LabFault("delay", delay_ms=800)]

    with qtbot.assertNotEmitted(lab.fault_asked):
        box.setValue(600_001)
    assert "delay is 600,001, but must be 0 to 600,000. Choose a value in that range." in _texts(desk.lab)


def test_it_asks_for_a_fault_and_presses_the_button_when_it_is_on(desk: Desk, lab: LabModel, qtbot: QtBot) -> None:
    desk.stage.selection.select([INTRANET.id])
    button = _buttons(desk)["refused"]

    with qtbot.waitSignal(lab.fault_asked) as asked:
        button.click()
    assert asked.args == [INTRANET.id, LabFault("refused")]
    assert not button.isChecked()
    lab.hear(FaultChanged(INTRANET.id, LabFault("refused"), 1.0, "hand"))
    assert button.isChecked()
    with qtbot.waitSignal(lab.fault_asked) as mended:
        button.click()
    assert mended.args == [INTRANET.id, None]


def test_it_shows_a_rare_fault_while_it_is_on(desk: Desk, lab: LabModel) -> None:
    desk.stage.selection.select([INTRANET.id])
    assert "resets_mid_answer" not in _buttons(desk)
    lab.hear(FaultChanged(INTRANET.id, LabFault("resets_mid_answer"), 1.0, "scenario"))
    assert _buttons(desk)["resets_mid_answer"].isChecked()
    assert "On by the scenario: resets mid-answer" in _texts(desk.lab)  # type: ignore[arg-type]


def test_it_shows_all_faults_of_a_section_when_asked(desk: Desk, lab: LabModel) -> None:
    desk.stage.selection.select([PRINTER.id])
    assert desk.lab is not None
    group = desk.lab._groups[0]
    group._more.click()
    QApplication.processEvents()
    assert len([button for button in group.findChildren(FaultButton) if button.isVisible()]) > FEW


def test_it_says_why_the_lab_refused(desk: Desk, lab: LabModel, words: Words) -> None:
    lab.hear(LabRefused("lab.no_target", {"target": "x", "known": "y"}))
    assert lab.problem in _texts(desk.lab)  # type: ignore[arg-type]


def test_it_says_when_the_lab_is_gone(desk: Desk, lab: LabModel) -> None:
    lab.end()
    assert desk.lab is not None
    assert not desk.lab.restart.isEnabled()
    assert any("has stopped" in text for text in _texts(desk.lab))


def test_it_keeps_long_words_inside_their_button(qapp: QApplication, desk: Desk, lab: LabModel) -> None:
    desk.stage.selection.select([INTRANET.id])
    desk.resize(1480, 920)
    qapp.processEvents()
    for button in _buttons(desk).values():
        assert button.fontMetrics().horizontalAdvance(button.text()) <= button.width()
