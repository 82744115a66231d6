"""Diagnosing in the window, with a silent engine: what is asked of it, what is shown, what is handed over."""

import asyncio
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
import qasync
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot

from clearline.domain.command import Diagnose, StartSession, StopDiagnosis
from clearline.domain.event import DiagnosisEnded, DiagnosisStarted, StepChanged, VerdictChanged
from clearline.domain.fault import Fault, Whose
from clearline.domain.phase import Phase
from clearline.domain.problem import InputError
from clearline.domain.target import Target
from clearline.domain.verdict import (
    Confidence,
    Depth,
    DiagnosisPolicy,
    Saying,
    Step,
    StepResult,
    StepState,
    Trial,
    Verdict,
)
from clearline.resilience.supervisor import Supervisor
from clearline.ui.actions import Act
from clearline.ui.commands.diagnosis import DiagnosisCommands
from clearline.ui.commands.errands import Errands
from clearline.ui.dialogs import Confirmation
from clearline.ui.main_window import MainWindow
from clearline.ui.replay import replay
from clearline.ui.stage import Stage
from clearline.ui.vantage_file import read_vantage
from clearline.ui.viewmodels.outside import OutsideModel
from clearline.ui.viewmodels.session import Source
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.desk import Desk
from support import recorded_situations as situations
from support.window_events import INTRANET, PLAN, PRINTER, SHOP, SilentEngine, failure, started, success

pytestmark = pytest.mark.qt

DOWN = Verdict(
    "service_down",
    Confidence.CERTAIN,
    Whose.SERVER,
    Step.CONNECT,
    Step.GATEWAY,
    kind="tcp.refused",
    values={"host": "10.2.0.40", "port": 9100},
    ruled_out=(Saying("ruled_out.busy"),),
    missing=(Trial.NEIGHBOURS, Trial.PING),
)
WELL = Verdict("works", Confidence.CERTAIN, is_fault=False, works_last=Step.HTTP)


