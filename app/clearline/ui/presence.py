"""The window among other programs: one a person, in the tray, with messages about the live session."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from clearline.host import paths
from clearline.ui.hand_over import HandOver, Receiver
from clearline.ui.main_window import MainWindow
from clearline.ui.notifier import Notifier
from clearline.ui.stage import Stage
from clearline.ui.viewmodels.notices import Notices
from clearline.ui.viewmodels.preferences import Preference, Preferences
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words

SOCKET = "window.socket"


class Presence(QObject):
    """From `begin` to `end`."""

    taken = Signal(object)
    """What a later start was given, a HandOver."""
    quit_asked = Signal()

    def __init__(
        self, window: MainWindow, theme: Theme, words: Words, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._theme = theme
        self._words = words
        self._preferences = preferences
        self._receiver: Receiver | None = None
        self._notifier: Notifier | None = None
        self._notices: Notices | None = None

    def begin(self, live: Stage, pause: Callable[[], None], *, is_only: bool) -> None:
        """Show up on the desktop; `is_only` takes what later starts are given."""
        self._notifier = notifier = Notifier(self._window, live.session, self._theme, self._preferences, self)
        notifier.show_asked.connect(self._window.come_forward)
        notifier.pause_asked.connect(pause)
        notifier.quit_asked.connect(self.quit_asked)
        self._words.changed.connect(notifier.set_texts)
        self._notices = Notices(live.session, self._words, notifier.is_wanted, self)
        self._notices.due.connect(notifier.tell)
        if is_only:
            try:
                self._receiver = Receiver(paths.runtime_dir() / SOCKET, self._take, self)
            except OSError:
                # Without the folder each start opens a window of its own.
                self._receiver = None

    @property
    def has_tray(self) -> bool:
        """Can an icon bring a hidden window back?"""
        return self._notifier is not None and self._notifier.has_tray

    @property
    def stays(self) -> bool:
        """Does closing the window leave the tests running?"""
        return self.has_tray and self._preferences.is_on(Preference.STAY_IN_TRAY)

    def end(self) -> None:
        """Leave the desktop. Idempotent."""
        if self._receiver is not None:
            self._receiver.close()
        if self._notices is not None:
            self._notices.stop()
        if self._notifier is not None:
            self._notifier.close()

    def _take(self, given: HandOver) -> None:
        self.taken.emit(given)
