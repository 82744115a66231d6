"""Where the connection broke over time: the failing layer of each stretch of checks."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from clearline.ui.plots.lane import LaneItem, Shown
from clearline.ui.viewmodels.series_state import State
from clearline.ui.viewmodels.words import translate


class LayerItem(LaneItem):
    """The failing layer lane."""

    def headings(self) -> list[tuple[float, str]]:
        """Its name."""
        return [(self.height / 2, translate("Plots", "Fails at"))]

    def segments(self) -> list[tuple[float, float, State]]:
        """What is drawn: from, to (session seconds) and state."""
        if self.shown is None:
            return []
        runs = self.shown.runs
        return [
            (begin, end, State(state))
            for begin, end, state in zip(runs.from_s.tolist(), runs.to_s.tolist(), runs.state.tolist(), strict=True)
        ]

    def draw(self, painter: QPainter, shown: Shown) -> None:
        """A bar per stretch; failing ones on top of the rest, with the layer's word or letter where it fits."""
        metrics = self.metrics()
        for begin, end in shown.pauses:
            self._bar(painter, begin, end, State.PAUSED)
        for begin, end, state in self.segments():
            if state < State.ANSWER:
                self._bar(painter, begin, end, state)
        for begin, end, state in self.segments():
            layer = state.layer
            if layer is None:
                continue
            bar = self._bar(painter, begin, end, state).intersected(self.boundingRect())
            word = self.words.texts.layer(layer)
            for text in (word, layer.letter):
                if metrics.horizontalAdvance(text) + 6.0 <= bar.width():
                    painter.setPen(self.theme.text_on_state(state))
                    painter.drawText(bar, Qt.AlignmentFlag.AlignCenter, text)
                    break

    def _bar(self, painter: QPainter, from_s: float, to_s: float, state: State) -> QRectF:
        left, right = self.x_of(from_s), self.x_of(to_s)
        bar = QRectF(left, 2.0, max(1.5, right - left), self.height - 4.0)
        painter.fillRect(bar, self.theme.state(state))
        return bar
