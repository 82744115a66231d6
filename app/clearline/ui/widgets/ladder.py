"""The ladder of a diagnosis: one row a rung, joined by a line, with what it found and when it was tested."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from clearline.ui.icons import StatusShape
from clearline.ui.painted import Painted
from clearline.ui.viewmodels.diagnosis_words import RungRow
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.tips import plain_tip
from clearline.ui.widgets.labels import Label

BAR_HEIGHT = 3.0
SHORTEST_BAR = 4.0
SHAPE_MIDDLE = 8.0


class Bar(Painted):
    """When in the whole diagnosis a rung was tested, and for how long."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._row: RungRow | None = None
        self.setFixedHeight(6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.redraw)

    def show_row(self, row: RungRow) -> None:
        """Draw this rung's time."""
        self._row = row
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar."""
        row = self._row
        if row is None or row.to_share <= row.from_share:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(row.status.color_token))
        width = max(SHORTEST_BAR, (row.to_share - row.from_share) * self.width())
        left = min(row.from_share * self.width(), self.width() - width)
        painter.drawRoundedRect(QRectF(left, 1.0, width, BAR_HEIGHT), 1.5, 1.5)
        painter.end()


class RungWidget(QWidget):
    """One rung: shape, name and time in a line, what it found below; what had no part takes one line."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.is_last = False
        self._shape = StatusShape(theme)
        self.name = Label(bold=True)
        self.said = Label("muted", wrap=True)
        self.brief = Label("muted", wrap=True)
        self.took = Label("muted", 0.9)
        self._bar = Bar(theme)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 1, 0, 3)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self._shape, 0, 0, top)
        grid.addWidget(self.name, 0, 1, top)
        grid.addWidget(self.brief, 0, 2)
        grid.addWidget(self.took, 0, 3, top | Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self.said, 1, 1, 1, 3)
        grid.addWidget(self._bar, 2, 1, 1, 3)
        grid.setColumnStretch(2, 1)

    def show_row(self, row: RungRow) -> None:
        """Show this rung."""
        self._shape.show_status(row.status)
        self.name.say(row.name)
        self.name.set_tone("muted" if row.is_quiet else "")
        self.brief.setVisible(row.is_quiet)
        self.said.setVisible(not row.is_quiet)
        self.brief.say(row.said)
        self.said.say(row.said)
        self.said.set_tone(row.status.value if row.status.value in ("down", "slow") else "muted")
        self.took.say(row.took)
        self.took.setVisible(bool(row.took))
        self._bar.setVisible(row.to_share > row.from_share)
        self._bar.show_row(row)
        self.setAccessibleName(f"{row.name}: {row.state}. {row.said}")
        self.setToolTip(plain_tip(f"{row.name}: {row.state}"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line to the next rung."""
        if self.is_last:
            return
        painter = QPainter(self)
        painter.setPen(self._theme.color("border_strong"))
        x = int(SHAPE_MIDDLE)
        painter.drawLine(x, self._shape.geometry().bottom() + 1, x, self.height())
        painter.end()


class LadderView(QWidget):
    """Shows the rows of a DiagnosisPage."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rungs: list[RungWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_rows(self, rows: Sequence[RungRow]) -> None:
        """Show these rungs."""
        while len(self.rungs) < len(rows):
            rung = RungWidget(self._theme, self)
            self.rungs.append(rung)
            self._column.addWidget(rung)
        for at, rung in enumerate(self.rungs):
            rung.setVisible(at < len(rows))
            if at < len(rows):
                rung.is_last = at == len(rows) - 1
                rung.show_row(rows[at])
