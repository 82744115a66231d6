"""Every check's attempts, one row a try: when it ran, how it ended, what it waited for; what the breaker refused."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from clearline.domain.event import Result
from clearline.ui.plots.area import Area, fill
from clearline.ui.plots.decimation import spaced, spread
from clearline.ui.plots.lane import LaneBox, LaneItem, Shown
from clearline.ui.plots.plot_theme import PlotTheme
from clearline.ui.viewmodels.series_state import RESULTS, State
from clearline.ui.viewmodels.words import Words, translate

ROW_PX = 18.0
MOST_ROWS = 6
"""Later attempts share the last row."""
TICK_PX = 12.0
LEAST_SHARE_PX = 4.0
REFUSED_PX = 4.0
"""Radius of ⊘."""
MOST_LINKS = 1_500
_REFUSED = RESULTS.index(Result.REFUSED)


class RetryItem(LaneItem):
    """The retry timeline."""

    def __init__(self, box: LaneBox, theme: PlotTheme, words: Words) -> None:
        super().__init__(box, theme, words)
        self.attempts_allowed = 3
        self._ticks: dict[bool, list[Area]] = {True: [], False: []}
        """By row."""
        self._void: list[Area] = []
        """Of attempts that were stopped, or failed while this machine was disturbed, by row."""
        self._links: list[tuple[QPointF, QPointF]] = []
        self._refused: list[QPointF] = []
        self._asked: list[tuple[float, float]] = []
        self._are_marks_drawn = True

    @property
    def rows(self) -> int:
        """Rows that are drawn."""
        return max(1, min(self.attempts_allowed, MOST_ROWS))

    @property
    def needed_px(self) -> float:
        """Height that the rows want."""
        return self.rows * ROW_PX + 6.0

    def bars(self, *, ok: bool) -> list[QRectF]:
        """Drawn attempts that succeeded, or failed, in pixels."""
        return [box for area in self._ticks[ok] for box in area.boxes()]

    def void(self) -> list[QRectF]:
        """Drawn attempts that were stopped, or failed while this machine was disturbed, in pixels."""
        return [box for area in self._void for box in area.boxes()]

    def links(self) -> list[tuple[QPointF, QPointF]]:
        """Drawn back-off waits."""
        return list(self._links)

    def refused(self) -> list[QPointF]:
        """Drawn marks of checks that the breaker refused."""
        return list(self._refused)

    def asked(self) -> list[tuple[float, float]]:
        """Drawn times in which the peer wants to be left alone: left and right in pixels."""
        return list(self._asked)

    def row_of(self, y_px: float) -> int:
        """The row, counted from 1, at a height."""
        return int((y_px - 3.0) // ROW_PX) + 1

    def headings(self) -> list[tuple[float, str]]:
        """1st, 2nd, 3rd…"""
        names = [
            translate("Plots", "1st try"),
            translate("Plots", "2nd"),
            translate("Plots", "3rd"),
            translate("Plots", "4th"),
            translate("Plots", "5th"),
            translate("Plots", "6th"),
        ][: self.rows]
        if self.attempts_allowed > MOST_ROWS:
            names[-1] = translate("Plots", "6th on")
        return [(self._middle(row), name) for row, name in enumerate(names, 1)]

    def prepare(self, shown: Shown) -> None:
        """Ticks by row and pixel: what falls onto the same pixel is drawn once, and failures are drawn last."""
        attempts = shown.part.attempts
        scale = self.width / (shown.to_s - shown.from_s)
        left = (attempts["started_s"] - shown.from_s) * scale
        right = (attempts["ended_s"] - shown.from_s) * scale
        row = np.clip(attempts["attempt"], 1, self.rows).astype(np.int64)
        seen = (right >= -2.0) & (left <= self.width + 2.0)
        # Whole pixels: a tick between two would look twice as wide as its neighbour.
        x = np.round(left).astype(np.int64)
        is_ok, is_void = attempts["ok"] > 0, attempts["state"] == State.VOID
        narrow, wide = (np.round(np.maximum(right - left, least)).astype(np.int64) for least in (1.0, 2.0))
        self._void = []
        for number in range(1, self.rows + 1):
            mine = np.flatnonzero(seen & (row == number) & is_void)
            self._void.append(self._row_area(number, x[mine], x[mine] + narrow[mine], np.full(len(mine), TICK_PX)))
        for ok in (True, False):
            lasting = narrow if ok else wide
            self._ticks[ok] = []
            for number in range(1, self.rows + 1):
                here = seen & (row == number) & ~is_void
                mine = np.flatnonzero(here & (is_ok == ok))
                high = np.full(len(mine), TICK_PX) if ok else _shares(x[mine], x[here & is_ok])
                self._ticks[ok].append(self._row_area(number, x[mine], x[mine] + lasting[mine], high))
        self._asked = [
            (
                (max(one.from_s, shown.from_s) - shown.from_s) * scale,
                (min(one.until_s, shown.to_s) - shown.from_s) * scale,
            )
            for one in shown.asked
        ]
        self._prepare_links(shown, scale)
        self._prepare_refused(shown, scale, left[row == 1])

    def draw(self, painter: QPainter, shown: Shown) -> None:
        """Links below, then what proves nothing, successes, failures and what was refused."""
        del shown
        painter.setPen(self.theme.pen("refused", Qt.PenStyle.DotLine))
        for begin, end in self._links:
            painter.drawLine(begin, end)
        y = round(self._middle(1)) - 0.5
        for left, right in self._asked:
            painter.drawLine(QPointF(left, y), QPointF(right, y))
            painter.drawLine(QPointF(right, y - TICK_PX / 3), QPointF(right, y + TICK_PX / 3))
        colors = {True: self.theme.color("up"), False: self.theme.color("down")}
        layers = [(area, self.theme.color("refused")) for area in self._void]
        layers += [(area, colors[ok]) for ok in (True, False) for area in self._ticks[ok]]
        fill(painter, layers, self.height, as_vectors=self.is_vector)
        painter.setPen(self.theme.pen("refused"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        slash = REFUSED_PX * 0.7
        if not self._are_marks_drawn:
            for centre in self._refused:
                painter.drawLine(centre - QPointF(0.0, slash), centre + QPointF(0.0, slash))
        for centre in self._refused if self._are_marks_drawn else ():
            painter.drawEllipse(centre, REFUSED_PX, REFUSED_PX)
            painter.drawLine(centre + QPointF(-slash, slash), centre + QPointF(slash, -slash))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _row_area(
        self, row: int, low: NDArray[np.int64], high: NDArray[np.int64], heights_px: NDArray[np.float64]
    ) -> Area:
        """Ticks of one row, in pixel columns."""
        line = np.zeros(max(1, math.ceil(self.width)), np.uint8)
        spread(line, low, high, np.round(heights_px).astype(np.uint8))
        ground = round(self._middle(row) + TICK_PX / 2)
        return Area(ground - line.astype(np.int32), np.full(len(line), ground, np.int32))

    def _middle(self, row: int) -> float:
        return 3.0 + (row - 0.5) * ROW_PX

    def _prepare_refused(self, shown: Shown, scale: float, first_tries: NDArray[np.float64]) -> None:
        """⊘ where probe calls leave room, one for several checks where these are dense; else short lines."""
        checks = shown.part.checks
        at = (checks["due_s"][checks["result"] == _REFUSED] - shown.from_s) * scale
        at = at[(at >= -REFUSED_PX) & (at <= self.width + REFUSED_PX)]
        free = at
        if len(at) and len(first_tries):
            # A probe call between refused checks stays legible.
            tries = np.sort(first_tries)
            after = np.minimum(np.searchsorted(tries, at), len(tries) - 1)
            before = np.maximum(after - 1, 0)
            free = at[np.minimum(np.abs(tries[after] - at), np.abs(at - tries[before])) >= REFUSED_PX + 2.0]
        self._are_marks_drawn = len(free) * 4 >= len(at)
        chosen, distance = (free, 2 * REFUSED_PX + 1.0) if self._are_marks_drawn else (at, 2.0)
        self._refused = [QPointF(float(chosen[row]), self._middle(1)) for row in spaced(chosen, distance)]

    def _prepare_links(self, shown: Shown, scale: float) -> None:
        """From the end of an attempt to the start of the next; more than a pixel's worth of them says nothing."""
        backoffs = shown.part.backoffs
        left = (backoffs["from_s"] - shown.from_s) * scale
        right = (backoffs["until_s"] - shown.from_s) * scale
        starts = shown.part.attempts["started_s"]
        # Waits are kept longer than attempts are: a link needs both.
        known = backoffs["from_s"] >= (float(starts[0]) if len(starts) else np.inf)
        seen = np.flatnonzero(known & (right >= 0.0) & (left <= self.width))[-MOST_LINKS:]
        self._links = []
        last = (-1, -1)
        for x, end, attempt in zip(
            left[seen].tolist(), right[seen].tolist(), backoffs["attempt"][seen].tolist(), strict=True
        ):
            below, above = min(attempt, self.rows), min(attempt - 1, self.rows)
            if (round(x), below) != last:
                last = (round(x), below)
                down = self._middle(below) - (TICK_PX / 2 if below != above else 0.0)
                up = self._middle(above) + (TICK_PX / 2 if below != above else 0.0)
                self._links.append((QPointF(x, up), QPointF(end, down)))


def _shares(failed: NDArray[np.int64], good: NDArray[np.int64]) -> NDArray[np.float64]:
    """Heights of failures: of a pixel shared with successes their share of it; few must not look like all."""
    if not len(failed):
        return np.empty(0)
    first = min(int(failed.min()), int(good.min()) if len(good) else 0)
    length = int(failed.max()) - first + 1
    bad = np.bincount(failed - first, minlength=length)
    well = np.bincount(good[good - first < length] - first, minlength=length)
    found: NDArray[np.float64] = np.maximum(LEAST_SHARE_PX, TICK_PX * bad / np.maximum(1, bad + well))[failed - first]
    return found
