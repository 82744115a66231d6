"""A widget that draws itself, and does so again when it is told."""

from PySide6.QtWidgets import QWidget


class Painted(QWidget):
    """What a signal may call to have it drawn again.

    WORKAROUND: PySide6 6.11 leaks with every connection to a method of Qt's own, such as `update`; not to one of ours.
    """

    def redraw(self) -> None:
        """Draw it again."""
        self.update()
