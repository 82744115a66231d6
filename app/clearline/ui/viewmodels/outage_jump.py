"""From one outage to the next: which it is, and where the window in time goes."""

from collections.abc import Iterable

from PySide6.QtCore import QObject

from clearline.domain.outages import Outage
from clearline.ui.viewmodels.selection import Selection
from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.time_axis import TimeAxis

BEFORE = 0.25
"""An outage begins at this share of the window."""
LONGEST = 40.0
"""A window that is longer than so many of the outage is closed in on it."""
SHORTEST_S = 60.0


class OutageJump(QObject):
    """Moves the window to the outages of the selected targets, of all where none is selected."""

    def __init__(
        self, series: SeriesStore, axis: TimeAxis, selection: Selection, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._series, self._axis, self._selection = series, axis, selection
        self._at_s: float | None = None
        """Where the outage began that was jumped to last."""

    def go(self, step: int) -> bool:
        """Show the next outage (1) or the one before (-1). False where there is none."""
        here_s = self._here()
        begun = sorted(self._outages(), key=_begin, reverse=step < 0)
        found = next((outage for outage in begun if (outage.from_s - here_s) * step > 1e-6), None)
        if found is None:
            return False
        self.show(found.from_s, found.to_s if found.to_s is not None else self._axis.now_s)
        return True

    def show(self, from_s: float, to_s: float) -> None:
        """Put an outage into the window, with something before it and after it."""
        lasted_s = max(0.0, to_s - from_s)
        length_s = self._axis.length_s
        if length_s > LONGEST * max(lasted_s, SHORTEST_S / 4):
            length_s = max(SHORTEST_S, 4 * lasted_s)
        length_s = max(length_s, lasted_s * 1.5)
        self._axis.show(from_s - BEFORE * length_s, from_s + (1 - BEFORE) * length_s)
        self._axis.set_cursor(from_s)
        self._at_s = from_s

    def _here(self) -> float:
        axis = self._axis
        if self._at_s is not None and axis.from_s <= self._at_s <= axis.to_s:
            return self._at_s
        # Live the window ends now, and what came before is what is looked for.
        return axis.to_s if axis.is_live else (axis.from_s + axis.to_s) / 2

    def _outages(self) -> Iterable[Outage]:
        ids = self._selection.ids or tuple(self._series.targets)
        return [outage for target_id in ids for outage in self._series.series(target_id).outages]


def _begin(outage: Outage) -> float:
    return outage.from_s
