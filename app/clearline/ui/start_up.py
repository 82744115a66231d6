"""Does what the window was started for: a plan, a session, the lab, a page, a picture; also for later starts."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QDialog, QProgressBar, QWidget

from clearline.domain.problem import InputError
from clearline.host import paths
from clearline.host.policy import policy
from clearline.host.texts import Texts
from clearline.ui.commands.commands import Commands
from clearline.ui.hand_over import HandOver
from clearline.ui.main_window import MainWindow
from clearline.ui.options import WindowOptions
from clearline.ui.pages import Pages
from clearline.ui.stages import Stages

EXAMPLE_LIST = """\
name;host;port;group;tags
Till;10.2.0.7;9100;Shop;till
Intranet;intranet.example;;Office;
Broken;two words
"""
MOST_TURNS = 40
SETTLE_S = 0.4
"""A page or dialog is laid out and filled before its picture is taken."""
DRAWN_S = 0.1


class StartUp(QObject):
    """Used once by the application, and again for each start that hands over what it was given."""

    picture_taken = Signal()
    picture_failed = Signal(str)
    """Why, for the terminal."""

    def __init__(
        self,
        window: MainWindow,
        stages: Stages,
        commands: Commands,
        pages: Pages,
        fail: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._stages = stages
        self._commands = commands
        self._pages = pages
        self._fail = fail

    async def begin(self, options: WindowOptions, *, is_empty: bool) -> None:
        """Do what the command line asked for. `is_empty` leaves the plan of last time alone."""
        try:
            if options.lab:
                await self._stages.open_lab(options.lab)
            elif options.open and options.screenshot is not None:
                await self._stages.open_file(options.open)
            elif options.open:
                self._commands.files.open_path(str(options.open))
            else:
                self._load_plan(options, is_empty=is_empty)
        except InputError as error:
            await self._failed(options, error)
            return
        self.select(options.select or "")
        if options.is_diagnosed:
            self._diagnose()
        if options.beside is not None:
            self._commands.comparing.compare(options.open, options.beside)
        if options.screenshot is None:
            self.show_page(options.page or "")
        else:
            await self._take_picture(options, options.screenshot)

    async def take(self, given: HandOver) -> None:
        """Do what a later start was given."""
        self._window.come_forward()
        if given.lab:
            try:
                await self._stages.open_lab(given.lab)
            except InputError as error:
                await self._commands.errands.complain(error)
        self._commands.files.open_paths(given.files)
        self.select(given.select)

    def select(self, wanted: str) -> None:
        """Select by id, name or address."""
        if not wanted or (desk := self._window.desk) is None:
            return
        for target in desk.stage.plans.plan.targets:
            if wanted.casefold() in (target.id.casefold(), target.label.casefold(), target.shown.casefold()):
                desk.stage.selection.select([target.id])
                return

    def _diagnose(self) -> None:
        """What is selected, else the first target; a recorded session shows what was diagnosed then."""
        desk = self._window.desk
        if desk is None:
            return
        if desk.stage.selection.only is None and (targets := desk.stage.plans.plan.targets):
            desk.stage.selection.select([targets[0].id])
        if desk.shown_diagnosis is None:
            self._commands.diagnosis.diagnose_shown()
        else:
            desk.show_diagnosis()

    def show_page(self, name: str) -> None:
        """Show a page, a part of the right column or a dialog; nothing without a name."""
        if name:
            self.PAGES[name](self)

    def _show_library(self) -> None:
        self._pages.show_library()

    def _show_log(self) -> None:
        self._pages.show_log()

    def _show_settings(self) -> None:
        self._pages.show_settings()

    def _show_help(self) -> None:
        self._pages.show_help()

    def _show_error(self) -> None:
        self._fail()

    def _show_target(self) -> None:
        self._commands.targets.edit()

    def _show_lab(self) -> None:
        if (desk := self._window.desk) and desk.lab is not None:
            desk.show_lab()

    def _show_figures(self) -> None:
        if desk := self._window.desk:
            desk.show_figures()

    def _show_diagnosis(self) -> None:
        if desk := self._window.desk:
            desk.show_diagnosis()

    def _show_history(self) -> None:
        if desk := self._window.desk:
            desk.show_history()

    def _show_profile(self) -> None:
        if desk := self._window.desk:
            desk.controls.more.setChecked(True)

    def _show_several(self) -> None:
        if desk := self._window.desk:
            desk.stage.selection.select([target.id for target in desk.stage.plans.plan.targets])
            self._commands.targets.edit()

    def _show_import(self) -> None:
        self._commands.targets.paste(EXAMPLE_LIST)

    def _show_marker(self) -> None:
        self._commands.targets.drop_marker()

    def _show_rules(self) -> None:
        self._commands.files.choose_keeping()

    def _show_scenarios(self) -> None:
        self._commands.files.open_lab()

    def _show_report(self) -> None:
        self._commands.sharing.share()

    def _show_comparison(self) -> None:
        self._commands.comparing.compare()

    def _show_policies(self) -> None:
        self._commands.comparing.try_policy()

    PAGES: ClassVar[dict[str, Callable[["StartUp"], None]]] = {
        "library": _show_library,
        "log": _show_log,
        "settings": _show_settings,
        "help": _show_help,
        "lab": _show_lab,
        "figures": _show_figures,
        "history": _show_history,
        "diagnosis": _show_diagnosis,
        "profile": _show_profile,
        "error": _show_error,
        "target": _show_target,
        "several": _show_several,
        "import": _show_import,
        "marker": _show_marker,
        "rules": _show_rules,
        "scenarios": _show_scenarios,
        "report": _show_report,
        "compare": _show_comparison,
        "try": _show_policies,
    }
    """What `--page` names."""

    def _load_plan(self, options: WindowOptions, *, is_empty: bool) -> None:
        desk = self._window.desk
        own = paths.config_dir() / plan_name(None)
        if desk is None:
            return
        if options.plan:
            desk.stage.plans.load(options.plan)
        elif options.screenshot is None and not is_empty and (path := own if own.exists() else policy().default_plan):
            desk.stage.plans.load(Path(path))

    async def _take_picture(self, options: WindowOptions, path: Path) -> None:
        await asyncio.sleep(max(0.0, options.after_s))
        if options.page:
            self.show_page(options.page)
        if options.page or options.beside is not None:
            await self._settle()
        # What came with the last frame is drawn before it is grabbed.
        await asyncio.sleep(DRAWN_S)
        if not self._shown().grab().save(str(path)):
            self.picture_failed.emit(
                f"The picture could not be written to {path}. Choose a folder that can be written to."
            )
        self.picture_taken.emit()

    async def _settle(self) -> None:
        """Until what was asked for is laid out and read."""
        # What is read for longer is shown as far as it is.
        for _ in range(MOST_TURNS):
            await asyncio.sleep(SETTLE_S)
            if not any(bar.isVisible() for bar in self._window.findChildren(QProgressBar)):
                return

    def _shown(self) -> QWidget:
        """The dialog on screen, else the window."""
        dialogs = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QDialog)]
        return next((dialog for dialog in dialogs if dialog.isVisible()), self._window)

    async def _failed(self, options: WindowOptions, error: InputError) -> None:
        if options.screenshot is None:
            await self._commands.errands.complain(error)
            return
        texts = self._commands.errands.words.texts
        self.picture_failed.emit(say_all(texts, error))
        self.picture_taken.emit()


def say_all(texts: Texts, error: InputError) -> str:
    """Every problem as a line."""
    return "\n".join(texts.problem(problem) for problem in error.problems)


def plan_name(plan: Path | None) -> str:
    """A plan file that was named is never written to by itself: changes are kept beside the person's own plan."""
    return "plan.toml" if plan is None else f"plan-{plan.stem}.toml"
