"""Questions: a target's settings, a pasted list, a line of text, yes or no; opened, never run modally in a loop."""

import asyncio
import time

from PySide6.QtCore import QCoreApplication, QThread, Signal
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from clearline.ui.widgets.labels import Label

translate = QCoreApplication.translate
LEAVE_WITHIN_S = 2.0


async def answer(dialog: QDialog) -> bool:
    """Open a dialog and wait for its end. A modal exec() would lose other tasks' wake-ups."""
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def finish(result: int) -> None:
        if not ended.done():
            ended.set_result(result)

    dialog.finished.connect(finish)
    # A print dialog's own open wants to be told whom to call.
    QDialog.open(dialog)
    try:
        return await ended == QDialog.DialogCode.Accepted
    finally:
        dialog.finished.disconnect(finish)
        dialog.hide()
        dialog.deleteLater()


async def leave_loops() -> None:
    """Put away what runs a loop of Qt's own: menus of a right click, something dragged, a file dialog's questions.

    Such a loop returns into the widget that began it, which must still be there. Gives up after `LEAVE_WITHIN_S`.
    """
    # Where the display is gone there is no loop any more to ask for the time.
    begun_s = time.monotonic()
    while QThread.currentThread().loopLevel() > 1 and time.monotonic() - begun_s < LEAVE_WITHIN_S:
        if (on_top := QApplication.activePopupWidget() or QApplication.activeModalWidget()) is not None:
            on_top.close()
        else:
            QDrag.cancel()
        await asyncio.sleep(0.01)


class Question(QDialog):
    """A title, some widgets, and two buttons that say what they do."""

    typed = Signal(str)
    """What its fields hold now, to begin with after a crash; empty where there is nothing to keep."""

    def __init__(self, title: str, accept: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.column = QVBoxLayout(self)
        self.column.setSpacing(8)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setText(accept)
        ok.setProperty("primary", True)
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(translate("Question", "Cancel"))
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self._reject)

    def finish_layout(self) -> None:
        """Put the buttons below all that was added."""
        self.column.addWidget(self.buttons)

    def _accept(self) -> None:
        self.accept()

    def _reject(self) -> None:
        self.reject()


class Confirmation(Question):
    """Yes, by a button that names the deed, or cancel."""

    def __init__(self, title: str, sentence: str, deed: str, parent: QWidget | None = None) -> None:
        super().__init__(title, deed, parent)
        told = Label(wrap=True)
        told.say(sentence)
        told.setMinimumWidth(320)
        self.column.addWidget(told)
        self.finish_layout()


class Complaint(Question):
    """What is wrong, and one button: there is nothing to choose."""

    def __init__(self, title: str, sentence: str, deed: str, parent: QWidget | None = None) -> None:
        super().__init__(title, deed, parent)
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).hide()
        told = Label(wrap=True)
        told.say(sentence)
        told.setMinimumWidth(320)
        self.column.addWidget(told)
        self.finish_layout()


class TextQuestion(Question):
    """One line of text."""

    def __init__(self, title: str, label: str, deed: str, parent: QWidget | None = None, begun: str = "") -> None:
        """`begun` is what a crash cut short."""
        super().__init__(title, deed, parent)
        self.field = QLineEdit(begun)
        self.field.textChanged.connect(self.typed)
        self.field.setMinimumWidth(340)
        self.field.setAccessibleName(label)
        told = Label()
        told.say(label)
        told.setBuddy(self.field)
        self.column.addWidget(told)
        self.column.addWidget(self.field)
        self.finish_layout()

    @property
    def text(self) -> str:
        """What was typed, without blanks around it."""
        return self.field.text().strip()


class ChoiceQuestion(Question):
    """One of several named things."""

    def __init__(
        self, title: str, label: str, choices: list[tuple[str, str]], deed: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(title, deed, parent)
        self.field = QComboBox()
        self.field.setMinimumWidth(340)
        self.field.setAccessibleName(label)
        for value, text in choices:
            self.field.addItem(text, value)
        told = Label(wrap=True)
        told.say(label)
        self.column.addWidget(told)
        self.column.addWidget(self.field)
        self.finish_layout()

    @property
    def value(self) -> str:
        """What was chosen."""
        return str(self.field.currentData())


def open_dialog(title: str, folder: str, pattern: str, parent: QWidget | None = None) -> QFileDialog:
    """Asks for a file that is there."""
    dialog = QFileDialog(parent, title, folder, pattern)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return dialog
