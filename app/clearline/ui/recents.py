"""Sessions and plans opened lately, in a menu and for the first screen."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from clearline.ui.settings import WindowSettings
from clearline.ui.viewmodels.tips import plain_tip

MOST = 8


class Recents(QObject):
    """The latest first. Files that are gone stay away from the menu, and come back with their disk."""

    changed = Signal()
    chosen = Signal(str)
    """The path of a session or plan that is to be opened."""

    def __init__(self, settings: WindowSettings, menu: QMenu, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._menu = menu
        menu.triggered.connect(self._triggered)
        self._fill()

    @property
    def paths(self) -> list[str]:
        """The latest first."""
        return self._settings.recent

    def add(self, path: str) -> None:
        """This was opened or saved just now."""
        self._settings.recent = [path, *(one for one in self.paths if one != path)][:MOST]
        self._fill()
        self.changed.emit()

    def _fill(self) -> None:
        self._menu.clear()
        for path in self.paths:
            action = QAction(Path(path).name.replace("&", "&&"), self._menu)
            action.setToolTip(plain_tip(path))
            action.setData(path)
            self._menu.addAction(action)
        self._menu.setToolTipsVisible(True)
        self._menu.setEnabled(bool(self.paths))

    def _triggered(self, action: QAction) -> None:
        self.chosen.emit(str(action.data()))
