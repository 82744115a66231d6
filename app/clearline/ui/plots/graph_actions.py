"""What a graph offers on a right click or by the menu key: its picture and figures, copied or saved, and choices."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMessageBox, QWidget

from clearline.ui.actions import GRAPH
from clearline.ui.plots.export import GraphData, copy_data, copy_picture, save_data, save_picture
from clearline.ui.save_dialog import SaveDialog
from clearline.ui.viewmodels.words import Words, translate


class GraphActions(QObject):
    """Actions of one graph; Qt makes the menu of them. Those with a key work wherever the graph has the focus."""

    def __init__(self, view: QWidget, data: Callable[[], GraphData], words: Words) -> None:
        super().__init__(view)
        self._view, self._data = view, data
        view.setObjectName(GRAPH)
        self._dialog: SaveDialog | None = None
        self._texts: list[tuple[QAction, Callable[[], str]]] = []
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.copy_picture = self._add(_copy_picture_text, self._copy_picture, "Ctrl+C")
        self.copy_data = self._add(_copy_data_text, self._copy_data, "Ctrl+Shift+C")
        self.save_picture = self._add(_save_picture_text, self._ask_picture)
        self.save_data = self._add(_save_data_text, self._ask_data)
        words.changed.connect(self.retranslate)
        view.installEventFilter(self)

    @property
    def dialog(self) -> SaveDialog | None:
        """The question where to save, while it is asked."""
        return self._dialog

    def add_toggle(self, text: Callable[[], str], key: str, slot: Callable[[bool], None]) -> QAction:
        """A choice of this graph, with a key of its own."""
        action = self._action(text, key)
        action.setCheckable(True)
        action.toggled.connect(slot)
        return action

    def retranslate(self) -> None:
        """Words in the language in force."""
        for action, text in self._texts:
            action.setText(text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        return super().eventFilter(watched, event)

    def _add(self, text: Callable[[], str], slot: Callable[[], None], key: str = "") -> QAction:
        action = self._action(text, key)
        action.triggered.connect(slot)
        return action

    def _action(self, text: Callable[[], str], key: str) -> QAction:
        action = QAction(text(), self)
        if key:
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._texts.append((action, text))
        self._view.addAction(action)
        return action

    def _copy_picture(self) -> None:
        copy_picture(self._view)

    def _copy_data(self) -> None:
        copy_data(self._data())

    def _ask_picture(self) -> None:
        pattern = translate("Plots", "Pictures (*.png);;Vector pictures (*.svg)")
        self._ask(translate("Plots", "Save the picture as"), "graph.png", pattern, self._picture_placed)

    def _ask_data(self) -> None:
        pattern = translate("Plots", "Tables (*.csv)")
        self._ask(translate("Plots", "Save the figures as"), "graph.csv", pattern, self._data_placed)

    def write_picture(self, place: Path, *, is_svg: bool) -> None:
        """Write the picture. A failure is told."""
        try:
            save_picture(self._view, place, self._view.windowTitle(), is_svg=is_svg)
        except OSError as error:
            self._complain(place, error)

    def write_data(self, place: Path) -> None:
        """Write the figures. A failure is told."""
        try:
            save_data(self._data(), place)
        except OSError as error:
            self._complain(place, error)

    def _picture_placed(self) -> None:
        if self._dialog is not None:
            self.write_picture(self._dialog.place, is_svg=self._dialog.ending == ".svg")

    def _data_placed(self) -> None:
        if self._dialog is not None:
            self.write_data(self._dialog.place)

    def _ask(self, title: str, name: str, pattern: str, placed: Callable[[], None]) -> None:
        self._dialog = dialog = SaveDialog(title, name, pattern, self._view)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(placed)
        dialog.destroyed.connect(self._forget)
        dialog.open()

    def _forget(self) -> None:
        self._dialog = None

    def _complain(self, path: Path, error: OSError) -> None:
        box = QMessageBox(self._view)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(translate("Plots", "{0} could not be written. Choose another place.").format(path.name))
        box.setInformativeText(error.strerror or str(error))
        box.open()


def log_text() -> str:
    """Of the choice between a logarithmic scale and one from zero."""
    return translate("Plots", "Logarithmic scale")


def histogram_text() -> str:
    """Of the choice to see a histogram."""
    return translate("Plots", "Spread of latencies")


def table_text() -> str:
    """Of the choice to read the graph as a table."""
    return translate("Plots", "Show as a table")


def _copy_picture_text() -> str:
    return translate("Plots", "Copy the picture")


def _copy_data_text() -> str:
    return translate("Plots", "Copy the figures")


def _save_picture_text() -> str:
    return translate("Plots", "Save as a picture (PNG, SVG)…")


def _save_data_text() -> str:
    return translate("Plots", "Save the figures (CSV)…")
