"""How long from the command to a window that is seen: the build against running from source, cold and warm."""

import os
import signal
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from proofs.report import Report
from proofs.screen import screen, window_of
from steps.project import NAME, ROOT, BuildError, folder

ROUNDS = 5


def prove(arguments: list[str]) -> int:
    """Start to window, frozen and from source, cold and warm, in turn: medians and ratios. Takes a number of rounds."""
    rounds = int(arguments[0]) if arguments else ROUNDS
    source = ROOT / ".venv"
    if not (source / "bin" / NAME).exists():
        raise BuildError("There is no .venv to compare with: python3 packaging/dev.py setup")
    ways = {"build": (folder() / NAME, [folder()]), "source": (source / "bin" / NAME, [source, ROOT / "app"])}
    taken: dict[tuple[str, str], list[float]] = {(way, heat): [] for heat in ("cold", "warm") for way in ways}
    with screen() as display, tempfile.TemporaryDirectory(prefix="clearline-start-") as home:
        for program, _ in ways.values():
            _start(program, display, home)  # What is written once, such as byte code, is written.
        for _ in range(rounds):
            for heat in ("cold", "warm"):
                for way, (program, folders) in ways.items():
                    if heat == "cold":
                        _forget(folders)
                    taken[way, heat].append(_start(program, display, home))
    print("from the command to the window on screen, in seconds: median (least–most)")
    for (way, heat), seconds in taken.items():
        print(f"  {heat}  {way:7}{statistics.median(seconds):6.2f}  ({min(seconds):.2f}–{max(seconds):.2f})")
    report = Report()
    for heat in ("cold", "warm"):
        ratio = statistics.median(taken["build", heat]) / statistics.median(taken["source", heat])
        report.says(f"{heat}: the build takes at most twice as long as from source", ratio <= 2.0, f"ratio {ratio:.2f}")
    return report.exit_code


def _start(program: Path, display: str, home: str) -> float:
    """Seconds until its window is on screen; it is closed again."""
    variables = dict(os.environ, DISPLAY=display, CLEARLINE_HOME=home, QT_QPA_PLATFORM="xcb")
    began = time.monotonic()
    process = subprocess.Popen([program], env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    window_of(display)
    seconds = time.monotonic() - began
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    return seconds


def _forget(folders: list[Path]) -> None:
    """Have the kernel drop these files from its memory, and nothing else of this machine."""
    os.sync()
    for each in folders:
        for file in each.rglob("*"):
            if file.is_file() and not file.is_symlink():
                handle = os.open(file, os.O_RDONLY)
                try:
                    os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                finally:
                    os.close(handle)