class Bench:
    """A desk in a window, its engine silent, on a loop that the test turns."""

    def __init__(self, app: QApplication, theme: Theme, words: Words, source: Source = Source.LIVE) -> None:
        self.loop = qasync.QEventLoop(app, already_running=False)
        asyncio.set_event_loop(self.loop)
        self.executor = ThreadPoolExecutor(max_workers=1)
        self.loop.set_default_executor(self.executor)
        self.supervisor = Supervisor(self._failed)
        self.failures: list[BaseException] = []
        self.engine: SilentEngine
        self.window = MainWindow(theme, words)
        self.stage = Stage(source, words, make_client=self._make_engine)  # type: ignore[arg-type]
        self.desk = Desk(self.stage, theme, words)
        self.window.add_desk(self.desk)
        kept: dict[str, str] = {}
        self.errands = Errands(self.window, words, self.supervisor)
        self.outside = OutsideModel(lambda name: kept.get(name, ""), kept.__setitem__)
        self.commands = DiagnosisCommands(self.errands, self.outside, self.window)
        self.commands.serve(self.desk)
        for act, slot in self.commands.slots().items():
            self.window.acts[act].triggered.connect(slot)
        if self.stage.live is not None:
            self.stage.live.ready.connect(self._start)
        self.window.show()

    def begin(self) -> None:
        """The usual plan, with the printer down."""
        self.stage.plans.use(PLAN)
        self.turn(0.35)
        checks = [*success(INTRANET.id, 1), *failure(PRINTER.id, 1), *success(SHOP.id, 1)]
        self.hear(started(), *checks)

    def turn(self, seconds: float = 0.0) -> None:
        """Let the loop run."""
        self.loop.run_until_complete(asyncio.sleep(seconds))

    def press(self, slot: Callable[[], object]) -> None:
        """As a click or a key would, on the running loop."""
        self.loop.call_soon(slot)
        self.turn(0.05)

    def agree(self, button: QAbstractButton) -> str:
        """Press it, and agree to what is asked then, which is returned."""
        self.press(button.click)
        question = QApplication.activeModalWidget()
        assert isinstance(question, Confirmation)
        said = " ".join(label.text() for label in question.findChildren(QLabel))
        self.press(question.accept)
        return said

    def hear(self, *events: object) -> None:
        """As the engine tells."""
        self.stage.pump.receive(events)  # type: ignore[arg-type]
        self.stage.pump.flush()
        self.desk.draw_frame()

    def asked(self) -> list[Diagnose]:
        """Every diagnosis that the engine was told to make."""
        return [command for command in self.engine.sent if isinstance(command, Diagnose)]

    def diagnose_printer(self, *results: StepResult, verdict: Verdict = DOWN) -> str:
        """Ask for it, and hear this."""
        return self.diagnose(PRINTER, *results, verdict=verdict)

    def diagnose(self, target: Target, *results: StepResult, verdict: Verdict = DOWN) -> str:
        """Ask for it, and hear this."""
        self.stage.selection.select([target.id])
        self.window.acts[Act.DIAGNOSE].trigger()
        name = self.asked()[-1].diagnosis
        self.hear(
            DiagnosisStarted(
                at_s=2.0,
                diagnosis=name,
                target=target,
                policy=DiagnosisPolicy(),
                steps=(Step.GATEWAY, Step.CONNECT, Step.TLS),
            ),
            *(StepChanged(at_s=2.1, diagnosis=name, result=result) for result in results),
            VerdictChanged(at_s=2.2, diagnosis=name, verdict=verdict, is_final=True),
        )
        return name

    def end(self) -> None:
        """Close all."""
        self.errands.close()
        self.stage.close()
        if self.stage.live is not None:
            self.loop.run_until_complete(self.stage.live.stop())
        self.loop.run_until_complete(self.supervisor.stop(1.0))
        self.executor.shutdown()
        self.loop.close()
        asyncio.set_event_loop(None)
        self.window.hide()
        self.window.deleteLater()
        self.stage.deleteLater()
        assert not self.failures

    def _make_engine(self, *args: object) -> SilentEngine:
        self.engine = SilentEngine(*args)  # type: ignore[arg-type]
        return self.engine

    def _start(self, live: object, session: StartSession) -> None:
        assert self.stage.live is not None
        self.supervisor.start(self.stage.live.start(session), name="start")

    def _failed(self, name: str, error: BaseException) -> None:
        self.failures.append(error)


@pytest.fixture
def bench(qapp: QApplication, theme: Theme, words: Words) -> Iterator[Bench]:
    made = Bench(qapp, theme, words)
    yield made
    made.end()


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("session") / "situations.clearline"
    situations.write(path)
    return path


FAILED = StepResult(
    Step.CONNECT,
    StepState.FAILED,
    Saying("step.fault", {"kind": "tcp.refused", "address": "10.2.0.40:9100"}),
    10.0,
    20.0,
    {"target.address": "10.2.0.40:9100", "ports.each": {"80": ""}},
)


def test_it_diagnoses_the_selected_target_and_shows_the_diagnosis(bench: Bench) -> None:
    bench.begin()
    bench.diagnose_printer(FAILED)

    (asked,) = bench.asked()
    assert (asked.target.id, asked.policy.depth) == (PRINTER.id, Depth.QUICK)
    assert bench.desk.diagnosis.isVisible()
    assert bench.desk.diagnosis.card.title.text() == "The service is not running. Its computer is reachable."


def test_each_rung_says_how_it_is_in_words(bench: Bench) -> None:
    bench.begin()
    bench.diagnose_printer(
        StepResult(Step.GATEWAY, StepState.OK, Saying("step.gateway.dead", {"gateway": "192.0.2.1"}), 0.0, 4.0), FAILED
    )

    rungs = bench.desk.diagnosis.ladder.rungs
    assert [rung.accessibleName().partition(".")[0] for rung in rungs] == [
        "Gateway: works",
        "Connect: fails",
        "Encryption: being tested",
    ]
    assert rungs[1].took.text() == "20 ms"


