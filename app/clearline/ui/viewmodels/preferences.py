"""What a person prefers: how the window looks and moves, what it says by itself, how it begins."""

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from clearline.host.policy import Policy
from clearline.ui.viewmodels.outside import OutsideModel


class Preference(StrEnum):
    """What is either on or off."""

    REDUCED_MOTION = "reduced_motion"
    """Graphs move once a second instead of flowing, and menus open without an effect."""
    NOTIFY = "notify"
    """Say it on the desktop when targets fail or answer again while the window is in the background."""
    SOUND = "sound"
    """One sound with such a message, however many targets it is about."""
    BEGIN_EMPTY = "begin_empty"
    """Begin without the targets of last time; they stay under recent plans."""
    STAY_IN_TRAY = "stay_in_tray"
    """Closing the window leaves the tests running, where the desktop has a tray."""


USUAL = {Preference.NOTIFY: True}
"""Everything else is off until somebody asks for it."""


class Contrast(StrEnum):
    """How strong the colours are."""

    SYSTEM = "system"
    NORMAL = "normal"
    HIGH = "high"


class Preferences(QObject):
    """Kept by two functions, read and write, that know where. `changed` carries the name of what did."""

    changed = Signal(str)

    def __init__(
        self,
        read: Callable[[str], str],
        write: Callable[[str, str], None],
        parent: QObject | None = None,
        *,
        policy: Policy | None = None,
    ) -> None:
        super().__init__(parent)
        self._read = read
        self._write = write
        self.outside = OutsideModel(read, write, policy, self)
        """Whom a diagnosis may contact."""

    def is_on(self, preference: Preference) -> bool:
        """Is this preferred?"""
        kept = self._read(preference.value)
        return kept == "on" if kept in ("on", "off") else USUAL.get(preference, False)

    def turn(self, preference: Preference, is_on: bool) -> None:
        """Prefer it from now on, or no more."""
        if is_on != self.is_on(preference):
            self._write(preference.value, "on" if is_on else "off")
            self.changed.emit(preference.value)

    @property
    def contrast(self) -> Contrast:
        """How strong the colours are to be."""
        kept = self._read("contrast")
        return Contrast(kept) if kept in list(Contrast) else Contrast.SYSTEM

    @contrast.setter
    def contrast(self, contrast: Contrast) -> None:
        if contrast is not self.contrast:
            self._write("contrast", contrast.value)
            self.changed.emit("contrast")
