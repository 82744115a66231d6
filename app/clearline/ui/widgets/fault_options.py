"""What can be set of the fault that is on: a number with its unit a row, in force as it is typed."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from clearline.ui.viewmodels.lab import FaultOption
from clearline.ui.widgets.labels import Label
from clearline.ui.widgets.number_field import NumberBox


class FaultOptions(QWidget):
    """Rows for the options of one fault."""

    changed_to = Signal(str, float)
    """The option and its new number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(5)
        self._grid.setColumnStretch(0, 1)
        self.boxes: dict[str, NumberBox] = {}
        self._drawn: list[tuple[object, ...]] = []

    def show_options(self, options: Sequence[FaultOption]) -> None:
        """Show these; a number that is being typed is left alone."""
        drawn: list[tuple[object, ...]] = [(option.spec, option.label, option.unit) for option in options]
        if drawn != self._drawn:
            self._drawn = drawn
            self._build(options)
        for option in options:
            box = self.boxes[option.spec.field]
            if not box.hasFocus():
                box.show_number(option.value)
            box.mark("")
        self.setVisible(bool(options))

    def _build(self, options: Sequence[FaultOption]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.boxes.clear()
        for row, option in enumerate(options):
            box = NumberBox(option.spec, f" {option.unit}" if option.unit else "")
            label = Label("muted")
            label.setBuddy(box)
            label.say(option.label)
            box.setAccessibleName(option.label)
            box.show_number(option.value)
            box.changed_to.connect(self.changed_to)
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(box, row, 1)
            self.boxes[option.spec.field] = box
