"""Latency stacked by phase, with gaps where nothing was measured and bands where checks failed."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPolygonF

from clearline.domain.statistics import P50_FROM, P95_FROM, P99_FROM
from clearline.host.texts import Texts
from clearline.ui.plots.area import Area, columns, fill
from clearline.ui.plots.backend import pg
from clearline.ui.plots.decimation import segments, spaced, thin
from clearline.ui.plots.lane import LaneBox, LaneItem, Shown
from clearline.ui.plots.limit_line import LimitStep, draw_limit, limit_steps
from clearline.ui.plots.plot_theme import PHASE_TOKENS, PlotTheme
from clearline.ui.plots.y_range import YRange
from clearline.ui.viewmodels.series_slice import GAP_INTERVALS, PHASES, measured
from clearline.ui.viewmodels.series_spans import NetworkSpan, TesterSpan
from clearline.ui.viewmodels.series_state import FAILING, State
from clearline.ui.viewmodels.words import Words, translate

HEAD_PX = 18.0
"""Room above the scale for letters of failing layers and marks of clipped spikes."""
MARK_PX = 4.0
THINNEST_BAND_PX = 1.5
LEAST_BREAK_PX = 1.5
PERCENTILES = (
    (50, P50_FROM, Qt.PenStyle.DotLine),
    (95, P95_FROM, Qt.PenStyle.DashLine),
    (99, P99_FROM, Qt.PenStyle.DashDotLine),
)
"""Each with the successes on screen that it needs, and how its line is drawn."""


@dataclass(slots=True)
class _Drawn:
    """What is on screen, in session seconds, milliseconds and pixels."""

    at_s: NDArray[np.float64]
    stack: NDArray[np.float64]
    """Cumulated phases, one row per phase, one column per drawn attempt."""
    pieces: list[tuple[int, int]]
    areas: list[tuple[int, Area]] = field(default_factory=list)
    lines: list[QPolygonF] = field(default_factory=list)
    old_area: Area | None = None
    old_lines: list[QPolygonF] = field(default_factory=list)
    spikes: list[tuple[float, float]] = field(default_factory=list)
    """Clipped values: pixels from the left, milliseconds."""
    bands: list[tuple[float, float, State]] = field(default_factory=list)
    percentiles: dict[int, float] = field(default_factory=dict)
    """Milliseconds by percent; those with enough successes."""
    limits: list[LimitStep] = field(default_factory=list)


class LatencyItem(LaneItem):
    """The latency lane."""

    def __init__(self, box: LaneBox, theme: PlotTheme, words: Words) -> None:
        super().__init__(box, theme, words)
        self.y_range = YRange()
        self._is_log = False
        self._length_s = 1.0
        self._drawn: _Drawn | None = None

    @property
    def is_log(self) -> bool:
        """Is the scale logarithmic?"""
        return self._is_log

    @is_log.setter
    def is_log(self, is_log: bool) -> None:
        self._is_log = is_log
        self.renew()

    @property
    def percentiles(self) -> dict[int, float]:
        """Percentiles of the successes on screen, in ms by percent; those that have enough of them."""
        return dict(self._drawn.percentiles) if self._drawn is not None else {}

    @property
    def phases(self) -> list[int]:
        """Indices into PHASES of those that show on screen."""
        return _phases_in(self._drawn.stack) if self._drawn is not None else []

    @property
    def spikes(self) -> list[tuple[float, float]]:
        """Clipped values that are marked: pixels from the left, milliseconds."""
        return list(self._drawn.spikes) if self._drawn is not None else []

    @property
    def areas(self) -> list[tuple[int, Area]]:
        """Drawn areas, the lowest last: index into PHASES, and pixel columns."""
        return list(self._drawn.areas) if self._drawn is not None else []

    @property
    def limits(self) -> list[LimitStep]:
        """The drawn steps of the adaptive time limit."""
        return list(self._drawn.limits) if self._drawn is not None else []

    def getData(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The drawn attempts: session seconds and whole latency in ms, NaN between what no line joins."""
        if self._drawn is None or not len(self._drawn.at_s):
            return np.empty(0), np.empty(0)
        x: list[float] = []
        y: list[float] = []
        for low, high in self._drawn.pieces:
            x += [*self._drawn.at_s[low:high].tolist(), float("nan")]
            y += [*self._drawn.stack[-1, low:high].tolist(), float("nan")]
        return np.array(x[:-1]), np.array(y[:-1])

    def headings(self) -> list[tuple[float, str]]:
        """Milliseconds; the unit stands at the topmost."""
        values = self._ticks()
        texts = self.words.texts
        return [
            (
                float(self._y_px(np.array([value]))[0]),
                translate("Plots", "{0} ms").format(_figure(texts, value))
                if value == values[-1]
                else _figure(texts, value),
            )
            for value in values
        ]

    def prepare(self, shown: Shown) -> None:
        """Select, thin and stack what is visible."""
        attempts = shown.part.attempts
        good = measured(attempts)
        at_s = attempts["started_s"][good]
        total = attempts["total_ms"][good].astype(np.float64)
        visible = (at_s >= shown.from_s) & (at_s <= shown.to_s)
        old = shown.part.stretches
        first = float(attempts["started_s"][0]) if len(attempts["started_s"]) else shown.to_s
        has_old = (old["count"] > 0) & (old["start_s"] + old["span_s"] / 2 <= first)
        # A roll-up's greatest value may be one spike of many checks: its mean tells what is usual.
        scale_of = np.concatenate((total[visible], old["sum"][has_old] / old["count"][has_old] * 1.3))
        length = shown.to_s - shown.from_s
        if not shown.is_live or not 0.8 < length / self._length_s < 1.25:
            self.y_range.reset()  # another stretch of time: its own scale, at once
        self._length_s = length
        self.y_range.update(scale_of, shown.now_s)
        self.box.setYRange(0.0, self.y_range.drawn_ms, padding=0.0)
        piece = pieces_of(shown, at_s, total, self.width)
        rows = thin((at_s - shown.from_s) / (shown.to_s - shown.from_s) * self.width, total)
        stack = np.cumsum(
            np.nan_to_num(np.array([attempts[name][good][rows] for name in PHASES], dtype=np.float64)), axis=0
        )
        drawn = _Drawn(at_s[rows], stack, segments(piece[rows]))
        count = int(visible.sum())
        wanted = [percent for percent, least, _ in PERCENTILES if count >= least]
        if wanted:
            found = np.percentile(total[visible], wanted).tolist()
            drawn.percentiles = dict(zip(wanted, found, strict=True))
        self._place(drawn, shown)
        self._place_old(drawn, old, has_old)
        drawn.bands = self.state_bars(shown.runs, FAILING)
        drawn.limits = limit_steps(
            shown.limits, shown.from_s, shown.to_s, shown.now_s, self.width, self.y_range.drawn_ms, self._y_px
        )
        self._drawn = drawn

    def draw(self, painter: QPainter, shown: Shown) -> None:
        """Bands, grid, areas, lines, marks."""
        drawn = self._drawn
        if drawn is None:
            return
        self._draw_bands(painter, shown, drawn)
        painter.setPen(self.theme.pen("plot_grid"))
        for y in self._y_px(np.array(self._ticks())).tolist():
            painter.drawLine(QPointF(0.0, round(y) - 0.5), QPointF(self.width, round(y) - 0.5))
        layers = [(area, self.theme.tint(PHASE_TOKENS[phase], 0.62)) for phase, area in drawn.areas]
        if drawn.old_area is not None:
            layers.insert(0, (drawn.old_area, self.theme.tint("plot_line", 0.25)))
        fill(painter, layers, self.height, as_vectors=self.is_vector)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self.theme.pen("plot_line"))
        for polygon in drawn.old_lines:
            painter.drawPolyline(polygon)
        present = self.phases
        painter.setPen(self.theme.pen(PHASE_TOKENS[present[-1]] if present else "plot_line"))
        for polygon in drawn.lines:
            painter.drawPolyline(polygon)
        self._draw_markers(painter, shown)
        self._draw_percentiles(painter, drawn)
        self._draw_spikes(painter, drawn)
        draw_limit(painter, drawn.limits, self.width, self.height, self.theme, self.words)

    def _ticks(self) -> list[float]:
        return self.y_range.ticks(max(2, min(8, int(self.height / 42))), is_log=self._is_log)

    def _y_px(self, values_ms: NDArray[Any]) -> NDArray[np.float64]:
        """Pixels from the top; clipped to the scale."""
        share = self.y_range.shares(values_ms, is_log=self._is_log)
        found: NDArray[np.float64] = self.height - share * max(1.0, self.height - HEAD_PX)
        return found

    def _x_px(self, at_s: NDArray[Any], shown: Shown) -> NDArray[np.float64]:
        found: NDArray[np.float64] = (at_s - shown.from_s) / (shown.to_s - shown.from_s) * self.width
        return found

    def _place(self, drawn: _Drawn, shown: Shown) -> None:
        """Areas of the stacked phases: each reaches down to the ground, the upper ones are painted first."""
        x = self._x_px(drawn.at_s, shown)
        phases = _phases_in(drawn.stack)
        tops = {phase: self._y_px(drawn.stack[phase]) for phase in phases}
        whole = self._y_px(drawn.stack[-1]) if drawn.stack.size else np.empty(0)
        for low, high in drawn.pieces:
            xs = x[low:high]
            if high - low == 1:
                # A lone sample has no line to its neighbours, but must be seen.
                xs = np.array([xs[0] - 1.0, xs[0] + 1.0])
            drawn.lines.append(pg.functions.arrayToQPolygonF(xs, _doubled(whole[low:high])))
        ground = np.full(len(x), self.height)
        for phase in reversed(phases):
            drawn.areas.append((phase, columns(x, tops[phase], ground, self.width, drawn.pieces)))
        clipped = np.flatnonzero(self.y_range.is_above(drawn.stack[-1]))
        drawn.spikes = [(float(x[clipped[row]]), float(drawn.stack[-1, clipped[row]])) for row in spaced(x[clipped], 9)]

    def _place_old(self, drawn: _Drawn, old: dict[str, NDArray[Any]], has_old: NDArray[np.bool_]) -> None:
        """Roll-ups: from the least to the greatest, and the mean."""
        if self.shown is None or not bool(has_old.any()):
            return
        begins, spans = old["start_s"][has_old], old["span_s"][has_old]
        middle = self._x_px(begins + spans / 2, self.shown)
        low, high = self._y_px(old["low"][has_old]), self._y_px(old["high"][has_old])
        mean = self._y_px(old["sum"][has_old] / old["count"][has_old])
        breaks = np.concatenate(([False], begins[1:] - begins[:-1] > spans[:-1] * 1.5))
        pieces = segments(np.cumsum(breaks))
        drawn.old_area = columns(middle, high, low, self.width, pieces)
        for first, last in pieces:
            part = slice(first, last)
            xs = middle[part]
            if last - first == 1:
                xs = np.array([xs[0] - 1.0, xs[0] + 1.0])
            drawn.old_lines.append(pg.functions.arrayToQPolygonF(xs, _doubled(mean[part])))

    def _draw_bands(self, painter: QPainter, shown: Shown, drawn: _Drawn) -> None:
        for begin, end in shown.pauses:
            left, right = self.x_of(begin), self.x_of(end)
            painter.fillRect(QRectF(left, 0.0, right - left, self.height), self.theme.color("missed_band"))
        spans: list[TesterSpan | NetworkSpan] = [*shown.tester, *shown.network]
        for span in spans:
            left, right = self.x_of(span.from_s), self.x_of(span.to_s)
            painter.fillRect(QRectF(left, 0.0, max(right - left, 1.0), self.height), self.theme.color("tester_band"))
        metrics = self.metrics()
        for left, right, state in drawn.bands:
            band = QRectF(left, 0.0, max(right - left, THINNEST_BAND_PX), self.height)
            painter.fillRect(band, self.theme.tint("failure_band", 0.6 if state.is_held else 1.0))
            if state.is_held:
                painter.fillRect(band, QBrush(self.theme.color("failure_band"), Qt.BrushStyle.BDiagPattern))
            layer = state.layer
            if layer is None:
                continue
            seen = band.intersected(QRectF(0.0, 0.0, self.width, HEAD_PX))
            if seen.width() >= metrics.horizontalAdvance(layer.letter) + 4.0:
                painter.setPen(self.theme.color("text_down"))
                painter.drawText(seen, Qt.AlignmentFlag.AlignCenter, layer.letter)

    def _draw_markers(self, painter: QPainter, shown: Shown) -> None:
        metrics = self.metrics()
        for marker in shown.markers:
            x = round(self.x_of(marker.at_s)) + 0.5
            painter.setPen(self.theme.pen("marker"))
            painter.drawLine(QPointF(x, 0.0), QPointF(x, self.height))
            text = metrics.elidedText(marker.text, Qt.TextElideMode.ElideRight, 140.0)
            width = metrics.horizontalAdvance(text) + 8.0
            left = x if x + width < self.width else x - width
            flag = QRectF(left, HEAD_PX + 2.0, width, metrics.height() + 2.0)
            painter.fillRect(flag, self.theme.color("marker"))
            painter.setPen(self.theme.color("plot_background"))
            painter.drawText(flag, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_percentiles(self, painter: QPainter, drawn: _Drawn) -> None:
        """A line each; those that lie too close for a label of their own share one, above the topmost."""
        metrics = self.metrics()
        lines: list[tuple[int, list[str]]] = []
        for percent, _, style in PERCENTILES[::-1]:
            if (value_ms := drawn.percentiles.get(percent)) is None:
                continue
            y = round(float(self._y_px(np.array([value_ms]))[0]))
            painter.setPen(self.theme.pen("plot_threshold", style))
            painter.drawLine(QPointF(0.0, y - 0.5), QPointF(self.width, y - 0.5))
            text = translate("Plots", "p{0} {1}").format(percent, self.words.latency(value_ms))
            if lines and y - lines[-1][0] < metrics.height() + 4.0:
                lines[-1][1].insert(0, text)
            else:
                lines.append((y, [text]))
        for y, texts in lines:
            text = " · ".join(texts)
            label = QRectF(4.0, y - metrics.height() - 2.0, metrics.horizontalAdvance(text) + 8.0, metrics.height())
            if label.top() < 0.0:
                label.moveTop(y + 2.0)
            painter.fillRect(label, self.theme.faded("plot_background", 215))
            painter.setPen(self.theme.color("plot_axis"))
            painter.drawText(label, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_spikes(self, painter: QPainter, drawn: _Drawn) -> None:
        """▲ where the scale ends below a value; the value where there is room."""
        metrics = self.metrics()
        free_from = 0.0
        for place, (x, value_ms) in enumerate(drawn.spikes):
            top = HEAD_PX - 2.0 * MARK_PX
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.color("slow"))
            painter.drawPolygon(
                [QPointF(x - MARK_PX, HEAD_PX - 1.0), QPointF(x + MARK_PX, HEAD_PX - 1.0), QPointF(x, top)]
            )
            text = self.words.latency(value_ms)
            label = QRectF(x + MARK_PX + 2.0, 0.0, metrics.horizontalAdvance(text) + 2.0, HEAD_PX)
            next_x = drawn.spikes[place + 1][0] if place + 1 < len(drawn.spikes) else self.width
            letters = [(left, right) for left, right, _ in drawn.bands if right - left > 10.0]
            is_free = all(right < label.left() or left > label.right() for left, right in letters)
            if is_free and label.left() >= free_from and label.right() < next_x - MARK_PX:
                painter.setPen(self.theme.color("plot_axis"))
                painter.drawText(label, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
                free_from = label.right() + 6.0


def _phases_in(stack: NDArray[np.float64]) -> list[int]:
    """Phases that took any time at all."""
    if not stack.size:
        return []
    own = np.diff(stack, axis=0, prepend=0.0)
    return [number for number in range(len(PHASES)) if float(own[number].max()) > 0.0]


def _doubled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.repeat(values, 2) if len(values) == 1 else values


def _figure(texts: Texts, value: float) -> str:
    digits = 0 if value == round(value) else 1 if abs(value * 10 - round(value * 10)) < 1e-6 else 2
    return texts.number(value, digits)


def pieces_of(
    shown: Shown, at_s: NDArray[np.float64], total_ms: NDArray[np.float64], width_px: float
) -> NDArray[np.intp]:
    """A number per success that grows where no line may be drawn: after a silence, or across a check that failed."""
    if len(at_s) < 2:
        return np.zeros(len(at_s), np.intp)
    silent = np.diff(at_s) > GAP_INTERVALS * shown.part.interval_s + total_ms[:-1] / 1000
    checks = shown.part.checks
    failed = np.sort(checks["due_s"][checks["state"] >= FAILING])
    before = np.searchsorted(failed, at_s, side="right")
    # A break narrower than a pixel would be drawn as wide as one: a little loss must not look like half.
    is_wide = np.diff(at_s) * width_px / (shown.to_s - shown.from_s) >= LEAST_BREAK_PX
    breaks = (silent | (before[1:] > before[:-1])) & is_wide
    return np.concatenate(([0], np.cumsum(breaks)))
