"""Keys of the window that fields of text would keep: on some desktops Ctrl+E goes to the end of a line."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

_OURS = frozenset({Qt.Key.Key_E})


class WindowKeys(QObject):
    """Lets such keys through to the window's actions, in every field inside a widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        for field in widget.findChildren(QLineEdit):
            field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Refuse the key for the field: then it is the window's."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            is_ours = event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.key() in _OURS
            if is_ours:
                event.ignore()
                return True
        return super().eventFilter(watched, event)
