"""Keeps the plan on disk shortly after each change, without holding up the window: nothing typed is lost."""

import asyncio
from concurrent.futures import Executor
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from clearline.domain.plan import Plan
from clearline.domain.problem import InputError, Problem
from clearline.host import plan_file

SAVE_AFTER_MS = 400


class AutoSave(QObject):
    """Writes the latest plan; one write at a time, never an older one over a newer."""

    failed = Signal(object)
    """A Problem that says why the plan could not be kept."""

    def __init__(self, path: Path, executor: Executor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._executor = executor
        self._latest: Plan | None = None
        self._writing: asyncio.Future[Problem | None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER_MS)
        self._timer.timeout.connect(self._write)

    def keep(self, plan: Plan) -> None:
        """Write this plan soon."""
        self._latest = plan
        if not self._timer.isActive():
            self._timer.start()

    async def flush(self) -> None:
        """Write what is not written yet, and wait for it."""
        self._timer.stop()
        while self._writing is not None or self._latest is not None:
            self._write()
            if self._writing is not None:
                await asyncio.wait([self._writing])
                await asyncio.sleep(0)

    def _write(self) -> None:
        if self._writing is not None or self._latest is None:
            return
        plan, self._latest = self._latest, None
        loop = asyncio.get_running_loop()
        self._writing = loop.run_in_executor(self._executor, _save, plan, self._path)
        self._writing.add_done_callback(self._written)

    def _written(self, done: "asyncio.Future[Problem | None]") -> None:
        self._writing = None
        if not done.cancelled() and (problem := done.result()) is not None:
            self.failed.emit(problem)
        if self._latest is not None:
            self._timer.start()


def _save(plan: Plan, path: Path) -> Problem | None:
    try:
        plan_file.save(plan, path)
    except InputError as error:
        return error.problems[0]
    return None
