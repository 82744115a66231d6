"""Makes a report file of an open session: its form goes by the ending; whole or not at all; cancellable."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO

from msgspec.structs import replace

from clearline.domain.event import AnyEvent, AttemptEnded, MachineSeen, PlanApplied, SessionStarted
from clearline.domain.ports import EventSink
from clearline.domain.problem import InputError, Problem
from clearline.host.policy import policy
from clearline.host.texts import Texts
from clearline.net.machine_state import Machine
from clearline.report.document import Document
from clearline.report.facts import Facts
from clearline.report.har import write_har
from clearline.report.html import html
from clearline.report.json_file import write_json
from clearline.report.page import Here, Page
from clearline.report.plain_text import plain_text
from clearline.report.prometheus import prometheus_text
from clearline.report.span import Span, no_progress
from clearline.report.table_file import write_csv
from clearline.report.visible import Moments

SESSION = ".clearline"
ENDINGS = (".html", ".pdf", ".csv", ".json", ".har", ".txt", ".prom", SESSION)
DOCUMENTS = (".html", ".pdf", ".txt")
"""Those that are pages for people."""
_EVERY = 1_000
"""Events between two looks at whether anybody still wants the report."""


class CancelledError(Exception):
    """Nobody wants the report any more; nothing was left behind."""


class CopySink(EventSink, Protocol):
    """Writes a session file: store.writer.SessionWriter."""

    @property
    def lost(self) -> int:
        """Events that will never be in the file."""
        ...

    def flush(self, timeout_s: float) -> bool:
        """Wait until all is written."""
        ...

    def close(self, timeout_s: float = 5.0) -> bool:
        """Finish the file; False where it could not be."""
        ...


@dataclass(frozen=True)
class Means:
    """What making a report asks of its surroundings."""

    machine: Machine
    """Of the computer that makes it."""
    now_wall_s: float
    write_pdf: Callable[[Document, Path], None]
    copy_to: Callable[[Path, str, float], CopySink]
    """Begins a session file: path, session id, UTC time of its second 0."""


class Making:
    """One report being made. `progress` is told the share done, and says whether to go on."""

    def __init__(self, span: Span, texts: Texts, means: Means, progress: Callable[[float], bool] = no_progress) -> None:
        self._span, self._texts, self._means, self._progress = span, texts, means, progress
        self._moments = Moments(span.wall_s)
        self._passes = 1
        self._pass = 0

    def facts(self) -> Facts:
        """What the span comes to. Raises CancelledError."""
        facts = Facts(self._span)
        for event in self._watched():
            facts.add(event)
        facts.close()
        return facts

    def document(self) -> Document:
        """The report as pages for people. Raises CancelledError."""
        return self._page(self.facts())

    def write(self, path: Path) -> None:
        """Make the file. Raises CancelledError, OSError, and InputError (`report.ending`) for an unknown ending."""
        check_ending(path)
        with drafted(path) as draft:
            self._write(draft, path.suffix.casefold())

    def _write(self, draft: Path, ending: str) -> None:
        if ending == SESSION:
            self._copy(draft)
            return
        self._passes = 2 if ending in (".csv", ".json") else 1
        if ending == ".har":
            with _opened(draft) as out:
                write_har(out, self._span, self._moments, self._attempts())
            return
        facts = self.facts()
        if ending in DOCUMENTS:
            _write_document(self._page(facts), draft, self._means.write_pdf)
            return
        with _opened(draft, "utf-8-sig" if ending == ".csv" else "utf-8") as out:
            self._write_text(out, ending, facts)

    def _write_text(self, out: TextIO, ending: str, facts: Facts) -> None:
        if ending == ".csv":
            write_csv(out, facts, self._moments, self._attempts())
        elif ending == ".json":
            write_json(out, facts, self._moments, self._attempts())
        else:
            out.write(prometheus_text(facts))

    def _copy(self, draft: Path) -> None:
        """A session file of the span alone, in which nothing else is, not even deleted."""
        span = self._span
        sink = self._means.copy_to(draft, span.session_id, span.wall_s)
        try:
            begin = SessionStarted(at_s=span.from_s, session_id=span.session_id, wall_s=span.wall_s, path="")
            sink.emit([begin, *_machine(span), PlanApplied(at_s=span.from_s, plan=span.plan)])
            batch: list[AnyEvent] = []
            for event in self._watched():
                if not isinstance(event, SessionStarted | MachineSeen | PlanApplied) or event.at_s > span.from_s:
                    batch.append(event)
                if len(batch) >= _EVERY:
                    _put(sink, batch)
            _put(sink, batch)
        finally:
            is_whole = sink.close(60.0)
        if not is_whole or sink.lost:
            raise InputError(Problem("report.not_copied", {}))

    def _page(self, facts: Facts) -> Document:
        here = Here(self._means.machine, policy().branding)
        return Page(facts, self._texts, self._moments, here, self._means.now_wall_s).document()

    def _attempts(self) -> Iterator[AttemptEnded]:
        return (event for event in self._watched() if isinstance(event, AttemptEnded))

    def _watched(self) -> Iterator[AnyEvent]:
        span, done = self._span, self._pass
        self._pass += 1
        for number, event in enumerate(span.events()):
            if number % _EVERY == 0:
                part = min(1.0, max(0.0, event.at_s - span.from_s) / max(span.length_s, 1e-9))
                if not self._progress((done + part) / self._passes):
                    raise CancelledError
            yield event


def write_document(document: Document, path: Path, write_pdf: Callable[[Document, Path], None]) -> None:
    """Write pages for people, in the form that the ending says. Raises OSError."""
    with drafted(path) as draft:
        _write_document(document, draft, write_pdf)


def _write_document(document: Document, draft: Path, write_pdf: Callable[[Document, Path], None]) -> None:
    ending = draft.suffix.casefold()
    if ending == ".pdf":
        write_pdf(document, draft)
        return
    with _opened(draft) as out:
        out.write(plain_text(document) if ending == ".txt" else html(document))


@contextmanager
def drafted(path: Path) -> Iterator[Path]:
    """A file beside `path`, with its ending, that takes its place once it is whole, and is gone otherwise."""
    place = Path(os.path.realpath(path))
    draft = place.with_name(f".{place.stem}-{secrets.token_hex(4)}{place.suffix}")
    try:
        yield draft
        draft.replace(place)
    finally:
        for tail in ("", "-wal", "-shm", "-journal"):
            draft.with_name(draft.name + tail).unlink(missing_ok=True)


def check_ending(path: Path) -> None:
    """Raises InputError (`report.ending`) where no report is of this form."""
    if path.suffix.casefold() not in ENDINGS:
        raise InputError(Problem("report.ending", {"name": path.name, "known": ", ".join(ENDINGS)}))


def _machine(span: Span) -> list[MachineSeen]:
    """The computer that recorded it, where it was seen before the span."""
    machine = span.machine
    return [replace(machine, at_s=span.from_s)] if machine is not None and machine.at_s <= span.from_s else []


def _put(sink: CopySink, batch: list[AnyEvent]) -> None:
    sink.emit(batch)
    batch.clear()
    if not sink.flush(60.0):
        raise InputError(Problem("report.not_copied", {}))


def _opened(draft: Path, encoding: str = "utf-8") -> TextIO:
    # Line ends are the writers' own: CSV has CR LF on every system.
    return draft.open("w", encoding=encoding, newline="", errors="backslashreplace")
