"""Fills a text document of Qt's with a report: for the PDF and for the preview on screen alike."""

from PySide6.QtCore import QByteArray, QUrl
from PySide6.QtGui import QColor, QImage, QPainter, QTextDocument
from PySide6.QtSvg import QSvgRenderer

from clearline.report.document import Document
from clearline.report.html import print_html

PAPER, INK = "#ffffff", "#1a1f25"
_SHARPNESS = 3.0
"""Pixels of a picture per pixel of the page: 288 dpi."""


def fill(text: QTextDocument, document: Document, width_px: int) -> None:
    """Lay the report out, its pictures `width_px` wide. What is in it cannot load anything."""
    told, pictures = print_html(document, width_px)
    text.clear()
    for number, svg in enumerate(pictures):
        text.addResource(QTextDocument.ResourceType.ImageResource, QUrl(f"picture:{number}"), picture(svg))
    text.setHtml(told)


def picture(svg: str) -> QImage:
    """An SVG of ours, as sharp as a printer needs it."""
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    image = QImage(renderer.defaultSize() * _SHARPNESS, QImage.Format.Format_RGB32)
    image.fill(QColor(PAPER))
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image
