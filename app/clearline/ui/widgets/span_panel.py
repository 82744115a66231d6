"""History beside the graphs: figures of the visible span, its outages to jump to, and what counts for nothing."""

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from clearline.ui.viewmodels.span import OutageLine, SpanModel
from clearline.ui.viewmodels.tips import plain_tip
from clearline.ui.widgets.elided_label import ElidedLabel
from clearline.ui.widgets.figures_panel import FigureGrid
from clearline.ui.widgets.labels import Label

SPACING_PX = 3
ROWS_SHOWN = 8


class SpanPanel(QWidget):
    """Shows a SpanModel."""

    moment_chosen = Signal(str, float, float)
    """A target's id, and when its outage began and ended."""
    report_asked = Signal(str, float, object)
    """A target's id, and when its outage began and ended."""
    watched = Signal(bool)
    """The panel came on screen, or left it."""

    def __init__(self, model: SpanModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._lines: list[OutageLine] = []
        self._heading = ElidedLabel(bold=True)
        self._when = Label("muted")
        self._note = Label("muted", wrap=True)
        self._title = Label(bold=True)
        self.previous_button = QPushButton()
        self.next_button = QPushButton()
        self.report_button = QPushButton()
        self.list = QListWidget()
        self._grids: list[FigureGrid] = []
        self._column = QVBoxLayout(self)
        self._place()
        model.changed.connect(self.draw)
        self.list.itemActivated.connect(self._activated)
        self.list.clicked.connect(self._clicked)
        self.report_button.clicked.connect(self._report)
        self._set_texts()

    def draw(self) -> None:
        """Show what is known now."""
        model = self._model
        self._heading.say(model.label)
        self._when.say(self.tr("Reading…") if model.is_reading else model.when())
        for label in (self._heading, self._when):
            label.setVisible(bool(label.text()))
        self._note.setVisible(bool(model.note))
        self._note.say(model.note)
        groups = model.groups()
        while len(self._grids) < len(groups):
            grid = FigureGrid(self)
            self._column.insertWidget(3 + len(self._grids), grid)
            self._grids.append(grid)
        for place, grid in enumerate(self._grids):
            grid.setVisible(place < len(groups))
            if place < len(groups):
                grid.show_group(groups[place])
        self._show_outages()

    def showEvent(self, event: QEvent) -> None:
        """Somebody looks."""
        self.watched.emit(True)
        super().showEvent(event)  # type: ignore[arg-type]

    def hideEvent(self, event: QEvent) -> None:
        """Nobody looks."""
        self.watched.emit(False)
        super().hideEvent(event)  # type: ignore[arg-type]

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
        super().changeEvent(event)

    def _show_outages(self) -> None:
        lines = self._model.outages()
        has_any = bool(lines)
        self._title.say(
            self.tr("Outages in this time: {0}", "", len(lines)).format(len(lines))
            if has_any
            else self.tr("No outage in this time")
            if self._model.statistics is not None
            else ""
        )
        self.list.setVisible(has_any)
        self.report_button.setVisible(has_any)
        if lines == self._lines:
            return
        self._lines = lines
        chosen = self.list.currentRow()
        self.list.clear()
        for line in lines:
            told = (f"{line.when}   {line.length}", line.cause, line.unsent)
            item = QListWidgetItem("\n".join(part for part in told if part))
            item.setToolTip(plain_tip(line.hint))
            self.list.addItem(item)
        if 0 <= chosen < len(lines):
            self.list.setCurrentRow(chosen)
        heights = [self.list.sizeHintForRow(row) for row in range(min(len(lines), ROWS_SHOWN))]
        # The spacing is left above and below each.
        self.list.setFixedHeight(sum(heights) + 2 * SPACING_PX * len(heights) + 2)

    def _clicked(self, index: QModelIndex) -> None:
        self._go(index.row())

    def _activated(self, item: QListWidgetItem) -> None:
        self._go(self.list.row(item))

    def _go(self, row: int) -> None:
        line = self._lines[row]
        self.moment_chosen.emit(line.target_id, line.from_s, line.to_s)

    def _report(self) -> None:
        """Of the outage that was clicked last, else of the latest one."""
        line = self._lines[max(0, self.list.currentRow())]
        self.report_asked.emit(line.target_id, line.from_s, line.to_s)

    def _place(self) -> None:
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)
        head = QVBoxLayout()
        head.setSpacing(1)
        head.addWidget(self._heading)
        head.addWidget(self._when)
        self._column.addLayout(head)
        self._column.addWidget(self._note)
        buttons = QHBoxLayout()
        buttons.addWidget(self.previous_button)
        buttons.addWidget(self.next_button)
        buttons.addStretch(1)
        self._column.addLayout(buttons)
        self._column.addWidget(self._title)
        self._column.addWidget(self.list)
        self._column.addWidget(self.report_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)
        # An outage takes several lines: which belong together must be seen.
        self.list.setSpacing(SPACING_PX)
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)

    def _set_texts(self) -> None:
        self.previous_button.setText(self.tr("Previous outage"))
        self.next_button.setText(self.tr("Next outage"))
        self.report_button.setText(self.tr("Report of this outage…"))
        self.report_button.setToolTip(
            self.tr("A report of the chosen outage, else of the latest one, to look at before it leaves")
        )
        self.list.setAccessibleName(self.tr("Outages of the time on screen, the latest first"))
        self.draw()
