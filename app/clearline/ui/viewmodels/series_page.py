"""Pages of a large recorded session: what a window of one target is drawn from, as fine as the window can show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from clearline.domain.event import AttemptEnded, BackoffStarted, CheckEnded, CheckMissed
from clearline.domain.rollup import RESOLUTIONS_S, Rollup
from clearline.ui.viewmodels.series_target import TargetSeries

SINGLE_CHECKS = 900
"""Checks read one by one for a window, of all its targets together: about one a pixel, and 40 ms of reading."""
SHORT_STRETCHES = 6_000
"""Roll-ups of 10 s read for a window, of all its targets together."""
MARGIN = 0.05
"""A page reaches this share of the window beyond its edges, so that a small move needs no reading."""
Paged = AttemptEnded | CheckEnded | CheckMissed | BackoffStarted


class Level(IntEnum):
    """How fine a page is."""

    LONG = 0
    """Nothing is read: roll-ups of 5 min of the whole session are kept."""
    SHORT = 1
    SINGLE = 2


@dataclass(frozen=True, slots=True)
class PageWanted:
    """What is to be read for one target."""

    target_id: str
    from_s: float
    to_s: float
    level: Level


@dataclass(slots=True)
class PageRead:
    """What was read for it."""

    wanted: PageWanted
    events: list[Paged] = field(default_factory=list)
    """By the time of their end."""
    rollups: Sequence[Rollup] = ()


def level_of(length_s: float, interval_s: float, targets: int) -> Level:
    """How fine a window of this length can be shown within the time of a glance, for so many targets at once."""
    read_s = length_s * (1 + 2 * MARGIN)
    if read_s / interval_s * targets <= SINGLE_CHECKS:
        return Level.SINGLE
    return Level.SHORT if read_s / RESOLUTIONS_S[0] * targets <= SHORT_STRETCHES else Level.LONG


def wanted(series: TargetSeries, from_s: float, to_s: float, targets: int) -> PageWanted | None:
    """The page that this window wants; None where it has it, or is better off without one."""
    level = level_of(to_s - from_s, series.interval_s, targets)
    has_it = series.page is not None and series.page_level >= level
    if level is Level.LONG or (has_it and series.page_from_s <= max(0.0, from_s) and series.page_to_s >= to_s):
        return None
    margin_s = (to_s - from_s) * MARGIN
    # A roll-up begins with the stretch it is of, a check before the window shows up to its successor.
    before_s = max(margin_s, 2 * series.interval_s, RESOLUTIONS_S[0] if level is Level.SHORT else 0.0)
    return PageWanted(series.target_id, max(0.0, from_s - before_s), to_s + margin_s, level)


def show(series: TargetSeries, read: PageRead) -> None:
    """Draw a series from this page from now on, where the page reaches."""
    page = TargetSeries(
        series.target_id, series.names, interval_s=series.interval_s, slow_from_ms=series.slow_from_ms, is_page=True
    )
    page.target = series.target
    page.limit(len(read.events) + 1, len(read.rollups) + 1)
    if read.wanted.level is Level.SHORT:
        page.take_short(read.rollups)
    _fold(page, read.events)
    series.show_page(page, read.wanted.from_s, read.wanted.to_s, read.wanted.level)


def _fold(page: TargetSeries, events: Iterable[Paged]) -> None:
    for event in events:
        page.fold(event)
