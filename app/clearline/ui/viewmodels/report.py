"""What a report is to be made of, and how far it is: the choices, the preview, what would leave this computer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from clearline.domain.problem import Problem
from clearline.host.texts import Language
from clearline.report.aliases import SHORTEST_TICKET
from clearline.report.document import Document
from clearline.ui.viewmodels.work import Work, WorkModel

if TYPE_CHECKING:
    from clearline.ui.rich_page import RichPage

SETTLE_MS = 350
"""After the last letter of a ticket code until the preview is made anew."""


class ReportTime(StrEnum):
    """Which part of a session."""

    CHOSEN = "chosen"
    """The outage that a report was asked of, with a while before and after."""
    DIAGNOSIS = "diagnosis"
    """The diagnosis that a report was asked of and the outage it was made in, with a while before and after."""
    OUTAGE = "outage"
    """The chosen target's latest outage, with a while before and after."""
    GRAPHS = "graphs"
    """What the graphs show."""
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """One report of a session file."""

    path: str
    from_s: float
    to_s: float
    targets: tuple[str, ...]
    """By id; none names all."""
    is_redacted: bool
    ticket: str
    language: Language


@dataclass(frozen=True, slots=True)
class Prepared:
    """A report as it would look, and by category what stands for what."""

    document: Document
    page: "RichPage"
    leaving: tuple[tuple[str, tuple[tuple[str, str | None], ...]], ...] = field(default=())


class ReportModel(WorkModel):
    """Asks for a preview whenever a choice changes; one is made at a time, the latest."""

    wanted = Signal(object)
    """A ReportRequest whose preview is to be made."""
    ticket_typed = Signal(str)
    """The code as far as it is typed; empty once a report was saved with it."""

    def __init__(self, language: Language, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = ""
        self.times: dict[ReportTime, tuple[float, float]] = {}
        self.time = ReportTime.SESSION
        self.chosen: tuple[str, ...] = ()
        """The targets that are selected in the list."""
        self.has_all = True
        self.is_redacted = True
        """What leaves the house is redacted unless somebody says otherwise."""
        self.ticket = ""
        self.language: Language = language
        self.prepared: Prepared | None = None
        self.saved = ""
        """The file that was written last."""
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLE_MS)
        self._settled.timeout.connect(self._ask)

    def open(self, path: str, times: Mapping[ReportTime, tuple[float, float]], chosen: tuple[str, ...]) -> None:
        """A report of this session; the first of `times` is what it is about unless something else is chosen."""
        self.path, self.times, self.chosen = path, dict(times), chosen
        self.time = next(iter(self.times), ReportTime.SESSION)
        self.has_all = not chosen
        self.saved = ""
        self._ask()

    @property
    def request(self) -> ReportRequest:
        """As chosen now."""
        from_s, to_s = self.times.get(self.time, (0.0, 1e12))
        targets = () if self.has_all else self.chosen
        ticket = self.ticket.strip() if self.is_redacted else ""
        return ReportRequest(self.path, from_s, to_s, targets, self.is_redacted, ticket, self.language)

    @property
    def ticket_problem(self) -> Problem | None:
        """Why the ticket code cannot be used; none where it is empty."""
        is_short = 0 < len(self.ticket.strip()) < SHORTEST_TICKET
        return Problem("report.ticket", {"least": str(SHORTEST_TICKET)}) if self.is_redacted and is_short else None

    @property
    def can_save(self) -> bool:
        """Is there something to save, and nothing under way?"""
        return self.work is None and self.prepared is not None and self.ticket_problem is None

    def choose(
        self,
        *,
        time: ReportTime | None = None,
        has_all: bool | None = None,
        is_redacted: bool | None = None,
        language: Language | None = None,
    ) -> None:
        """Change what is given, and make the preview anew."""
        before = self.request
        self.time = self.time if time is None else time
        self.has_all = self.has_all if has_all is None else has_all
        self.is_redacted = self.is_redacted if is_redacted is None else is_redacted
        self.language = self.language if language is None else language
        if self.request != before:
            self._ask()

    def set_ticket(self, ticket: str) -> None:
        """Another code; the preview follows once it is typed."""
        if ticket != self.ticket:
            self.ticket = ticket
            self._settled.start()
            self.changed.emit()

    def end(
        self, work: Work, prepared: Prepared | None = None, *, problem: Problem | None = None, saved: str = ""
    ) -> None:
        """It is over; of what is not wanted any more nothing is shown."""
        if self.is_current(work):
            self.prepared = prepared or self.prepared
            self.saved = saved
            if saved:
                self.ticket_typed.emit("")
            self.finish(work, problem)

    def halt(self) -> None:
        """Nobody looks any more."""
        self._settled.stop()
        self.cancel()

    def _ask(self) -> None:
        self._settled.stop()
        if self.path and self.ticket_problem is None:
            self.wanted.emit(self.request)
        self.changed.emit()
