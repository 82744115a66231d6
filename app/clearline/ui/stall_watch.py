"""Notices when the window stands still: a timer of the main thread against a thread that looks at it."""

import logging
import sys
import threading
import time
import traceback

from PySide6.QtCore import QObject, Qt, QTimer

TICK_MS = 20
LATE_S = 0.1
"""People feel a longer stand-still. Source: R. Miller, 1968; J. Nielsen, 1993."""
QUIET_S = 5.0
"""At most one line in the log for so long."""
log = logging.getLogger("clearline.window")


class StallWatch(QObject):
    """From `start` to `stop`. `worst_s` is the longest stand-still so far, in seconds."""

    def __init__(self, parent: QObject | None = None, *, late_s: float = LATE_S) -> None:
        super().__init__(parent)
        self._late_s = late_s
        self.worst_s = 0.0
        self.stalls = 0
        self.where: list[str] = []
        """What the main thread did in the latest long stand-still, innermost last."""
        self._beat_s = time.perf_counter()
        self._told_s = -QUIET_S
        self._ended = threading.Event()
        self._main = threading.get_ident()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._beat)
        self._thread = threading.Thread(target=self._look, name="stall watch", daemon=True)

    def start(self) -> None:
        """Watch from now on."""
        self._beat_s = time.perf_counter()
        self._timer.start()
        self._thread.start()

    def stop(self) -> None:
        """Watch no more. Idempotent."""
        self._timer.stop()
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _beat(self) -> None:
        now_s = time.perf_counter()
        late_s = now_s - self._beat_s - TICK_MS / 1000
        self._beat_s = now_s
        self.worst_s = max(self.worst_s, late_s)
        if late_s <= self._late_s:
            return
        self.stalls += 1
        if now_s - self._told_s >= QUIET_S:
            self._told_s = now_s
            log.warning(
                "the window stood still for %.0f ms in %s", late_s * 1000, " < ".join(reversed(self.where[-4:]))
            )

    def _look(self) -> None:
        """Take the main thread's frames while it is late."""
        seen_s = 0.0
        while not self._ended.wait(TICK_MS / 1000):
            beat_s = self._beat_s
            if beat_s != seen_s and time.perf_counter() - beat_s - TICK_MS / 1000 > self._late_s:
                seen_s = beat_s
                frame = sys._current_frames().get(self._main)  # noqa: SLF001 (the only way to look at another thread)
                if frame is not None:
                    # Names and numbers only: reading the lines themselves waits for the busy thread at every file.
                    stack = [f"{one.f_code.co_name}:{line}" for one, line in traceback.walk_stack(frame)]
                    self.where = stack[::-1]