def test_ctrl_enter_diagnoses_an_address_without_adding_it(bench: Bench, qtbot: QtBot) -> None:
    qtbot.keyClicks(bench.desk.address.field, "mail.example:993")
    field, control = bench.desk.address.field, Qt.KeyboardModifier.ControlModifier
    bench.press(lambda: qtbot.keyClick(field, Qt.Key.Key_Return, control))

    assert bench.stage.plans.plan.targets == ()
    assert [command.target.address for command in bench.asked()] == ["tcp://mail.example:993"]
    assert isinstance(bench.engine.sent[0], StartSession)
    assert bench.desk.address.field.text() == "mail.example:993"


def test_a_wrong_address_is_not_diagnosed_but_explained(bench: Bench, qtbot: QtBot) -> None:
    qtbot.keyClicks(bench.desk.address.field, "tcp://nothing")
    bench.desk.address.diagnose_button.click()
    bench.turn()

    assert bench.engine.sent == []
    assert bench.desk.address.problem.isVisible()


def test_it_stops_one_and_a_late_end_of_it_does_not_touch_the_next(bench: Bench) -> None:
    bench.begin()
    first = bench.diagnose_printer(FAILED)
    bench.desk.diagnosis.stop.click()
    assert StopDiagnosis(diagnosis=first) in bench.engine.sent

    bench.diagnose_printer(FAILED)
    bench.hear(DiagnosisEnded(at_s=2.5, diagnosis=first, reason="stopped"))

    shown = bench.desk.shown_diagnosis
    assert shown is not None
    assert shown.is_running


def test_more_thoroughly_takes_longer(bench: Bench) -> None:
    bench.begin()
    name = bench.diagnose_printer(FAILED)
    assert not bench.desk.diagnosis.full.isVisible()
    bench.hear(DiagnosisEnded(at_s=2.5, diagnosis=name, reason="done"))

    bench.desk.diagnosis.full.click()

    assert bench.asked()[-1].policy.depth is Depth.FULL


@pytest.mark.parametrize(("is_agreed", "consents"), [(True, [(), (Trial.NEIGHBOURS,)]), (False, [()])])
def test_other_hosts_are_touched_only_once_a_person_agreed(
    bench: Bench, is_agreed: bool, consents: list[tuple[Trial, ...]]
) -> None:
    bench.begin()
    bench.hear(DiagnosisEnded(at_s=2.5, diagnosis=bench.diagnose_printer(FAILED), reason="done"))
    _, button = bench.desk.diagnosis.offers.rows[0]
    assert button.trial is Trial.NEIGHBOURS
    bench.press(button.click)
    question = QApplication.activeModalWidget()
    assert isinstance(question, Confirmation)

    bench.press(question.accept if is_agreed else question.reject)

    assert [command.policy.consents for command in bench.asked()] == consents


@pytest.mark.parametrize(
    ("target", "facts", "trials"),
    [
        (SHOP, {}, [Trial.REUSE, Trial.LOAD]),
        (SHOP, {"reuse.is_cut": False, "load.idle_ms": 9.0}, []),
        (PRINTER, {}, [Trial.REUSE]),
    ],
)
def test_a_target_that_works_can_be_left_idle_and_its_line_kept_busy(
    bench: Bench, target: Target, facts: dict[str, object], trials: list[Trial]
) -> None:
    bench.begin()
    made = StepResult(Step.CONNECT, StepState.OK, facts=facts)
    bench.hear(DiagnosisEnded(at_s=2.5, diagnosis=bench.diagnose(target, made, verdict=WELL), reason="done"))

    shown = [button.trial for _, button in bench.desk.diagnosis.offers.rows if button.isVisible()]

    assert shown == trials


