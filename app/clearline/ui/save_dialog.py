"""Asks where to save: what is written is the very file that was named, and asked about where it is there already."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget


class SaveDialog(QFileDialog):
    """A name gets an ending of the kinds on offer before the dialog asks whether to replace what has that name."""

    def __init__(self, title: str, name: str, pattern: str, parent: QWidget | None = None) -> None:
        """`pattern` is in Qt's form: `Pages (*.html);;Tables (*.csv)`; the first is offered first."""
        super().__init__(parent, title, name, pattern)
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self._endings = [_ending(kind) for kind in self.nameFilters()]
        self._suit(self.selectedNameFilter())
        self.filterSelected.connect(self._suit)

    @property
    def place(self) -> Path:
        """The file that was confirmed. Nothing else may be written."""
        return Path(self.selectedFiles()[0])

    @property
    def ending(self) -> str:
        """What to write there: the ending of the name, of the chosen kind where the system let another one pass."""
        ending = self.place.suffix.casefold()
        return ending if ending in self._endings else _ending(self.selectedNameFilter())

    def accept(self) -> None:
        """Complete the name first, so that what is asked about is what will be written."""
        field = self.findChild(QLineEdit, "fileNameEdit")
        # The system's own dialog has no such field, and completes names by the default suffix.
        if field is not None and (name := field.text().strip()):
            is_folder = name.endswith(("/", "\\")) or Path(self.directory().absoluteFilePath(name)).is_dir()
            if not is_folder and Path(name).suffix.casefold() not in self._endings:
                field.setText(name + _ending(self.selectedNameFilter()))
        super().accept()

    def _suit(self, kind: str) -> None:
        self.setDefaultSuffix(_ending(kind))


def _ending(kind: str) -> str:
    """Of `Tables (*.csv)`: `.csv`."""
    return kind.rpartition("*")[2].rstrip(")")
