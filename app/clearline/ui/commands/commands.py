"""All commands together: wires each action of the window to what it does, and ends them at once."""

from PySide6.QtCore import QObject

from clearline.resilience.supervisor import Supervisor
from clearline.ui.actions import Act
from clearline.ui.commands.comparing import ComparingCommands
from clearline.ui.commands.diagnosis import DiagnosisCommands
from clearline.ui.commands.errands import Errands
from clearline.ui.commands.files import FileCommands
from clearline.ui.commands.printing import PrintCommands
from clearline.ui.commands.sharing import SharingCommands
from clearline.ui.commands.targets import TargetCommands
from clearline.ui.commands.view import ViewCommands
from clearline.ui.main_window import MainWindow
from clearline.ui.stages import Stages
from clearline.ui.viewmodels.outside import OutsideModel
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.desk import Desk


class Commands(QObject):
    """Wired to the actions once; refuses everything after `close`."""

    def __init__(
        self,
        window: MainWindow,
        stages: Stages,
        theme: Theme,
        words: Words,
        supervisor: Supervisor,
        parent: QObject | None = None,
        *,
        outside: OutsideModel,
    ) -> None:
        super().__init__(parent)
        self._acts = window.acts
        self.errands = Errands(window, words, supervisor, self)
        self.targets = TargetCommands(self.errands, theme, self)
        self.files = FileCommands(self.errands, stages, self)
        self.sharing = SharingCommands(self.errands, self)
        self.comparing = ComparingCommands(self.errands, theme, self)
        self.view = ViewCommands(window, theme, words, self)
        self.diagnosis = DiagnosisCommands(self.errands, outside, self)
        self.printing = PrintCommands(self.errands, self)
        for part in (self.targets, self.files, self.sharing, self.comparing, self.view, self.printing, self.diagnosis):
            for act, slot in part.slots().items():
                window.acts[act].triggered.connect(slot)
        self.files.list_read.connect(self.targets.paste)
        window.files_dropped.connect(self.files.open_paths)
        stages.desk_made.connect(self.serve)

    def serve(self, desk: Desk) -> None:
        """Do what the buttons of a new desk ask for."""
        self.targets.serve(desk)
        self.files.serve(desk)
        self.sharing.serve(desk)
        self.view.serve(desk)
        self.diagnosis.serve(desk)

    def close(self) -> None:
        """Refuse everything from now on."""
        self.errands.close()
        for act in Act:
            self._acts[act].setEnabled(False)
