"""Runs what takes a question or a while, one task each; says what is wrong with something a person gave."""

from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QObject

from clearline.domain.problem import InputError
from clearline.resilience.supervisor import Supervisor
from clearline.ui.dialogs import Complaint, answer
from clearline.ui.main_window import MainWindow
from clearline.ui.viewmodels.words import Words

MOST_PROBLEMS = 10


class Errands(QObject):
    """Refuses everything after `close`."""

    def __init__(self, window: MainWindow, words: Words, supervisor: Supervisor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.window = window
        self.words = words
        self._supervisor = supervisor
        self.is_closed = False

    def close(self) -> None:
        """Refuse everything from now on."""
        self.is_closed = True

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Do this, named so in the log if it fails."""
        if self.is_closed:
            work.close()
        else:
            self._supervisor.start(work, name=name)

    async def complain(self, error: InputError) -> None:
        """Say what is wrong with something a person gave."""
        sentences = "\n".join(self.words.texts.problem(problem) for problem in error.problems[:MOST_PROBLEMS])
        await answer(Complaint(self.tr("That did not work"), sentences, self.tr("Close"), self.window))
