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
    """Entries from left to right in as many lines as they need, a note at the right of the last with room for it."""

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
        found, x, line = [], LEFT_PX, 0
        for _, word in self._entries:
            wide = self._wide(word)
            if x > LEFT_PX and x + wide > self.width():
                x, line = LEFT_PX, line + 1
            found.append(QPointF(x, (line + 0.5) * self._line_px()))
            x += wide + GAP_PX
        return found

    def note_line(self) -> int:
        """The line of the note, from 0: that of the last entry, or one more where it has no room there."""
        if not self._entries:
            return 0
        last = self.places()[-1]
        line = round(last.y() / self._line_px() - 0.5)
        end = last.x() + self._wide(self._entries[-1][1]) + GAP_PX
        fits = end + QFontMetricsF(self.font()).horizontalAdvance(self._note) <= self.width()
        return line if fits or not self._note else line + 1

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
        line = QRectF(0.0, self.note_line() * self._line_px(), self.width(), self._line_px())
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._note)
        painter.end()

    def _line_px(self) -> float:
        return QFontMetricsF(self.font()).height() + 4.0

    def _wide(self, word: str) -> float:
        return SQUARE_PX + TEXT_GAP_PX + QFontMetricsF(self.font()).horizontalAdvance(word)

    def _fit(self) -> None:
        self.setFixedHeight(round((self.note_line() + 1) * self._line_px()) + 2)
