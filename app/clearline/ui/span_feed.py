"""Reads the figures of the visible span from the session file, recorded or being recorded, while somebody looks."""

import asyncio
import threading
from concurrent.futures import Executor
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from clearline.domain.span_statistics import SpanStatistics
from clearline.store.history import History, NotWantedError
from clearline.store.opening import SessionFileError
from clearline.store.reader import SessionReader
from clearline.ui.stage import Stage
from clearline.ui.viewmodels.words import Words

RESTS_MS = 250
"""A window that is being moved is read once it rests for so long."""
LIVE_EVERY_MS = 3_000


class SpanFeed(QObject):
    """Keeps the stage's SpanModel right for the selected target and the window; reads nothing while nobody looks."""

    def __init__(self, stage: Stage, words: Words, executor: Executor) -> None:
        super().__init__(stage)
        self._stage, self._model, self._words = stage, stage.span, words
        self._executor = executor
        self._is_watched = self._is_closed = False
        self._stop: threading.Event | None = None
        """Ends the reading under way."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(RESTS_MS)
        self._timer.timeout.connect(self._read)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(LIVE_EVERY_MS)
        self._again.timeout.connect(self._read)
        stage.axis.range_changed.connect(self._moved)
        stage.selection.changed.connect(self._chosen)

    def watch(self, is_watched: bool) -> None:
        """Somebody looks, or does no more."""
        if is_watched != self._is_watched:
            self._is_watched = is_watched
            self._chosen() if is_watched else self._cancel()

    def close(self) -> None:
        """Read nothing more. Idempotent."""
        self._is_closed = True
        self._cancel()

    def _moved(self, from_s: float, to_s: float) -> None:
        del from_s, to_s
        # Live, the window moves with every frame: it is read now and then.
        if self._is_watched and not (self._stage.is_live and self._stage.axis.is_live):
            self._timer.start()

    def _chosen(self) -> None:
        if self._is_watched:
            self._timer.start(0)

    def _cancel(self) -> None:
        self._timer.stop()
        self._again.stop()
        if self._stop is not None:
            self._stop.set()
            self._stop = None

    def _read(self) -> None:
        self._cancel()
        stage = self._stage
        state = stage.session.state(stage.selection.only)
        report = stage.session.report
        path = stage.path or (report.recording if report is not None else "")
        if state is None:
            self._model.show_nothing(self.tr("Choose one target to see its figures for the time on screen."))
            return
        if not path:
            self._model.show_nothing(self.tr("Nothing is recorded yet."))
            return
        self._model.begin(state.target.label)
        self._stop = threading.Event()
        axis = stage.axis
        where = state.target.id, axis.from_s, min(axis.to_s, axis.now_s)
        loop = asyncio.get_running_loop()
        reading = loop.run_in_executor(self._executor, read_span, Path(path), *where, self._stop)
        label = state.target.label
        stop = self._stop
        reading.add_done_callback(lambda done: self._arrived(done, label, stop))

    def _arrived(self, done: "asyncio.Future[SpanStatistics | None]", label: str, stop: threading.Event) -> None:
        if self._is_closed or done.cancelled() or stop.is_set():
            return
        self._stop = None
        try:
            found = done.result()
        except SessionFileError as error:
            self._model.show_nothing(self._words.texts.problem(error.problem))
            return
        if found is not None:
            self._model.show(found, label, self._stage.session.wall_s)
        if self._stage.is_live and self._is_watched:
            self._again.start()


def read_span(path: Path, target_id: str, from_s: float, to_s: float, stop: threading.Event) -> SpanStatistics | None:
    """The figures of a target between two moments, in any thread; None once `stop` is set. Raises SessionFileError."""
    with SessionReader(path) as reader:
        try:
            return History(reader, lambda: not stop.is_set()).statistics(target_id, from_s, to_s)
        except NotWantedError:
            return None
