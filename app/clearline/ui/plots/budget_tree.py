"""The time of a check as a tree: attempts, phases, and what the services behind the target may take."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QHeaderView, QSizePolicy, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from clearline.domain.profile import STANDARD, Profile
from clearline.resilience.cascade import budget_lines
from clearline.ui.viewmodels.words import Words, translate


class BudgetTree(QWidget):
    """Shows the budget of one profile. What is below the first attempt can be folded away."""

    def __init__(self, words: Words | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words if words is not None else Words(parent=self)
        self._profile = STANDARD
        self.tree = _Tree()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tree)
        self._words.changed.connect(self._fill)
        self._fill()

    def show_profile(self, profile: Profile) -> None:
        """Show this profile's budget."""
        if profile != self._profile:
            self._profile = profile
            self._fill()

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._fill()
        super().changeEvent(event)

    def _fill(self) -> None:
        words = self._words
        self.tree.clear()
        self.tree.setHeaderLabels([translate("Plots", "Time budget"), translate("Plots", "at most")])
        parents: list[QTreeWidgetItem] = []
        for line in budget_lines(self._profile):
            item = QTreeWidgetItem([words.texts.budget_line(line.what, line.number), words.span(line.seconds)])
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            del parents[line.depth :]
            if parents:
                parents[-1].addChild(item)
            else:
                self.tree.addTopLevelItem(item)
            parents.append(item)
        self.tree.expandAll()
        self.tree.setAccessibleName(translate("Plots", "Time budget"))
        self.tree.setToolTip(
            translate("Plots", "No step gets more than its own limit and what is left of the one above it.")
        )
        self.tree.updateGeometry()


class _Tree(QTreeWidget):
    """As high as what it shows: the panel around it scrolls."""

    def __init__(self) -> None:
        super().__init__()
        self.setColumnCount(2)
        self.setRootIsDecorated(False)
        self.setIndentation(14)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.header().setSectionsClickable(False)
        self.itemExpanded.connect(self._fit)
        self.itemCollapsed.connect(self._fit)

    def sizeHint(self) -> QSize:
        """All rows that are unfolded."""
        rows, item = 0, self.topLevelItem(0)
        while item is not None:
            rows += 1
            item = self.itemBelow(item)
        height = self.header().sizeHint().height() + rows * max(1, self.sizeHintForRow(0)) + 2 * self.frameWidth()
        return QSize(120, height)

    def minimumSizeHint(self) -> QSize:
        """Never less: nothing of it is scrolled."""
        return self.sizeHint()

    def _fit(self) -> None:
        self.updateGeometry()
