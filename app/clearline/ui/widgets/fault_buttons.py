"""The faults of one section as buttons, two side by side; a pressed one is on."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from clearline.ui.viewmodels.lab import FaultChoice, FaultSection
from clearline.ui.widgets.labels import Label

FEW = 6
"""More are shown when asked for, and those that are on always."""
HALF_WIDTH = 126
"""Wide enough for half of the narrowest column; what does not fit gets a line of its own."""


class FaultButton(QPushButton):
    """Shortens its words to the room it has; all of them as the tooltip, with the technical kind."""

    toggled_by_hand = Signal(str)

    def __init__(self, choice: FaultChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = choice.kind
        self._words = choice.words
        self.setProperty("fault", True)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(choice.words)
        self.setToolTip(f"{choice.words}\n{choice.kind}")
        self.setText(choice.words)
        self.clicked.connect(self._clicked)

    @property
    def is_wide(self) -> bool:
        """Does it need a line of its own?"""
        return self.fontMetrics().horizontalAdvance(self._words) + 16 > HALF_WIDTH

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write what fits."""
        room = event.size().width() - 14
        self.setText(self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room))
        super().resizeEvent(event)

    def _clicked(self) -> None:
        self.toggled_by_hand.emit(self.kind)


class FaultButtons(QWidget):
    """One section: a heading, its buttons, and a way to see the rest."""

    toggled = Signal(str)

    def __init__(self, section: FaultSection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_open = False
        self._on = ""
        self._buttons = [FaultButton(choice, self) for choice in section.choices]
        self._more = QPushButton()
        self._more.setProperty("chip", True)
        title = Label("muted")
        title.say(section.title)
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self._more)
        self._grid = QGridLayout()
        self._grid.setSpacing(5)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(self._grid)
        self._more.setVisible(len(self._buttons) > FEW)
        self._more.clicked.connect(self._open_or_close)
        for button in self._buttons:
            button.toggled_by_hand.connect(self.toggled)
        self._arrange()

    def show_on(self, kind: str) -> None:
        """Press the button of the fault that is on; none for an empty kind."""
        is_new = kind != self._on
        self._on = kind
        for button in self._buttons:
            button.setChecked(button.kind == kind)
        if is_new and not self._is_open:
            self._arrange()

    def _open_or_close(self) -> None:
        self._is_open = not self._is_open
        self._arrange()

    def _arrange(self) -> None:
        shown = []
        for at, button in enumerate(self._buttons):
            self._grid.removeWidget(button)
            button.setVisible(self._is_open or at < FEW or button.kind == self._on)
            if not button.isHidden():
                shown.append(button)
        # Those with long words come last: between the others they would leave gaps.
        narrow = [button for button in shown if not button.is_wide]
        for at, button in enumerate(narrow):
            self._grid.addWidget(button, at // 2, at % 2)
        for at, button in enumerate(button for button in shown if button.is_wide):
            self._grid.addWidget(button, -(-len(narrow) // 2) + at, 0, 1, 2)
        rest = len(self._buttons) - FEW
        self._more.setText(self.tr("fewer") if self._is_open else self.tr("{count} more").format(count=rest))
        self._more.setToolTip(self.tr("Show the rarer faults of this part, or hide them again"))
