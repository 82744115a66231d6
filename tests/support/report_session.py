"""Makes reports of made-up events, through a real session file."""

from collections.abc import Iterable
from pathlib import Path

from clearline.domain.event import AnyEvent
from clearline.host.texts import Language, Texts
from clearline.net.machine_state import Adapter, Machine
from clearline.report.document import Document
from clearline.report.making import Making, Means
from clearline.report.redact import Redactor
from clearline.report.span import Span, span_of
from clearline.store.reader import SessionReader
from clearline.store.writer import SessionWriter

WALL_S = 1_790_000_000.0
MACHINE = Machine(adapters=(Adapter("eth0", ("10.20.30.99",), 1500, is_vpn=False),), name_servers=("10.20.30.1",))


def recorded(path: Path, events: Iterable[AnyEvent], session_id: str = "a-session") -> Path:
    """A session file that holds these events."""
    writer = SessionWriter(path, session_id, WALL_S)
    writer.emit(list(events))
    assert writer.close(20.0)
    assert not writer.lost
    return path


def means() -> Means:
    """Of a test: no PDF, since that needs Qt, and a time that stands still."""
    return Means(MACHINE, WALL_S + 3600, _no_pdf, SessionWriter)


def made(session: Path, out: Path, *, ticket: str = "", language: Language = "en", **choice: object) -> Path:
    """The report `out` of a session file."""
    with SessionReader(session) as reader:
        making(spanned(reader, ticket, **choice), language).write(out)
    return out


def document(session: Path, *, ticket: str = "", language: Language = "en", **choice: object) -> Document:
    """The report as pages for people."""
    with SessionReader(session) as reader:
        return making(spanned(reader, ticket, **choice), language).document()


def spanned(reader: SessionReader, ticket: str, **choice: object) -> Span:
    """The span of an open session."""
    return span_of(reader, redactor=Redactor(ticket) if ticket else None, **choice)  # type: ignore[arg-type]


def making(span: Span, language: Language = "en") -> Making:
    """What makes a report of it."""
    return Making(span, Texts(language), means())


def _no_pdf(_document: Document, _path: Path) -> None:
    raise AssertionError("not tested here")
