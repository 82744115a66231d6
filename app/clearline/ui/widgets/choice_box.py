"""A choice between named things that the wheel does not turn by accident."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

TEXT_MARGIN_PX = 2
"""What Qt leaves empty on both sides of the words."""


class ChoiceBox(QComboBox):
    """Tells the value behind the words that a person chose."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(6)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.activated.connect(self._tell)

    def offer(self, choices: Sequence[tuple[Any, str]]) -> None:
        """Offer these values under these words; the chosen one stays chosen."""
        value = self.currentData()
        with QSignalBlocker(self):
            self.clear()
            for choice, words in choices:
                self.addItem(words, choice)
        self.show_value(value)

    def show_value(self, value: Any) -> None:
        """Show this value, without telling it back."""
        place = self.findData(value)
        if place >= 0 and place != self.currentIndex():
            with QSignalBlocker(self):
                self.setCurrentIndex(place)

    def paintEvent(self, event: QPaintEvent) -> None:
        """As Qt does, but shortened with an ellipsis where the words have no room."""
        del event
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        combo = QStyle.ComplexControl.CC_ComboBox
        field = self.style().subControlRect(combo, option, QStyle.SubControl.SC_ComboBoxEditField, self)
        room = field.width() - TEXT_MARGIN_PX
        option.currentText = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, room)
        painter = QStylePainter(self)
        painter.drawComplexControl(combo, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls the panel."""
        event.ignore()

    def _tell(self, place: int) -> None:
        self.chosen.emit(self.itemData(place))
