"""The retry tokens a host has left, as a gauge: retries are paid for by successes."""

import math

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clearline.ui.painted import Painted
from clearline.ui.plots.plot_theme import PlotTheme
from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.time_axis import TimeAxis
from clearline.ui.viewmodels.words import Words, translate

BAR_PX = 12.0
MOST_CELLS = 40
"""More tokens than this are one bar."""


class BudgetGauge(Painted):
    """A cell a token; the one being earned is filled in part. Hidden where retries are not limited."""

    def __init__(self, theme: Theme, words: Words | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = PlotTheme(theme, self)
        self._words = words if words is not None else Words(parent=self)
        self.tokens, self.capacity, self.reason = 0.0, 0.0, ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme.changed.connect(self.redraw)
        self._words.changed.connect(self._retranslate)
        self._retranslate()
        self.hide()

    def show_budget(self, tokens: float, capacity: float, reason: str = "") -> None:
        """Show so many tokens of so many; `reason` as in domain.event.BudgetChanged."""
        self.setVisible(capacity > 0)
        if (tokens, capacity, reason) != (self.tokens, self.capacity, self.reason):
            self.tokens, self.capacity, self.reason = tokens, capacity, reason
            self._retranslate()

    def summary(self) -> str:
        """The gauge in words."""
        text = self._words.texts
        left = text.number(self.tokens, 0 if self.tokens == int(self.tokens) else 1)
        said = translate("Plots", "Tokens of the retry budget: {0} of {1}").format(left, text.number(self.capacity))
        return f"{said} · {text.say(f'budget.{self.reason}')}" if self.reason else said

    def cells(self) -> list[tuple[QRectF, float]]:
        """Where each token is drawn, and the share of it that there is."""
        count = math.ceil(self.capacity)
        if not 0 < count <= MOST_CELLS:
            count = 1
        wide = self.width() / count
        each = self.capacity / count
        return [
            (
                QRectF(place * wide, 0.0, wide - (1.5 if count > 1 else 0.0), BAR_PX),
                min(1.0, max(0.0, self.tokens / each - place)) if each else 0.0,
            )
            for place in range(count)
        ]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The words wrap differently."""
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
        """Cells, then the words."""
        del event
        painter = QPainter(self)
        is_spent = self.tokens < 1.0
        full = self._theme.color("slow" if is_spent else "phase_connect")
        for cell, share in self.cells():
            painter.fillRect(cell, self._theme.color("backoff"))
            painter.fillRect(QRectF(cell.left(), 0.0, cell.width() * share, BAR_PX), full)
        painter.setPen(self._theme.color("text_slow" if is_spent else "text_muted"))
        place = QRectF(0.0, BAR_PX + 3.0, self.width(), self.height() - BAR_PX)
        painter.drawText(place, int(Qt.TextFlag.TextWordWrap), self.summary())
        painter.end()

    def _fit(self) -> None:
        """As high as the bar and the words need."""
        room = QRectF(0.0, 0.0, float(self.width()), 1000.0)
        words = QFontMetricsF(self.font()).boundingRect(room, int(Qt.TextFlag.TextWordWrap), self.summary())
        self.setFixedHeight(math.ceil(BAR_PX + 5.0 + words.height()))

    def _retranslate(self) -> None:
        self.setAccessibleName(translate("Plots", "Retry budget"))
        self.setAccessibleDescription(self.summary())
        self.setToolTip(
            "\n".join(
                (
                    self.summary(),
                    translate("Plots", "Each retry costs a token; successes earn them back, time does not."),
                )
            )
        )
        self._fit()
        self.update()


class TargetBudgetGauge(BudgetGauge):
    """The gauge of the target on show, brought up to date on the time axis's frames."""

    def __init__(
        self,
        store: SeriesStore,
        axis: TimeAxis,
        theme: Theme,
        words: Words | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, words, parent)
        self._store, self._axis = store, axis
        self._target_id = ""
        axis.frame.connect(self.draw_frame)

    def show_target(self, target_id: str) -> None:
        """Show this target's budget from now on; none where it is empty."""
        self._target_id = target_id
        self.draw_frame()

    def draw_frame(self) -> None:
        """Show the budget as it was at the right edge of the time axis."""
        target = self._store.series(self._target_id).target if self._target_id else None
        profile = self._store.plan.profile(target.profile) if target is not None else None
        if target is None or profile is None or not profile.budget.is_on:
            self.show_budget(0.0, 0.0)
            return
        axis = self._axis
        level = self._store.budget_at(target.origin, axis.now_s if axis.is_live else axis.to_s)
        if level is None:
            self.show_budget(profile.budget.capacity, profile.budget.capacity)
        else:
            self.show_budget(level.tokens, level.capacity, level.reason if level.reason == "denied" else "")
