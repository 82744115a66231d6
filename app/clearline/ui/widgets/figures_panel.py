"""Figures of the selected target or of all: groups of names and numbers; count anew, export."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from clearline.ui.viewmodels.figures import FigureGroup, FigureRow, FiguresModel
from clearline.ui.viewmodels.tips import plain_tip
from clearline.ui.widgets.elided_label import ElidedLabel
from clearline.ui.widgets.labels import Label

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class FigureGrid(QWidget):
    """One group. Labels are made when a row needs them and kept; what did not change costs nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = Label(bold=True)
        self._heads: list[Label] = []
        self._names: list[ElidedLabel] = []
        self._values: list[list[Label]] = []
        self._lines: list[QHBoxLayout] = []
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self._title)
        column.addLayout(self._grid)

    def show_group(self, group: FigureGroup) -> None:
        """Show this group."""
        self._title.say(group.title)
        while len(self._heads) < len(group.heads):
            head = Label("muted", 0.9)
            self._grid.addWidget(head, 0, len(self._heads) + 1, RIGHT)
            self._heads.append(head)
        for at, head in enumerate(self._heads):
            head.say(group.heads[at] if at < len(group.heads) else "")
        for at, row in enumerate(group.rows):
            self._show_row(at, row)
        for at in range(len(group.rows), len(self._names)):
            self._set_shown(at, False)

    def _show_row(self, at: int, row: FigureRow) -> None:
        if at == len(self._names):
            self._names.append(ElidedLabel("muted"))
            self._values.append([])
            self._lines.append(QHBoxLayout())
            self._lines[at].addWidget(self._names[at], 1)
            self._grid.addLayout(self._lines[at], at + 1, 0)
        values = self._values[at]
        while len(values) < len(row.values):
            label = Label()
            if values or self._heads:
                self._grid.addWidget(label, at + 1, len(values) + 1, RIGHT)
            else:
                # A single value stands in its name's own line: a long one takes no room from the other names.
                self._lines[at].addWidget(label, 0, RIGHT)
            values.append(label)
        self._names[at].say(row.name)
        self._names[at].setToolTip(plain_tip("\n".join(part for part in (row.name, row.tip) if part)))
        for label, text in zip(values, row.values, strict=False):
            label.say(text)
            label.set_tone(row.tone)
            label.setToolTip(plain_tip(row.tip))
            label.setAccessibleName(f"{row.name}: {text}")
        self._set_shown(at, True)

    def _set_shown(self, at: int, is_shown: bool) -> None:
        for widget in (self._names[at], *self._values[at]):
            widget.setVisible(is_shown)


class FiguresPanel(QWidget):
    """Shows the figures of what is selected. `draw` costs nothing while it is hidden."""

    export_asked = Signal()

    def __init__(self, model: FiguresModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._target_id: str | None = None
        self._heading = ElidedLabel(bold=True)
        self._since = Label("muted")
        self.reset_button = QPushButton()
        self.export_button = QPushButton()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)
        head = QVBoxLayout()
        head.setSpacing(1)
        head.addWidget(self._heading)
        head.addWidget(self._since)
        self._column.addLayout(head)
        self._grids: list[FigureGrid] = []
        buttons = QHBoxLayout()
        buttons.addWidget(self.reset_button)
        buttons.addWidget(self.export_button)
        buttons.addStretch(1)
        self._column.addLayout(buttons)
        self._column.addStretch(1)
        self.reset_button.clicked.connect(self._reset)
        self.export_button.clicked.connect(self.export_asked)
        self._set_texts()

    @property
    def target_id(self) -> str | None:
        """Whose figures are shown; None for all."""
        return self._target_id

    def show_target(self, target_id: str | None, label: str) -> None:
        """Show the figures of this target, or of all."""
        self._target_id = target_id
        self._heading.say(label or self.tr("All targets"))
        self.draw()

    def draw(self) -> None:
        """Show what is known now."""
        if not self.isVisible():
            return
        groups = self._model.groups(self._target_id)
        while len(self._grids) < len(groups):
            grid = FigureGrid(self)
            self._column.insertWidget(len(self._grids) + 2, grid)
            self._grids.append(grid)
        for grid, group in zip(self._grids, groups, strict=True):
            grid.show_group(group)
        self._since.say(self._model.since(self._target_id))

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
        super().changeEvent(event)

    def _reset(self) -> None:
        self._model.reset()
        self.draw()

    def _set_texts(self) -> None:
        if self._target_id is None:
            self._heading.say(self.tr("All targets"))
        self.reset_button.setText(self.tr("Count anew"))
        self.reset_button.setToolTip(self.tr("Count all figures anew from now; the session file keeps everything"))
        self.export_button.setText(self.tr("Export…"))
        self.export_button.setToolTip(self.tr("Save these figures as JSON or CSV"))
        self.draw()
