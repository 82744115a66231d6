"""The right column: one of several parts above, chosen by a row of buttons, and the events below."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from clearline.ui.widgets.flow_layout import FlowLayout
from clearline.ui.widgets.labels import Panel

HEIGHTS = (660, 200)


class SidePanel(Panel):
    """Parts are added in the order of their buttons; the first one is shown."""

    changed = Signal()
    """Another part is on screen."""

    def __init__(self, lower: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice = QButtonGroup(self)
        self._parts = QStackedWidget()
        self.buttons: list[QPushButton] = []
        self._row = FlowLayout()
        self._row.setSpacing(4)
        upper = QWidget()
        column = QVBoxLayout(upper)
        column.setContentsMargins(12, 8, 0, 0)
        column.setSpacing(6)
        column.addLayout(self._row)
        column.addWidget(self._parts, 1)
        self._below = QWidget()
        inner = QVBoxLayout(self._below)
        inner.setContentsMargins(12, 6, 12, 8)
        inner.addWidget(lower)
        self._halves = halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.addWidget(upper)
        halves.addWidget(self._below)
        halves.setStretchFactor(0, 3)
        halves.setStretchFactor(1, 1)
        halves.setSizes(list(HEIGHTS))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addWidget(halves)
        self.setMinimumWidth(290)
        self._choice.idClicked.connect(self.show_part)

    def add_part(self, *widgets: QWidget) -> QPushButton:
        """One more part, which scrolls; its button, to be given words."""
        scrolled = QWidget()
        scrolled.setObjectName("scrolled")
        column = QVBoxLayout(scrolled)
        column.setContentsMargins(0, 2, 12, 8)
        column.setSpacing(10)
        for widget in widgets:
            column.addWidget(widget)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(scrolled)
        button = QPushButton()
        button.setProperty("chip", True)
        button.setCheckable(True)
        button.setChecked(not self.buttons)
        self._choice.addButton(button, len(self.buttons))
        self._row.addWidget(button)
        if self.buttons:
            QWidget.setTabOrder(self.buttons[-1], button)
        self.buttons.append(button)
        self._parts.addWidget(area)
        # Let Tab reach it before what is below: what comes late comes last.
        sizes = self._halves.sizes() if self.isVisible() else list(HEIGHTS)
        self._below.setParent(None)
        self._halves.addWidget(self._below)
        self._halves.setSizes(sizes)
        return button

    @property
    def wanted_width(self) -> int:
        """What its buttons need side by side, in pixels."""
        # Not the row's own hint: a button that was just added counts nothing there yet.
        widths = [button.sizeHint().width() + self._row.spacing() for button in self.buttons]
        return sum(widths) + 2 * 12 + 2

    def show_part(self, number: int) -> None:
        """Bring a part on screen."""
        self.buttons[number].setChecked(True)
        self._parts.setCurrentIndex(number)
        self.changed.emit()
