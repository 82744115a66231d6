"""Is a session of any size open at once, and is every zoom of it? Makes one and looks at it as the window does.

    python3 packaging/dev.py bench session [attempts | file] [folder]

Ten million attempts by default, which takes a quarter of an hour and 1.2 GB to make; 300000 are a smoke run. A file
that tests/bench/generate_session.py made earlier is looked at as it is. A
zoom is over when what was read for it is painted: all that Qt paints of the window then, as on a screen. Fails where
the first picture takes over 1 s, a zoom over 100 ms (median of each length), an attempt over 120 bytes, the process
over 300 MB, or where a figure is not that of a plain computation over the raw rows.
"""

import asyncio
import contextlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import fmean, median
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"

FIRST_PICTURE_S, ZOOM_MS, BYTES, MEMORY_MB = 1.0, 100.0, 120.0, 300.0
ZOOMS_S = (10.0, 60.0, 600.0, 3600.0, 6 * 3600.0, 86_400.0, 1e9)
ROUNDS = 7
SIZE = (1480, 920)


def main() -> int:
    """Make the session, then open it in a fresh process."""
    if "--look" in sys.argv:
        return look(Path(sys.argv[-1]))
    given = sys.argv[1] if len(sys.argv) > 1 else "10000000"
    if not given.isdecimal():
        return judge(Path(given))
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "generated.clearline"
        maker = Path(__file__).with_name("generate_session.py")
        subprocess.run([sys.executable, str(maker), str(path), "--attempts", given, "--no-reading"], check=True)
        return judge(path)


def judge(path: Path) -> int:
    """Look at the session in a fresh process, and hold what is found to the limits."""
    told = subprocess.run([sys.executable, __file__, "--look", str(path)], capture_output=True, text=True)
    if told.returncode:
        print(told.stdout + told.stderr)
        return 1
    figures = json.loads(told.stdout.splitlines()[-1])
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as plain:
        (attempts,) = plain.execute("SELECT count(*) FROM attempts_packed").fetchone()
    figures["attempts"] = attempts
    figures["bytes an attempt"] = path.stat().st_size / attempts
    figures["figures that differ from plain ones"] = len(wrong := differences(path))
    limits = {"first picture, s": FIRST_PICTURE_S, "bytes an attempt": BYTES, "memory, MB": MEMORY_MB}
    limits |= {name: ZOOM_MS for name in figures if name.startswith("zoom")}
    limits["figures that differ from plain ones"] = 0
    broken = [name for name, limit in limits.items() if figures[name] > limit]
    for name, value in figures.items():
        print(f"{name:52} {value:10.2f}{'  too much' if name in broken else ''}")
    print("\n".join(wrong))
    return 1 if broken else 0


def look(path: Path) -> int:
    """Open the session in a window without a screen and zoom; the figures as JSON."""
    import psutil
    import qasync
    from PySide6.QtWidgets import QApplication

    app = QApplication([])
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with loop, ThreadPoolExecutor(4) as executor:
        figures = loop.run_until_complete(_looked(app, path, executor))
    figures["memory, MB"] = psutil.Process().memory_info().rss / 1e6
    print(json.dumps(figures))
    return 0


async def _looked(app: Any, path: Path, executor: ThreadPoolExecutor) -> dict[str, float]:
    from clearline.resilience.supervisor import Supervisor
    from clearline.ui.collector import Collector
    from clearline.ui.main_window import MainWindow
    from clearline.ui.stages import Stages
    from clearline.ui.viewmodels.theme import Theme, ThemeChoice
    from clearline.ui.viewmodels.words import Words

    theme, words = Theme(ThemeChoice.LIGHT), Words("en")
    window = MainWindow(theme, words)
    window.resize(*SIZE)
    supervisor = Supervisor(lambda name, error: None)
    stages = Stages(window, theme, words, supervisor, executor, None)
    stages.open_live()
    window.show()
    stages.draw_graphs()
    Collector(app)  # As the program does.
    app.processEvents()
    began_s = time.perf_counter()
    opening = supervisor.start(stages.open_file(path), name="open")
    while not _is_drawn(window.desk):  # noqa: ASYNC110 looks now and then, and is in nobody's way
        await asyncio.sleep(0.005)
    desk = window.desk
    window.grab()
    first_s = time.perf_counter() - began_s
    await opening
    whole_s = time.perf_counter() - began_s
    figures = {"first picture, s": first_s, "all of its end folded, s": whole_s}
    stage, chance = desk.stage, random.Random(1)
    paints = _counter()(desk)
    assert stage.pager is not None or stage.series.now_s > 0
    for name, ids in (("one target", [stage.plans.plan.targets[0].id]), ("all targets", [])):
        stage.selection.select(ids)
        await _settled(stage)
        for length_s in ZOOMS_S:
            took = []
            for _ in range(ROUNDS):
                at_s = chance.random() * max(0.0, stage.series.now_s - length_s)
                if length_s > stage.series.now_s:
                    stage.axis.show(at_s / 2, at_s / 2 + 1800.0)  # From somewhere else to the whole of it.
                    await _caught_up(stage)
                before_s, seen = (stage.axis.from_s, stage.axis.to_s), paints.count
                began_s = time.perf_counter()
                stage.axis.show(at_s, min(at_s + length_s, stage.series.now_s))
                await _caught_up(stage)
                app.processEvents()
                is_moved = max(abs(stage.axis.from_s - before_s[0]), abs(stage.axis.to_s - before_s[1])) > 1.0
                while is_moved and paints.count == seen:  # noqa: ASYNC110 as above
                    await asyncio.sleep(0.001)
                took.append((time.perf_counter() - began_s) * 1e3)
            figures[f"zoom of {name}, {min(length_s, stage.series.now_s):.0f} s, ms"] = median(took)
    await stages.close_all()
    return figures


