"""A row of small coloured squares with their words."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clearline.ui.painted import Painted
from clearline.ui.plots.plot_theme import PlotTheme

SQUARE_PX = 9.0
GAP_PX = 16.0
TEXT_GAP_PX = 5.0
LEFT_PX = 2.0


class Legend(Painted):
    """Entries from left to right in as many lines as they need, a note at the right of the first."""

    def __init__(self, theme: PlotTheme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entries: list[tuple[str, str]] = []
        self._note = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.redraw)
        self._fit()

    @property
    def entries(self) -> list[tuple[str, str]]:
        """Colour token and word of each."""
        return list(self._entries)

    @property
    def note(self) -> str:
        """What stands at the right."""
        return self._note

    def show_entries(self, entries: list[tuple[str, str]], note: str = "") -> None:
        """Show these, and a note at the right."""
        if (entries, note) != (self._entries, self._note):
            self._entries, self._note = entries, note
            self.setAccessibleName(", ".join(word for _, word in entries))
            self._fit()
            self.update()

    def places(self) -> list[QPointF]:
        """Where each entry begins: pixels from the left, and to the middle of its line."""
        metrics = QFontMetricsF(self.font())
        note = metrics.horizontalAdvance(self._note) + GAP_PX if self._note else 0.0
        found, x, line = [], LEFT_PX, 0
        for _, word in self._entries:
            wide = SQUARE_PX + TEXT_GAP_PX + metrics.horizontalAdvance(word)
            if x > LEFT_PX and x + wide > self.width() - (note if line == 0 else 0.0):
                x, line = LEFT_PX, line + 1
            found.append(QPointF(x, (line + 0.5) * self._line_px()))
            x += wide + GAP_PX
        return found

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer lines."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Squares and words."""
        del event
        painter = QPainter(self)
        metrics = QFontMetricsF(self.font())
        down = metrics.ascent() - metrics.height() / 2
        for (token, word), at in zip(self._entries, self.places(), strict=True):
            square = QRectF(at.x(), at.y() - SQUARE_PX / 2, SQUARE_PX, SQUARE_PX)
            painter.fillRect(square, self._theme.color(token))
            painter.setPen(self._theme.color("text_muted"))
            painter.drawText(QPointF(at.x() + SQUARE_PX + TEXT_GAP_PX, at.y() + down), word)
        painter.setPen(self._theme.color("text_muted"))
        first = QRectF(0.0, 0.0, self.width(), self._line_px())
        painter.drawText(first, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._note)
        painter.end()

    def _line_px(self) -> float:
        return QFontMetricsF(self.font()).height() + 4.0

    def _fit(self) -> None:
        bottom = max((at.y() for at in self.places()), default=0.0) + self._line_px() / 2
        self.setFixedHeight(round(max(bottom, self._line_px())) + 2)
