"""Paints a session's outline in a cell of the library: time from left to right, what failed in its layer's colour."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QPainter, QPixmap, QPixmapCache
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from clearline.ui.viewmodels.library import ENTRY_ROLE, SessionEntry
from clearline.ui.viewmodels.theme import Theme

AnyIndex = QModelIndex | QPersistentModelIndex
PREVIEW_WIDTH = 150
MARGIN = 6
LEAST_SHARE = 0.3
"""A stretch with any failure is at least so high in its colour, or a single one could not be seen."""


class OutlineDelegate(QStyledItemDelegate):
    """Draws from the entry alone, once per size and theme; scrolling costs a copy of a picture."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """Any height; a fixed width reads as a time line."""
        return QSize(PREVIEW_WIDTH, option.fontMetrics.height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """The row's ground, then the strip."""
        super().paint(painter, option, index)
        entry = index.data(ENTRY_ROLE)
        if not isinstance(entry, SessionEntry) or not entry.outline:
            return
        place = option.rect.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        ratio = painter.device().devicePixelRatio()
        what = f"{entry.path} {entry.size_bytes} {entry.duration_s}"
        key = f"outline {what} {place.width()}x{place.height()} {ratio} {self._theme.name}"
        pixmap = QPixmap()
        if not QPixmapCache.find(key, pixmap):
            pixmap = self.picture(entry, place.size(), ratio)
            QPixmapCache.insert(key, pixmap)
        painter.drawPixmap(place.topLeft(), pixmap)

    def picture(self, entry: SessionEntry, size: QSize, ratio: float) -> QPixmap:
        """The strip by itself."""
        pixmap = QPixmap(size * ratio)
        pixmap.setDevicePixelRatio(ratio)
        color = self._theme.color
        pixmap.fill(color("heat_missing"))
        painter = QPainter(pixmap)
        width = size.width() / len(entry.outline)
        for place, cell in enumerate(entry.outline):
            failed = sum(cell.failed.values())
            left, right = round(place * width), round((place + 1) * width)
            whole = QRectF(left, 0.0, right - left, size.height())
            if cell.ok or failed:
                painter.fillRect(whole, color("heat_up"))
            elif cell.refused:
                painter.fillRect(whole, color("heat_paused"))
            if failed:
                share = max(LEAST_SHARE, failed / (failed + cell.ok))
                layer = max(cell.failed, key=lambda one: cell.failed[one])
                whole.setTop(size.height() * (1.0 - share))
                painter.fillRect(whole, color(f"layer_{layer.value}"))
        painter.end()
        return pixmap
