"""How latencies of the visible time are spread: bars, and percentiles where enough samples carry them."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clearline.domain.scale import value_ticks
from clearline.domain.statistics import P50_FROM, P95_FROM, P99_FROM
from clearline.ui.painted import Painted
from clearline.ui.plots.export import GraphData
from clearline.ui.plots.plot_theme import PlotTheme
from clearline.ui.plots.ticks import log_ticks
from clearline.ui.plots.y_range import robust_top
from clearline.ui.viewmodels.words import Words, translate

BARS = 48
PLOT_PX = 84.0
PERCENTILES = ((50, P50_FROM), (95, P95_FROM), (99, P99_FROM))


class Histogram(Painted):
    """Counts of latencies. The last bar holds all that is beyond the scale, which a few spikes do not stretch."""

    def __init__(self, theme: PlotTheme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._words = theme, words
        self._is_log = False
        self._values: NDArray[np.float64] = np.empty(0)
        self.edges: NDArray[np.float64] = np.empty(0)
        """Bounds of the bars in ms, one more than bars."""
        self.counts: NDArray[Any] = np.empty(0, np.int64)
        self.percentiles: list[tuple[int, float]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.redraw)
        words.changed.connect(self._retranslate)
        self._retranslate()
        self.hide()

    def show_values(self, values_ms: NDArray[np.float64], *, is_log: bool) -> None:
        """Draw these latencies, on the scale that the latency graph has."""
        self._values, self._is_log = values_ms, is_log
        self.edges, self.counts, self.percentiles = np.empty(0), np.empty(0, np.int64), []
        positive = values_ms[values_ms > 0]
        if len(positive):
            top = max(robust_top(positive) * 1.05, 0.1)
            if is_log:
                low = 10.0 ** math.floor(math.log10(float(positive.min())))
                self.edges = np.geomspace(min(low, top / 10), top, BARS + 1)
            else:
                self.edges = np.linspace(0.0, top, BARS + 1)
            self.counts = np.histogram(np.minimum(positive, top), self.edges)[0]
            self.percentiles = [
                (share, float(np.percentile(values_ms, share)))
                for share, least in PERCENTILES
                if len(values_ms) >= least
            ]
        self._retranslate()

    def summary(self) -> str:
        """The spread in a sentence."""
        if not len(self.counts):
            return translate("Plots", "No latencies in this time.")
        words = self._words
        place = int(np.argmax(self.counts))
        usual = translate("Plots", "Checks: {0}; most take {1} to {2}.").format(
            words.texts.number(len(self._values)),
            words.latency(float(self.edges[place])),
            words.latency(float(self.edges[place + 1])),
        )
        known = [f"p{share} {words.latency(value)}" for share, value in self.percentiles]
        return " ".join([usual, ", ".join(known) + "."]) if known else usual

    def columns(self) -> list[str]:
        """Headings of `rows`."""
        return [translate("Plots", "From"), translate("Plots", "To"), translate("Plots", "Checks")]

    def rows(self) -> list[list[str]]:
        """The table twin: each bar that is not empty."""
        words = self._words
        return [
            [words.latency(low), words.latency(high), words.texts.number(count)]
            for low, high, count in self._bars()
            if count
        ]

    def data(self) -> GraphData:
        """Each bar as figures."""
        return GraphData(
            ["from_ms", "to_ms", "checks"],
            [[round(low, 6), round(high, 6), count] for low, high, count in self._bars()],
        )

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.FontChange):
            self._retranslate()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bars, percentiles, milliseconds, the sentence."""
        del event
        painter = QPainter(self)
        theme, metrics = self._theme, QFontMetricsF(self.font())
        line = metrics.height()
        painter.setPen(theme.color("text_muted"))
        sentence = metrics.elidedText(self.summary(), Qt.TextElideMode.ElideRight, self.width() - 4.0)
        painter.drawText(QRectF(2.0, 0.0, self.width(), line), 0, sentence)
        base = line + 4.0 + PLOT_PX
        if len(self.counts):
            most = float(self.counts.max())
            wide = self.width() / len(self.counts)
            for place, count in enumerate(self.counts.tolist()):
                if count:
                    # A single check must be seen beside a thousand.
                    high = max(2.0, count / most * (PLOT_PX - line - 4.0))
                    bar = QRectF(place * wide, base - high, max(1.0, wide - 1.0), high)
                    painter.fillRect(bar, theme.color("phase_connect"))
            self._draw_percentiles(painter, base, metrics)
        painter.setPen(theme.pen("border_strong"))
        painter.drawLine(QPointF(0.0, base), QPointF(self.width(), base))
        self._draw_scale(painter, base, metrics)
        painter.end()

    def _draw_percentiles(self, painter: QPainter, base: float, metrics: QFontMetricsF) -> None:
        free_from = -1.0
        for share, value in self.percentiles:
            x = round(self._x_of(value)) + 0.5
            painter.setPen(self._theme.pen("plot_threshold", Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, base - PLOT_PX + metrics.height()), QPointF(x, base))
            text = f"p{share}"
            wide = metrics.horizontalAdvance(text)
            left = min(max(0.0, x - wide / 2), self.width() - wide)
            if left >= free_from:
                painter.setPen(self._theme.color("plot_axis"))
                painter.drawText(QPointF(left, base - PLOT_PX + metrics.ascent()), text)
                free_from = left + wide + 4.0

    def _draw_scale(self, painter: QPainter, base: float, metrics: QFontMetricsF) -> None:
        if not len(self.edges):
            return
        low, top = float(self.edges[0]), float(self.edges[-1])
        ticks = log_ticks(low, top) if self._is_log else value_ticks(top, max(2, int(self.width() / 70)))
        free_from = -1.0
        painter.setPen(self._theme.color("plot_axis"))
        for value in ticks:
            text = self._words.latency(value)
            wide = metrics.horizontalAdvance(text)
            left = min(max(0.0, self._x_of(value) - wide / 2), self.width() - wide)
            if left >= free_from:
                painter.drawText(QRectF(left, base + 2.0, wide + 1.0, metrics.height()), 0, text)
                free_from = left + wide + 10.0

    def _x_of(self, value_ms: float) -> float:
        low, top = float(self.edges[0]), float(self.edges[-1])
        value = min(max(value_ms, low), top)
        share = math.log(value / low) / math.log(top / low) if self._is_log else value / top
        return share * self.width()

    def _bars(self) -> list[tuple[float, float, int]]:
        return list(zip(self.edges[:-1].tolist(), self.edges[1:].tolist(), self.counts.tolist(), strict=True))

    def _retranslate(self) -> None:
        self.setAccessibleName(translate("Plots", "Spread of latencies in the visible time"))
        self.setAccessibleDescription(self.summary())
        self.setFixedHeight(math.ceil(PLOT_PX + 2 * QFontMetricsF(self.font()).height() + 8.0))
        self.update()
