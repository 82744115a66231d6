"""Shows what the administrator of this computer has fixed: such choices are there, greyed, and say why."""

from PySide6.QtCore import QObject

from clearline.domain.problem import Problem
from clearline.host import paths
from clearline.host.policy import Policy
from clearline.ui.actions import Act, Actions
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.status_line import StatusLine

_ACTS_OF = {"theme": (Act.LIGHT, Act.DARK, Act.SYSTEM), "language": (Act.ENGLISH, Act.FRENCH)}


class Administrator(QObject):
    """Greys the actions of locked settings, and says at the start what is not as it should be."""

    def __init__(self, policy: Policy, acts: Actions, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._policy = policy
        self._acts = acts
        self._words = words
        self._locked = [act for name, fixed in _ACTS_OF.items() if policy.is_locked(name) for act in fixed]
        words.changed.connect(self._explain)
        self._explain()

    def _explain(self) -> None:
        sentence = self._words.texts.say("policy.locked", file=self._policy.file)
        for act in self._locked:
            self._acts[act].setEnabled(False)
            self._acts[act].setToolTip(sentence)

    def begin(self, status: StatusLine) -> None:
        """Say at the bottom what in the policy could not be used, or that nothing can be kept for long."""
        if sentences := [self._words.texts.problem(problem) for problem in (*self._policy.problems, *_places())]:
            status.show_engine(" ".join(sentences), is_wrong=True)


def _places() -> list[Problem]:
    makeshift = paths.makeshift_home()
    return [Problem("paths.makeshift", {"folder": str(makeshift)})] if makeshift else []
