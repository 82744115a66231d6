"""Fills a text document of Qt's with a report: for the PDF and for the preview on screen alike."""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QUrl
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QPainter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtSvg import QSvgRenderer

from clearline.report.document import Document
from clearline.report.html import PrintPage, print_page

FAMILIES, POINTS = ["DejaVu Sans", "Noto Sans", "Segoe UI", "Helvetica", "Arial", "sans-serif"], 8.5
_HEADING = "<h2>"
_ABOVE_PX, _BELOW_PX = 16.0, 3.0
"""Left empty above and below the heading of a section."""
PAPER, INK = "#ffffff", "#1a1f25"
FOR_PRINT, FOR_SCREEN = 3.0, 2.0
"""Pixels of a picture per pixel of the page: 288 dpi, and the sharpest screens."""


@dataclass(frozen=True, slots=True)
class RichPage:
    """A report in Qt's own rich text, its pictures drawn."""

    page: PrintPage
    pictures: tuple[QImage, ...]

    def fill(self, text: QTextDocument) -> None:
        """Put all of it into a document. What is in it cannot load anything."""
        for _ in self.pour(text):
            pass

    def pour(self, text: QTextDocument) -> Iterator[None]:
        """The same a part at a time: laying out some hundred rows at once would hold up the window."""
        text.clear()
        text.setDefaultStyleSheet(self.page.style)
        font = QFont(FAMILIES)
        font.setPointSizeF(POINTS)
        text.setDefaultFont(font)
        for number, image in enumerate(self.pictures):
            text.addResource(QTextDocument.ResourceType.ImageResource, QUrl(f"picture:{number}"), image)
        cursor = QTextCursor(text)
        for part in self.page.parts:
            cursor.movePosition(QTextCursor.MoveOperation.End)
            if part.startswith(_HEADING):
                # What is inserted keeps the format of the block that it begins in; behind a table is an empty one.
                above = QTextBlockFormat()
                above.setTopMargin(_ABOVE_PX if cursor.positionInBlock() else _BELOW_PX)
                above.setBottomMargin(_BELOW_PX)
                above.setHeadingLevel(2)
                cursor.insertBlock(above, QTextCharFormat())
            cursor.insertHtml(part)
            yield


def rich_page(document: Document, width_px: int, sharpness: float = FOR_PRINT) -> RichPage:
    """Draw a report, its pictures `width_px` wide. May be called in any thread."""
    page = print_page(document, width_px)
    return RichPage(page, tuple(_drawn(svg, sharpness) for svg in page.pictures))


def _drawn(svg: str, sharpness: float) -> QImage:
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    image = QImage(renderer.defaultSize() * sharpness, QImage.Format.Format_RGB32)
    image.fill(QColor(PAPER))
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image
