"""Brings what a large recorded session holds of the visible window, read while somebody looks and not before."""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from itertools import chain
from operator import attrgetter
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from clearline.domain.event import AttemptEnded, BackoffStarted, CheckEnded, CheckMissed
from clearline.store.reader import SessionReader
from clearline.ui.viewmodels import series_page
from clearline.ui.viewmodels.selection import Selection
from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.series_page import Level, Paged, PageRead, PageWanted
from clearline.ui.viewmodels.time_axis import TimeAxis

RESTS_MS = 20
"""A window that is being dragged is read once it rests for so long."""
MOST_TARGETS = 60
"""So many rows of the heat map are shown finer than by roll-ups of 5 min."""


class HistoryPager(QObject):
    """Keeps a page for each target in the window: single checks where they fit it, else roll-ups of 10 s."""

    def __init__(
        self,
        path: Path,
        store: SeriesStore,
        axis: TimeAxis,
        selection: Selection,
        executor: Executor,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._path = path
        self._store, self._axis, self._selection = store, axis, selection
        self._executor = executor
        self._reading: asyncio.Future[list[PageRead]] | None = None
        self._is_stale = self._is_closed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(RESTS_MS)
        self._timer.timeout.connect(self.look)
        axis.range_changed.connect(self._moved)
        selection.changed.connect(self._await_rest)
        self._timer.start()

    def close(self) -> None:
        """Read nothing more. Idempotent."""
        self._is_closed = True
        self._timer.stop()

    @property
    def is_behind(self) -> bool:
        """May the window lack something that is about to be read?"""
        return self._timer.isActive() or self._reading is not None

    async def settle(self) -> None:
        """Wait until the window lacks nothing."""
        self.look()
        while self._reading is not None:
            await asyncio.wait([self._reading])
            await asyncio.sleep(0)

    def look(self) -> None:
        """Read what the window lacks, one reading at a time."""
        if self._reading is not None:
            self._is_stale = True
            return
        pages = self.wanted()
        if self._is_closed or not pages:
            return
        loop = asyncio.get_running_loop()
        self._reading = loop.run_in_executor(self._executor, read_pages, self._path, pages)
        self._reading.add_done_callback(self._arrived)

    def wanted(self) -> list[PageWanted]:
        """The pages that the window lacks now."""
        ids: Sequence[str] = self._selection.ids or [target.id for target in self._store.plan.targets]
        shown = [self._store.series(target_id) for target_id in ids[:MOST_TARGETS]]
        from_s, to_s = self._axis.from_s, min(self._axis.to_s, self._store.now_s)
        pages = [series_page.wanted(series, from_s, to_s, len(shown)) for series in shown]
        return [page for page in pages if page is not None]

    def _moved(self, from_s: float, to_s: float) -> None:
        del from_s, to_s
        self._await_rest()

    def _await_rest(self) -> None:
        self._timer.start()

    def _arrived(self, done: "asyncio.Future[list[PageRead]]") -> None:
        self._reading = None
        if self._is_closed or done.cancelled():
            return
        for read in done.result():
            series_page.show(self._store.series(read.wanted.target_id), read)
        self._store.page_came()
        self._axis.draw_now()
        if self._is_stale:
            self._is_stale = False
            self.look()


def read_pages(path: Path, pages: Sequence[PageWanted]) -> list[PageRead]:
    """Read pages from a session file, in any thread. Raises SessionFileError."""
    with SessionReader(path) as reader:
        singles = [page for page in pages if page.level is Level.SINGLE]
        spans = {(page.from_s, page.to_s) for page in singles}
        # Of most targets at once it is quicker to read everything, and once.
        is_at_once = len(spans) == 1 and len(singles) > 1 and len(reader.plan.targets) <= 2 * len(singles)
        of_target: dict[str, list[Paged]] = {page.target_id: [] for page in singles}
        if is_at_once:
            for event in _events(reader, *spans.pop()):
                if (kept := of_target.get(event.target)) is not None:
                    kept.append(event)
        found = []
        for page in pages:
            where = page.from_s, page.to_s
            if page.level is Level.SHORT:
                found.append(PageRead(page, rollups=reader.rollups(page.target_id, 10, *where)))
            elif is_at_once:
                found.append(PageRead(page, of_target[page.target_id]))
            else:
                found.append(PageRead(page, _events(reader, *where, page.target_id)))
        return found


def _events(reader: SessionReader, from_s: float, to_s: float, target_id: str | None = None) -> list[Paged]:
    where = from_s, to_s, target_id
    streams: list[Iterator[Paged]] = [
        reader.stream(AttemptEnded, *where),
        reader.stream(CheckEnded, *where),
        reader.stream(CheckMissed, *where),
        reader.stream(BackoffStarted, *where),
    ]
    # So few are quicker sorted than merged.
    return sorted(chain.from_iterable(streams), key=attrgetter("at_s"))
