"""What 1,000 clients with this retry policy do to a server that failed them all at once: with jitter and without."""

import math
from functools import lru_cache

import msgspec
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clearline.domain.profile import Jitter, RetryPolicy
from clearline.domain.scale import value_ticks
from clearline.resilience import backoff
from clearline.resilience.herd import STEP_S, peak, simulate
from clearline.ui.painted import Painted
from clearline.ui.plots.export import GraphData
from clearline.ui.plots.plot_theme import PlotTheme
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words, translate

CLIENTS = 1_000
PLOT_PX = 58.0
AFTER_MS = 250
"""Figures change one keystroke at a time, and a target that is selected has all else to draw: the herd is worked out
once they rest."""
KEPT = 32
MOST_ATTEMPTS = 6
"""More attempts make the drawing longer, not the herd greater."""
SHORTEST_S, LONGEST_S = 2.0, 60.0


class HerdPlot(Painted):
    """Requests per 0.1 s after a failure at second 0. What the policy does is solid, what it would do else a line."""

    def __init__(self, theme: Theme, words: Words | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = PlotTheme(theme, self)
        self._words = words if words is not None else Words(parent=self)
        self._policy: RetryPolicy | None = None
        self.plain: list[int] = []
        """Requests per 0.1 s without jitter."""
        self.spread: list[int] = []
        """The same with the policy's jitter, or with full jitter where it has none."""
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(AFTER_MS)
        self._wait.timeout.connect(self._simulate)
        # In two turns of some milliseconds, so that neither is felt.
        self._second = QTimer(self)
        self._second.setSingleShot(True)
        self._second.setInterval(0)
        self._second.timeout.connect(self._simulate_spread)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme.changed.connect(self.redraw)
        self._words.changed.connect(self._retranslate)
        self._retranslate()

    def show_policy(self, policy: RetryPolicy) -> None:
        """Draw what this policy comes to, a moment later."""
        if policy != self._policy:
            self._policy = policy
            self._wait.start()

    @property
    def is_waiting(self) -> bool:
        """Is something still to be worked out?"""
        return self._wait.isActive() or self._second.isActive()

    def summary(self) -> str:
        """The herd in a sentence."""
        policy = self._policy
        if policy is None or not self.plain:
            return ""
        number = self._words.texts.number
        if policy.attempts < 2:
            text = translate("Plots", "No retries: {0} clients that fail at once stay away.")
            return text.format(number(CLIENTS))
        without, with_jitter = number(peak(self.plain)), number(peak(self.spread))
        if policy.jitter is Jitter.NONE:
            text = translate("Plots", "{2} clients failed at once return up to {0} at a time; with full jitter {1}.")
        else:
            text = translate("Plots", "{2} clients failed at once return up to {1} at a time; without jitter {0}.")
        return text.format(without, with_jitter, number(CLIENTS))

    def columns(self) -> list[str]:
        """Headings of `rows`."""
        return [
            translate("Plots", "Second"),
            translate("Plots", "Requests without jitter"),
            translate("Plots", "Requests with jitter"),
        ]

    def rows(self) -> list[list[str]]:
        """The table twin: the tenths of a second in which anything arrives."""
        number = self._words.texts.number
        return [
            [number(place * STEP_S, 1), number(plain), number(spread)]
            for place, (plain, spread) in enumerate(zip(self.plain, self.spread, strict=True))
            if plain or spread
        ]

    def data(self) -> GraphData:
        """Requests in each 0.1 s."""
        pairs = enumerate(zip(self.plain, self.spread, strict=True))
        rows = [[round(place * STEP_S, 1), plain, spread] for place, (plain, spread) in pairs]
        return GraphData(["at_s", "requests_without_jitter", "requests_with_jitter"], rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sentence wraps differently."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() == QEvent.Type.FontChange:
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The herd, seconds below, the sentence."""
        del event
        if not self.plain:
            return
        painter = QPainter(self)
        theme, metrics = self._theme, QFontMetricsF(self.font())
        is_plain = self._policy is not None and self._policy.jitter is Jitter.NONE
        chosen, other = (self.plain, self.spread) if is_plain else (self.spread, self.plain)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("down" if is_plain else "phase_connect"))
        painter.drawPolygon(self._outline(chosen, is_closed=True))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(theme.pen("text_down" if not is_plain else "plot_line"))
        painter.drawPolyline(self._outline(other, is_closed=False))
        self._draw_scale(painter, metrics)
        painter.setPen(theme.color("text_muted"))
        top = PLOT_PX + metrics.height() + 6.0
        place = QRectF(0.0, top, self.width(), self.height() - top)
        painter.drawText(place, int(Qt.TextFlag.TextWordWrap), self.summary())
        painter.end()

    def _outline(self, arrivals: list[int], *, is_closed: bool) -> QPolygonF:
        """Steps of 0.1 s. The greatest retry wave is as high as the plot: the first wave may be cut."""
        most = max(peak(self.plain), peak(self.spread), 1)
        wide = self.width() / len(arrivals)
        points = [QPointF(0.0, PLOT_PX)] if is_closed else []
        for place, count in enumerate(arrivals):
            y = PLOT_PX - min(1.0, count / most) * (PLOT_PX - 4.0)
            points += [QPointF(place * wide, y), QPointF((place + 1) * wide, y)]
        if is_closed:
            points.append(QPointF(self.width(), PLOT_PX))
        return QPolygonF(points)

    def _draw_scale(self, painter: QPainter, metrics: QFontMetricsF) -> None:
        length_s = len(self.plain) * STEP_S
        painter.setPen(self._theme.pen("border_strong"))
        painter.drawLine(QPointF(0.0, PLOT_PX), QPointF(self.width(), PLOT_PX))
        ticks = value_ticks(length_s, max(2, int(self.width() / 46)))
        for at_s in ticks:
            text = self._words.texts.number(at_s, 0 if at_s == round(at_s) else 1)
            if at_s == ticks[-1]:
                text = translate("Plots", "{0} s").format(text)
            wide = metrics.horizontalAdvance(text)
            x = at_s / length_s * self.width()
            left = min(max(0.0, x - wide / 2), self.width() - wide)
            painter.setPen(self._theme.color("text_muted"))
            painter.drawText(QRectF(left, PLOT_PX + 2.0, wide + 1.0, metrics.height()), 0, text)

    def _fit(self) -> None:
        """As high as plot, seconds and sentence need."""
        line = QFontMetricsF(self.font()).height()
        self.setFixedHeight(math.ceil(PLOT_PX + line + 8.0 + self._sentence_px(self.width())))

    def _sentence_px(self, width: int) -> float:
        room = QRectF(0.0, 0.0, float(width), 1000.0)
        return QFontMetricsF(self.font()).boundingRect(room, int(Qt.TextFlag.TextWordWrap), self.summary()).height()

    def _simulate(self) -> None:
        if self._policy is not None:
            plain, _, seconds = _both(self._policy)
            _herd(plain, seconds)
            self._second.start()

    def _simulate_spread(self) -> None:
        if self._policy is not None:
            plain, spread, seconds = _both(self._policy)
            self.plain, self.spread = list(_herd(plain, seconds)), list(_herd(spread, seconds))
            self._retranslate()

    def _retranslate(self) -> None:
        self.setAccessibleName(translate("Plots", "Many clients after a failure"))
        self.setAccessibleDescription(self.summary())
        self._fit()
        self.update()


def _both(policy: RetryPolicy) -> tuple[RetryPolicy, RetryPolicy, float]:
    """Without jitter and with it, and how many seconds are drawn."""
    policy = msgspec.structs.replace(policy, attempts=min(policy.attempts, MOST_ATTEMPTS))
    plain = msgspec.structs.replace(policy, jitter=Jitter.NONE)
    spread = policy if policy.jitter is not Jitter.NONE else msgspec.structs.replace(policy, jitter=Jitter.FULL)
    return plain, spread, _length_s(plain)


@lru_cache(maxsize=KEPT)
def _herd(policy: RetryPolicy, seconds: float) -> tuple[int, ...]:
    return tuple(simulate(policy, CLIENTS, seconds))


def _length_s(plain: RetryPolicy) -> float:
    """All retries of a client without jitter, and a little more."""
    waited, wait = 0.0, 0.0
    for retry in range(1, plain.attempts):
        wait = backoff.delay(plain, retry, wait, 1.0)
        waited += wait
    return min(LONGEST_S, max(SHORTEST_S, waited * 1.1 + 0.5))
