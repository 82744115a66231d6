"""What the actions on the view do: move through time, choose theme and language."""

from PySide6.QtCore import QObject, Signal

from clearline.ui.actions import Act, Slot
from clearline.ui.main_window import MainWindow
from clearline.ui.viewmodels.theme import Theme, ThemeChoice
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.desk import Desk

PAN_SHARE = 0.25
ZOOM = 0.6


class ViewCommands(QObject):
    """Needs no question and no task."""

    theme_chosen = Signal()
    language_chosen = Signal(str)

    def __init__(self, window: MainWindow, theme: Theme, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._theme = theme
        self._words = words

    def slots(self) -> dict[Act, Slot]:
        """What each of its actions calls."""
        return {
            Act.LIVE: self.return_to_live,
            Act.ZOOM_IN: self.zoom_in,
            Act.ZOOM_OUT: self.zoom_out,
            Act.EARLIER: self.earlier,
            Act.LATER: self.later,
            Act.PREVIOUS_OUTAGE: self.previous_outage,
            Act.NEXT_OUTAGE: self.next_outage,
            Act.LIGHT: self.choose_light,
            Act.DARK: self.choose_dark,
            Act.SYSTEM: self.choose_system,
            Act.ENGLISH: self.speak_english,
            Act.FRENCH: self.speak_french,
        }

    def return_to_live(self) -> None:
        """L."""
        if desk := self._window.desk:
            desk.stage.axis.return_to_live()

    def zoom_in(self) -> None:
        """See less time, closer."""
        if desk := self._window.desk:
            desk.stage.axis.zoom(ZOOM)

    def zoom_out(self) -> None:
        """See more time."""
        if desk := self._window.desk:
            desk.stage.axis.zoom(1 / ZOOM)

    def earlier(self) -> None:
        """Move a quarter back."""
        if desk := self._window.desk:
            desk.stage.axis.pan_share(-PAN_SHARE)

    def later(self) -> None:
        """Move a quarter on."""
        if desk := self._window.desk:
            desk.stage.axis.pan_share(PAN_SHARE)

    def serve(self, desk: Desk) -> None:
        """Do what the buttons of a new desk ask for."""
        desk.span.previous_button.clicked.connect(self.previous_outage)
        desk.span.next_button.clicked.connect(self.next_outage)

    def previous_outage(self) -> None:
        """Show the outage before the one on screen."""
        self._jump(-1)

    def next_outage(self) -> None:
        """Show the outage after the one on screen."""
        self._jump(1)

    def _jump(self, step: int) -> None:
        if (desk := self._window.desk) and not desk.stage.jump.go(step):
            told = self.tr("There is no later outage.") if step > 0 else self.tr("There is no earlier outage.")
            self._window.status.show_engine(told)

    def choose_light(self) -> None:
        """Light theme."""
        self.choose(ThemeChoice.LIGHT)

    def choose_dark(self) -> None:
        """Dark theme."""
        self.choose(ThemeChoice.DARK)

    def choose_system(self) -> None:
        """Theme of the desktop."""
        self.choose(ThemeChoice.SYSTEM)

    def speak_english(self) -> None:
        """Speak English from now on."""
        self.language_chosen.emit("en")

    def speak_french(self) -> None:
        """Speak French from now on."""
        self.language_chosen.emit("fr")

    def choose(self, choice: ThemeChoice) -> None:
        """Draw in this theme from now on."""
        self._theme.choose(choice)
        self._window.show_choice(self._theme, self._words)
        self.theme_chosen.emit()
