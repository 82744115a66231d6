"""Does a session survive anything? Kills the engine, then the window, at random moments, and reads what is left.

    python3 packaging/dev.py bench kill [turns] [seed]

Every turn starts the real window (offscreen) on healthy lab targets, ends its engine with SIGKILL, waits until the
window has started another, ends the window with SIGKILL, and opens the session. Fails where a file does not open
whole, more than half a second is missing, or the engine does not come back.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import psutil

from clearline.domain.event import AttemptEnded, Health, TesterDisturbed
from clearline.domain.plan import Plan
from clearline.host import plan_file
from clearline.host.clock import ticks_s, wall_s
from clearline.store.reader import SessionReader

MAY_BE_LOST_S = 0.5


def main() -> int:
    """Run the turns; the exit code is 0 only when every one of them held."""
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    worst_engine = worst_window = 0.0
    broken = 0
    with tempfile.TemporaryDirectory() as folder:
        lab, plan = _start_lab()
        try:
            plan_path = Path(folder) / "plan.toml"
            plan_file.save(plan, plan_path)
            for turn in range(turns):
                lost_engine, lost_window, problems = _turn(plan_path, Path(folder) / f"turn-{turn}", chance)
                worst_engine, worst_window = max(worst_engine, lost_engine), max(worst_window, lost_window)
                broken += bool(problems)
                print(
                    f"{turn + 1:3}: engine killed, {lost_engine:.2f} s lost; window killed, {lost_window:.2f} s lost"
                    f"  {'; '.join(problems) or 'ok'}",
                    flush=True,
                )
        finally:
            lab.terminate()
            lab.wait(10)
    print(f"\n{turns} turns, {broken} broken; worst loss {worst_engine:.2f} s (engine), {worst_window:.2f} s (window)")
    return 1 if broken else 0


def _start_lab() -> tuple["subprocess.Popen[str]", Plan]:
    command = [sys.executable, "-m", "clearline", "lab", "many", "--count", "60", "--json"]
    lab = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert lab.stdout is not None
    return lab, msgspec.convert(json.loads(lab.stdout.readline())["plan"], Plan)


def _turn(plan_path: Path, home: Path, chance: random.Random) -> tuple[float, float, list[str]]:
    home.mkdir()
    environment = dict(os.environ, CLEARLINE_HOME=str(home), QT_QPA_PLATFORM="offscreen")
    command = [sys.executable, "-m", "clearline", "--plan", str(plan_path)]
    window = subprocess.Popen(command, env=environment)
    engine = _engine_of(window.pid)
    time.sleep(2 + chance.random() * 3)  # noqa: TID251 a moment that nobody chose
    engine.kill()
    engine_killed_s = wall_s()
    second = _engine_of(window.pid, besides=engine.pid)
    time.sleep(1.5 + chance.random() * 2)  # noqa: TID251 a moment that nobody chose
    window.kill()
    window_killed_s = wall_s()
    window.wait()
    problems = []
    try:
        second.wait(5)
    except psutil.TimeoutExpired:
        problems.append("the engine outlived its window")
        second.kill()
    return *_losses(next(home.rglob("*.clearline")), engine_killed_s, window_killed_s, problems), problems


def _engine_of(window: int, besides: int = 0) -> psutil.Process:
    began_s = ticks_s()
    while ticks_s() - began_s < 20:
        for child in psutil.Process(window).children():
            try:
                if child.pid != besides and "--engine" in child.cmdline():
                    return child
            except psutil.Error:  # it ended between the listing and the look
                continue
        time.sleep(0.01)  # noqa: TID251 polls another process
    raise SystemExit("the window started no engine within 20 s")


def _losses(path: Path, engine_killed_s: float, window_killed_s: float, problems: list[str]) -> tuple[float, float]:
    with SessionReader(path) as reader:
        events = list(reader.events())
        damaged, second_zero_s = reader.damaged, reader.meta.wall_s
    gaps = [event for event in events if isinstance(event, TesterDisturbed) and event.health is Health.NOT_RUNNING]
    attempts = [event.at_s + second_zero_s for event in events if isinstance(event, AttemptEnded)]
    before = [moment for moment in attempts if moment <= engine_killed_s]
    after = [moment for moment in attempts if engine_killed_s < moment <= window_killed_s]
    if damaged:
        problems.append(f"{damaged} rows damaged")
    if len(gaps) != 1:
        problems.append(f"{len(gaps)} gaps recorded instead of 1")
    if not before or not after:
        problems.append("no attempts on one side of the kill")
        return 0.0, 0.0
    lost_engine, lost_window = engine_killed_s - max(before), window_killed_s - max(after)
    problems += [f"{lost:.2f} s lost" for lost in (lost_engine, lost_window) if lost > MAY_BE_LOST_S]
    return lost_engine, lost_window


if __name__ == "__main__":
    sys.exit(main())
