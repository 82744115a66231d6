"""Prints what is on screen: the graphs of a target, of all targets, or a page."""

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clearline.host.clock import wall_s
from clearline.ui.actions import Act, Slot
from clearline.ui.commands.errands import Errands
from clearline.ui.dialogs import answer

if TYPE_CHECKING:
    from clearline.ui.printing import Sheet


class PrintCommands(QObject):
    """Asks for the printer, or the file; draws on paper without holding up the window for longer than a page takes."""

    def __init__(self, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._window = errands.window
        self._printer: object = None

    def slots(self) -> dict[Act, Slot]:
        """What each of its actions calls."""
        return {Act.PRINT: self.print_shown}

    def print_shown(self) -> None:
        """Ctrl+P."""
        self._errands.start(self._ask(), "print")

    def sheet(self) -> "Sheet | None":
        """What is on screen, as a document; None where it is nothing to put on paper."""
        # Late, as all of printing: few print.
        from clearline.ui.printing import Sheet

        moment = self._errands.words.date_and_time(wall_s())
        if (page := self._window.page) is not None:
            html = page.html()
            return Sheet(page.title.text(), [moment], None if html else page.grab().toImage(), html=html)
        if (desk := self._window.desk) is None or (found := desk.sheet()) is None:
            return None
        title, summary, drawn, columns, rows = found
        return Sheet(title, [moment, summary], drawn.grab().toImage(), columns, rows)

    async def _ask(self) -> None:
        sheet = self.sheet()
        if sheet is None:
            self._window.notice.tell(self._nothing)
            return
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        from clearline.ui.printing import print_sheet

        # Kept: the dialog, which is deleted later than it is answered, does not own it.
        self._printer = printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self._window)
        if await answer(dialog):
            print_sheet(sheet, printer)
            await asyncio.sleep(0)

    def _nothing(self) -> str:
        return self.tr("There is nothing to print yet. Add a target first, or open a session.")
