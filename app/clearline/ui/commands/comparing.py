"""What the actions on recorded sessions do: lay two beside each other, and replay one under other policies."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clearline.domain.problem import InputError
from clearline.host import paths
from clearline.ui.actions import Act, Slot
from clearline.ui.commands.errands import Errands
from clearline.ui.commands.recorded import not_saved, recorded_in, times, unreadable
from clearline.ui.dialogs import answer, open_dialog
from clearline.ui.library_feed import LibraryFeed, look
from clearline.ui.save_dialog import SaveDialog
from clearline.ui.viewmodels.comparing import CompareModel, CompareRequest
from clearline.ui.viewmodels.report import ReportTime
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.trying import TryModel, TryRequest
from clearline.ui.viewmodels.work import Work

if TYPE_CHECKING:  # What the pages are drawn with takes a while to load: when they are first asked for.
    from clearline.ui.widgets.compare_page import ComparePage
    from clearline.ui.widgets.try_page import TryPage


class ComparingCommands(QObject):
    """Each shows a page, and does in a thread what the page asks for."""

    def __init__(self, errands: Errands, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._window = errands.window
        self._theme = theme
        self.model = CompareModel(self)
        self.model.wanted.connect(self._compare_wanted)
        self.model.a_changed.connect(self._a_changed)
        self._try = TryModel(self)
        self._try.wanted.connect(self._try_wanted)
        self._compare_page: ComparePage | None = None
        self._try_page: TryPage | None = None
        errands.words.changed.connect(self._retell)

    def slots(self) -> dict[Act, Slot]:
        """What each of its actions calls."""
        return {Act.COMPARE: self.compare_shown, Act.WHATIF: self.try_policy}

    def compare_shown(self) -> None:
        """Ctrl+Shift+C."""
        self.compare()

    def compare(self, first: Path | None = None, beside: Path | None = None) -> None:
        """Two sessions: the one on screen where no first one is named, and one that is chosen on the page."""
        if self._compare_page is None:
            from clearline.ui.widgets.compare_page import ComparePage

            page = self._compare_page = ComparePage(self.model, self._theme, self._errands.words)
            feed = LibraryFeed(paths.sessions_dir(), None, self)
            feed.begun.connect(page.clear)
            feed.arrived.connect(page.offer)
            page.opened.connect(feed.start)
            page.left.connect(feed.halt)
            page.file_asked.connect(self._file_asked)
            page.share_asked.connect(self.share)
        desk = self._window.desk
        path = str(first) if first is not None else recorded_in(desk) if desk is not None else ""
        self._window.show_page(self._compare_page)
        if path and not self.model.a:
            self._errands.start(self._take("a", Path(path)), "take session")
        if beside is not None:
            self._errands.start(self._take("b", beside), "take session")

    def try_policy(self) -> None:
        """Ctrl+Shift+P: what the graphs show, replayed under other profiles."""
        desk = self._window.desk
        if desk is None:
            return
        path = recorded_in(desk)
        if self._try_page is None:
            from clearline.ui.widgets.try_page import TryPage

            self._try_page = TryPage(self._try, self._theme, self._errands.words)
        self._window.show_page(self._try_page)
        stage = desk.stage
        plan = stage.plans.plan
        targets = stage.selection.ids
        used = [target.profile for target in plan.targets if not targets or target.id in targets]
        whole = times(desk, ())[ReportTime.SESSION]
        self._try.open(path, whole, targets, plan.profiles, used[0] if used else "")

    def share(self) -> None:
        """Save the comparison."""
        self._errands.start(self._share(), "save comparison")

    def _compare_wanted(self, request: CompareRequest) -> None:
        self._errands.start(self._compared(request), "compare sessions")

    def _a_changed(self, path: str) -> None:
        self._errands.start(self._mark(path), "marks of a session")

    def _try_wanted(self, request: TryRequest) -> None:
        self._errands.start(self._tried(request), "try policies")

    def _file_asked(self, side: str) -> None:
        self._errands.start(self._ask_file(side), "choose session")

    def _retell(self) -> None:
        self.model.choose()
        self._try.ask()

    async def _compared(self, request: CompareRequest) -> None:
        from clearline.ui.report_work import compare

        work, texts = Work(), self._errands.words.texts
        self.model.begin(work)
        try:
            made = await asyncio.get_running_loop().run_in_executor(None, compare, request, texts, work)
        except InputError as error:
            self.model.finish(work, error.problems[0])
        except OSError as error:
            self.model.finish(work, unreadable(request.a, error))
        else:
            if self.model.is_current(work):
                self.model.compared = made
                if request.ticket:
                    self.model.ticket_typed.emit("")
            self.model.finish(work)

    async def _tried(self, request: TryRequest) -> None:
        from clearline.ui.report_work import try_policies

        work = Work()
        self._try.begin(work)
        try:
            made = await asyncio.get_running_loop().run_in_executor(None, try_policies, request, work)
        except InputError as error:
            self._try.tried = None
            self._try.finish(work, error.problems[0])
        except OSError as error:
            self._try.finish(work, unreadable(request.path, error))
        else:
            if self._try.is_current(work):
                self._try.tried = made
            self._try.finish(work)

    async def _ask_file(self, side: str) -> None:
        pattern = self.tr("Sessions (*.clearline)")
        dialog = open_dialog(self.tr("Open a session"), str(paths.sessions_dir()), pattern, self._window)
        if await answer(dialog):
            await self._take(side, Path(dialog.selectedFiles()[0]))

    async def _mark(self, path: str) -> None:
        from clearline.ui.report_work import marks

        texts = self._errands.words.texts
        try:
            found = await asyncio.get_running_loop().run_in_executor(None, marks, path, texts)
        except (InputError, OSError):
            return  # Comparing it says what is wrong with it.
        self.model.set_marks(path, found)

    async def _take(self, side: str, path: Path) -> None:
        """Take a session for A or B."""
        loop = asyncio.get_running_loop()
        _, entry = await loop.run_in_executor(None, look, path, 0)
        if entry is None or self._compare_page is None:
            return
        if entry.problem is not None:
            await self._errands.complain(InputError(entry.problem))
            return
        self._compare_page.offer(entry)
        self.model.choose(a=str(path) if side == "a" else None, b=str(path) if side == "b" else None)

    async def _share(self) -> None:
        from clearline.report.making import write_document
        from clearline.ui.pdf import write_pdf

        compared = self.model.compared
        pattern = self.tr("Page (*.html);;PDF (*.pdf);;Text (*.txt)")
        title = self.tr("Save the comparison as")
        dialog = SaveDialog(title, "comparison.html", pattern, self._window)
        if compared is None or not await answer(dialog):
            return
        out, work = dialog.place, Work()
        self.model.begin(work)
        try:
            await asyncio.get_running_loop().run_in_executor(None, write_document, compared.document, out, write_pdf)
        except OSError as error:
            self.model.finish(work, not_saved(out, error))
        else:
            self.model.saved = str(out)
            self.model.finish(work)
