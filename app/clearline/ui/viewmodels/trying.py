"""A recorded session under other policies: which, and what it comes to."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from clearline.domain.profile import Profile
from clearline.ui.viewmodels.work import WorkModel

if TYPE_CHECKING:
    from clearline.report.replays import Lane
    from clearline.report.span import Span


@dataclass(frozen=True, slots=True)
class TryRequest:
    """What is to be replayed."""

    path: str
    from_s: float
    to_s: float
    targets: tuple[str, ...]
    profiles: tuple[Profile, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it."""

    lanes: "tuple[Lane, ...]"
    span: "Span"
    profiles: tuple[str, ...]


class TryModel(WorkModel):
    """Asks anew whenever a choice changes."""

    wanted = Signal(object)
    """A TryRequest."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = ""
        self.span = (0.0, 1e12)
        self.targets: tuple[str, ...] = ()
        self.profiles: tuple[Profile, ...] = ()
        self.chosen: list[str] = ["", ""]
        """Names of the policies that are tried; an empty one is none."""
        self.tried: Tried | None = None

    def open(
        self, path: str, span: tuple[float, float], targets: tuple[str, ...], profiles: tuple[Profile, ...], used: str
    ) -> None:
        """Replay this stretch; first under the profiles that are there besides the one that was used."""
        self.path, self.span, self.targets, self.profiles = path, span, targets, profiles
        others = [profile.name for profile in profiles if profile.name != used]
        known = {profile.name for profile in profiles}
        kept = [name if name in known else "" for name in self.chosen]
        self.chosen = kept if any(kept) else [*others[:2], "", ""][:2]
        self.ask()

    def choose(self, place: int, name: str) -> None:
        """Try another policy."""
        if self.chosen[place] != name:
            self.chosen[place] = name
            self.ask()

    def ask(self) -> None:
        """Have it replayed as chosen."""
        wanted = [profile for name in dict.fromkeys(self.chosen) for profile in self.profiles if profile.name == name]
        if self.path and wanted:
            self.wanted.emit(TryRequest(self.path, *self.span, self.targets, tuple(wanted)))
        self.changed.emit()
