"""The log as a table, newest first, filtered by level, by target and by words."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

from clearline.host.log_reader import LEVELS, LogEntry
from clearline.ui.viewmodels.tips import plain_tip
from clearline.ui.viewmodels.words import NONE, Words

translate = QCoreApplication.translate
AnyIndex = QModelIndex | QPersistentModelIndex

TIME, LEVEL, SUBJECT, TEXT = range(4)
LEVEL_TOKENS = {"error": "down", "critical": "down", "warning": "slow"}
"""Tones of the levels that stand out."""


def level_word(level: str) -> str:
    """A level as a word."""
    match level:
        case "error" | "critical":
            return translate("Log", "error")
        case "warning":
            return translate("Log", "warning")
        case "debug":
            return translate("Log", "detail")
        case _:
            return translate("Log", "info")


class LogModel(QAbstractTableModel):
    """Shows the entries that pass; what comes newly is put on top, so that a selection stays."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._entries: list[LogEntry] = []
        self._shown: list[LogEntry] = []
        self._typed: Sequence[str] = ()
        self._least = 0
        self._subject = ""

    def show_entries(self, entries: list[LogEntry]) -> None:
        """These are the entries from now on, newest first."""
        fresh = self._fresh(entries)
        self._entries = entries
        if fresh is None:
            self._refilter()
            return
        passing = [entry for entry in fresh if self._passes(entry)]
        if passing:
            self.beginInsertRows(QModelIndex(), 0, len(passing) - 1)
            self._shown[:0] = passing
            self.endInsertRows()
        if (count := len(self._shown)) > len(entries):
            self.beginRemoveRows(QModelIndex(), len(entries), count - 1)
            del self._shown[len(entries) :]
            self.endRemoveRows()

    def filter_by(self, text: str) -> None:
        """Show what holds every word of this text."""
        self._typed = text.casefold().split()
        self._refilter()

    def from_level(self, level: str) -> None:
        """Show this level and what is graver."""
        self._least = LEVELS.index(level)
        self._refilter()

    def only_about(self, subject: str) -> None:
        """Show what is about one of `subjects`; an empty text shows all."""
        self._subject = subject
        self._refilter()

    @property
    def subjects(self) -> list[str]:
        """The targets and processes that the log tells of."""
        return sorted({entry.target or entry.source for entry in self._entries}, key=str.casefold)

    @property
    def total(self) -> int:
        """Entries read, those included that do not pass."""
        return len(self._entries)

    def entry(self, row: int) -> LogEntry:
        """What is shown in a row."""
        return self._shown[row]

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 Qt's own default
        """Entries that pass."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 Qt's own default
        """Time, level, subject, text."""
        return 0 if parent.isValid() else 4

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's words; the whole text as tooltip."""
        if not index.isValid():
            return None
        entry = self._shown[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(entry.text) if index.column() == TEXT else None
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        match index.column():
            case 0:
                return self._words.moment(entry.wall_s) if entry.wall_s else NONE
            case 1:
                return level_word(entry.level)
            case 2:
                return entry.target or entry.source
            case _:
                return entry.text

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """What the columns hold."""
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            translate("Log", "Time"),
            translate("Log", "Level"),
            translate("Log", "Target or part"),
            translate("Log", "What happened"),
        )[section]

    def _fresh(self, entries: list[LogEntry]) -> list[LogEntry] | None:
        """What came on top of the entries known; None where that cannot be told."""
        if not self._entries:
            return None
        newest = self._entries[0]
        place = next((at for at, entry in enumerate(entries) if entry == newest), None)
        return None if place is None else entries[:place]

    def _refilter(self) -> None:
        self.beginResetModel()
        self._shown = [entry for entry in self._entries if self._passes(entry)]
        self.endResetModel()

    def _passes(self, entry: LogEntry) -> bool:
        if LEVELS.index(entry.level) < self._least:
            return False
        if self._subject and self._subject != (entry.target or entry.source):
            return False
        text = f"{entry.target} {entry.source} {entry.text}".casefold()
        return all(word in text for word in self._typed)