@pytest.mark.parametrize(
    ("idle_s", "told"),
    [
        (15, "keeps a connection to the target open and unused for 15 s"),
        (600, "takes up to 10 min: 6 connections to the target rest"),
    ],
)
def test_connections_rest_only_once_a_person_agreed_to_the_time(bench: Bench, idle_s: float, told: str) -> None:
    bench.begin()
    bench.outside.set_idle_s(idle_s)
    bench.hear(DiagnosisEnded(at_s=2.5, diagnosis=bench.diagnose(SHOP, verdict=WELL), reason="done"))
    _, button = bench.desk.diagnosis.offers.rows[0]

    said = bench.agree(button)

    assert told in said
    policy = bench.asked()[-1].policy
    assert (policy.consents, policy.idle_s, policy.depth) == ((Trial.REUSE,), idle_s, Depth.FULL)


def test_a_step_shows_how_far_it_is(bench: Bench) -> None:
    bench.begin()
    rests = Saying("step.compare.resting", {"rested_s": 60.0, "idle_s": 300.0})
    bench.diagnose(SHOP, StepResult(Step.TLS, StepState.RUNNING, rests), verdict=WELL)

    shown = [label.text() for label in bench.desk.diagnosis.findChildren(QLabel)]

    assert "connections rest: 1 min of 5 min" in " ".join(shown)


def test_the_line_is_made_busy_only_once_a_person_agreed_to_the_megabytes(bench: Bench) -> None:
    bench.begin()
    bench.outside.set_load_mb(35)
    bench.hear(DiagnosisEnded(at_s=2.5, diagnosis=bench.diagnose(SHOP, verdict=WELL), reason="done"))
    _, button = bench.desk.diagnosis.offers.rows[1]

    said = bench.agree(button)

    assert "up to 35 MB" in said
    assert SHOP.host in said
    policy = bench.asked()[-1].policy
    assert (policy.consents, policy.load_mb, policy.depth) == ((Trial.LOAD,), 35.0, Depth.FULL)


@pytest.mark.parametrize(
    ("target", "phrases"),
    [(SHOP, ["both ways", f"35 MB from {SHOP.host}", "35 MB to files.example"]), (PRINTER, ["sends to files.example"])],
)
def test_what_is_sent_is_agreed_to_as_well(bench: Bench, target: Target, phrases: list[str]) -> None:
    bench.begin()
    bench.outside.set_load_mb(35)
    bench.outside.set_upload("https://files.example/drop?token=secret")
    bench.stage.selection.select([target.id])
    bench.press(partial(bench.desk.diagnosis.trial_asked.emit, Trial.LOAD))
    question = QApplication.activeModalWidget()
    assert isinstance(question, Confirmation)
    said = " ".join(label.text() for label in question.findChildren(QLabel))
    bench.press(question.accept)

    assert [phrase for phrase in phrases if phrase not in said] == []
    assert "secret" not in said
    assert bench.asked()[-1].policy.outside.upload == "https://files.example/drop?token=secret"


def test_a_test_of_the_target_alone_needs_no_question(bench: Bench) -> None:
    bench.begin()
    bench.hear(DiagnosisEnded(at_s=2.5, diagnosis=bench.diagnose_printer(FAILED), reason="done"))
    _, button = bench.desk.diagnosis.offers.rows[1]
    assert button.trial is Trial.PING

    bench.press(button.click)

    assert bench.asked()[-1].policy.depth is Depth.FULL


def test_the_ticket_says_what_was_seen_and_from_which_address(bench: Bench) -> None:
    bench.begin()
    bench.hear(DiagnosisEnded(at_s=2.5, diagnosis=bench.diagnose_printer(FAILED), reason="done"))
    bench.desk.diagnosis.card.copy.click()

    text = QGuiApplication.clipboard().text()
    assert "The service is not running" in text
    assert "10.2.0.40:9100" in text
    assert "80 ok" in text


def test_it_says_when_the_target_answers_again(bench: Bench) -> None:
    bench.begin()
    bench.hear(DiagnosisEnded(at_s=2.5, diagnosis=bench.diagnose_printer(FAILED), reason="done"))
    bench.hear(*success(PRINTER.id, 9))
    assert "answers again" in bench.desk.diagnosis.card._since.text()


