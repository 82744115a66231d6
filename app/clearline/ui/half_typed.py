"""All that is half typed, kept so that a crash does not take it: an address, a list, an edit, a profile's numbers."""

from concurrent.futures import Executor
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject

from clearline.domain.profile import Profile
from clearline.ui.commands.commands import Commands
from clearline.ui.draft import Draft, Typed, decoded
from clearline.ui.viewmodels.outside import OutsideModel
from clearline.ui.viewmodels.profile import ProfileModel
from clearline.ui.widgets.desk import Desk
from clearline.ui.widgets.notice_bar import Way


class HalfTyped(QObject):
    """Keeps what is typed at the desk of the live session, in the dialogs, and on the pages."""

    def __init__(
        self,
        folder: Path,
        executor: Executor,
        desk: Desk,
        commands: Commands,
        outside: OutsideModel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._profiles: ProfileModel = desk.stage.profile
        self._drafts = {typed: Draft(folder / typed.value, executor, self) for typed in Typed}
        address = self._drafts[Typed.ADDRESS]
        desk.address.field.setText(address.text)
        desk.address.field.textChanged.connect(address.keep)
        commands.errands.keep_typed(self._drafts)
        report, compare = commands.sharing.model, commands.comparing.model
        report.ticket, compare.ticket = (
            self._drafts[typed].text for typed in (Typed.REPORT_TICKET, Typed.COMPARE_TICKET)
        )
        report.ticket_typed.connect(self._drafts[Typed.REPORT_TICKET].keep)
        compare.ticket_typed.connect(self._drafts[Typed.COMPARE_TICKET].keep)
        outside.begun_controls = self._drafts[Typed.CONTROLS].text
        outside.controls_typed.connect(self._drafts[Typed.CONTROLS].keep)
        outside.begun_upload = self._drafts[Typed.UPLOAD].text
        outside.upload_typed.connect(self._drafts[Typed.UPLOAD].keep)

    def resume(self) -> list[Way]:
        """The plan is there: show again what was left unfinished; the ways to go on with what has a dialog."""
        if (draft := decoded(self._drafts[Typed.PROFILE].text, Profile)) is not None:
            self._profiles.resume(draft)
        self._profiles.changed.connect(self._keep_profile)
        return [*self._commands.targets.cut_short(), *self._commands.files.cut_short()]

    async def flush(self) -> None:
        """Keep it now, and wait for it."""
        for draft in self._drafts.values():
            await draft.flush()

    def _keep_profile(self) -> None:
        is_unfinished = bool(self._profiles.problems)
        kept = msgspec.json.encode(self._profiles.draft).decode() if is_unfinished else ""
        self._drafts[Typed.PROFILE].keep(kept)
