"""One place hears of every failure nobody handled: slots, tasks, threads, the loop, Qt; logged once, shown once."""

import asyncio
import logging
import platform
import sys
import threading
import traceback
from collections import deque
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler, qVersion

from clearline.host.crash import CrashFile, note_defect
from clearline.host.logs import Logs, masked

KEPT = 500
MOST_REPORTS = 20
"""The latest defects are enough to find the first."""
MOST_LETTERS = 160
"""Of the line for people: an error that quotes what it met may be a screenful. The report has all of it."""
log = logging.getLogger("clearline.window")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class Trouble(QObject):
    """Hears of failures from `install` to `remove`. `happened` carries one line for people."""

    happened = Signal(str)
    """One line for people."""

    def __init__(self, *, is_verbose: bool = False, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seen: set[str] = set()
        self._reports: deque[str] = deque(maxlen=MOST_REPORTS)
        self._logs = Logs("window", is_verbose=is_verbose, is_late=True)
        self._crash_file = CrashFile("window")
        # Qt's event loop would report each of its sleeps.
        logging.getLogger("qasync").setLevel(logging.WARNING)

    def install(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hear of everything from now on."""
        sys.excepthook = self._uncaught
        sys.unraisablehook = self._unraisable
        threading.excepthook = self._in_thread
        loop.set_exception_handler(self._in_loop)
        qInstallMessageHandler(self._qt_message)

    def begin_log(self) -> None:
        """Write the log from now on, and what was told before: the window is up."""
        self._logs.begin()

    def remove(self) -> None:
        """Put everything back; the log comes last."""
        qInstallMessageHandler(None)
        sys.excepthook = sys.__excepthook__
        sys.unraisablehook = sys.__unraisablehook__
        threading.excepthook = threading.__excepthook__
        self._crash_file.close()
        self._logs.close()

    def report(self, where: str, error: BaseException) -> None:
        """A task failed, or anything else did."""
        line = f"{type(error).__name__}: {error}"
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
        key = f"{type(error).__name__} {place}"
        if key in self._seen or len(self._seen) >= KEPT:
            return
        self._seen.add(key)
        log.error("%s: %s", where, line, exc_info=(type(error), error, error.__traceback__))
        note_defect(error, where)
        moment = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        trace_text = "".join(traceback.format_exception(error))
        self._reports.append(masked(f"{moment}  {where}\n{trace_text}"))
        told = masked(line)
        self.happened.emit(told if len(told) <= MOST_LETTERS else told[: MOST_LETTERS - 1] + "…")

    def report_text(self) -> str:
        """What went wrong so far, with the versions it went wrong in; secrets are masked."""
        # Late: what reads it is needed for nothing else.
        from importlib.metadata import version

        versions = (
            f"Clearline {version('clearline')}",
            f"Python {sys.version.split()[0]}",
            f"Qt {qVersion()}",
            platform.platform(),
        )
        return "\n\n".join((", ".join(versions), *self._reports))

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self.report("window", error.with_traceback(trace))

    def _unraisable(self, unraisable: Any) -> None:
        if unraisable.exc_value is not None:
            self.report("cleaning up", unraisable.exc_value)

    def _in_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.report(args.thread.name if args.thread else "thread", args.exc_value)

    def _in_loop(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.report("loop", error)
        else:
            log.error("loop: %s", context.get("message", ""))

    def _qt_message(self, kind: QtMsgType, context: QMessageLogContext, message: str | None) -> None:
        if message and message not in self._seen and len(self._seen) < KEPT:
            self._seen.add(message)
            log.log(_LEVELS.get(kind, logging.WARNING), "qt: %s", message)
