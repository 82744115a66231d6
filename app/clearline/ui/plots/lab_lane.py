"""What the practice lab did over time: the cause above the effects."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from clearline.lab.words import fault_words
from clearline.ui.plots.lane import LaneItem, Shown
from clearline.ui.viewmodels.words import translate


class LabItem(LaneItem):
    """The lane of faults made: a thin line while the server is well, a bar with the fault's words while it is not."""

    def headings(self) -> list[tuple[float, str]]:
        """Its name."""
        return [(self.height / 2, translate("Plots", "Fault made"))]

    def segments(self) -> list[tuple[float, float, str]]:
        """What is drawn: from, to (session seconds) and the fault in words, empty where it is well."""
        if self.shown is None:
            return []
        now_s, texts = self.shown.now_s, self.words.texts
        return [
            (span.from_s, now_s if span.to_s is None else span.to_s, fault_words(span.fault, span.options, texts))
            for span in self.shown.lab
        ]

    def draw(self, painter: QPainter, shown: Shown) -> None:
        """Lines first, bars over them."""
        del shown
        middle = round(self.height / 2) - 0.5
        metrics = self.metrics()
        painter.setPen(self.theme.pen("heat_up"))
        segments = self.segments()
        for begin, end, words in segments:
            if not words:
                painter.drawLine(QPointF(self.x_of(begin), middle), QPointF(self.x_of(end), middle))
        for begin, end, words in segments:
            if not words:
                continue
            left, right = self.x_of(begin), self.x_of(end)
            # One pixel of ground keeps two faults in a row apart.
            bar = QRectF(left, 1.0, max(2.0, right - left - 1.0), self.height - 2.0)
            painter.fillRect(bar, self.theme.color("breaker_open"))
            seen = bar.intersected(self.boundingRect()).adjusted(4.0, 0.0, -4.0, 0.0)
            text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, seen.width())
            if len(text) > 2:
                painter.setPen(self.theme.color("text_on_breaker"))
                painter.drawText(seen, Qt.AlignmentFlag.AlignCenter, text)

    def hint(self, at_s: float) -> str:
        """`lab: refused`."""
        words = next((words for begin, end, words in reversed(self.segments()) if begin <= at_s <= end), "")
        return translate("Plots", "lab: {0}").format(words) if words else ""
