"""A screen without a monitor: Xvfb with a window manager, keys by xdotool, pictures by ImageMagick."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from steps.project import BuildError, needed

SIZE = "1480x920"
_FIRST, _LAST = 90, 120


@contextmanager
def screen() -> Iterator[str]:
    """A DISPLAY of our own until the end of the block."""
    server, manager = needed("Xvfb", "xvfb"), needed("openbox", "openbox")
    number = next(each for each in range(_FIRST, _LAST) if not Path(f"/tmp/.X11-unix/X{each}").exists())
    display = f":{number}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = [subprocess.Popen([server, display, "-screen", "0", f"{SIZE}x24", "-nolisten", "tcp", "-ac"], **quiet)]
    try:
        within(10, lambda: Path(f"/tmp/.X11-unix/X{number}").exists(), "Xvfb did not start")
        running.append(subprocess.Popen([manager], env=dict(os.environ, DISPLAY=display), **quiet))
        yield display
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait(10)


def window_of(display: str, *, within_s: float = 60.0) -> str:
    """The id of Clearline's window, as soon as it is there. Raises BuildError."""
    found: list[str] = []

    def is_there() -> bool:
        found[:] = xdotool(display, "search", "--onlyvisible", "--name", "Clearline").split()
        return bool(found)

    within(within_s, is_there, "no window of Clearline came up")
    return found[-1]


def xdotool(display: str, *words: str) -> str:
    """What xdotool wrote."""
    command = [needed("xdotool", "xdotool"), *words]
    done = subprocess.run(command, env=dict(os.environ, DISPLAY=display), capture_output=True, text=True, check=False)
    return done.stdout


def picture(display: str, file: Path) -> Path:
    """The whole screen as a PNG."""
    file.parent.mkdir(parents=True, exist_ok=True)
    command = [needed("import", "imagemagick"), "-window", "root", str(file)]
    subprocess.run(command, env=dict(os.environ, DISPLAY=display), check=True, capture_output=True)
    return file


def within(seconds: float, is_true: Callable[[], object], otherwise: str) -> None:
    """Wait until it is true. Raises BuildError with `otherwise`."""
    until = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > until:
            raise BuildError(otherwise)
        time.sleep(0.02)  # noqa: TID251 - no loop here
