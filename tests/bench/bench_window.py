"""What the whole window costs with its real engine: frames, stand-stills, CPU, memory, and how soon it can be used.

Run as a script: python tests/bench/bench_window.py [--quick]. Without --quick each load runs for ten minutes. Exits
with 1 where the window stood still for more than 100 ms, memory doubled from minute 1 to minute 10, or
the start took more than 1.5 times as long as that of a bare plot in the same run.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"

import psutil
import qasync
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication

from clearline.domain.plan import Plan
from clearline.domain.target import Target
from clearline.resilience.supervisor import Supervisor
from clearline.ui.collector import Collector
from clearline.ui.main_window import SIZE, MainWindow
from clearline.ui.stages import Stages
from clearline.ui.stall_watch import StallWatch
from clearline.ui.theme import Wardrobe
from clearline.ui.viewmodels.theme import Theme, ThemeChoice
from clearline.ui.viewmodels.time_axis import TimeAxis
from clearline.ui.viewmodels.words import Words

PORTS = 8
LONGEST_STALL_MS = 100.0
MOST_GROWTH = 2.0
"""The history in memory fills up to its bounds, a thousand attempts a target for a thousand of them, in 17 minutes;
from then on it is thinned. After ten minutes that is 1.8 times what it was after one."""
MOST_START = 1.5
STARTS = 5
LONG_S = 600.0
SETTLE_S = 15.0
"""The first checks of a thousand targets, and the import of the graphs, are no usual work of the window."""

SERVERS = """
import socket, threading
def serve(listener):
    while True:
        listener.accept()[0].close()
listeners = [socket.create_server(("127.0.0.1", 0), backlog=1024) for _ in range(PORTS)]
for listener in listeners:
    threading.Thread(target=serve, args=(listener,)).start()
print(*(listener.getsockname()[1] for listener in listeners), flush=True)
""".replace("PORTS", str(PORTS))
"""Plain threads: with asyncio's streams they took a quarter of a core, which belongs to neither window nor engine."""

BARE_WINDOW = """
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.resize(1480, 920)
window.show()
app.processEvents()
window.grab()
print("ready", flush=True)
"""
BARE_PLOT = """
from PySide6.QtWidgets import QApplication
app = QApplication([])
import pyqtgraph
plot = pyqtgraph.PlotWidget()
plot.resize(1480, 920)
plot.plot(range(1000), range(1000))
plot.show()
app.processEvents()
plot.grab()
print("ready", flush=True)
"""
OURS = """
import sys
from clearline.bootstrap import run_command
from clearline.ui.stages import Stages
draw = Stages.draw_graphs
def drawn(stages):
    # The window is painted and takes what is typed; the graphs follow.
    print("ready", flush=True)
    draw(stages)
Stages.draw_graphs = drawn
sys.exit(run_command(["--new-window"]))
"""


class Frames(QObject):
    """Times each frame from the beat of the time axis until everything it led to is painted."""

    def __init__(self, axis: TimeAxis) -> None:
        super().__init__()
        self.taken_ms: list[float] = []
        self.used_ms: list[float] = []
        """Of the processor: the same on a busy machine."""
        self._begun_s = self._used_s = 0.0
        axis.frame.connect(self._begin)

    def _begin(self) -> None:
        self._begun_s, self._used_s = time.perf_counter(), time.thread_time()
        # Painting was asked for by then: this waits behind it.
        QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), Qt.EventPriority.LowEventPriority.value)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.User:
            self.taken_ms.append((time.perf_counter() - self._begun_s) * 1000)
            self.used_ms.append((time.thread_time() - self._used_s) * 1000)
            return True
        return super().event(event)


def shares(values: Sequence[float]) -> str:
    """p50, p95, p99."""
    ordered = sorted(values)
    return " / ".join(f"{ordered[int(len(ordered) * share)]:5.1f}" for share in (0.5, 0.95, 0.99))


def plan_of(count: int, pace_s: float, ports: Sequence[int]) -> Plan:
    """So many targets in ten groups, on a few ports of this machine."""
    targets = (
        Target(
            f"t{number}",
            f"tcp://127.0.0.1:{ports[number % len(ports)]}",
            name=f"Host {number}",
            group=f"Group {number * 10 // count}",
            profile="quick check",
        )
        for number in range(count)
    )
    return Plan(targets=tuple(targets), interval_s=pace_s)


