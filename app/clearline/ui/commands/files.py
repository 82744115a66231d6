"""What the actions on files and the practice lab do: open, save, export, start."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from clearline.domain.keeping import Keeping
from clearline.domain.problem import InputError, Problem
from clearline.host import paths
from clearline.host.target_list import read_text, write_list
from clearline.ui.actions import Act, Slot
from clearline.ui.commands.errands import Errands
from clearline.ui.dialogs import ChoiceQuestion, answer, open_dialog
from clearline.ui.draft import Typed, decoded
from clearline.ui.keeping_dialog import KeepingQuestion
from clearline.ui.save_dialog import SaveDialog
from clearline.ui.stages import Stages
from clearline.ui.widgets.desk import Desk
from clearline.ui.widgets.notice_bar import Way


class FileCommands(QObject):
    """Each asks which file, or which scenario, and says why one cannot be used."""

    file_used = Signal(str)
    """A session or plan was opened or saved, by its path."""
    keeping_chosen = Signal(object)
    """How much of what is recorded is kept from the next session on: a Keeping."""
    list_read = Signal(str)
    """The text of a file that is to be added as targets."""

    def __init__(self, errands: Errands, stages: Stages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._window = errands.window
        self._stages = stages
        stages.another_lab_asked.connect(self.open_lab)

    def slots(self) -> dict[Act, Slot]:
        """What each of its actions calls."""
        return {
            Act.OPEN_SESSION: self.open_session,
            Act.OPEN_PLAN: self.open_plan,
            Act.SAVE_PLAN: self.save_plan,
            Act.IMPORT: self.import_targets,
            Act.LAB: self.open_lab,
            Act.KEEPING: self.choose_keeping,
        }

    def serve(self, desk: Desk) -> None:
        """Do what the buttons of a new desk ask for."""
        desk.figures.export_asked.connect(self.export_figures)
        desk.empty.lab_asked.connect(self.open_lab)
        desk.empty.session_asked.connect(self.open_session)
        desk.empty.recent_chosen.connect(self.open_path)

    def open_session(self) -> None:
        """Ctrl+O."""
        self._errands.start(self._ask_session(), "open session")

    def open_path(self, path: str) -> None:
        """Open a session, replace the plan by one from a file, or add the targets that any other file lists."""
        self._errands.start(self._open(Path(path)), "open file")

    def open_paths(self, paths: Sequence[str]) -> None:
        """Open what was dropped on the window, one after the other."""
        self._errands.start(self._open_all([Path(path) for path in paths]), "open files")

    def open_plan(self) -> None:
        """Replace the plan by one from a file; can be undone."""
        self._errands.start(self._ask_plan(), "open plan")

    def import_targets(self) -> None:
        """Ctrl+I."""
        self._errands.start(self._ask_import(), "import targets")

    def save_plan(self) -> None:
        """Ctrl+S."""
        self._errands.start(self._ask_where(), "save plan")

    def export_figures(self) -> None:
        """Save the figures that are shown."""
        self._errands.start(self._ask_figures(), "export figures")

    def choose_keeping(self) -> None:
        """How much of what is recorded is kept."""
        self._errands.start(self._ask_keeping(), "recording rules")

    def open_lab(self) -> None:
        """Ask which practice scenario, and start it."""
        self._errands.start(self._ask_lab(), "open lab")

    def cut_short(self) -> list[Way]:
        """The dialog that was open when the program ended, with a way to go on with what was typed in it."""
        is_begun = decoded(self._errands.begun(Typed.RULES), Keeping) is not None
        return [(self._go_on_with_rules_words, self.choose_keeping)] if is_begun else []

    def _go_on_with_rules_words(self) -> str:
        return self.tr("Go on with the recording rules")

    async def _ask_keeping(self) -> None:
        begun = decoded(self._errands.begun(Typed.RULES), Keeping)
        question = KeepingQuestion(self._stages.keeping, self._window, begun)
        if await self._errands.ask(question, Typed.RULES):
            self._stages.keeping = question.keeping
            self.keeping_chosen.emit(question.keeping)

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

    async def _ask_import(self) -> None:
        pattern = self.tr("Lists of targets (*.csv *.txt *.tsv *.yml *.yaml hosts);;All files (*)")
        dialog = open_dialog(self.tr("Import targets"), "", pattern, self._window)
        if not await answer(dialog):
            return
        path = Path(dialog.selectedFiles()[0])
        try:
            self.list_read.emit(await asyncio.get_running_loop().run_in_executor(None, read_text, path))
        except InputError as error:
            await self._errands.complain(error)

    async def _open_all(self, files: Sequence[Path]) -> None:
        for path in files:
            await self._open(path)

    async def _open(self, path: Path) -> None:
        if self._window.desk is None:
            self._window.leave_page()
        loop = asyncio.get_running_loop()
        try:
            if path.suffix.casefold() != ".toml" and await loop.run_in_executor(None, _is_list, path):
                self.list_read.emit(await loop.run_in_executor(None, read_text, path))
                return
            if path.suffix.casefold() != ".toml":
                await self._stages.open_file(path)
            elif (desk := self._window.desk) is not None and desk.stage.is_live:
                desk.stage.plans.load(path)
            else:
                return
        except InputError as error:
            await self._errands.complain(error)
            return
        self.file_used.emit(str(path))

    async def _ask_where(self) -> None:
        desk = self._window.desk
        pattern = self.tr("Plans (*.toml);;Tables without secrets (*.csv)")
        dialog = SaveDialog(self.tr("Save the plan as"), "plan.toml", pattern, self._window)
        if desk is None or not await answer(dialog):
            return
        plans = desk.stage.plans
        try:
            if dialog.ending == ".csv":
                await self._write(dialog.place, write_list(plans.plan))
            else:
                plans.save_copy(dialog.place)
                self.file_used.emit(str(dialog.place))
        except InputError as error:
            await self._errands.complain(error)

    async def _ask_figures(self) -> None:
        desk = self._window.desk
        pattern = self.tr("JSON (*.json);;CSV (*.csv)")
        dialog = SaveDialog(self.tr("Export the figures as"), "figures.json", pattern, self._window)
        if desk is None or not await answer(dialog):
            return
        model, target_id = desk.stage.figures, desk.figures.target_id
        text = model.as_csv(target_id) if dialog.ending == ".csv" else model.as_json(target_id)
        try:
            await self._write(dialog.place, text)
        except InputError as error:
            await self._errands.complain(error)

    async def _write(self, path: Path, text: str) -> None:
        """Raises InputError when the text cannot be written there."""
        try:
            await asyncio.get_running_loop().run_in_executor(None, _write, path, text)
        except OSError as error:
            raise InputError(_trouble("plan_file.not_saved", path, error)) from None

    async def _ask_lab(self) -> None:
        # Late: the lab brings its certificate machinery along, which the window needs for nothing else.
        from clearline.lab import scenario

        language = self._errands.words.texts.language
        choices = await asyncio.get_running_loop().run_in_executor(None, scenario.titles, language)
        label = self.tr("Which faults do you want to see? They are made on this computer; nothing leaves it.")
        question = ChoiceQuestion(self.tr("Practice lab"), label, choices, self.tr("Start"), self._window)
        if await answer(question):
            try:
                await self._stages.open_lab(question.value)
            except InputError as error:
                await self._errands.complain(error)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _is_list(path: Path) -> bool:
    """Is this a text, and no session? A file that cannot be read is none: opening it says why."""
    try:
        with path.open("rb") as file:
            begin = file.read(4096)
    except OSError:
        return False
    return path.suffix.casefold() != ".clearline" and bool(begin) and b"\0" not in begin


def _trouble(code: str, path: Path, error: OSError) -> Problem:
    return Problem(code, {"name": path.name, "reason": error.strerror or str(error)})
