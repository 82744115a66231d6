"""The worst case of a profile drawn before anything is sent: attempts as bars, waits between them, seconds below."""

import math

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from clearline.domain.profile import Profile
from clearline.domain.scale import value_ticks
from clearline.resilience.preview import Preview, Step, preview
from clearline.ui.painted import Painted
from clearline.ui.plots.export import GraphData
from clearline.ui.plots.plot_theme import PlotTheme
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words, translate

BAR_PX = 30.0
THINNEST_PX = 2.0
MOST_STEPS = 400
"""More attempts than this cannot be told apart; a profile may ask for 2,000."""


class RetryPreviewPlot(Painted):
    """Attempts as solid numbered bars; a wait as a pale bar, darker up to the shortest it can be."""

    def __init__(self, theme: Theme, words: Words | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = PlotTheme(theme, self)
        self._words = words if words is not None else Words(parent=self)
        self._preview: Preview | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self._theme.changed.connect(self.redraw)
        self._words.changed.connect(self._retranslate)
        self._retranslate()

    def show_profile(self, profile: Profile) -> None:
        """Draw what this profile comes to."""
        self.show_preview(preview(profile))

    def show_preview(self, shown: Preview) -> None:
        """Draw this."""
        if shown != self._preview:
            self._preview = shown
            self._retranslate()

    def bars(self) -> list[tuple[Step, QRectF]]:
        """Each drawn step and where it is."""
        if self._preview is None:
            return []
        middle = self._bar_top()
        found = []
        for step in self._preview.steps[:MOST_STEPS]:
            left, right = self._x_of(step.from_s), self._x_of(step.to_s)
            is_attempt = step.kind == "attempt"
            inset = 0.0 if is_attempt else BAR_PX * 0.22
            # Attempts without a wait between them stay apart.
            wide = max(THINNEST_PX, right - left - 1.0) if is_attempt else max(0.0, right - left)
            found.append((step, QRectF(left, middle + inset, wide, BAR_PX - 2 * inset)))
        return found

    def summary(self) -> str:
        """The preview in a sentence."""
        if self._preview is None:
            return ""
        count = self._preview.attempts
        text = self.tr("{0} attempts; an error after {1} at worst, about {2} where all fail at once.", "", count)
        span = self._words.span
        return text.format(
            self._words.texts.number(count), span(self._preview.worst_case_s), span(self._preview.typical_s)
        )

    def columns(self) -> list[str]:
        """Headings of `rows`."""
        return [translate("Plots", "Step"), translate("Plots", "From"), translate("Plots", "To")]

    def rows(self) -> list[list[str]]:
        """The table twin: every attempt and wait of the worst case."""
        span = self._words.span
        return (
            [
                [name, span(step.from_s), span(step.to_s)]
                for step, name in zip(self._preview.steps, self._step_names(), strict=True)
            ]
            if self._preview is not None
            else []
        )

    def data(self) -> GraphData:
        """Every attempt and wait of the worst case."""
        steps = self._preview.steps if self._preview is not None else ()
        return GraphData(["step", "from_s", "to_s"], [[step.kind, step.from_s, step.to_s] for step in steps])

    def sizeHint(self) -> QSize:
        """A bar and a line of figures."""
        return QSize(200, round(BAR_PX + QFontMetricsF(self.font()).height() + 16.0))

    def event(self, event: QEvent) -> bool:
        """Tooltips tell what a bar is."""
        if event.type() == QEvent.Type.ToolTip:
            at = event.pos()  # type: ignore[attr-defined]  # a QHelpEvent
            names = self._step_names()
            for (step, bar), name in zip(self.bars(), names, strict=False):
                if bar.adjusted(-1, -8, 1, 8).contains(at):
                    QToolTip.showText(event.globalPos(), self._hint(step, name), self)  # type: ignore[attr-defined]
                    return True
            QToolTip.hideText()
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground line, waits, attempts, figures."""
        del event
        if self._preview is None:
            return
        painter = QPainter(self)
        theme, metrics = self._theme, QFontMetricsF(self.font())
        number = 0
        for step, bar in self.bars():
            if step.kind == "wait":
                painter.fillRect(bar, theme.color("backoff"))
                least = QRectF(bar.left(), bar.top(), bar.width() * _share(step), bar.height())
                painter.fillRect(least, theme.tint("plot_line", 0.45))
        for step, bar in self.bars():
            if step.kind == "attempt":
                number += 1
                painter.fillRect(bar, theme.color("phase_connect"))
                if metrics.horizontalAdvance(str(number)) + 6.0 <= bar.width():
                    painter.setPen(theme.color("text_on_accent"))
                    painter.drawText(bar, Qt.AlignmentFlag.AlignCenter, str(number))
        self._draw_scale(painter, metrics)
        painter.end()

    def _draw_scale(self, painter: QPainter, metrics: QFontMetricsF) -> None:
        base = self._bar_top() + BAR_PX + 4.0
        painter.setPen(self._theme.pen("border_strong"))
        painter.drawLine(0, round(base), self.width(), round(base))
        ticks = value_ticks(self._length_s(), max(2, int(self.width() / 46)))
        free_from = -1.0
        for at_s in ticks:
            text = self._words.texts.number(at_s, 0 if at_s == round(at_s) else 1 if ticks[1] >= 0.1 else 2)
            if at_s == ticks[-1]:
                text = translate("Plots", "{0} s").format(text)
            wide = metrics.horizontalAdvance(text)
            x = self._x_of(at_s)
            painter.setPen(self._theme.pen("border_strong"))
            painter.drawLine(round(x), round(base), round(x), round(base) + 3)
            left = min(max(0.0, x - wide / 2), self.width() - wide)
            if left >= free_from:
                painter.setPen(self._theme.color("text_muted"))
                painter.drawText(QRectF(left, base + 4.0, wide + 1.0, metrics.height()), 0, text)
                free_from = left + wide + 6.0

    def _bar_top(self) -> float:
        return 4.0

    def _length_s(self) -> float:
        """The scale ends a little after the worst case."""
        return max(self._preview.worst_case_s, 0.05) * 1.02 if self._preview is not None else 1.0

    def _x_of(self, at_s: float) -> float:
        return at_s / self._length_s() * max(1.0, self.width() - 1.0)

    def _step_names(self) -> list[str]:
        if self._preview is None:
            return []
        names = []
        for place, step in enumerate(self._preview.steps):
            if step.kind == "attempt":
                names.append(translate("Plots", "attempt {0}").format(place // 2 + 1))
            else:
                names.append(translate("Plots", "wait before attempt {0}").format(place // 2 + 2))
        return names

    def _hint(self, step: Step, name: str) -> str:
        span = self._words.span
        if step.kind == "attempt":
            return translate("Plots", "{0}: up to {1}").format(name, span(step.to_s - step.from_s))
        if math.isclose(step.low_s, step.high_s):
            return translate("Plots", "{0}: {1}").format(name, span(step.high_s))
        return translate("Plots", "{0}: {1} to {2} by chance").format(name, span(step.low_s), span(step.high_s))

    def _retranslate(self) -> None:
        self.setAccessibleName(translate("Plots", "Retry preview"))
        self.setAccessibleDescription(self.summary())
        self.updateGeometry()
        self.update()


def _share(step: Step) -> float:
    """The part of a drawn wait that it lasts at least."""
    lasts = step.to_s - step.from_s
    return min(1.0, step.low_s / lasts) if lasts > 0 else 0.0
