"""How this very program is started again, for the engine, the lab and a proof: also where it is a frozen build."""

import subprocess
import sys
from pathlib import Path

CONSOLE_NAME = "clearline.exe"
"""On Windows the executable without a console is another one, whose children would have no pipes to talk through."""

if sys.platform == "win32":
    NO_CONSOLE = subprocess.CREATE_NO_WINDOW
else:
    NO_CONSOLE = 0
"""Creation flag of children: none opens a black console beside the window."""


def is_frozen() -> bool:
    """Is this a build that brings its own Python?"""
    return bool(getattr(sys, "frozen", False))


def own_argv(*arguments: str) -> list[str]:
    """The command that starts this program with these arguments."""
    if not is_frozen():
        return [sys.executable, "-m", "clearline", *arguments]
    program = Path(sys.executable)
    if sys.platform == "win32":
        program = program.with_name(CONSOLE_NAME)
    return [str(program), *arguments]


def beside_executable() -> Path | None:
    """The folder that a frozen build was unpacked into; None where it is no frozen build.

    On macOS the one that holds the application bundle, since what lies inside it is signed.
    """
    if not is_frozen():
        return None
    folder = Path(sys.executable).resolve().parent
    bundle = next((parent for parent in folder.parents if parent.suffix == ".app"), None)
    return bundle.parent if bundle is not None and sys.platform == "darwin" else folder
