"""All that is half typed, kept so that a crash does not take it: an address, a list, an edit, a profile's numbers."""

from concurrent.futures import Executor
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject

from clearline.domain.profile import Profile
from clearline.ui.commands.targets import TargetCommands
from clearline.ui.draft import Draft
from clearline.ui.viewmodels.profile import ProfileModel
from clearline.ui.widgets.desk import Desk
from clearline.ui.widgets.notice_bar import Way


class HalfTyped(QObject):
    """Keeps what is typed at the desk of the live session."""

    def __init__(
        self, folder: Path, executor: Executor, desk: Desk, targets: TargetCommands, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._targets = targets
        self._profiles: ProfileModel = desk.stage.profile
        self._address, self._list, self._edit, self._profile = self._drafts = [
            Draft(folder / name, executor, self) for name in ("address.txt", "list.txt", "edit.json", "profile.json")
        ]
        desk.address.field.setText(self._address.read())
        desk.address.field.textChanged.connect(self._address.keep)
        targets.keep_typed(self._list, self._edit)

    def resume(self) -> list[Way]:
        """The plan is there: show again what was left unfinished; the ways to go on with what has a dialog."""
        if (draft := _profile(self._profile.read())) is not None:
            self._profiles.resume(draft)
        self._profiles.changed.connect(self._keep_profile)
        return self._targets.cut_short()

    async def flush(self) -> None:
        """Keep it now, and wait for it."""
        for draft in self._drafts:
            await draft.flush()

    def _keep_profile(self) -> None:
        is_unfinished = bool(self._profiles.problems)
        self._profile.keep(msgspec.json.encode(self._profiles.draft).decode() if is_unfinished else "")


def _profile(text: str) -> Profile | None:
    """The profile that was kept; None for any other text."""
    try:
        return msgspec.json.decode(text, type=Profile)
    except (msgspec.MsgspecError, ValueError):
        return None
