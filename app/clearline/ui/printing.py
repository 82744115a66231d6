"""What is on screen as a document on paper: a title, its summary in words, a picture of the graphs, their table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from PySide6.QtCore import QMarginsF, QUrl
from PySide6.QtGui import QImage, QPageLayout, QTextDocument
from PySide6.QtPrintSupport import QPrinter

MOST_ROWS = 200
PICTURE = "clearline:picture"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed. The picture is scaled to the width of the paper."""

    title: str
    lines: Sequence[str] = ()
    picture: QImage | None = None
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    html: str = field(default="")
    """Rich text in place of all but the title, made from escaped parts."""


def print_sheet(sheet: Sheet, printer: QPrinter) -> None:
    """Put a sheet on paper, or into the PDF that the printer was told to write."""
    printer.setPageMargins(QMarginsF(12, 12, 12, 12), QPageLayout.Unit.Millimeter)
    document = QTextDocument()
    document.setPageSize(printer.pageRect(QPrinter.Unit.Point).size())
    width = round(document.pageSize().width() - 2 * document.documentMargin())
    if sheet.picture is not None:
        document.addResource(QTextDocument.ResourceType.ImageResource, QUrl(PICTURE), sheet.picture)
    document.setHtml(sheet_html(sheet, width))
    document.print_(printer)


def sheet_html(sheet: Sheet, width: int) -> str:
    """A sheet as black rich text of this width in points; everything that people or servers wrote is escaped."""
    parts = ['<body style="color:#000000">', f"<h2>{escape(sheet.title)}</h2>"]
    parts += [f"<p>{escape(line)}</p>" for line in sheet.lines]
    if sheet.picture is not None:
        parts.append(f'<p><img src="{PICTURE}" width="{width}"></p>')
    parts.append(sheet.html)
    if sheet.rows:
        head = "".join(f'<th align="left">{escape(cell)}</th>' for cell in sheet.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in sheet.rows[:MOST_ROWS]
        )
        parts.append(f'<table cellspacing="0" cellpadding="3" border="0.5"><tr>{head}</tr>{body}</table>')
    return "".join([*parts, "</body>"])
