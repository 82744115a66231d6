"""Does the window disturb what is measured? The same 200 lab targets at 1 Hz, with and without it, in turns.

    python3 packaging/dev.py bench timing [seconds per run] [rounds]

Prints user-space connect times of both, and the kernel's own figure, from the recorded sessions.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

import msgspec

from clearline.domain.command import StartSession
from clearline.domain.event import AttemptEnded
from clearline.domain.plan import Plan
from clearline.domain.statistics import percentile
from clearline.engine.process.client import EngineClient
from clearline.host import plan_file
from clearline.host.clock import wall_s
from clearline.store.reader import SessionReader

WARM_UP_S = 4.0


def main() -> int:
    """Run the rounds, print one line a run and the pooled comparison."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    without: list[float] = []
    with_window: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        lab, plan = _start_lab()
        try:
            plan_path = home / "plan.toml"
            plan_file.save(plan, plan_path)
            for turn in range(rounds):
                session = home / f"without-{turn}.clearline"
                asyncio.run(_run_engine(plan, session, seconds))
                without += _report("without a window", session)
                recorded = _run_window(plan_path, plan.targets[0].id, home / f"window-{turn}", seconds)
                with_window += _report("with the window ", recorded)
        finally:
            lab.terminate()
            lab.wait(10)
    print(f"\nPooled over {rounds} rounds of {seconds:g} s:")
    for share in (0.5, 0.95, 0.99):
        bare, shown = percentile(sorted(without), share), percentile(sorted(with_window), share)
        difference = f"{shown - bare:+.3f} ms, ratio {shown / bare:.2f}"
        print(f"  p{share * 100:.0f}: {bare:.3f} ms without, {shown:.3f} ms with; {difference}")
    return 0


def _start_lab() -> tuple["subprocess.Popen[str]", Plan]:
    command = [sys.executable, "-m", "clearline", "lab", "many", "--count", "200", "--json"]
    lab = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert lab.stdout is not None
    ready = json.loads(lab.stdout.readline())
    return lab, msgspec.convert(ready["plan"], Plan)


async def _run_engine(plan: Plan, session: Path, seconds: float) -> None:
    client = EngineClient(
        [sys.executable, "-m", "clearline", "--engine"], on_events=lambda events: None, on_state=lambda state: None
    )
    await client.start(StartSession(session_id=uuid.uuid4().hex, path=str(session), wall_s=wall_s(), plan=plan))
    await asyncio.sleep(seconds)
    await client.stop()


def _run_window(plan_path: Path, selected: str, home: Path, seconds: float) -> Path:
    home.mkdir()
    command = [sys.executable, "-m", "clearline", "--plan", str(plan_path), "--select", selected]
    command += ["--screenshot", str(home / "window.png"), "--after", f"{seconds:g}s"]
    subprocess.run(command, check=True, env=dict(os.environ, CLEARLINE_HOME=str(home)))
    return next(home.rglob("*.clearline"))


def _report(label: str, session: Path) -> list[float]:
    connects, kernel, missed = [], [], 0
    with SessionReader(session) as reader:
        for event in reader.events(WARM_UP_S):
            if isinstance(event, AttemptEnded) and event.outcome.ok:
                connects.append(event.outcome.phases.connect or 0.0)
                kernel.append(event.outcome.kernel_rtt_ms or 0.0)
            missed += type(event).__name__ == "CheckMissed"
    connects.sort()
    kernel.sort()
    figures = "  ".join(f"p{share * 100:.0f} {percentile(connects, share):.3f}" for share in (0.5, 0.95, 0.99))
    print(
        f"{label}: {len(connects)} connects, {missed} slots missed;  {figures}  worst {connects[-1]:.3f} ms;"
        f"  kernel p50 {percentile(kernel, 0.5):.3f} p99 {percentile(kernel, 0.99):.3f}",
        flush=True,
    )
    return connects


if __name__ == "__main__":
    sys.exit(main())
