"""What is left of a crash: the interpreter's own last words, and a file with the traceback of a defect."""

import faulthandler
import os
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from clearline.host.paths import logs_dir


class CrashFile:
    """Where faulthandler writes when the interpreter itself dies; one that is left behind means a crash.

    Where the folder cannot be written there is none, and `path` is None.
    """

    def __init__(self, process: str) -> None:
        self.path: Path | None = None
        self._file: TextIO | None = None
        try:
            self.path = logs_dir() / f"{process}-{os.getpid()}.crash"
            self._file = self.path.open("w", encoding="utf-8")
        except OSError:
            self.path = None
            return
        faulthandler.enable(self._file, all_threads=True)

    def close(self) -> None:
        """The process ends well. Idempotent."""
        if self._file is not None and self.path is not None:
            faulthandler.disable()
            self._file.close()
            self._file = None
            self.path.unlink(missing_ok=True)


def note_defect(error: BaseException, what: str) -> Path | None:
    """Keep the traceback of a defect of ours in a file of its own; its path, None where none could be written."""
    from clearline.host.logs import masked  # Brings the log's library, which a command without a defect does without.

    try:
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        path = logs_dir() / f"defect-{moment}-{os.getpid()}.txt"
        with path.open("a", encoding="utf-8") as file:
            file.write(masked(f"{what}\n{''.join(traceback.format_exception(error))}\n"))
    except OSError:
        return None
    return path
