"""The views that cover the columns for a while; each is built when it is first asked for."""

from concurrent.futures import Executor
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from clearline.ui.actions import Act
from clearline.ui.library_feed import LibraryFeed
from clearline.ui.log_feed import LogFeed
from clearline.ui.main_window import MainWindow
from clearline.ui.stages import Stages
from clearline.ui.viewmodels.help import HelpModel
from clearline.ui.viewmodels.library import LibraryModel
from clearline.ui.viewmodels.log import LogModel
from clearline.ui.viewmodels.preferences import Preferences
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.desk import Desk
from clearline.ui.widgets.help_view import HelpView
from clearline.ui.widgets.library_view import LibraryView
from clearline.ui.widgets.log_view import LogView
from clearline.ui.widgets.settings_view import SettingsView


class Pages(QObject):
    """Opens pages; what they show is read only while they are on screen."""

    session_chosen = Signal(str)
    """The path of a session that is to be opened."""
    theme_chosen = Signal(object)
    language_chosen = Signal(str)
    print_asked = Signal()

    def __init__(
        self,
        window: MainWindow,
        stages: Stages,
        theme: Theme,
        words: Words,
        executor: Executor,
        logs: Path,
        sessions: Path,
        preferences: Preferences,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._preferences = preferences
        self.has_tray = False
        self._settings: SettingsView | None = None
        self._help: HelpView | None = None
        self._theme = theme
        self._words = words
        self._executor = executor
        self._logs = logs
        self._log: LogView | None = None
        self._log_feed = LogFeed(logs, executor, self)
        self._sessions = sessions
        self._library: LibraryView | None = None
        self._library_feed = LibraryFeed(sessions, executor, self)
        window.acts[Act.LIBRARY].triggered.connect(self.show_library)
        window.acts[Act.LOG].triggered.connect(self.show_log)
        window.acts[Act.SETTINGS].triggered.connect(self.show_settings)
        window.acts[Act.HELP].triggered.connect(self.show_help)
        stages.desk_made.connect(self.serve)

    def serve(self, desk: Desk) -> None:
        """Do what the buttons of a new desk ask for."""
        desk.events.log_asked.connect(self.show_log)

    def show_log(self) -> None:
        """The log of this program and of its sessions."""
        if self._log is None:
            model = LogModel(self._words, self)
            self._log = LogView(model, str(self._logs), self._theme, self._words)
            self._log_feed.arrived.connect(self._log.show_entries)
            self._log_feed.failed.connect(self._log.show_problem)
            self._log.opened.connect(self._log_feed.start)
            self._log.left.connect(self._log_feed.halt)
        self._window.show_page(self._log)

    def show_library(self) -> None:
        """What was recorded."""
        if self._library is None:
            model = LibraryModel(self._words, self)
            self._library = LibraryView(model, str(self._sessions), self._theme)
            self._library_feed.begun.connect(self._library.begin)
            self._library_feed.arrived.connect(model.add)
            self._library_feed.ended.connect(self._library.end)
            self._library.opened.connect(self._library_feed.start)
            self._library.left.connect(self._library_feed.halt)
            self._library.note_written.connect(self._library_feed.keep_note)
            self._library_feed.unsaved.connect(self._library.show_unsaved)
            self._library.session_chosen.connect(self.session_chosen)
        self._window.show_page(self._library)

    def show_settings(self) -> None:
        """What a person prefers."""
        if self._settings is None:
            self._settings = SettingsView(self._preferences, self._theme, self._words, has_tray=self.has_tray)
            self._settings.theme_chosen.connect(self.theme_chosen)
            self._settings.language_chosen.connect(self.language_chosen)
            # What an administrator fixed is greyed in the menus already, and says so.
            for box, act in ((self._settings.theme_box, Act.LIGHT), (self._settings.language_box, Act.ENGLISH)):
                box.setEnabled(self._window.acts[act].isEnabled())
                box.setToolTip("" if box.isEnabled() else self._window.acts[act].toolTip())
        self._window.show_page(self._settings)

    def show_help(self) -> None:
        """How to, words, states, keys."""
        if self._help is None:
            model = HelpModel(self._words, self._window.acts.key_map, self)
            self._help = HelpView(model, self._theme)
            self._help.print_button.clicked.connect(self.print_asked)
        self._window.show_page(self._help)

    def close(self) -> None:
        """Read nothing more."""
        self._library_feed.halt()
        self._log_feed.halt()
