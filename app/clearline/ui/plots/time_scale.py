"""The time below the lanes: local time of day, and under it the time since the session began."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from clearline.ui.plots.backend import pg
from clearline.ui.plots.plot_theme import PlotTheme
from clearline.ui.plots.ticks import clock_text, elapsed_text, time_ticks


class TimeScale(pg.GraphicsWidget):
    """Labels at round local times. `two_rows` adds the session's own time."""

    def __init__(self, theme: PlotTheme, *, two_rows: bool = True) -> None:
        super().__init__()
        self._theme = theme
        self._two_rows = two_rows
        self._wall_s: float | None = None
        self._from_s, self._to_s = 0.0, 1.0
        self.ticks: list[float] = []
        """Moments with a label, in session seconds."""
        self._step_s = 1.0

    def show_range(self, from_s: float, to_s: float, wall_s: float | None) -> None:
        """Label this stretch."""
        self._from_s, self._to_s, self._wall_s = from_s, to_s, wall_s
        wide = QFontMetricsF(self.scene().font()).horizontalAdvance("00:00:00") * 1.6
        self.ticks, self._step_s = time_ticks(from_s, to_s, wall_s, int(self.rect().width() / wide))
        self.update()

    def labels(self) -> list[tuple[str, str]]:
        """Local time and time since the session began, for each tick."""
        return [(clock_text(at, self._wall_s, self._step_s), elapsed_text(at, self._step_s)) for at in self.ticks]

    def fit(self) -> None:
        """Take the height that the font needs."""
        line = QFontMetricsF(self.scene().font()).height()
        height = line * (2 if self._two_rows else 1) + 6.0
        self.setMinimumHeight(height)
        self.setMaximumHeight(height)
        self.setPreferredHeight(height)

    def boundingRect(self) -> QRectF:
        """Half of the first label stands left of the scale: what is outside of this is not wiped away."""
        wide = QFontMetricsF(self.scene().font()).horizontalAdvance("00:00:00") if self.scene() is not None else 0.0
        return QRectF(self.rect().adjusted(-wide, 0.0, 0.0, 0.0))

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Tick, local time, session time."""
        del option, widget
        font = self.scene().font()
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        line, width = metrics.height(), self.rect().width()
        axis = self._theme.pen("plot_axis")
        painter.setPen(self._theme.pen("border_strong"))
        painter.drawLine(QPointF(0.0, 0.5), QPointF(width, 0.5))
        free_from = -1e9
        for at_s, (clock, elapsed) in zip(self.ticks, self.labels(), strict=True):
            x = (at_s - self._from_s) / (self._to_s - self._from_s) * width
            painter.setPen(self._theme.pen("border_strong"))
            painter.drawLine(QPointF(round(x) + 0.5, 0.0), QPointF(round(x) + 0.5, 4.0))
            wide = metrics.horizontalAdvance(clock)
            # Left of the scale the headings' column is empty here; at the right the window ends.
            left = min(x - wide / 2, width - wide)
            if left < free_from:
                continue
            free_from = left + wide + 10.0
            centred = Qt.AlignmentFlag.AlignHCenter
            painter.setPen(axis)
            painter.drawText(QRectF(left, 4.0, wide + 1.0, line), centred, clock)
            if self._two_rows and self._wall_s is not None and at_s > -1e-6:
                painter.setPen(self._theme.color("text_faint"))
                beside = max(0.0, metrics.horizontalAdvance(f"+{elapsed}") - wide)
                # At the right end both rows keep to the edge.
                shift = beside / 2 if left + wide + beside / 2 <= width else beside
                below = QRectF(left - shift, 3.0 + line, wide + beside + 1.0, line)
                painter.drawText(below, centred, f"+{elapsed}")
