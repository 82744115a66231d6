"""Where the connection broke over time: the failing layer of each stretch of checks."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from clearline.domain.fault import Layer
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
        for left, right, state in self.state_bars(shown.runs):
            bar = self._bar(painter, left, right, state)
            if (layer := state.layer) is not None:
                self._write(painter, bar.intersected(self.boundingRect()), layer, state)
        # Over the rest: the last check before a pause would seem to last into it.
        for begin, end in shown.pauses:
            self._bar(painter, self.x_of(begin), self.x_of(end), State.PAUSED)

    def _write(self, painter: QPainter, bar: QRectF, layer: Layer, state: State) -> None:
        metrics = self.metrics()
        for text in (self.words.texts.layer(layer), layer.letter):
            if metrics.horizontalAdvance(text) + 6.0 <= bar.width():
                if state.is_held:
                    # The hatching would run through the letters.
                    plate = QRectF(0.0, bar.top(), metrics.horizontalAdvance(text) + 6.0, bar.height())
                    plate.moveCenter(bar.center())
                    painter.fillRect(plate, self.theme.state(state))
                painter.setPen(self.theme.text_on_state(state))
                painter.drawText(bar, Qt.AlignmentFlag.AlignCenter, text)
                return

    def _bar(self, painter: QPainter, left: float, right: float, state: State) -> QRectF:
        bar = QRectF(left, 2.0, max(1.5, right - left), self.height - 4.0)
        painter.fillRect(bar, self.theme.state(state))
        if state.is_held:
            painter.fillRect(bar, self.theme.hatch(state))
        return bar
