"""A report as PDF pages, drawn by Qt from the same document as the page for browsers."""

import os
import sys
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QGuiApplication,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)

from clearline.report.document import Document
from clearline.ui.rich_page import INK, rich_page

_DPI = 96
_MARGIN_MM = 14.0
_FOOT_PX = 22.0
_SOFT = "#5f6872"


def write_alone(document: Document, path: Path) -> None:
    """Write a PDF where there is no window, nor a display. Raises OSError."""
    if QGuiApplication.instance() is None:
        has_display = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
        if sys.platform == "linux" and not has_display:
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        application = QGuiApplication([sys.argv[0]])
        try:
            write_pdf(document, path)
        finally:
            application.shutdown()
        return
    write_pdf(document, path)


def write_pdf(document: Document, path: Path) -> None:
    """Write A4 pages with numbers at their feet. May be called in any thread. Raises OSError."""
    # Qt only says that it could not; the system says why.
    path.open("wb").close()
    writer = QPdfWriter(str(path))
    writer.setResolution(_DPI)
    writer.setTitle(f"{document.title}: {document.headline}")
    writer.setCreator("Clearline")
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter
        )
    )
    page = QSizeF(writer.width(), writer.height() - _FOOT_PX)
    text = laid_out(document, writer, page)
    painter = QPainter()
    if not painter.begin(writer):
        raise OSError(f"cannot write to {path.name}")
    try:
        for number in range(text.pageCount()):
            if number and not writer.newPage():
                raise OSError(f"cannot write to {path.name}")
            _draw_page(painter, text, number, page)
            _draw_foot(painter, document, f"{number + 1} / {text.pageCount()}", page)
    finally:
        painter.end()


def laid_out(document: Document, writer: QPdfWriter, page: QSizeF) -> QTextDocument:
    """The report on pages of this size, in pixels; no heading stands apart from what it is the heading of."""
    text = QTextDocument()
    text.setUndoRedoEnabled(False)
    text.setDocumentMargin(0.0)
    text.documentLayout().setPaintDevice(writer)
    rich_page(document, int(page.width())).fill(text)
    text.setPageSize(page)
    _keep_headings(text, page)
    return text


def _keep_headings(text: QTextDocument, page: QSizeF) -> None:
    """Begin a page with each heading that would stand at the foot of one, apart from what it is the heading of."""
    layout = text.documentLayout()
    begin = QTextBlockFormat()
    begin.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
    block = text.begin()
    while block.isValid():
        if block.blockFormat().headingLevel():
            # A note or the head of a table, and what comes below it.
            below = [one for one in (block.next(), block.next().next()) if one.isValid()]
            edges = [layout.blockBoundingRect(block).top(), *(layout.blockBoundingRect(one).bottom() for one in below)]
            pages = {int(edge // page.height()) for edge in edges}
            if len(pages) > 1:
                QTextCursor(block).mergeBlockFormat(begin)
                # Laid out anew from here alone, Qt loses what stands below a table.
                text.setPageSize(QSizeF(page.width(), 2 * page.height()))
                text.setPageSize(page)
        block = block.next()


def _draw_page(painter: QPainter, text: QTextDocument, number: int, page: QSizeF) -> None:
    painter.save()
    painter.translate(0.0, -number * page.height())
    view = QRectF(0.0, number * page.height(), page.width(), page.height())
    painter.setClipRect(view)
    context = QAbstractTextDocumentLayout.PaintContext()
    context.clip = view
    # Without a palette of its own the text would take the desktop's, which may be white on dark.
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Text, QColor(INK))
    context.palette = palette
    text.documentLayout().draw(painter, context)
    painter.restore()


def _draw_foot(painter: QPainter, document: Document, told: str, page: QSizeF) -> None:
    font = QFont("DejaVu Sans")
    font.setPointSizeF(7.0)
    painter.setFont(font)
    painter.setPen(QColor(_SOFT))
    place = QRectF(0.0, page.height() + 6.0, page.width(), _FOOT_PX - 6.0)
    painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, document.foot)
    painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, told)
