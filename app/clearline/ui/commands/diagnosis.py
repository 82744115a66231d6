"""What the actions of a diagnosis do: begin one, stop it, make a test that was missing, hand it over, compare."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from clearline.diagnosis.recorded import AROUND_S, Past, judge_moment
from clearline.diagnosis.vantage import Sighting
from clearline.domain.command import Diagnose
from clearline.domain.event import CheckEnded, Result
from clearline.domain.problem import InputError, Problem
from clearline.domain.target import Target
from clearline.domain.verdict import NEEDS_CONSENT, Depth, DiagnosisPolicy, Outside, Trial
from clearline.host.verdict_texts import VerdictWords
from clearline.store.opening import SessionFileError
from clearline.store.reader import SessionReader
from clearline.ui.actions import Act, Slot
from clearline.ui.commands.errands import Errands
from clearline.ui.dialogs import Complaint, Confirmation, answer, open_dialog
from clearline.ui.vantage_file import Vantage, read_vantage
from clearline.ui.viewmodels.diagnosis import new_name
from clearline.ui.viewmodels.diagnosis_words import consent_sentence
from clearline.ui.viewmodels.outside import OutsideModel
from clearline.ui.widgets.desk import Desk


class DiagnosisCommands(QObject):
    """Each reads the desk on screen. The engine does the testing; the past is judged from what was recorded."""

    settings_asked = Signal()
    """A test needs something that is set there."""

    def __init__(self, errands: Errands, outside: OutsideModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._window = errands.window
        self._words = errands.words
        self._outside = outside

    def slots(self) -> dict[Act, Slot]:
        """What each of its actions calls."""
        return {Act.DIAGNOSE: self.diagnose, Act.VANTAGE: self.compare}

    def serve(self, desk: Desk) -> None:
        """Do what the buttons of a new desk ask for."""
        desk.address.diagnose_asked.connect(self._diagnose_typed)
        desk.together_diagnose_asked.connect(self._diagnose_id)
        panel = desk.diagnosis
        panel.begin_asked.connect(self.diagnose_shown)
        panel.full_asked.connect(self.diagnose_fully)
        panel.stop_asked.connect(self.stop)
        panel.copy_asked.connect(self.copy_ticket)
        panel.trial_asked.connect(self._try)
        panel.compare_asked.connect(self.compare)

    def diagnose(self) -> None:
        """Ctrl+D: what is typed in the address field while that has the focus, else the selected target."""
        desk = self._window.desk
        if desk is None:
            return
        if desk.address.field.hasFocus() and desk.address.field.text().strip():
            desk.address.diagnose()
        else:
            self.diagnose_shown()

    def diagnose_shown(self) -> None:
        """The selected target, now; at the moment on screen where that is the past."""
        desk = self._window.desk
        if desk is None:
            return
        desk.show_diagnosis()
        if (target := self._target(desk)) is None:
            return
        if desk.stage.is_live and desk.stage.axis.is_live:
            self._begin(desk, target)
        else:
            self._errands.start(self._judge_past(desk, target), "diagnose the past")

    def diagnose_fully(self) -> None:
        """Once more, with up to 30 s."""
        if (desk := self._window.desk) and (target := self._target(desk)):
            desk.stage.axis.return_to_live()
            self._begin(desk, target, Depth.FULL)

    def stop(self) -> None:
        """Stop the diagnosis on screen where it is."""
        desk = self._window.desk
        if desk is not None and desk.stage.live and (shown := desk.shown_diagnosis) is not None:
            desk.stage.live.stop_diagnosis(shown.name)

    def copy_ticket(self) -> None:
        """Copy what was found for whoever can mend it."""
        desk = self._window.desk
        shown = desk.shown_diagnosis if desk else None
        if desk is None or shown is None or shown.verdict is None:
            return
        wall_s = desk.stage.session.wall_s + shown.started_s
        text = VerdictWords(self._words.texts).ticket(shown.verdict, shown.target, shown.facts, wall_s)
        QGuiApplication.clipboard().setText(text)

    def compare(self) -> None:
        """Ask for what another computer recorded, and show what differs."""
        self._errands.start(self._ask_vantage(), "compare")

    def compare_with(self, path: Path) -> None:
        """Compare with this file."""
        self._errands.start(self._compare_with(path), "compare")

    def _diagnose_typed(self, target: Target | None) -> None:
        desk = self._window.desk
        if desk is None or target is None:
            self.diagnose_shown()
            return
        desk.show_diagnosis()
        is_known = desk.stage.session.state(target.id) is not None
        desk.stage.selection.select([target.id] if is_known else [])
        self._begin(desk, target)

    def _diagnose_id(self, target_id: str) -> None:
        if desk := self._window.desk:
            desk.stage.selection.select([target_id])
            self.diagnose_shown()

    def _target(self, desk: Desk) -> Target | None:
        """The selected target, else the address that is shown without having been added."""
        state = desk.stage.session.state(desk.stage.selection.only)
        if state is not None:
            return state.target
        shown = desk.shown_diagnosis
        return shown.target if shown is not None else None

    def _begin(self, desk: Desk, target: Target, depth: Depth = Depth.QUICK, consents: tuple[Trial, ...] = ()) -> None:
        live = desk.stage.live
        if live is None:
            return
        running = desk.stage.diagnoses.of(target.id)
        if running is not None and running.is_running:
            live.stop_diagnosis(running.name)
        outside = self._outside.could_be if Trial.RESOLVERS in consents else self._outside.in_force
        needed = tuple(trial for trial in consents if trial in NEEDS_CONSENT)
        name = new_name(target, is_free=desk.stage.session.state(target.id) is None)
        live.diagnose(Diagnose(diagnosis=name, target=target, policy=self._policy(outside, depth, needed)))

    def _policy(
        self, outside: Outside, depth: Depth = Depth.QUICK, consents: tuple[Trial, ...] = ()
    ) -> DiagnosisPolicy:
        """As far as the settings go."""
        model = self._outside
        return DiagnosisPolicy(depth, outside, consents, idle_s=model.idle_s, load_mb=model.load_mb)

    def _try(self, trial: Trial) -> None:
        if trial is Trial.COLLEAGUE:
            self.compare()
        elif trial is Trial.CONTROL and not self._outside.controls:
            self.settings_asked.emit()
        else:
            self._errands.start(self._ask_trial(trial), "ask for a test")

    async def _ask_trial(self, trial: Trial) -> None:
        """A test that touches others is made once somebody agreed to it, this time."""
        desk = self._window.desk
        target = self._target(desk) if desk else None
        if desk is None or target is None:
            return
        policy = self._policy(self._outside.in_force)
        if trial is Trial.RESOLVERS and not self._outside.could_be.is_allowed:
            sentence = self.tr("Your administrator allows no outside host, so this test cannot be made.")
            await answer(Complaint(self.tr("Not allowed"), sentence, self.tr("Close"), self._window))
            return
        hosts = ", ".join(self._outside.could_be.hosts()) if trial is Trial.RESOLVERS else ""
        sentence = consent_sentence(trial, target, hosts, policy, self._words)
        told = VerdictWords(self._words.texts).trial(trial)
        if not sentence or await answer(Confirmation(told, sentence, self.tr("Test"), self._window)):
            desk.stage.axis.return_to_live()
            self._begin(desk, target, Depth.FULL, (trial,))

    async def _judge_past(self, desk: Desk, target: Target) -> None:
        """Read what was recorded around the moment on screen, and judge that."""
        stage = desk.stage
        axis = stage.axis
        at_s = axis.cursor_s if axis.cursor_s is not None else (axis.from_s + min(axis.to_s, axis.now_s)) / 2
        path = stage.path or (stage.session.report.recording if stage.session.report else "")
        try:
            past = await asyncio.get_running_loop().run_in_executor(None, _read_past, path, target, at_s)
        except InputError as error:
            await self._errands.complain(error)
            return
        if past is None:
            time = self._words.clock_time(stage.session.wall_s + at_s)
            await self._errands.complain(InputError(Problem("diagnosis_window.nothing_recorded", {"time": time})))
            return
        stage.diagnoses.show_past(target, past)

    async def _ask_vantage(self) -> None:
        pattern = self.tr("Sessions and reports (*.clearline *.json *.jsonl *.txt);;All files (*)")
        dialog = open_dialog(self.tr("Compare with another computer"), "", pattern, self._window)
        if await answer(dialog):
            await self._compare_with(Path(dialog.selectedFiles()[0]))

    async def _compare_with(self, path: Path) -> None:
        desk = self._window.desk
        if desk is None:
            return
        try:
            found = await asyncio.get_running_loop().run_in_executor(None, read_vantage, path)
        except InputError as error:
            await self._errands.complain(error)
            return
        desk.show_diagnosis()
        self._hold_against(desk, found)

    def _hold_against(self, desk: Desk, found: Vantage) -> None:
        desk.stage.diagnoses.use_vantage(found.name, found.at_s, found.sightings, sightings_here(desk))


def sightings_here(desk: Desk) -> list[Sighting]:
    """How each target was last seen from here."""
    stage = desk.stage
    found = []
    for state in stage.session.states.values():
        if (attempt := state.last_attempt) is not None:
            fault = attempt.outcome.fault
            at_s = stage.session.wall_s + attempt.at_s
            kind = fault.kind if fault else ""
            found.append(Sighting(state.target.shown, state.target.label, fault is None, kind, at_s))
    return found


def _read_past(path: str, target: Target, at_s: float) -> Past | None:
    """Raises InputError where the session file cannot be read, or nothing is recorded."""
    if not path:
        raise InputError(Problem("diagnosis_window.not_recorded"))
    try:
        with SessionReader(Path(path)) as reader:
            begin_s, end_s = max(0.0, at_s - AROUND_S), at_s + AROUND_S
            attempts = reader.attempts(target.id, begin_s, end_s)
            others = _others_that_answered(reader, target, begin_s, end_s)
    except SessionFileError as error:
        raise InputError(error.problem) from error
    return judge_moment(target, attempts, at_s, others_ok=others)


def _others_that_answered(reader: SessionReader, target: Target, begin_s: float, end_s: float) -> int:
    """How many other hosts answered meanwhile: then it was not this computer's whole network."""
    hosts = {one.id: one.host for one in reader.plan.targets}
    good = {
        hosts[event.target]
        for event in reader.stream(CheckEnded, begin_s, end_s)
        if event.result is Result.OK and event.target in hosts
    }
    return len(good - {target.host})
