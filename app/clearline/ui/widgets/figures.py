"""A strip of figures, each a small heading over a bold value; it wraps where it is narrow."""

from dataclasses import dataclass

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from clearline.ui.viewmodels.tips import plain_tip
from clearline.ui.widgets.labels import Label

MINIMUM_WIDTH = 76


@dataclass(frozen=True, slots=True)
class Figure:
    """What one figure shows; `tip` says what it means, or why there is none."""

    heading: str
    value: str
    tip: str = ""
    tone: str = ""


class FigureBox(QWidget):
    """One figure."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading = Label("muted")
        self._value = Label(bold=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._heading)
        column.addWidget(self._value)

    def show_figure(self, figure: Figure) -> None:
        """Show this figure; what did not change costs nothing."""
        self._heading.say(figure.heading)
        self._value.say(figure.value)
        self._value.set_tone(figure.tone)
        if (tip := plain_tip(figure.tip)) != self.toolTip():
            self.setToolTip(tip)
        self.setAccessibleName(f"{figure.heading}: {figure.value}")


class FigureStrip(QWidget):
    """Figures side by side, in as many lines as the width asks for."""

    def __init__(self, count: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(4)
        self._boxes = [FigureBox(self) for _ in range(count)]
        self._columns = 0
        self._arrange(count)

    def show_figures(self, figures: list[Figure]) -> None:
        """Show these, in order; as many as the strip was made for."""
        for box, figure in zip(self._boxes, figures, strict=True):
            box.show_figure(figure)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap evenly: one, two or four lines."""
        count = len(self._boxes)
        fitting = max(1, event.size().width() // self._cell_width())
        self._arrange(next((n for n in (count, -(-count // 2), -(-count // 4)) if n <= fitting), 1))
        super().resizeEvent(event)

    def _cell_width(self) -> int:
        return max(MINIMUM_WIDTH, self.fontMetrics().horizontalAdvance("Kernel RTT") + 10)

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for box in self._boxes:
            self._grid.removeWidget(box)
        for column in range(len(self._boxes)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        for at, box in enumerate(self._boxes):
            self._grid.addWidget(box, at // columns, at % columns)
