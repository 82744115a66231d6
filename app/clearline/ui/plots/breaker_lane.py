"""The circuit breaker's states over time, with words where they fit."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from clearline.domain.event import BreakerState
from clearline.ui.plots.lane import LaneItem, Shown
from clearline.ui.plots.plot_theme import BREAKER_TOKENS
from clearline.ui.viewmodels.words import translate

TEXT_MARGIN_PX = 12.0


class BreakerItem(LaneItem):
    """The breaker lane."""

    def headings(self) -> list[tuple[float, str]]:
        """Its name."""
        return [(self.height / 2, translate("Plots", "Breaker"))]

    def segments(self) -> list[tuple[float, float, BreakerState]]:
        """What is drawn: from, to (session seconds, within the session) and state."""
        shown = self.shown
        if shown is None:
            return []
        if not shown.breaker:
            return [(0.0, shown.now_s, BreakerState.CLOSED)] if shown.now_s > 0.0 else []
        found: list[tuple[float, float, BreakerState]] = []
        for span in shown.breaker:
            begin, end = span.from_s, shown.now_s if span.to_s is None else span.to_s
            if found and found[-1][1:] == (begin, span.state):
                # Each trial that succeeds is told; it is one stretch all the same.
                begin = found.pop()[0]
            found.append((begin, end, span.state))
        return [(begin, end, state) for begin, end, state in found if end >= shown.from_s and begin <= shown.to_s]

    def words_drawn(self) -> list[str]:
        """The words that fit, left to right."""
        return [text for text, _ in self._fitting() if text]

    def draw(self, painter: QPainter, shown: Shown) -> None:
        """A bar per state, a word where there is room."""
        del shown
        for (_, _, state), (text, bar) in zip(self.segments(), self._fitting(), strict=True):
            painter.fillRect(bar, self.theme.color(BREAKER_TOKENS[state]))
            if text:
                painter.setPen(self.theme.color("text_on_breaker"))
                painter.drawText(bar.intersected(self.boundingRect()), Qt.AlignmentFlag.AlignCenter, text)

    def hint(self, at_s: float) -> str:
        """`breaker open`."""
        state = next((state for begin, end, state in reversed(self.segments()) if begin <= at_s <= end), None)
        return "" if state is None else translate("Plots", "breaker {0}").format(self.words.texts.state(state.value))

    def _fitting(self) -> list[tuple[str, QRectF]]:
        metrics = self.metrics()
        found = []
        for begin, end, state in self.segments():
            left, right = self.x_of(begin), self.x_of(end)
            # One pixel of ground keeps neighbours apart where colours alone would not.
            bar = QRectF(left, 2.0, max(1.5, right - left - 1.0), self.height - 4.0)
            word = self.words.texts.state(state.value)
            word = word[:1].upper() + word[1:]
            seen = bar.intersected(self.boundingRect()).width()
            fits = metrics.horizontalAdvance(word) + TEXT_MARGIN_PX <= seen and metrics.height() <= bar.height() + 1.0
            found.append((word if fits else "", bar))
        return found
