"""How the window is to be opened: what the command line says to ui.application, free of Qt."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class WindowOptions:
    """What `clearline` without a command was given. None leaves the choice to the window and its settings."""

    plan: Path | None = None
    """Plan file to load."""
    lab: str | None = None
    """Practice scenario to start in its own process and to watch."""
    open: Path | None = None
    """Session file to open."""
    beside: Path | None = None
    """Session file to compare with it."""
    theme: str | None = None
    """`light`, `dark` or `system`."""
    language: str | None = None
    """`en` or `fr`."""
    select: str | None = None
    """Id, name or address of the target that is shown first."""
    screenshot: Path | None = None
    """PNG to write, and then to leave; also without a display."""
    after_s: float = 5.0
    """How long the window runs before the screenshot, in seconds."""
    width: int | None = None
    height: int | None = None
    """Size of the window in pixels of the picture at scale 1."""
    scale: float = 1.0
    """Device pixel ratio of the screenshot, 0.5 to 4."""
    page: str | None = None
    """What to show first: one of StartUp.pages."""
    is_diagnosed: bool = False
    """Diagnose the selected target, or the first one, as soon as there is one."""
    is_high_contrast: bool = False
    """Draw with high contrast, whatever is preferred."""
    has_own_window: bool = False
    """Open a window even where one is open already."""
    is_verbose: bool = False
