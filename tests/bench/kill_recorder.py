"""Kills a recording process at random moments, again and again, and reports what the session file lost.

Run by hand with many kills: `python tests/bench/kill_recorder.py --kills 200`. Ends with 1 where a file was damaged, an
event was missing in the middle, or roll-ups and events disagree; how many seconds were lost is reported, not judged.
"""

import argparse
import itertools
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from clearline.domain.event import AttemptEnded
from clearline.store.reader import SessionReader
from clearline.store.writer import SessionWriter
from support.recorded_events import SESSION, TARGET, WALL_S, attempt, check

EVERY_S = 0.005
"""Twenty checks of one target each time: 8,000 events a second."""


def record(path: Path, first: int, epoch_s: float) -> None:
    """Emit numbered checks until killed. `at_s` is the machine's monotonic clock, which the killer reads too."""
    writer = SessionWriter(path, SESSION, WALL_S)
    pause = threading.Event()
    print("started", flush=True)
    for number in itertools.count(first, 20):
        events = []
        for offset in range(20):
            at_s = time.monotonic() - epoch_s
            events += [attempt(number + offset, at_s, detail={"n": number // 400}), check(number + offset, at_s)]
        writer.emit(events)
        pause.wait(EVERY_S)


def kill_one(path: Path, first: int, epoch_s: float, after_s: float) -> float:
    """Start a recorder, kill it after so long; the moment of the kill."""
    command = [sys.executable, __file__, "--child", str(path), "--first", str(first), "--epoch", str(epoch_s)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        child.stdout.readline()
        threading.Event().wait(after_s)
    finally:
        killed_s = time.monotonic() - epoch_s
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()
    return killed_s


def examine(path: Path, known: int) -> tuple[int, float, list[str]]:
    """How many checks the file holds, when the last one ended, and everything that is wrong with it."""
    if not path.exists() or path.stat().st_size == 0:
        return known, 0.0, [] if known == 0 else ["the file is gone"]
    wrong = []
    with SessionReader(path) as reader:
        numbers = [event.check for event in reader.events() if isinstance(event, AttemptEnded)]
        if reader.damaged:
            wrong.append(f"{reader.damaged} damaged rows")
        if numbers != list(range(len(numbers))):
            wrong.append("checks are missing in the middle")
        if len(numbers) < known:
            wrong.append(f"{known - len(numbers)} checks that were there before are gone")
        rolled = (
            sum(part.ok for part in reader.rollups(TARGET, 10)),
            sum(part.ok for part in reader.rollups(TARGET, 300)),
        )
        if rolled != (len(numbers), len(numbers)):
            wrong.append(f"roll-ups count {rolled} of {len(numbers)} checks")
        last_s = reader.duration_s
    connection = sqlite3.connect(path)
    checked = connection.execute("PRAGMA integrity_check").fetchall()
    connection.close()
    if checked != [("ok",)]:
        wrong.append(f"integrity check: {checked[:3]}")
    return len(numbers), last_s, wrong


def main() -> int:
    """Kill, look, and go on with the same session two times out of three."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--most", type=float, default=1.5, help="longest life of a recorder in seconds")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--child", type=Path, default=None)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--epoch", type=float, default=0.0)
    options = parser.parse_args()
    if options.child:
        record(options.child, options.first, options.epoch)
    chance = random.Random(options.seed)
    folder = options.folder or Path(tempfile.mkdtemp(prefix="clearline-kill-"))
    failures: list[str] = []
    losses: list[float] = []
    path, known, epoch_s = folder / "0.clearline", 0, time.monotonic()
    for kill in range(options.kills):
        if chance.random() < 1 / 3:
            path.unlink(missing_ok=True)
            path, known, epoch_s = folder / f"{kill}.clearline", 0, time.monotonic()
        killed_s = kill_one(path, known, epoch_s, chance.uniform(0.0, options.most))
        before = known
        known, last_s, wrong = examine(path, known)
        failures += [f"kill {kill}: {text}" for text in wrong]
        if known > before:
            losses.append(killed_s - last_s)
    losses.sort()
    if losses:
        middle, worst = losses[len(losses) // 2], losses[-1]
        print(f"{options.kills} kills, lost seconds: median {middle:.3f}, worst {worst:.3f}")
    print("\n".join(failures) or "every file is whole")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
