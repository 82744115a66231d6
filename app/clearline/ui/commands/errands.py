"""Runs what takes a question or a while, one task each; says what is wrong with something a person gave."""

from collections.abc import Coroutine, Mapping
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import QObject

from clearline.domain.problem import InputError
from clearline.resilience.supervisor import Supervisor
from clearline.ui.dialogs import Complaint, Question, answer
from clearline.ui.draft import Draft, Typed
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
        self._drafts: Mapping[Typed, Draft] = MappingProxyType({})
        self.is_closed = False

    def close(self) -> None:
        """Refuse everything from now on."""
        self.is_closed = True

    def keep_typed(self, drafts: Mapping[Typed, Draft]) -> None:
        """Keep here what is half typed into questions."""
        self._drafts = drafts

    def begun(self, typed: Typed) -> str:
        """What was typed into such a question when the program ended; empty where nothing was left."""
        draft = self._drafts.get(typed)
        return draft.text if draft is not None else ""

    async def ask(self, question: Question, typed: Typed) -> bool:
        """As `answer`. What is typed is kept until it is answered or given up; the program's end is neither."""
        draft = self._drafts.get(typed)
        if draft is not None:
            question.typed.connect(draft.keep)
        is_accepted = await answer(question)
        if draft is not None:
            draft.keep("")
        return is_accepted

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
