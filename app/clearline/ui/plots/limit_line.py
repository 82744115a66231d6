"""The adaptive time limit over the latency: a step line where the scale reaches it, else an arrow with the value."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from clearline.domain.phase import Phase
from clearline.ui.plots.plot_theme import PlotTheme
from clearline.ui.viewmodels.series_spans import LimitChange
from clearline.ui.viewmodels.words import Words, translate

TOKEN = "text_down"  # noqa: S105  # a colour: beyond this line an attempt fails
ARROW_PX = 3.5
MOST_STEPS = 2_000


@dataclass(frozen=True, slots=True)
class LimitStep:
    """One step in pixels. `y_px` is None where the scale ends below it."""

    left_px: float
    right_px: float
    y_px: float | None
    limit_s: float


def limit_steps(
    changes: list[LimitChange],
    from_s: float,
    to_s: float,
    now_s: float,
    width_px: float,
    top_ms: float,
    y_of: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> list[LimitStep]:
    """What is drawn of a limit between two moments, up to now."""
    found = []
    scale = width_px / (to_s - from_s)
    for place, change in enumerate(changes[-MOST_STEPS:]):
        later = changes[-MOST_STEPS:][place + 1 : place + 2]
        end_s = min(now_s, later[0].at_s if later else now_s, to_s)
        if change.limit_s is None or end_s <= from_s or change.at_s >= to_s or end_s <= change.at_s:
            continue
        value_ms = change.limit_s * 1000
        y_px = float(y_of(np.array([value_ms]))[0]) if value_ms <= top_ms else None
        left = (max(change.at_s, from_s) - from_s) * scale
        found.append(LimitStep(left, (end_s - from_s) * scale, y_px, change.limit_s))
    return found


def label_of(limit_s: float, words: Words) -> str:
    """`limit 1.3 s`."""
    return translate("Plots", "limit {0}").format(words.span(limit_s))


def why(change: LimitChange, words: Words) -> str:
    """Why the limit is what it is, in a sentence; empty where it is the profile's own."""
    if not change.why or change.limit_s is None:
        return ""
    figures = {name: int(value) if value == int(value) else value for name, value in change.values.items()}
    figures |= {"percent": round(change.values.get("quantile", 0.0) * 100, 1)}
    spans = {
        "quantile": words.span(change.values.get("quantile_s", 0.0)),
        "limit": words.span(change.values.get("limit_s", change.limit_s)),
    }
    return words.texts.say(f"adaptive.{change.why}", **{**figures, **spans})


def limit_hint(change: LimitChange, words: Words) -> str:
    """`limit of answer 1.3 s`, for the read-out."""
    if change.limit_s is None:
        return ""
    phase = words.texts.say("layer.answer") if change.phase is Phase.WAIT else words.texts.phase(change.phase)
    return translate("Plots", "limit of {0}: {1}").format(phase, words.span(change.limit_s))


def draw_limit(
    painter: QPainter, steps: list[LimitStep], width_px: float, height_px: float, theme: PlotTheme, words: Words
) -> None:
    """Steps joined by uprights; the value at the last one, beside an arrow at the top where it is out of reach."""
    if not steps:
        return
    painter.setPen(theme.pen(TOKEN))
    before: LimitStep | None = None
    for step in steps:
        y = 0.5 if step.y_px is None else round(step.y_px) - 0.5
        if step.y_px is not None:
            painter.drawLine(QPointF(step.left_px, y), QPointF(step.right_px, y))
        if (
            before is not None
            and abs(before.right_px - step.left_px) < 1.0
            and (before.y_px, step.y_px) != (None, None)
        ):
            above = 0.5 if before.y_px is None else round(before.y_px) - 0.5
            painter.drawLine(QPointF(step.left_px, above), QPointF(step.left_px, y))
        before = step
    _draw_label(painter, steps[-1], width_px, height_px, theme, words)


def _draw_label(
    painter: QPainter, step: LimitStep, width_px: float, height_px: float, theme: PlotTheme, words: Words
) -> None:
    metrics = QFontMetricsF(painter.font())
    text = label_of(step.limit_s, words)
    arrow = 0.0 if step.y_px is not None else 2 * ARROW_PX + 4.0
    label = QRectF(0.0, 0.0, metrics.horizontalAdvance(text) + 8.0, metrics.height())
    label.moveRight(min(max(step.right_px, label.width() + arrow), width_px))
    if step.y_px is not None:
        label.moveBottom(step.y_px - 2.0)
        if label.top() < 0.0:
            label.moveTop(min(step.y_px + 2.0, height_px - label.height()))
    painter.fillRect(label.adjusted(-arrow, 0.0, 0.0, 0.0), theme.faded("plot_background", 225))
    painter.setPen(theme.color(TOKEN))
    painter.drawText(label, Qt.AlignmentFlag.AlignCenter, text)
    if step.y_px is None:
        x, middle = label.left() - ARROW_PX - 1.0, label.center().y()
        painter.drawLine(QPointF(x, middle + 5.0), QPointF(x, middle - 5.0))
        painter.drawLine(QPointF(x, middle - 5.0), QPointF(x - ARROW_PX, middle - 5.0 + ARROW_PX))
        painter.drawLine(QPointF(x, middle - 5.0), QPointF(x + ARROW_PX, middle - 5.0 + ARROW_PX))
