"""What the actions do: each reads the desk on screen and calls a model, or asks a question first."""

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from clearline.domain.problem import InputError, Problem
from clearline.domain.target import Probe
from clearline.host import paths
from clearline.report.curl import curl_command
from clearline.resilience.supervisor import Supervisor
from clearline.ui.actions import Act
from clearline.ui.dialogs import (
    ChoiceQuestion,
    Confirmation,
    PasteDialog,
    TargetDialog,
    TextQuestion,
    answer,
    open_dialog,
    save_dialog,
)
from clearline.ui.main_window import MainWindow
from clearline.ui.stages import Stages
from clearline.ui.viewmodels.target_state import TargetState
from clearline.ui.viewmodels.theme import Theme, ThemeChoice
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.desk import Desk

PAN_SHARE = 0.25
ZOOM = 0.6
CONFIRM_FROM = 2
"""One target is removed at once, since that can be undone; several are asked about."""


class Commands(QObject):
    """Wired to the actions once; refuses everything after `close`."""

    quit_asked = Signal()
    theme_chosen = Signal()
    language_chosen = Signal(str)
    file_used = Signal(str)
    """A session or plan was opened or saved, by its path."""

    def __init__(
        self,
        window: MainWindow,
        stages: Stages,
        theme: Theme,
        words: Words,
        supervisor: Supervisor,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._stages = stages
        self._theme = theme
        self._words = words
        self._supervisor = supervisor
        self._is_closed = False
        acts = window.acts
        for act, slot in {
            Act.ADDRESS: self.focus_address,
            Act.PASTE: self.paste_list,
            Act.OPEN_SESSION: self.open_session,
            Act.OPEN_PLAN: self.open_plan,
            Act.SAVE_PLAN: self.save_plan,
            Act.LAB: self.open_lab,
            Act.QUIT: self.quit_asked,
            Act.PAUSE: self.pause,
            Act.CHECK_NOW: self.check_now,
            Act.MARKER: self.drop_marker,
            Act.RESET_BREAKER: self.reset_breaker,
            Act.COPY_CURL: self.copy_curl,
            Act.EDIT: self.edit,
            Act.REMOVE: self.remove,
            Act.UNDO: self.undo,
            Act.FILTER: self.focus_filter,
            Act.LIVE: self.return_to_live,
            Act.ZOOM_IN: self.zoom_in,
            Act.ZOOM_OUT: self.zoom_out,
            Act.EARLIER: self.earlier,
            Act.LATER: self.later,
            Act.LIGHT: self.choose_light,
            Act.DARK: self.choose_dark,
            Act.SYSTEM: self.choose_system,
            Act.ENGLISH: self.speak_english,
            Act.FRENCH: self.speak_french,
        }.items():
            acts[act].triggered.connect(slot)
        stages.desk_made.connect(self.serve)
        window.desk_changed.connect(self._suit_curl)
        stages.another_lab_asked.connect(self.open_lab)

    def serve(self, desk: Desk) -> None:
        """Do what the buttons of a new desk ask for."""
        desk.address.list_pasted.connect(self._paste)
        desk.evidence.curl_asked.connect(self.copy_curl)
        desk.stage.selection.changed.connect(self._suit_curl)
        desk.stage.session.plan_used.connect(self._suit_curl)
        desk.targets.opened.connect(self._edit_id)
        desk.pause.clicked.connect(self.pause_all)
        desk.figures.export_asked.connect(self.export_figures)
        desk.empty.test_asked.connect(self.focus_address)
        desk.empty.lab_asked.connect(self.open_lab)
        desk.empty.session_asked.connect(self.open_session)

    def close(self) -> None:
        """Refuse everything from now on."""
        self._is_closed = True
        for act in Act:
            self._window.acts[act].setEnabled(False)

    # ── targets ─────────────────────────────────────────────────────────────────────────────────────────────────

    def focus_address(self) -> None:
        """Ctrl+L."""
        if desk := self._window.desk:
            desk.address.focus()

    def focus_filter(self) -> None:
        """Ctrl+F."""
        if desk := self._window.desk:
            desk.targets.filter_field.setFocus()
            desk.targets.filter_field.selectAll()

    def paste_list(self) -> None:
        """Begin with what is on the clipboard."""
        self._paste(QGuiApplication.clipboard().text())

    def pause(self) -> None:
        """Pause the selected targets, or all; or let them go on."""
        if desk := self._window.desk:
            desk.stage.plans.toggle_paused(desk.stage.chosen)

    def pause_all(self) -> None:
        """Pause all targets, or let them go on."""
        if desk := self._window.desk:
            desk.stage.plans.toggle_paused(())

    def check_now(self) -> None:
        """F5."""
        if (desk := self._window.desk) and desk.stage.live:
            desk.stage.live.check_now(desk.stage.chosen)

    def drop_marker(self) -> None:
        """Ask what happens at this moment, and mark it."""
        self._start(self._ask_marker(), "marker")

    def reset_breaker(self) -> None:
        """Close the breakers of the selected targets."""
        if not (desk := self._window.desk) or not desk.stage.live:
            return
        states = (desk.stage.session.state(target_id) for target_id in desk.stage.chosen)
        for key in {state.target.breaker_key for state in states if state}:
            desk.stage.live.reset_breaker(key)

    def copy_curl(self) -> None:
        """Copy the selected target's request as a curl command, secrets masked, as its last attempt went."""
        state = self._web_state()
        if state is None:
            return
        outcome = state.last_attempt.outcome if state.last_attempt else None
        told = curl_command(state.target, state.profile.timeouts, outcome, is_windows=sys.platform == "win32")
        QGuiApplication.clipboard().setText(told)

    def edit(self) -> None:
        """Edit the selected target."""
        if (desk := self._window.desk) and (target_id := desk.stage.selection.only):
            self._edit_id(target_id)

    def remove(self) -> None:
        """Take the selected targets away; several are asked about."""
        self._start(self._ask_remove(), "remove")

    def undo(self) -> None:
        """Take the last change of the plan back."""
        if desk := self._window.desk:
            desk.stage.plans.undo()

    # ── files and the lab ───────────────────────────────────────────────────────────────────────────────────────

    def open_session(self) -> None:
        """Ctrl+O."""
        self._start(self._ask_session(), "open session")

    def open_path(self, path: str) -> None:
        """Open a session, or replace the plan by one from a file."""
        self._start(self._open(Path(path)), "open file")

    def open_plan(self) -> None:
        """Replace the plan by one from a file; can be undone."""
        self._start(self._ask_plan(), "open plan")

    def save_plan(self) -> None:
        """Ctrl+S."""
        self._start(self._ask_where(), "save plan")

    def export_figures(self) -> None:
        """Save the figures that are shown."""
        self._start(self._ask_figures(), "export figures")

    def open_lab(self) -> None:
        """Ask which practice scenario, and start it."""
        self._start(self._ask_lab(), "open lab")

    # ── view ────────────────────────────────────────────────────────────────────────────────────────────────────

    def return_to_live(self) -> None:
        """L."""
        if desk := self._window.desk:
            desk.stage.axis.return_to_live()

    def zoom_in(self) -> None:
        """See less time, closer."""
        if desk := self._window.desk:
            desk.stage.axis.zoom(ZOOM)

    def zoom_out(self) -> None:
        """See more time."""
        if desk := self._window.desk:
            desk.stage.axis.zoom(1 / ZOOM)

    def earlier(self) -> None:
        """Move a quarter back."""
        if desk := self._window.desk:
            desk.stage.axis.pan_share(-PAN_SHARE)

    def later(self) -> None:
        """Move a quarter on."""
        if desk := self._window.desk:
            desk.stage.axis.pan_share(PAN_SHARE)

    def choose_light(self) -> None:
        """Light theme."""
        self._choose(ThemeChoice.LIGHT)

    def choose_dark(self) -> None:
        """Dark theme."""
        self._choose(ThemeChoice.DARK)

    def choose_system(self) -> None:
        """Theme of the desktop."""
        self._choose(ThemeChoice.SYSTEM)

    def speak_english(self) -> None:
        """Speak English from now on."""
        self.language_chosen.emit("en")

    def speak_french(self) -> None:
        """Speak French from now on."""
        self.language_chosen.emit("fr")

    # ── questions ───────────────────────────────────────────────────────────────────────────────────────────────

    async def complain(self, error: InputError) -> None:
        """Say what is wrong with something a person gave."""
        sentences = "\n".join(self._words.texts.problem(problem) for problem in error.problems[:10])
        await answer(Confirmation(self.tr("That did not work"), sentences, self.tr("Close"), self._window))

    async def _ask_marker(self) -> None:
        desk = self._window.desk
        if desk is None or desk.stage.live is None:
            return
        question = TextQuestion(
            self.tr("Drop a marker"), self.tr("What happens at this moment?"), self.tr("Mark"), self._window
        )
        if await answer(question):
            desk.stage.live.drop_marker(question.text or self.tr("marked by hand"), desk.stage.selection.only or "")

    async def _ask_remove(self) -> None:
        desk = self._window.desk
        if desk is None or not desk.stage.is_live or not (ids := desk.stage.selection.ids):
            return
        if len(ids) >= CONFIRM_FROM:
            sentence = self.tr("Remove the {count} selected targets from the plan? What was recorded stays.")
            title, deed = self.tr("Remove targets"), self.tr("Remove")
            if not await answer(Confirmation(title, sentence.format(count=len(ids)), deed, self._window)):
                return
        desk.stage.plans.remove(ids)

    async def _ask_session(self) -> None:
        folder = str(paths.sessions_dir())
        pattern = self.tr("Sessions (*.clearline)")
        dialog = open_dialog(self.tr("Open a session"), folder, pattern, self._window)
        if await answer(dialog):
            await self._open(Path(dialog.selectedFiles()[0]))

    async def _ask_plan(self) -> None:
        dialog = open_dialog(self.tr("Open a plan"), "", self.tr("Plans (*.toml)"), self._window)
        if await answer(dialog):
            await self._open(Path(dialog.selectedFiles()[0]))

    async def _open(self, path: Path) -> None:
        if self._window.desk is None:
            self._window.leave_page()
        try:
            if path.suffix.casefold() != ".toml":
                await self._stages.open_file(path)
            elif (desk := self._window.desk) is not None and desk.stage.is_live:
                desk.stage.plans.load(path)
            else:
                return
        except InputError as error:
            await self.complain(error)
            return
        self.file_used.emit(str(path))

    async def _ask_where(self) -> None:
        desk = self._window.desk
        dialog = save_dialog(self.tr("Save the plan as"), "plan.toml", self.tr("Plans (*.toml)"), "toml", self._window)
        if desk is not None and await answer(dialog):
            try:
                desk.stage.plans.save_copy(Path(dialog.selectedFiles()[0]))
                self.file_used.emit(dialog.selectedFiles()[0])
            except InputError as error:
                await self.complain(error)

    async def _ask_figures(self) -> None:
        desk = self._window.desk
        pattern = self.tr("JSON (*.json);;CSV (*.csv)")
        dialog = save_dialog(self.tr("Export the figures as"), "figures.json", pattern, "json", self._window)
        if desk is None or not await answer(dialog):
            return
        path, model, target_id = Path(dialog.selectedFiles()[0]), desk.stage.figures, desk.figures.target_id
        if dialog.selectedNameFilter().startswith("CSV"):
            path = path.with_suffix(".csv")
        text = model.as_csv(target_id) if path.suffix.casefold() == ".csv" else model.as_json(target_id)
        try:
            await asyncio.get_running_loop().run_in_executor(None, _write, path, text)
        except OSError as error:
            values = {"name": path.name, "reason": error.strerror or str(error)}
            await self.complain(InputError(Problem("plan_file.not_saved", values)))

    async def _ask_lab(self) -> None:
        # Late: the lab brings its certificate machinery along, which the window needs for nothing else.
        from clearline.lab import scenario

        choices = [(name, name.replace("_", " ").replace("-", " ").capitalize()) for name in scenario.names()]
        label = self.tr("Which faults do you want to see? They are made on this computer; nothing leaves it.")
        question = ChoiceQuestion(self.tr("Practice lab"), label, choices, self.tr("Start"), self._window)
        if await answer(question):
            try:
                await self._stages.open_lab(question.value)
            except InputError as error:
                await self.complain(error)

    async def _ask_list(self, text: str) -> None:
        desk = self._window.desk
        if desk is None or not desk.stage.is_live:
            return
        await answer(PasteDialog(text, desk.stage.plans, self._words, self._theme, self._window))

    async def _ask_target(self, target_id: str) -> None:
        desk = self._window.desk
        if desk is None or not desk.stage.is_live:
            return
        if target := desk.stage.plans.plan.target(target_id):
            await answer(TargetDialog(target, desk.stage.plans, self._words, self._window))

    def _web_state(self) -> TargetState | None:
        """The one selected target, if curl has a request like its."""
        desk = self._window.desk
        state = desk.stage.session.state(desk.stage.selection.only) if desk else None
        return state if state is not None and state.target.probe is Probe.HTTP else None

    def _suit_curl(self) -> None:
        if not self._is_closed:
            self._window.acts[Act.COPY_CURL].setEnabled(self._web_state() is not None)

    def _paste(self, text: str) -> None:
        self._start(self._ask_list(text), "paste list")

    def _edit_id(self, target_id: str) -> None:
        self._start(self._ask_target(target_id), "edit target")

    def _choose(self, choice: ThemeChoice) -> None:
        self._theme.choose(choice)
        self._window.show_choice(self._theme, self._words)
        self.theme_chosen.emit()

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        if self._is_closed:
            work.close()
        else:
            self._supervisor.start(work, name=name)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
