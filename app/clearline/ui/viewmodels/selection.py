"""What is selected: targets by id, or nothing, which means all of them."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal


class Selection(QObject):
    """The selected targets. One is shown in full; none or several show all targets."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ids: tuple[str, ...] = ()

    @property
    def only(self) -> str | None:
        """The id of the target shown in full; None shows all."""
        return self.ids[0] if len(self.ids) == 1 else None

    def select(self, ids: Sequence[str]) -> None:
        """Select these targets, in this order."""
        if (wanted := tuple(ids)) != self.ids:
            self.ids = wanted
            self.changed.emit()

    def keep(self, known: Sequence[str]) -> None:
        """Drop what is no longer there."""
        there = set(known)
        self.select([target_id for target_id in self.ids if target_id in there])
