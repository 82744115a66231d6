"""What one frame of the graphs costs, as a ratio to one bare pyqtgraph curve of as many points, in the same run.

Run as a script: python tests/bench/bench_frames.py [rounds]. Prints a table; exits with 1 where a frame costs more than
8 bare curves. Each round adds a second of samples, moves the window and waits until everything is painted: what the
running program does once a second (the table), or at most six times (the rest).
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"
sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtWidgets import QApplication, QWidget

from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.theme import Theme, ThemeChoice
from clearline.ui.viewmodels.time_axis import TimeAxis
from support.measured_events import REFUSED, begun, check, plan_of

ROUNDS = 40
SIZE = (1000, 700)
ALLOWED = 8.0
"""Frames of ours may cost so many bare curves."""
KEY = "tcp://192.0.2.1:9000#standard"
Step = Callable[[int], None]


def session(targets: int, seconds: int) -> SeriesStore:
    """A check a second of each target, one in 50 refused."""
    store = SeriesStore(clock=lambda: 0.0)
    store.is_live = False
    store.fold(begun(plan_of(targets)))
    for second in range(seconds):
        add(store, targets, second)
    return store


def add(store: SeriesStore, targets: int, second: int) -> None:
    """One more second."""
    for place in range(targets):
        number = second + place * 7
        fault = REFUSED if number % 50 == 0 else None
        took_ms = 20.0 + number * 7919 % 23 + (400.0 if number % 211 == 0 else 0.0)
        store.fold(check(float(second), second, took_ms=took_ms, fault=fault, target=f"t{place}"))


def measure(widget: QWidget, step: Step, rounds: int) -> tuple[float, float]:
    """Median and 95th percentile of a frame in ms, painting included."""
    widget.resize(*SIZE)
    widget.show()
    QApplication.processEvents()
    taken = []
    for number in range(rounds + 3):
        begun_s = time.perf_counter()
        step(number)
        QApplication.processEvents()
        taken.append((time.perf_counter() - begun_s) * 1000)
    widget.close()
    widget.deleteLater()
    QApplication.processEvents()
    return median(taken[3:]), quantiles(taken[3:], n=20)[-1]


def bare_curve(points: int, rounds: int) -> tuple[float, float]:
    """The yardstick: a PlotWidget with one curve that gets new data each frame."""
    import numpy as np

    from clearline.ui.plots.backend import pg

    plot = pg.PlotWidget()
    curve = plot.plot()
    x = np.arange(points, dtype=float)
    y = 20.0 + np.arange(points) * 7919 % 23

    def step(number: int) -> None:
        curve.setData(x + number, np.roll(y, number))

    return measure(plot, step, rounds)


def target_view(
    store: SeriesStore, targets: int, seconds: int, rounds: int, *, with_panels: bool
) -> tuple[float, float]:
    """The graphs of one target, following the present."""
    from clearline.ui.plots.target_view import TargetView

    axis = axis_of(store, seconds)
    view = TargetView(store, axis, Theme(ThemeChoice.LIGHT))
    if with_panels:
        view.histogram_action.setChecked(True)
        view.table_action.setChecked(True)
    view.show_target("t0", KEY)

    def step(number: int) -> None:
        axis.halt()
        add(store, targets, seconds + number)
        axis.set_now(store.now_s)
        view.draw_frame()

    return measure(view, step, rounds)


def all_targets_view(store: SeriesStore, targets: int, seconds: int, rounds: int, chosen: int) -> tuple[float, float]:
    """The heat map and the outages, or with few targets the overlay of them, too. New seconds are folded uncounted."""
    from clearline.ui.plots.all_targets_view import AllTargetsView

    axis = axis_of(store, seconds)
    view = AllTargetsView(store, axis, Theme(ThemeChoice.LIGHT))
    view.show_targets([f"t{place}" for place in range(chosen)])

    def step(number: int) -> None:
        axis.halt()
        axis.set_now(float(seconds + number))
        view._forget()
        view.draw_frame()
        view.compare.draw_frame()

    return measure(view, step, rounds)


def axis_of(store: SeriesStore, seconds: int) -> TimeAxis:
    """The last minutes of a session."""
    axis = TimeAxis()
    axis.set_now(float(seconds))
    axis.show(max(0.0, seconds - 3600.0), float(seconds))
    return axis


def main(rounds: int) -> int:
    """Measure, print, judge."""
    app = QApplication.instance() or QApplication([])
    assert app is not None
    seconds = 3600
    bare_ms, bare_p95 = bare_curve(seconds, rounds)
    one = session(1, seconds)
    rows = [("bare PlotWidget, one curve", bare_ms, bare_p95)]
    rows.append(("one target, an hour at 1 Hz", *target_view(one, 1, seconds, rounds, with_panels=False)))
    one = session(1, seconds)
    rows.append(("the same with histogram and table", *target_view(one, 1, seconds, rounds, with_panels=True)))
    six = session(6, seconds)
    rows.append(("six targets overlaid, heat map", *all_targets_view(six, 6, seconds, rounds, 6)))
    many = session(1000, 120)
    rows.append(("heat map of 1,000 targets", *all_targets_view(many, 1000, 120, rounds, 1000)))
    print(f"{'frame':36} {'median ms':>10} {'p95 ms':>8} {'ratio':>7}")
    for name, median_ms, p95_ms in rows:
        print(f"{name:36} {median_ms:10.1f} {p95_ms:8.1f} {median_ms / bare_ms:7.2f}")
    worst = max(median_ms for _, median_ms, _ in rows[1:]) / bare_ms
    print(f"A frame may cost {ALLOWED:g} bare curves; the dearest costs {worst:.1f}.")
    return 1 if worst > ALLOWED else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
