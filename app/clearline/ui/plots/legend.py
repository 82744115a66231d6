"""A row of small coloured squares with their words."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clearline.ui.plots.plot_theme import PlotTheme

SQUARE_PX = 9.0
GAP_PX = 16.0


class Legend(QWidget):
    """Entries from left to right, those that do not fit left out; the accessible text names all of them."""

    def __init__(self, theme: PlotTheme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entries: list[tuple[str, str]] = []
        self._note = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def entries(self) -> list[tuple[str, str]]:
        """Colour token and word of each."""
        return list(self._entries)

    def show_entries(self, entries: list[tuple[str, str]], note: str = "") -> None:
        """Show these, and a note at the right."""
        if (entries, note) != (self._entries, self._note):
            self._entries, self._note = entries, note
            self.setAccessibleName(", ".join(word for _, word in entries))
            self.update()

    def sizeHint(self) -> QSize:
        """One line high."""
        return QSize(100, round(QFontMetricsF(self.font()).height()) + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Squares and words."""
        del event
        painter = QPainter(self)
        metrics = QFontMetricsF(self.font())
        middle, line = self.height() / 2, metrics.height()
        note_width = metrics.horizontalAdvance(self._note)
        limit = self.width() - (note_width + GAP_PX if self._note else 0.0)
        x = 2.0
        for token, word in self._entries:
            wide = SQUARE_PX + 5.0 + metrics.horizontalAdvance(word)
            if x + wide > limit:
                break
            painter.fillRect(
                QRectF(QPointF(x, middle - SQUARE_PX / 2), QPointF(x + SQUARE_PX, middle + SQUARE_PX / 2)),
                self._theme.color(token),
            )
            painter.setPen(self._theme.color("text_muted"))
            painter.drawText(QPointF(x + SQUARE_PX + 5.0, middle - line / 2 + metrics.ascent()), word)
            x += wide + GAP_PX
        if self._note:
            painter.setPen(self._theme.color("text_muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._note)
        painter.end()
