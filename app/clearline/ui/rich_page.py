"""Fills a text document of Qt's with a report: for the PDF and for the preview on screen alike."""

from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QUrl
from PySide6.QtGui import QColor, QImage, QPainter, QTextDocument
from PySide6.QtSvg import QSvgRenderer

from clearline.report.document import Document
from clearline.report.html import print_html

PAPER, INK = "#ffffff", "#1a1f25"
FOR_PRINT, FOR_SCREEN = 3.0, 2.0
"""Pixels of a picture per pixel of the page: 288 dpi, and the sharpest screens."""


@dataclass(frozen=True, slots=True)
class RichPage:
    """A report in Qt's own rich text, its pictures drawn: all that takes time is done."""

    html: str
    pictures: tuple[QImage, ...]

    def fill(self, text: QTextDocument) -> None:
        """Put it into a document. What is in it cannot load anything."""
        text.clear()
        for number, image in enumerate(self.pictures):
            text.addResource(QTextDocument.ResourceType.ImageResource, QUrl(f"picture:{number}"), image)
        text.setHtml(self.html)


def rich_page(document: Document, width_px: int, sharpness: float = FOR_PRINT) -> RichPage:
    """Draw a report, its pictures `width_px` wide. May be called in any thread."""
    told, pictures = print_html(document, width_px)
    return RichPage(told, tuple(_drawn(svg, sharpness) for svg in pictures))


def _drawn(svg: str, sharpness: float) -> QImage:
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    image = QImage(renderer.defaultSize() * sharpness, QImage.Format.Format_RGB32)
    image.fill(QColor(PAPER))
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image
