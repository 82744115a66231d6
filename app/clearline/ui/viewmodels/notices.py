"""Which targets went down or came back, gathered into one message at a time for somebody who looks elsewhere."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from clearline.ui.viewmodels.session import SessionModel
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.words import Words

GATHER_MS = 4_000
"""One cause takes many targets down within seconds: one message tells them all."""
AT_MOST_EVERY_MS = 60_000
MOST_NAMES = 4
_FAILING = (Status.DOWN, Status.HALF_OPEN)


class Notices(QObject):
    """Follows one session. What a target did and undid before the message is due is not told."""

    due = Signal(str, str)
    """Title and text of one message."""

    def __init__(
        self, session: SessionModel, words: Words, is_wanted: Callable[[], bool], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._words = words
        self._is_wanted = is_wanted
        self._told: dict[str, bool] = {}
        """Whether each target was failing when it was last told of, or first seen."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.tell)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(AT_MOST_EVERY_MS)
        self._quiet.timeout.connect(self._quiet_ended)
        session.targets_changed.connect(self._changed)

    def tell(self) -> None:
        """Say what is different from what was said last, if anybody wants to hear it."""
        down: list[str] = []
        back: list[str] = []
        for target_id, state in self._session.states.items():
            if state.status in (Status.UNKNOWN, Status.PAUSED):
                continue
            is_failing = state.status in _FAILING
            was_failing = self._told.get(target_id, False)
            self._told[target_id] = is_failing
            if is_failing != was_failing:
                (down if is_failing else back).append(state.target.label)
        if (down or back) and self._is_wanted():
            self._quiet.start()
            self.due.emit(*self._message(down, back))

    def stop(self) -> None:
        """Say nothing more."""
        self._timer.stop()
        self._quiet.stop()

    def _changed(self, ids: set[str]) -> None:
        if self._timer.isActive() or self._quiet.isActive():
            return
        for target_id in ids:
            state = self._session.states.get(target_id)
            if state is not None and (state.status in _FAILING) != self._told.get(target_id, False):
                self._timer.start(GATHER_MS)
                return

    def _quiet_ended(self) -> None:
        self._timer.start(GATHER_MS)

    def _message(self, down: list[str], back: list[str]) -> tuple[str, str]:
        number = self._words.texts.number
        if down:
            title = self.tr("{count} targets fail", "", len(down)).format(count=number(len(down)))
        else:
            title = self.tr("{count} targets answer again", "", len(back)).format(count=number(len(back)))
        lines = [self._names(down)] if down else []
        if down and self._session.references.is_silent:
            lines.append(self.tr("Your own network does not answer either: look there first."))
        elif down and self._session.references.is_outside_silent:
            lines.append(self.tr("Nothing else outside answers either: look at the internet access first."))
        if back:
            lines.append(
                self.tr("Answer again: {names}").format(names=self._names(back)) if down else self._names(back)
            )
        return title, "\n".join(lines)

    def _names(self, names: list[str]) -> str:
        rest = len(names) - MOST_NAMES
        shown = ", ".join(names[:MOST_NAMES])
        return shown if rest <= 0 else self.tr("{names} and {count} more", "", rest).format(names=shown, count=rest)
