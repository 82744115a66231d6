"""The line above the columns: address, pause, time span and sharing; where it is narrow, the latter two go below."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

GAP_PX = 24


class TopBar(QWidget):
    """Keeps the address field wide enough to read what is typed."""

    def __init__(
        self, address: QWidget, pause: QWidget, spans: QWidget, share: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._address, self._pause = address, pause
        self._others = (spans, share)
        self.has_two_lines = False
        self._first, self._second = QHBoxLayout(), QHBoxLayout()
        for row in (self._first, self._second):
            row.setSpacing(8)
        self._first.addWidget(address, 3)
        self._first.addWidget(pause, 0, Qt.AlignmentFlag.AlignTop)
        self._first.addSpacing(GAP_PX)
        self._first.addStretch(2)
        self._second.addStretch(1)
        for other in self._others:
            self._first.addWidget(other, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self._first)
        column.addLayout(self._second)

    def event(self, event: QEvent) -> bool:
        """One line or two: another width, or other words."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        rest = (self._pause, *self._others)
        wanted = self._address.minimumSizeHint().width() + sum(each.sizeHint().width() + 8 for each in rest)
        self._arrange(wanted + GAP_PX > self.width())

    def _arrange(self, has_two_lines: bool) -> None:
        if has_two_lines == self.has_two_lines:
            return
        self.has_two_lines = has_two_lines
        before, after = (self._first, self._second) if has_two_lines else (self._second, self._first)
        for other in self._others:
            before.removeWidget(other)
            after.addWidget(other, 0, Qt.AlignmentFlag.AlignTop)
