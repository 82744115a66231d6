"""A graph as a picture (PNG, SVG) and as plain figures (CSV), to be saved or copied."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QGraphicsItem, QGraphicsView, QWidget

SVG_DPI = 96


@dataclass(frozen=True, slots=True)
class GraphData:
    """Plain figures: a header, and rows of numbers and names that no language changes."""

    header: Sequence[str]
    rows: Sequence[Sequence[Any]]


def csv_text(data: GraphData) -> str:
    """RFC 4180: a header, decimal points, lines that end with CR LF. Texts that a spreadsheet would run are quoted."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(data.header)
    writer.writerows([_plain(value) for value in row] for row in data.rows)
    return out.getvalue()


def png_bytes(widget: QWidget) -> bytes:
    """The widget as it is on screen, in its own resolution."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    widget.grab().save(buffer, "PNG")
    return bytes(buffer.data().data())


def svg_bytes(widget: QWidget, title: str = "") -> bytes:
    """The widget as vectors."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture = QSvgGenerator()
    picture.setOutputDevice(buffer)
    picture.setResolution(SVG_DPI)
    picture.setSize(QSize(widget.width(), widget.height()))
    picture.setViewBox(QRect(0, 0, widget.width(), widget.height()))
    picture.setTitle(title)
    # What is kept as a pixmap on screen would be a pixmap among the vectors, too.
    views = [view for view in (widget, *widget.findChildren(QGraphicsView)) if isinstance(view, QGraphicsView)]
    kept = [(view, view.cacheMode()) for view in views]
    cached = [(item, item.cacheMode()) for view in views if view.scene() is not None for item in view.scene().items()]
    for view in views:
        view.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
    for item, _ in cached:
        item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
    painter = QPainter(picture)
    try:
        painter.fillRect(QRect(QPoint(), widget.size()), widget.palette().window())
        # pyqtgraph and QGraphicsView have renders of their own, of the scene alone.
        QWidget.render(widget, painter, QPoint())
    finally:
        painter.end()
        for view, view_mode in kept:
            view.setCacheMode(view_mode)
        for item, item_mode in cached:
            item.setCacheMode(item_mode)
    return bytes(buffer.data().data())


def save_picture(widget: QWidget, path: Path, title: str = "", *, is_svg: bool) -> None:
    """Write the widget as SVG or PNG. Raises OSError."""
    path.write_bytes(svg_bytes(widget, title) if is_svg else png_bytes(widget))


def save_data(data: GraphData, path: Path) -> None:
    """Write the figures as CSV in UTF-8 with a mark that spreadsheets look for. Raises OSError."""
    path.write_bytes(csv_text(data).encode("utf-8-sig"))


def copy_picture(widget: QWidget) -> None:
    """Put the picture on the clipboard."""
    QGuiApplication.clipboard().setPixmap(widget.grab())


def copy_data(data: GraphData) -> None:
    """Put the figures on the clipboard."""
    QGuiApplication.clipboard().setText(csv_text(data))


def utc_text(at_s: float, wall_s: float | None) -> str:
    """A session moment as UTC with milliseconds (ISO 8601); empty where the session's start is unknown."""
    if wall_s is None:
        return ""
    return datetime.fromtimestamp(wall_s + at_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _plain(value: Any) -> Any:
    # Spreadsheets run cells that begin so (CWE-1236); names of targets come from anybody.
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value
