"""Finds the files that come with Clearline: in a checkout, in an installed wheel, in a frozen build."""

import sys
from collections.abc import Sequence
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


class ResourceMissingError(FileNotFoundError):
    """A file that comes with Clearline is not there: the installation is damaged, whatever the user did."""


def path(*parts: str) -> Path:
    """The existing file or folder at `parts` below resources/. Raises ResourceMissingError."""
    return find(roots(), parts)


def roots() -> tuple[Path, ...]:
    """Where resources/ may lie, best first."""
    frozen = getattr(sys, "_MEIPASS", None)  # PyInstaller's folder of unpacked files
    if frozen:
        return (Path(frozen) / "clearline" / "resources", Path(frozen) / "resources")
    # A wheel carries them inside the package (pyproject: force-include); a checkout has them beside app/.
    return (_PACKAGE / "resources", _PACKAGE.parents[1] / "resources")


def find(places: Sequence[Path], parts: Sequence[str]) -> Path:
    """The first of `places` that holds `parts`. Raises ResourceMissingError, which names every place."""
    for root in places:
        candidate = root.joinpath(*parts)
        if candidate.exists():
            return candidate
    looked = ", ".join(str(root) for root in places)
    raise ResourceMissingError(
        f"Clearline's own file resources/{'/'.join(parts)} is missing. Looked in: {looked}. Install Clearline again."
    )
