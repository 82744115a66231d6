"""Runs the real `clearline` command as people and scripts do: without a display, in English, with a home of its own."""

import os
import subprocess
import sys
from pathlib import Path

_HIDDEN = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "LANG", "LC_ALL", "LC_MESSAGES")
COMMAND = [sys.executable, "-m", "clearline"]


def environment(home: Path | None = None, **more: str) -> dict[str, str]:
    """What the command sees of this machine."""
    kept = {name: value for name, value in os.environ.items() if name not in _HIDDEN}
    return {**kept, **({"CLEARLINE_HOME": str(home)} if home else {}), **more}


def clearline(*arguments: str, home: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command and wait for its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        stdin=subprocess.DEVNULL,
        env=environment(home, **more),
        check=False,
    )


def start(*arguments: str, home: Path | None = None, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    """Start the command; the caller reads, ends and closes it (`with`)."""
    return subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment(home),
    )