def test_many_failures_are_said_once_and_one_of_them_is_diagnosed(bench: Bench) -> None:
    bench.begin()
    assert not bench.desk.together.isVisible()
    lost = Fault("dns.timed_out", Phase.RESOLVE)
    for check in range(2, 9):
        bench.hear(*(event for target in (INTRANET, PRINTER, SHOP) for event in failure(target.id, check, lost)))
    bench.stage.axis.set_now(12.0)
    bench.desk.show_selection()

    assert bench.desk.together.title.text() == "No name can be looked up."
    assert bench.desk.together.isVisible()
    bench.press(bench.desk.together.button.click)
    assert bench.asked()[-1].target.id == INTRANET.id


def recorded_desk(qapp: QApplication, theme: Theme, words: Words, session: Path) -> Bench:
    made = Bench(qapp, theme, words, Source.FILE)
    made.loop.run_until_complete(replay(session, made.stage, made.executor, lambda share: None))
    return made


def test_a_reopened_session_shows_its_diagnoses_and_their_verdicts(
    qapp: QApplication, theme: Theme, words: Words, session: Path
) -> None:
    bench = recorded_desk(qapp, theme, words, session)
    shown = {}
    for target in bench.stage.plans.plan.targets:
        diagnosis = bench.stage.diagnoses.of(target.id)
        assert diagnosis is not None
        assert diagnosis.verdict is not None
        shown[target.name] = diagnosis.verdict.code
    bench.end()
    assert shown == {situation.name: situation.verdict for situation in situations.SITUATIONS}


def test_a_moment_of_the_past_is_judged_from_what_was_recorded(
    qapp: QApplication, theme: Theme, words: Words, session: Path
) -> None:
    bench = recorded_desk(qapp, theme, words, session)
    target = next(one for one in bench.stage.plans.plan.targets if one.name == "Certificate expired")
    bench.stage.selection.select([target.id])
    bench.stage.axis.show_moment(20.0)
    bench.press(bench.window.acts[Act.DIAGNOSE].trigger)
    bench.turn(0.3)

    shown = bench.stage.diagnoses.of(target.id)
    bench.end()
    assert shown is not None
    assert shown.is_past
    assert shown.verdict is not None
    assert shown.verdict.code == "certificate_expired"


def test_a_colleagues_session_is_compared_target_by_target(bench: Bench, session: Path, tmp_path: Path) -> None:
    bench.begin()
    bench.diagnose_printer(FAILED)
    report = tmp_path / "there.jsonl"
    lines = [
        {"target": PRINTER.shown, "name": "Printer", "ok": True, "fault": None, "started_at": "2026-11-26T10:00:00Z"},
        {"target": INTRANET.shown, "name": "Intranet", "ok": False, "fault": "tcp.refused"},
    ]
    report.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    bench.press(lambda: bench.commands.compare_with(report))
    bench.turn(0.3)
    bench.desk.draw_frame()

    told = [line.text() for line in bench.desk.diagnosis.there.lines]
    assert "Works there, not here: Label printer." in told
    assert "Works here, not there: Intranet." in told
    assert "From another computer it works." in [line.text() for line in bench.desk.diagnosis.notes.lines]


def test_a_session_is_read_as_a_second_vantage(session: Path) -> None:
    found = read_vantage(session)
    assert len(found.sightings) == len({situation.address for situation in situations.SITUATIONS})


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no json", "vantage_file.not_understood"),
        (b'{"attempts": 3, "targets": 4}', "vantage_file.not_understood"),
        (b'[{"ok": true}]', "vantage_file.not_understood"),
        (b"\xff\xfe\x00", "vantage_file.not_understood"),
        (b"[[1]]", "vantage_file.not_understood"),
        (b"{}", "vantage_file.empty"),
        (b"[" * 100_000, "vantage_file.not_understood"),
    ],
)
def test_a_strange_file_is_refused_with_a_sentence(tmp_path: Path, content: bytes, code: str, words: Words) -> None:
    path = tmp_path / "there.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_vantage(path)
    assert caught.value.problems[0].code == code
    assert "there.json" in words.texts.problem(caught.value.problems[0])
