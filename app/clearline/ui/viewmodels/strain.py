"""Whether latencies can be judged at the moment, for the strip above the columns."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from clearline.domain.event import Event, SessionStarted
from clearline.domain.strain import StrainWatch
from clearline.ui.viewmodels.words import Words


class StrainModel(QObject):
    """`changed` when this computer became too busy to measure, or calm again."""

    changed = Signal()

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._watch = StrainWatch()

    def fold(self, events: Sequence[Event]) -> None:
        """Take events of a live session."""
        for event in events:
            if isinstance(event, SessionStarted) and not event.is_resumed and self._watch.is_strained:
                self._watch = StrainWatch()
                self.changed.emit()
            elif self._watch.fold(event):
                self.changed.emit()

    @property
    def sentence(self) -> str:
        """What to tell people; empty while all is well."""
        return self._words.texts.say("strain.begins") if self._watch.is_strained else ""
