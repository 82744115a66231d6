"""Full rounds of the garbage collector, each long enough to be felt, while nobody uses the window."""

import gc
import time

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from clearline.host.calm import calm_collector

APART_S = 60.0


class Collector(QObject):
    """From now on full rounds are made when another program comes to the front, at most once a minute.

    What dialogs and closed places leave behind is freed by them; little of it comes of watching targets.
    """

    def __init__(self, app: QApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
        calm_collector()
        self._last_s = time.monotonic()
        app.applicationStateChanged.connect(self._changed)

    def _changed(self, state: Qt.ApplicationState) -> None:
        now_s = time.monotonic()
        if state is Qt.ApplicationState.ApplicationActive or now_s - self._last_s < APART_S:
            return
        self._last_s = now_s
        gc.collect()
