"""What the commands are given by bootstrap: they build nothing that touches the network, the disk or the screen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from clearline.engine.recording import MakeRecorder

if TYPE_CHECKING:  # Reports bring more along than `clearline check` should wait for, the network more than the window.
    from clearline.net.network import Network
    from clearline.report.document import Document
    from clearline.report.making import CopySink

    class ClosableNetwork(Network, Protocol):
        """A network that holds threads."""

        def close(self) -> None:
            """Let them go."""
            ...


@dataclass(frozen=True)
class WindowRequest:
    """How the window is asked for: the fields of ui.options.WindowOptions, which no command may import."""

    plan: Path | None
    lab: str | None
    open: Path | None
    beside: Path | None
    theme: str | None
    language: str | None
    select: str | None
    screenshot: Path | None
    after_s: float
    width: int | None
    height: int | None
    scale: float
    page: str | None
    is_high_contrast: bool
    is_diagnosed: bool
    has_own_window: bool
    is_verbose: bool


@dataclass(frozen=True)
class Parts:
    """Ways to the parts, each built when it is first needed, so that `clearline check` stays quick."""

    make_network: "Callable[[], ClosableNetwork]"
    make_recorder: MakeRecorder
    open_window: Callable[[WindowRequest], int]
    prove_window: Callable[[Path], dict[str, int]]
    """Draws a session file without a display; see ui.proof."""
    own_argv: Sequence[str]
    """How this program is started: `[python, -m, clearline]`, or the frozen executable."""
    write_pdf: "Callable[[Document, Path], None]"
    """Draws a report without a display. Raises CannotError without Qt."""
    copy_to: "Callable[[Path, str, float], CopySink]"
    """Begins a session file that holds copies: path, session id, UTC time of its second 0."""
