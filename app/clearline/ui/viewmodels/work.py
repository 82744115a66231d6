"""What a thread does for a page: how far it is, whether it is still wanted, and what went wrong."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from clearline.domain.problem import Problem


@dataclass(slots=True, eq=False)
class Work:
    """Written by the thread, read by the page, and the other way round."""

    share: float = 0.0
    is_unwanted: bool = False

    def progress(self, share: float) -> bool:
        """Called in the thread: how far it is. Says whether to go on."""
        self.share = share
        return not self.is_unwanted


class WorkModel(QObject):
    """One piece of work at a time, the latest; of what is not wanted any more nothing is shown."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.work: Work | None = None
        self.problem: Problem | None = None

    def begin(self, work: Work) -> None:
        """This is under way now; what was before is not wanted any more."""
        if self.work is not None:
            self.work.is_unwanted = True
        self.work, self.problem = work, None
        self.changed.emit()

    def is_current(self, work: Work) -> bool:
        """Is this what is under way?"""
        return work is self.work

    def finish(self, work: Work, problem: Problem | None = None) -> None:
        """It is over."""
        if self.is_current(work):
            self.work, self.problem = None, problem
            self.changed.emit()

    def cancel(self) -> None:
        """Nobody wants what is under way."""
        if self.work is not None:
            self.work.is_unwanted = True
            self.work = None
            self.changed.emit()
