"""The sessions of a folder as a table, newest first; a row appears as soon as its file was looked into."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

from clearline.domain.fault import Layer
from clearline.domain.problem import Problem
from clearline.ui.viewmodels.tips import plain_tip
from clearline.ui.viewmodels.words import NONE, Words

if TYPE_CHECKING:
    from clearline.store.outline import Cell

translate = QCoreApplication.translate
AnyIndex = QModelIndex | QPersistentModelIndex

BEGUN, LASTED, PREVIEW, TARGETS, SIZE, WORST, NAME = range(7)
ENTRY_ROLE = Qt.ItemDataRole.UserRole
"""The SessionEntry of a row."""
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """What a session file says about itself."""

    path: str
    name: str
    size_bytes: int
    wall_s: float = 0.0
    duration_s: float = 0.0
    targets: tuple[str, ...] = ()
    """Their labels."""
    worst: tuple[str, str, float] | None = None
    """The longest outage: whose, the kind of its fault, and its length in seconds."""
    problem: Problem | None = None
    """Why it cannot be opened."""
    outline: "tuple[Cell, ...]" = ()
    """How its checks ended, in equal stretches."""
    note: str = ""
    """What a person noted about it."""
    damaged: int = 0
    """Places of the file that cannot be read."""


class LibraryModel(QAbstractTableModel):
    """Rows in the order in which they were added."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._all: list[SessionEntry] = []
        self._entries: list[SessionEntry] = []
        """Those of all that hold what is searched for."""
        self._wanted = ""

    def clear(self) -> None:
        """The folder is read anew."""
        self.beginResetModel()
        self._all.clear()
        self._entries.clear()
        self.endResetModel()

    def add(self, entry: SessionEntry) -> None:
        """One more session, older than those before."""
        self._all.append(entry)
        if not self._holds(entry):
            return
        row = len(self._entries)
        self.beginInsertRows(QModelIndex(), row, row)
        self._entries.append(entry)
        self.endInsertRows()

    def search(self, text: str) -> None:
        """Show the sessions whose name, targets, date, longest outage or note hold all of these words."""
        self._wanted = text.casefold()
        self.beginResetModel()
        self._entries = [entry for entry in self._all if self._holds(entry)]
        self.endResetModel()

    @property
    def is_searching(self) -> bool:
        """Is something searched for?"""
        return bool(self._wanted.strip())

    def _holds(self, entry: SessionEntry) -> bool:
        texts = [entry.name, entry.note, *entry.targets, *(self._words_of(entry, column) for column in (BEGUN, WORST))]
        content = "\n".join(texts).casefold()
        return all(word in content for word in self._wanted.split())

    def entry(self, row: int) -> SessionEntry:
        """What is shown in a row."""
        return self._entries[row]

    def set_note(self, path: str, note: str) -> None:
        """A person noted something about a session; the rows stay as they are until the next search."""
        for entries in (self._all, self._entries):
            for row, entry in enumerate(entries):
                if entry.path == path:
                    entries[row] = replace(entry, note=note)
                    if entries is self._entries:
                        self.dataChanged.emit(self.index(row, 0), self.index(row, NAME))

    def trouble(self, entry: SessionEntry) -> str:
        """Why a session cannot be opened, or what of it is missing; empty where all is well."""
        texts = self._words.texts
        if entry.problem:
            return texts.problem(entry.problem)
        return texts.say("session.missing_parts", count=entry.damaged) if entry.damaged else ""

    def _about(self, entry: SessionEntry) -> str:
        return "\n".join(text for text in (self.trouble(entry), entry.note, *entry.targets[:30]) if text)

    def _shares(self, entry: SessionEntry) -> str:
        """The preview in words: how many checks failed at which layer."""
        counts: Counter[Layer] = Counter()
        for cell in entry.outline:
            counts.update(cell.failed)
        texts = self._words.texts
        return ", ".join(texts.pair(texts.layer(layer), texts.number(count)) for layer, count in counts.most_common())

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 Qt's own default
        """Sessions looked into."""
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 Qt's own default
        """Begun, duration, preview, targets, size, worst outage, file."""
        return 0 if parent.isValid() else 7

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's words; as tooltip its note and targets, what is missing, or why it cannot be opened."""
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in (LASTED, TARGETS, SIZE):
            return RIGHT
        if role == ENTRY_ROLE:
            return entry
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._about(entry))
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == PREVIEW:
            return self._shares(entry)
        return self._words_of(entry, index.column()) if role == Qt.ItemDataRole.DisplayRole else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | Qt.AlignmentFlag | None:
        """What the columns hold."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section in (LASTED, TARGETS, SIZE):
            return RIGHT
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            translate("Library", "Begun"),
            translate("Library", "Duration"),
            translate("Library", "What failed"),
            translate("Library", "Targets"),
            translate("Library", "Size"),
            translate("Library", "Longest outage"),
            translate("Library", "File"),
        )[section]

    def _words_of(self, entry: SessionEntry, column: int) -> str:
        words = self._words
        match column:
            case 0:
                return words.date_and_time(entry.wall_s) if entry.wall_s else NONE
            case 1:
                return NONE if entry.problem else words.span(float(round(entry.duration_s)))
            case 2:
                return ""
            case 3:
                return NONE if entry.problem else words.texts.number(len(entry.targets))
            case 4:
                return words.size(entry.size_bytes)
            case 5:
                return self._worst(entry)
            case _:
                cannot = translate("Library", "{name}   cannot be opened")
                return cannot.format(name=entry.name) if entry.problem else entry.name

    def _worst(self, entry: SessionEntry) -> str:
        if entry.worst is None:
            return NONE
        target, kind, length_s = entry.worst
        told = translate("Library", "{span}   {target}: {fault}")
        title = self._words.texts.fault(kind or "unknown").title
        return told.format(span=self._words.span(float(round(length_s))), target=target, fault=title)
