"""A report as one HTML file: no script, nothing loaded, and a policy in it that forbids both."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import jinja2
from markupsafe import Markup

from clearline.host import resources
from clearline.report.colours import colour
from clearline.report.document import Document, Section

MOST_ROWS = 60
"""Of a table that is laid out at once: 25 ms."""
_BESIDE, _WIDEST = 2, 34
"""Signs that a column has room for beside its text, and in all; longer texts are broken into lines."""


def html(document: Document) -> str:
    """The page, for a browser and its printer."""
    style = resources.path("report", "page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    # The style is ours and is hashed as it stands.
    return _template("page.html.j2").render(doc=document, style=Markup(style), style_hash=digest)  # noqa: S704


@dataclass(frozen=True, slots=True)
class PrintPage:
    """A report in what Qt's rich text understands."""

    style: str
    parts: tuple[str, ...]
    """One after the other: what answers, then a part a section, or several of a long table."""
    pictures: tuple[str, ...]
    """SVG: `<img src="picture:N">` is the Nth."""


def print_page(document: Document, width_px: int) -> PrintPage:
    """The report for paper, its pictures `width_px` wide."""
    style = resources.path("report", "print.css").read_text(encoding="utf-8")
    pictures = tuple(picture.svg for section in document.sections for picture in section.pictures)
    head = _template("print_head.html.j2").render(doc=document, tone=colour(document.tone.value))
    section = _template("print_section.html.j2")
    parts = (
        section.render(section=part, pictures=pictures, width=width_px, shares=shares)
        for each in document.sections
        for part, shares in _pieces(each)
    )
    return PrintPage(style, (head, *parts), pictures)


def _pieces(section: Section) -> Iterator[tuple[Section, tuple[int, ...]]]:
    """A section, in pieces where its table is long, and what share of the width each column has, in per cent."""
    table = section.table
    if table is None or len(table.rows) <= MOST_ROWS:
        yield section, ()
        return
    longest = [max(len(row[place]) for row in (table.columns, *table.rows)) for place in range(len(table.columns))]
    room = [min(length + _BESIDE, _WIDEST) for length in longest]
    shares = tuple(100 * each // sum(room) for each in room)
    for first in range(0, len(table.rows), MOST_ROWS):
        piece = replace(table, rows=table.rows[first : first + MOST_ROWS])
        is_last = first + MOST_ROWS >= len(table.rows)
        end = (section.lines, section.plain) if is_last else ((), "")
        begin = (section.title, section.note, section.pictures) if not first else ("", "", ())
        yield Section(*begin, *(end[0], piece, end[1])), shares


@cache
def _template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return environment.from_string(resources.path("report", name).read_text(encoding="utf-8"))