async def load(app: QApplication, count: int, pace_s: float, ports: Sequence[int], length_s: float) -> list[str]:
    """Run so many targets at this pace; returns what is not as it should be."""
    failures: list[BaseException] = []
    supervisor = Supervisor(lambda _name, error: failures.append(error))
    words, theme = Words(), Theme(ThemeChoice.LIGHT)
    wardrobe = Wardrobe(app, theme)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(max_workers=3) as executor:
        window = MainWindow(theme, words)
        stages = Stages(window, theme, words, supervisor, executor, Path(folder))
        desk = stages.open_live()
        window.resize(*SIZE)
        window.show()
        stages.draw_graphs()
        Collector(app)
        desk.stage.plans.use(plan_of(count, pace_s, ports))
        await asyncio.sleep(SETTLE_S)
        frames, watch = Frames(desk.stage.axis), StallWatch()
        watch.start()
        me = psutil.Process()
        engine = max(me.children(), key=lambda child: child.create_time())
        begun_s, used_s, engine_s = time.perf_counter(), sum(me.cpu_times()[:2]), sum(engine.cpu_times()[:2])
        early_s = min(60.0, length_s / 3)
        await asyncio.sleep(early_s)
        first_mb = me.memory_full_info().uss / 1e6
        await asyncio.sleep(length_s / 2 - early_s)
        of_all, frames.taken_ms = frames.taken_ms, []
        used_of_all, frames.used_ms = frames.used_ms, []
        desk.stage.selection.select([f"t{count // 2}"])
        await asyncio.sleep(length_s / 2)
        elapsed_s = time.perf_counter() - begun_s
        window_share = (sum(me.cpu_times()[:2]) - used_s) / elapsed_s
        engine_share = (sum(engine.cpu_times()[:2]) - engine_s) / elapsed_s
        last_mb = me.memory_full_info().uss / 1e6
        report = desk.stage.session.report
        watch.stop()
        await stages.close_all()
        await supervisor.stop(3.0)
        window.hide()
        window.deleteLater()
        wardrobe.deleteLater()
    stall_ms = watch.worst_s * 1000
    rate = report.checks_per_s if report else 0.0
    print(f"{count} targets, a check every {pace_s:g} s, {length_s:.0f} s long ({rate:.0f} checks/s reported)")
    for name, taken, used in (("all targets", of_all, used_of_all), ("one target", frames.taken_ms, frames.used_ms)):
        print(f"  {name}, {len(taken)} frames: p50 / p95 / p99 {shares(taken)} ms, of the processor {shares(used)} ms")
    print(
        f"  longest stand-still {stall_ms:.0f} ms, {watch.stalls} over 100 ms; in {' < '.join(watch.where[-1:-4:-1])}"
    )
    print(f"  CPU: window {window_share:.0%} of a core, engine {engine_share:.0%}")
    print(f"  memory: {first_mb:.0f} MB after {early_s:.0f} s, {last_mb:.0f} MB at the end", flush=True)
    wrong = [f"a task failed: {failure!r}" for failure in failures]
    if stall_ms > LONGEST_STALL_MS:
        wrong.append(f"{count} targets: the window stood still for {stall_ms:.0f} ms")
    if length_s >= LONG_S and last_mb > first_mb * MOST_GROWTH:
        wrong.append(f"{count} targets: memory grew from {first_mb:.0f} to {last_mb:.0f} MB")
    if rate < 0.9 * count / pace_s:
        wrong.append(f"{count} targets: only {rate:.0f} checks a second")
    return wrong


def begin(code: str, bytecode: str) -> tuple[float, float]:
    """Start a program of ours until it says that it is ready: seconds on the clock and of the processor."""
    with tempfile.TemporaryDirectory() as home:
        environ = {**os.environ, "CLEARLINE_HOME": home, "PYTHONPYCACHEPREFIX": bytecode}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        begun_s = time.perf_counter()
        process = psutil.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environ)
        process.stdout.readline()
        taken_s, used_s = time.perf_counter() - begun_s, sum(process.cpu_times()[:2])
        process.terminate()
        process.communicate()
    return taken_s, used_s


def starts() -> list[str]:
    """Compare the start with that of a bare window and of a bare plot, in turns; all are compiled, as installed."""
    programs = {"bare QMainWindow": BARE_WINDOW, "bare PlotWidget": BARE_PLOT, "Clearline": OURS}
    with tempfile.TemporaryDirectory() as bytecode:
        for code in programs.values():
            begin(code, bytecode)
        rounds = [{name: begin(code, bytecode) for name, code in programs.items()} for _ in range(STARTS)]
    taken = {name: median(each[name][0] for each in rounds) for name in programs}
    used = {name: median(each[name][1] for each in rounds) for name in programs}
    ratio = taken["Clearline"] / taken["bare PlotWidget"]
    of_processor = used["Clearline"] / used["bare PlotWidget"]
    told = ", ".join(
        f"{name} {taken[name] * 1000:.0f} ms ({used[name] * 1000:.0f} of the processor)" for name in programs
    )
    print(f"start until it can be used, median of {STARTS}: {told}")
    print(f"  {ratio:.2f} of a bare PlotWidget, {of_processor:.2f} of the processor", flush=True)
    return [f"the start takes {ratio:.2f} of a bare PlotWidget"] if ratio > MOST_START else []


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="30 s a load instead of ten minutes")
    parser.add_argument("--only", choices=("start", "1000", "200"), help="one part alone")
    given = parser.parse_args()
    length_s = 30.0 if given.quick else LONG_S
    wrong: list[str] = starts() if given.only in (None, "start") else []
    servers = subprocess.Popen([sys.executable, "-c", SERVERS], stdout=subprocess.PIPE, text=True)
    assert servers.stdout is not None
    ports = [int(port) for port in servers.stdout.readline().split()]
    app = QApplication([])
    try:
        with qasync.QEventLoop(app) as loop:
            for name, count, pace_s in (("1000", 1000, 1.0), ("200", 200, 0.2)):
                if given.only in (None, name):
                    wrong += loop.run_until_complete(load(app, count, pace_s, ports, length_s))
    finally:
        servers.terminate()
        servers.communicate()
    print("\n".join(wrong) or "as it should be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
