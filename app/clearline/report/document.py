"""A report as pages for people: headline, answers, sections; what HTML and PDF are both made of."""

from dataclasses import dataclass, field
from enum import StrEnum

from clearline.host.texts import Language


class Tone(StrEnum):
    """The colour of the headline; its words say the same."""

    DOWN = "down"
    SLOW = "slow"
    UP = "up"


@dataclass(frozen=True)
class Table:
    """Rows of text. `numbers` are the columns that align right."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Picture:
    """An SVG of ours."""

    svg: str
    caption: str = ""


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it, in this order; what is empty is left out."""

    title: str
    note: str = ""
    pictures: tuple[Picture, ...] = ()
    lines: tuple[str, ...] = ()
    table: Table | None = None
    plain: str = ""
    """To be copied as it stands."""


@dataclass(frozen=True)
class Answer:
    """A question that everybody who gets a report asks first, and its answer in sentences."""

    question: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """All of a report. Every text in it is plain text: whoever draws it escapes it."""

    language: Language
    title: str
    subtitle: str
    headline: str
    tone: Tone
    answers: tuple[Answer, ...]
    sections: tuple[Section, ...]
    foot: str
    notes: tuple[str, ...] = field(default=())
    """What everybody must know who reads this, such as that it is redacted."""
