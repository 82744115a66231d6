"""What the action on reports does: shows one of what is on screen, and saves it."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from clearline.domain.problem import InputError, Problem
from clearline.ui.actions import Act, Slot
from clearline.ui.commands.errands import Errands
from clearline.ui.commands.recorded import around, around_diagnosis, not_saved, recorded_in, times, unreadable
from clearline.ui.dialogs import answer
from clearline.ui.save_dialog import SaveDialog
from clearline.ui.viewmodels.report import ReportModel, ReportRequest, ReportTime
from clearline.ui.viewmodels.work import Work
from clearline.ui.widgets.desk import Desk

if TYPE_CHECKING:
    from clearline.ui.widgets.report_page import ReportPage


class SharingCommands(QObject):
    """Each shows a page, and does in a thread what the page asks for."""

    def __init__(self, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._window = errands.window
        self.model = ReportModel(errands.words.texts.language, self)
        self.model.wanted.connect(self._wanted)
        self._page: ReportPage | None = None
        """Made when it is first asked for: what it is drawn with takes a while to load."""

    def slots(self) -> dict[Act, Slot]:
        """What each of its actions calls."""
        return {Act.SHARE: self.share}

    def serve(self, desk: Desk) -> None:
        """Do what the buttons of a new desk ask for."""
        desk.share.clicked.connect(self.share)
        desk.report_asked.connect(self.share_outage)
        desk.diagnosis.report_asked.connect(self.share_diagnosis)

    def share(self) -> None:
        """Ctrl+E: a report of the selected targets, about their latest outage where they had one."""
        if desk := self._window.desk:
            self._open(desk, desk.stage.selection.ids)

    def share_outage(self, target_id: str, from_s: float, to_s: float | None) -> None:
        """A report of one outage of one target; `to_s` is None while it lasts."""
        if desk := self._window.desk:
            self._open(desk, (target_id,), {ReportTime.CHOSEN: around(desk, from_s, to_s)})

    def share_diagnosis(self) -> None:
        """A report of the diagnosis on screen."""
        desk = self._window.desk
        if desk is not None and (shown := desk.shown_diagnosis) is not None:
            self._open(desk, (shown.target.id,), {ReportTime.DIAGNOSIS: around_diagnosis(desk, shown)})

    def _open(
        self,
        desk: Desk,
        target_ids: tuple[str, ...],
        about: Mapping[ReportTime, tuple[float, float]] = MappingProxyType({}),
    ) -> None:
        """Show the report of these targets, about the first of `about` unless something else is chosen."""
        path = recorded_in(desk)
        if not path:
            self._errands.start(self._errands.complain(InputError(Problem("report.not_recorded"))), "no report")
            return
        if self._page is None:
            from clearline.ui.widgets.report_page import ReportPage

            self._page = ReportPage(self.model, self._errands.words)
            self._page.save_asked.connect(self.save)
            self._page.copy_asked.connect(self.copy)
        self.model.language = self._errands.words.texts.language
        self.model.open(path, {**about, **times(desk, target_ids)}, target_ids)
        self._window.show_page(self._page)

    def save(self) -> None:
        """Ask where, and write the report there."""
        self._errands.start(self._save(), "save report")

    def copy(self) -> None:
        """Put the lines for a ticket on the clipboard."""
        if self.model.prepared is not None:
            plain = [section.plain for section in self.model.prepared.document.sections if section.plain]
            headline = self.model.prepared.document.headline
            QGuiApplication.clipboard().setText("\n".join([headline, *plain[-1:]]))

    def _wanted(self, request: ReportRequest) -> None:
        self._errands.start(self._prepare(request), "report preview")

    async def _prepare(self, request: ReportRequest) -> None:
        from clearline.ui.report_work import prepare

        work = Work()
        self.model.begin(work)
        try:
            made = await asyncio.get_running_loop().run_in_executor(None, prepare, request, work)
        except InputError as error:
            self.model.end(work, problem=error.problems[0])
        except OSError as error:
            self.model.end(work, problem=unreadable(request.path, error))
        else:
            self.model.end(work, made)

    async def _save(self) -> None:
        request = self.model.request
        pattern = self.tr(
            "Page (*.html);;PDF (*.pdf);;Table of attempts (*.csv);;JSON (*.json);;HAR (*.har);;Text (*.txt);;"
            "Prometheus (*.prom);;Session file (*.clearline)"
        )
        name = f"{Path(request.path).stem}-report.html" if not request.is_redacted else "report.html"
        dialog = SaveDialog(self.tr("Save the report as"), name, pattern, self._window)
        if await answer(dialog):
            await self.write_to(dialog.place)

    async def write_to(self, out: Path) -> None:
        """Write the report as it is chosen; what goes wrong is told on the page."""
        from clearline.ui.report_work import write

        request, work = self.model.request, Work()
        self.model.begin(work)
        try:
            is_written = await asyncio.get_running_loop().run_in_executor(None, write, request, out, work)
        except InputError as error:
            self.model.end(work, problem=error.problems[0])
        except OSError as error:
            self.model.end(work, problem=not_saved(out, error))
        else:
            self.model.end(work, saved=str(out) if is_written else "")
