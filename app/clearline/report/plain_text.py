"""A report as plain text for tickets and mails, with paths as mtr prints them."""

import textwrap
from collections.abc import Iterator
from typing import Any

from clearline.report.document import Document, Table

WIDTH = 100
_HOP_HEAD = f"{'HOST':<43} {'Loss%':>6} {'Snt':>4} {'Last':>7} {'Avg':>7} {'Best':>7} {'Wrst':>7}"
"""As mtr's report has it: providers ask for that."""


def plain_text(document: Document) -> str:
    """All but the pictures; lines of at most WIDTH characters, but for tables."""
    return "\n".join([*_lines(document), ""])


def hop_lines(hops: list[dict[str, Any]]) -> Iterator[str]:
    """A table of hops in the layout of mtr's report."""
    yield _HOP_HEAD
    for hop in hops:
        figures = " ".join(_figure(hop.get(f"{name}_ms")) for name in ("last", "mean", "best", "worst"))
        loss = 100 * hop["lost"] / hop["sent"] if hop["sent"] else 0.0
        yield f"{hop['ttl']:>3}. {hop['ip'] or '???':<38} {loss:>5.1f}% {hop['sent']:>4} {figures}"


def _figure(ms: float | None) -> str:
    return f"{ms:>7.1f}" if ms is not None else f"{'':>7}"


def _lines(document: Document) -> Iterator[str]:
    yield f"{document.title} · {document.subtitle}"
    yield ""
    yield document.headline
    yield "=" * min(len(document.headline), WIDTH)
    for note in document.notes:
        yield from textwrap.wrap(note, WIDTH)
    for answer in document.answers:
        yield ""
        yield f"{answer.question}:"
        for sentence in answer.sentences:
            yield from textwrap.wrap(sentence, WIDTH, initial_indent="  ", subsequent_indent="  ")
    for section in document.sections:
        if section.table is None and not section.lines and not section.plain:
            continue
        yield from ("", section.title, "-" * len(section.title))
        if section.table is not None:
            yield from table_lines(section.table)
        for line in section.lines:
            yield from textwrap.wrap(line, WIDTH, initial_indent="- ", subsequent_indent="  ")
        if section.plain:
            yield from section.plain.splitlines()
    yield from ("", document.foot)


def table_lines(table: Table) -> Iterator[str]:
    """A table with its columns aligned."""
    rows = [table.columns, *table.rows]
    widths = [max(len(row[place]) for row in rows) for place in range(len(table.columns))]
    for row in rows:
        cells = [
            text.rjust(width) if place in table.numbers else text.ljust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
