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


def ended_badly(process: str) -> bool:
    """Did an earlier process of this kind die without an end? Forgets it: it is told once."""
    try:
        left = [path for path in logs_dir().glob(f"{process}-*.crash") if not _is_running(path)]
    except OSError:
        return False
    for path in left:
        if path.stat().st_size:
            # The interpreter's last words stay to be read.
            path.replace(path.with_suffix(".died.txt"))
        else:
            path.unlink(missing_ok=True)
    return bool(left)


def _is_running(path: Path) -> bool:
    # Late: only after a crash is it needed.
    import psutil  # type: ignore[import-untyped] # it brings no types

    number = path.stem.rpartition("-")[2]
    return number.isdigit() and psutil.pid_exists(int(number))


def note_defect(error: BaseException, what: str) -> Path | None:
    """Keep the traceback of a defect of ours in a file of its own; its path, None where none could be written."""
    from clearline.host.logs import masked

    try:
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        path = logs_dir() / f"defect-{moment}-{os.getpid()}.txt"
        with path.open("a", encoding="utf-8") as file:
            file.write(masked(f"{what}\n{''.join(traceback.format_exception(error))}\n"))
    except OSError:
        return None
    return path
