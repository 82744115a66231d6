"""Two recorded sessions beside each other, or one before and after a moment: what was chosen, and what came of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from clearline.report.document import Document
from clearline.ui.viewmodels.work import WorkModel

if TYPE_CHECKING:
    from clearline.report.comparison import Comparison


@dataclass(frozen=True, slots=True)
class CompareRequest:
    """What is to be compared. Without a path `b` the session `a` is divided at `at_s`."""

    a: str
    b: str
    at_s: float
    ticket: str


@dataclass(frozen=True, slots=True)
class Compared:
    """What differs, and the same as pages for people."""

    comparison: "Comparison"
    document: Document
    differences: tuple[str, ...]
    sentences: tuple[str, ...]


class CompareModel(WorkModel):
    """Asks anew whenever a choice changes."""

    wanted = Signal(object)
    """A CompareRequest."""
    a_changed = Signal(str)
    """Another session A: the moments at which it can be divided are wanted in `marks`."""
    ticket_typed = Signal(str)
    """The code as far as it is typed; empty once it was used."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.a = self.b = ""
        self.at_s = 0.0
        self.ticket = ""
        self.marks: tuple[tuple[float, str], ...] = ()
        """Moments at which `a` can be divided, with their words."""
        self.compared: Compared | None = None
        self.saved = ""

    def choose(
        self, *, a: str | None = None, b: str | None = None, at_s: float | None = None, ticket: str | None = None
    ) -> None:
        """Change what is given. Once there are two sides, they are compared."""
        is_other = a is not None and a != self.a
        if is_other:
            self.marks, self.at_s = (), 0.0
        self.a = self.a if a is None else a
        self.b = self.b if b is None else b
        self.at_s = self.at_s if at_s is None else at_s
        self.ticket = self.ticket if ticket is None else ticket
        self.saved = ""
        if is_other:
            self.a_changed.emit(self.a)
        if self.a and (self.b or self.at_s > 0):
            self.wanted.emit(CompareRequest(self.a, self.b, self.at_s, self.ticket.strip()))
        self.changed.emit()

    def set_marks(self, path: str, marks: tuple[tuple[float, str], ...]) -> None:
        """Where a session can be divided, unless another was chosen meanwhile."""
        if path == self.a:
            self.marks = marks
            self.changed.emit()

    @property
    def needs_ticket(self) -> bool:
        """Can the two only be matched with a ticket code?"""
        codes = ("compare.needs_ticket", "compare.other_ticket", "report.ticket")
        return bool(self.ticket) or (self.problem is not None and self.problem.code in codes)
