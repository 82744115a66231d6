"""Proves that a window can be drawn here: opens it without a display on a recorded session and looks at the result."""

import asyncio
import math
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# Before Qt and pyqtgraph are imported: a proof needs no display, and both look for a binding on their own.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_API"] = "pyside6"
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"

import numpy as np
import qasync
from PySide6.QtCore import QTranslator
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from clearline.host import resources
from clearline.host.texts import LANGUAGES
from clearline.resilience.supervisor import Supervisor
from clearline.ui.main_window import MainWindow
from clearline.ui.plots.plot_theme import PHASE_TOKENS
from clearline.ui.plots.target_view import TargetView
from clearline.ui.stage import Stage
from clearline.ui.stages import Stages
from clearline.ui.theme import Wardrobe
from clearline.ui.translation import Translation
from clearline.ui.viewmodels.series_slice import measured
from clearline.ui.viewmodels.theme import Theme, ThemeChoice
from clearline.ui.viewmodels.time_axis import TimeAxis
from clearline.ui.viewmodels.words import Words

DRAWN_WITHIN_S = 20.0
SIZE = (1200, 800)
LINE = 3
"""Points that are drawn, as close to each other in time as any."""
MARGIN = 0.1


def prove_window(session: Path) -> dict[str, int]:
    """Draw a recorded session. Raises OSError or InputError where it cannot be read.

    `window` is how many colours the window shows, `plot` how many pixels of a latency graph have the colour of a phase,
    where `LINE` points of a target were measured in the shortest time, `translations` how many of the window's
    catalogues could be loaded. 0 means: not drawn, empty.
    """
    app = QApplication.instance() or QApplication(["clearline"])
    assert isinstance(app, QApplication)  # noqa: S101 (nothing else was made in this process)
    with qasync.QEventLoop(app) as loop:
        drawn: dict[str, int] = loop.run_until_complete(_draw(app, session))
    return {**drawn, "translations": sum(map(_can_be_loaded, LANGUAGES))}


async def _draw(app: QApplication, session: Path) -> dict[str, int]:
    failures: list[BaseException] = []
    supervisor = Supervisor(lambda _name, error: failures.append(error))
    with ThreadPoolExecutor(max_workers=1) as executor:
        words = Words("en")
        Translation(words, app)
        theme = Theme(ThemeChoice.LIGHT)
        Wardrobe(app, theme)
        window = MainWindow(theme, words)
        stages = Stages(window, theme, words, supervisor, executor, None)
        stages.open_live()
        window.resize(*SIZE)
        window.show()
        stages.draw_graphs()
        try:
            await stages.open_file(session)
            desk = window.desk
            assert desk is not None  # noqa: S101 (open_file made it)
            target_id, at_s, took_s = _closest(desk.stage)
            desk.stage.selection.select([target_id])
            view = desk.findChild(TargetView)
            assert view is not None  # noqa: S101 (draw_graphs made it)
            # Drawn across the whole width, however long the session took to come to it.
            desk.stage.axis.show(at_s - MARGIN * took_s, at_s + (1 + MARGIN) * took_s)
            await _frames(desk.stage.axis, 2)
            phases = {theme.color(token).rgb() for token in PHASE_TOKENS}
            plot = _colours(view.stack.grab().toImage())
            return {
                "window": len(_colours(window.grab().toImage())),
                "plot": sum(count for colour, count in plot.items() if colour in phases),
            }
        finally:
            await stages.close_all()
            await supervisor.stop(1.0)
            window.hide()


def _closest(stage: Stage) -> tuple[str, float, float]:
    """The target with `LINE` measured points in the shortest time, since when, in session seconds, and how long."""
    targets = stage.plans.plan.targets
    best = targets[0].id if targets else "", 0.0, 1.0
    shortest_s = math.inf
    for target in targets:
        attempts = stage.series.series(target.id).attempts
        part = attempts.part(0, len(attempts))
        at_s = part["started_s"][measured(part)]
        took_s = at_s[LINE - 1 :] - at_s[: 1 - LINE]
        if len(took_s) and float(took_s.min()) < shortest_s:
            place, shortest_s = int(took_s.argmin()), float(took_s.min())
            best = target.id, float(at_s[place]), max(shortest_s, 0.1)
    return best


async def _frames(axis: TimeAxis, count: int) -> None:
    """Until the graphs were drawn so often."""
    seen = asyncio.Semaphore(0)
    axis.frame.connect(seen.release)
    try:
        async with asyncio.timeout(DRAWN_WITHIN_S):
            for _ in range(count):
                await seen.acquire()
    finally:
        axis.frame.disconnect(seen.release)


def _colours(image: QImage) -> dict[int, int]:
    """How many pixels each colour has."""
    pixels = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(pixels.constBits(), np.uint32).reshape(pixels.height(), pixels.bytesPerLine() // 4)
    colours, counts = np.unique(rows[:, : pixels.width()], return_counts=True)
    return dict(zip(colours.tolist(), counts.tolist(), strict=True))


def _can_be_loaded(language: str) -> bool:
    translator = QTranslator()
    file = resources.path("translations", f"clearline_{language}.qm")
    return translator.load(str(file)) and not translator.isEmpty()