def _counter() -> type[Any]:
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QGraphicsView

    class Paints(QObject):
        """How often any graph was painted."""

        def __init__(self, desk: Any) -> None:
            super().__init__(desk)
            self.count = 0
            for view in desk.findChildren(QGraphicsView):
                view.viewport().installEventFilter(self)

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            self.count += event.type() == QEvent.Type.Paint
            return False

    return Paints


def _is_drawn(desk: Any) -> bool:
    from clearline.ui.viewmodels.session import Source

    return desk is not None and desk.stage.source is Source.FILE and desk.stage.axis.now_s > 0.0


async def _caught_up(stage: Any) -> None:
    """As by hand: the window rests for a moment before it is read for."""
    while stage.pager is not None and stage.pager.is_behind:  # noqa: ASYNC110 as above
        await asyncio.sleep(0.001)


async def _settled(stage: Any) -> None:
    if stage.pager is not None:
        await stage.pager.settle()


def differences(path: Path) -> list[str]:
    """Every figure of some spans that is not what plain arithmetic over the raw rows says."""
    from clearline.store.history import History
    from clearline.store.reader import SessionReader

    wrong = []
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    with SessionReader(path) as reader:
        history = History(reader)
        target = reader.plan.targets[3].id
        (number,) = connection.execute("SELECT id FROM words WHERE text = ?", (target,)).fetchone()
        middle_s = reader.duration_s / 2
        for from_s, to_s in ((0.0, 3600.0), (middle_s - 1800, middle_s + 3600), (middle_s, middle_s + 60)):
            found = history.statistics(target, from_s, to_s)
            rows = connection.execute(
                "SELECT at / 1e6, resolve, connect, tls, send, wait, receive, rest FROM attempts_packed"
                " WHERE target = ? AND at >= ? AND at < ? ORDER BY seq",
                (number, from_s * 1e6, to_s * 1e6),
            ).fetchall()
            good = sorted(sum(cell or 0 for cell in row[1:7]) / 1e4 for row in rows if row[7] is None)
            checks = connection.execute(
                # A check that began late tells of the moment at which it began.
                "SELECT (at - min(due, started)) / 1e6, text FROM checks_packed JOIN words ON words.id = ending"
                " WHERE target = ? AND at - due >= ? AND at - due < ? ORDER BY at - due",
                (number, from_s * 1e6, to_s * 1e6),
            ).fetchall()
            dues, states = [due for due, _ in checks], [text.startswith("ok") for _, text in checks]
            lost_s = sum(
                after - before
                for before, after, is_ok in zip(dues, [*dues[1:], to_s], states, strict=True)
                if not is_ok
            )
            plain = {
                "attempts": (found.attempts, len(rows)),
                "samples": (found.latency.samples, len(good)),
                "mean": (found.latency.mean, fmean(good) if good else None),
                "median": (found.latency.p50, median(good) if len(good) >= 5 else None),
                "checks ok": (found.checks.get("ok", 0), sum(states)),
                "lost seconds": (found.lost_s, lost_s),
            }
            wrong += [
                f"{from_s:.0f} to {to_s:.0f} s: {name} {one} instead of {other}"
                for name, (one, other) in plain.items()
                if (one is None) != (other is None) or (one is not None and abs(one - other) > 1e-6 * max(1, other))
            ]
    connection.close()
    return wrong


if __name__ == "__main__":
    sys.exit(main())
