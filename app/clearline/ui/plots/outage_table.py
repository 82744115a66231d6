"""The outages of the visible window as a table: which target, from when, how long, where it broke, what it was."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from clearline.domain.fault import Layer
from clearline.domain.outages import Outage
from clearline.host.texts import FaultText
from clearline.ui.plots.ticks import clock_text
from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.tips import plain_tip
from clearline.ui.viewmodels.words import Words, translate

MOST_ROWS = 200
CELL_MARGIN_PX = 20.0
"""What the style leaves empty beside a cell's text."""
LEAST_WHAT_PX = 190.0
"""What it was tells most. Where it has less the layer gives way, in the narrowest window the link to a report (keys
and history have it) and the length; the tooltip tells all."""
TARGET, FROM, LENGTH, LAYER, WHAT, REPORT = range(6)
AnyIndex = QModelIndex | QPersistentModelIndex


class OutageModel(QAbstractTableModel):
    """Outages of some targets, those that last first, then the newest.

    Their words are made when the table asks for them: hundreds a second for a few rows on screen cost more than it.
    """

    def __init__(self, store: SeriesStore, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._words = store, words
        self.rows: list[Outage] = []
        self._now_s = 0.0
        self._known: list[tuple[object, ...]] = []
        """What the words of the rows were made from, the time that passes left out."""
        self.running = 0
        """Outages that last now."""
        self.seen = 0
        """Outages of the window, those that last included."""

    def show(self, target_ids: list[str], from_s: float, to_s: float, now_s: float) -> None:
        """Read the outages that touch a window."""
        found: list[Outage] = []
        for target_id in target_ids:
            found += [
                outage
                for outage in self._store.series(target_id).outages
                if outage.from_s <= to_s and (outage.to_s is None or outage.to_s >= from_s)
            ]
        self.running = sum(outage.to_s is None for outage in found)
        self.seen = len(found)
        found.sort(key=lambda outage: (outage.to_s is not None, -outage.from_s))
        self._now_s = now_s
        self._use(found[:MOST_ROWS])

    def headings(self) -> list[str]:
        """Column headings."""
        return [
            translate("Plots", "Target"),
            translate("Plots", "From"),
            translate("Plots", "Length"),
            translate("Plots", "Layer"),
            translate("Plots", "What it was"),
            "",
        ]

    def retranslate(self) -> None:
        """The language changed."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, TARGET, REPORT)
        self._tell()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        """Outages."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        """Five that tell, and one that leads to a report."""
        return 0 if parent.isValid() else REPORT + 1

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text, and everything about the outage as its tooltip."""
        row = self.rows[index.row()]
        if index.column() == REPORT:
            return _of_report(role)
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cell(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._hint(row))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Headings; left-aligned as the cells are."""
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self.headings()[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def cell(self, outage: Outage, column: int) -> str:
        """One of the five columns that tell."""
        words = self._words
        if column == TARGET:
            return self._store.series(outage.target).label
        if column == FROM:
            return clock_text(outage.from_s, self._store.wall_s)
        if column == LENGTH:
            if outage.to_s is None:
                return translate("Plots", "{0}, still down").format(words.span(self._now_s - outage.from_s))
            return words.span(outage.to_s - outage.from_s)
        if column == LAYER:
            return words.texts.layer(outage.layer or Layer.CONNECT)
        return translate("Plots", "Nothing was sent") if _is_unsent(outage) else _fault(outage, words).title

    def _hint(self, outage: Outage) -> str:
        """All about an outage."""
        words, count = self._words, outage.checks
        checks = self.tr("{0} checks without success", "", count).format(words.texts.number(count))
        if outage.held:
            held = self.tr("{0} of them not sent", "", outage.held).format(words.texts.number(outage.held))
            checks = f"{checks}, {held}"
        asked = self._store.series(outage.target).asked_at(self._now_s) if outage.to_s is None else None
        if asked is not None:
            until = clock_text(asked.until_s, self._store.wall_s)
            checks += "\n" + translate("Plots", "waits as asked until {0}").format(until)
        where = ", ".join(self.cell(outage, column) for column in (TARGET, FROM, LENGTH))
        title = self.cell(outage, WHAT)
        told = (title,) if _is_unsent(outage) else (f"{title} ({outage.kind})", _fault(outage, words).meaning)
        return "\n".join((where, *told, checks))

    def _use(self, rows: list[Outage]) -> None:
        known: list[tuple[object, ...]] = [
            (*key(row), row.to_s, row.layer, row.kind, _is_unsent(row), self._store.series(row.target).label)
            for row in rows
        ]
        if [each[:2] for each in known] != [each[:2] for each in self._known]:
            self.beginResetModel()
            self.rows, self._known = rows, known
            self.endResetModel()
        elif self.running or known != self._known:
            self.rows, self._known = rows, known
            self._tell()

    def _tell(self) -> None:
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, REPORT))


def key(outage: Outage) -> tuple[str, float]:
    """Its target, and when it began."""
    return outage.target, outage.from_s


def _is_unsent(outage: Outage) -> bool:
    """Its breaker let none of its checks go, and nothing is known of what began it."""
    return not outage.kind and outage.held == outage.checks


def _fault(outage: Outage, words: Words) -> FaultText:
    return words.texts.fault(outage.kind or "unknown")


def _of_report(role: int) -> Any:
    """The cell that leads to a report of its outage."""
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return translate("Plots", "Report…")
        case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
            return translate("Plots", "A report of this outage, to look at before it leaves (Shift+Enter)")
        case Qt.ItemDataRole.ForegroundRole:
            return QGuiApplication.palette().link()
        case _:
            return None


class OutageTable(QTableView):
    """The table. Its columns share the width there is; nothing scrolls sideways."""

    picked = Signal(str, float)
    """A target's id and when the outage began."""
    report_asked = Signal(str, float, object)
    """A target's id, and when the outage began and ended; None while it lasts."""

    def __init__(self, model: OutageModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._kept: tuple[str, float] | None = None
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        self.setMouseTracking(True)
        self.entered.connect(self._point)
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._restore)
        self.clicked.connect(self._clicked)

    def fit(self) -> None:
        """Give the columns what their texts need, the last one the rest."""
        metrics = QFontMetricsF(self.font())
        self.verticalHeader().setDefaultSectionSize(round(metrics.height() * 1.6))
        rows, headings = self._model.rows[:40], self._model.headings()
        least = LEAST_WHAT_PX * metrics.height() / 15.0
        room = float(self.viewport().width())
        widths = {REPORT: metrics.horizontalAdvance(translate("Plots", "Report…")) + CELL_MARGIN_PX}
        for column, most in ((TARGET, 0.24), (FROM, 1.0), (LENGTH, 0.34), (LAYER, 0.2)):
            texts = [headings[column], *(self._model.cell(row, column) for row in rows)]
            wanted = max(metrics.horizontalAdvance(text) for text in texts) + CELL_MARGIN_PX
            widths[column] = min(wanted, room * most)
        for column, width in widths.items():
            self.setColumnWidth(column, round(width))
        shown = dict(widths)
        for column, enough in ((LAYER, least), (REPORT, least * 0.6), (LENGTH, least * 0.6)):
            is_hidden = room - sum(shown.values()) < enough
            self.setColumnHidden(column, is_hidden)
            if is_hidden:
                del shown[column]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share anew."""
        super().resizeEvent(event)
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter picks as a click does; with Shift it asks for a report."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            is_report = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._clicked(index.siblingAtColumn(REPORT if is_report else TARGET))
            return
        super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is an arrow again."""
        self.viewport().unsetCursor()
        super().leaveEvent(event)

    def _point(self, index: AnyIndex) -> None:
        self.viewport().setCursor(
            Qt.CursorShape.PointingHandCursor if index.column() == REPORT else Qt.CursorShape.ArrowCursor
        )

    def _clicked(self, index: AnyIndex) -> None:
        row = self._model.rows[index.row()]
        if index.column() == REPORT:
            self.report_asked.emit(*key(row), row.to_s)
        else:
            self.picked.emit(*key(row))

    def _keep(self) -> None:
        index = self.currentIndex()
        row = self._model.rows[index.row()] if index.isValid() and index.row() < len(self._model.rows) else None
        self._kept = key(row) if row is not None else None

    def _restore(self) -> None:
        """The same outage stays selected when others come and go."""
        keys = [key(row) for row in self._model.rows]
        if self._kept in keys:
            self.selectRow(keys.index(self._kept))
        self.fit()
