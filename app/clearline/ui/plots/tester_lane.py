"""When the tester itself was asleep, too busy, set to another time or not running: those moments prove nothing."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter

from clearline.domain.event import Health
from clearline.ui.plots.lane import LaneItem, Shown
from clearline.ui.viewmodels.words import translate

MISSED_PX = 3.0
"""Half the width of a mark, and the distance that keeps two apart."""
_PATTERNS = {
    Health.ASLEEP: Qt.BrushStyle.SolidPattern,
    Health.BUSY: Qt.BrushStyle.BDiagPattern,
    Health.CLOCK_STEPPED: Qt.BrushStyle.VerPattern,
    Health.NOT_RUNNING: Qt.BrushStyle.DiagCrossPattern,
}


class TesterItem(LaneItem):
    """The tester lane: a thin line while all is well."""

    def headings(self) -> list[tuple[float, str]]:
        """Its name."""
        return [(self.height / 2, translate("Plots", "Tester"))]

    def draw(self, painter: QPainter, shown: Shown) -> None:
        """A line where it ran, a patterned bar with a word where it was disturbed."""
        middle = round(self.height / 2) - 0.5
        painter.setPen(self.theme.pen("heat_up"))
        painter.drawLine(QPointF(self.x_of(0.0), middle), QPointF(self.x_of(shown.now_s), middle))
        metrics = self.metrics()
        for span in shown.tester:
            left, right = self.x_of(span.from_s), self.x_of(span.to_s)
            bar = QRectF(left, 1.0, max(2.0, right - left), self.height - 2.0)
            painter.fillRect(bar, self.theme.color("tester_band"))
            painter.fillRect(bar, QBrush(self.theme.tint("paused", 0.7), _PATTERNS[span.health]))
            word = self.words.texts.state(span.health.value)
            seen = bar.intersected(self.boundingRect())
            wanted = metrics.horizontalAdvance(word) + 8.0
            if wanted <= seen.width():
                ground = QRectF(seen.center().x() - wanted / 2, bar.top(), wanted, bar.height())
                painter.fillRect(ground, self.theme.color("tester_band"))
                painter.setPen(self.theme.color("text"))
                painter.drawText(seen, Qt.AlignmentFlag.AlignCenter, word)

        self._draw_missed(painter, middle)

    def missed(self) -> list[float]:
        """Where slots without a check are marked, in pixels from the left."""
        return [self.x_of(at_s) for at_s, _ in self.shown.missed] if self.shown is not None else []

    def _draw_missed(self, painter: QPainter, middle: float) -> None:
        """A small open triangle below the line for each slot in which no check was made."""
        if not (places := self.missed()):
            return
        painter.setPen(self.theme.pen("plot_axis"))
        painter.setBrush(self.theme.color("plot_background"))
        for x in places:
            painter.drawPolygon(
                [
                    QPointF(x - MISSED_PX, middle - MISSED_PX),
                    QPointF(x + MISSED_PX, middle - MISSED_PX),
                    QPointF(x, middle + MISSED_PX),
                ]
            )

    def hint(self, at_s: float) -> str:
        """`this computer: asleep`, or why no check was made."""
        if self.shown is None:
            return ""
        reach_s = (MISSED_PX + 1.0) / max(1.0, self.width) * (self.shown.to_s - self.shown.from_s)
        reason = next((why for due_s, why in self.shown.missed if abs(due_s - at_s) <= reach_s), "")
        if reason:
            return translate("Plots", "no check: {0}").format(self.words.texts.missed(reason))
        found = next((span.health for span in self.shown.tester if span.from_s <= at_s <= span.to_s), None)
        if found is None:
            return ""
        return translate("Plots", "this computer: {0}").format(self.words.texts.state(found.value))
