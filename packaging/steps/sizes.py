"""How large the build is and what makes it so: components, largest first, against the limits."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath

from steps.project import MOST_COMPRESSED, MOST_UNPACKED, BuildError, size_of

LEAST_SHOWN = 50_000
_FILES = ("BINARY", "EXTENSION", "DATA")


def components(built: Path) -> list[tuple[str, int]]:
    """Bytes of each component of the folder, largest first."""
    found: dict[str, int] = defaultdict(int)
    for file in built.rglob("*"):
        if file.is_file() and not file.is_symlink():
            found[component(file.relative_to(built).as_posix())] += file.stat().st_size
    return sorted(found.items(), key=lambda item: -item[1])


def component(place: str) -> str:
    """What a file of the folder belongs to."""
    parts = PurePath(place).parts[1 if place.startswith("_internal/") else 0 :]
    name, first = parts[-1], parts[0]
    if name.startswith("libicu"):
        return "ICU (Qt's languages)"
    if "PySide6" in parts or "shiboken6" in parts:
        if "plugins" in parts:
            return "Qt plugins"
        return "Qt libraries" if name.startswith("libQt6") else "PySide6 (Python's side of Qt)"
    if first == "numpy.libs":
        return "OpenBLAS (numpy)"
    if first == "licences":
        return "licence texts"
    if first == "clearline":
        return "program and Python modules (one archive)" if len(parts) == 1 else "texts, icons, translations"
    if name.startswith("libpython") or first.startswith("python3") or name == "base_library.zip":
        return "Python"
    if len(parts) == 1 and name.startswith("lib"):
        return "system libraries (X11, TLS, SQLite …)"
    return first.partition("-")[0].partition(".")[0]


def cut(inside: Path, found: Iterable[tuple[str, str, str]]) -> dict[str, int]:
    """Bytes of each component that PyInstaller found (place, source, kind) and that were left out or stripped."""
    left: dict[str, int] = defaultdict(int)
    for place, source, kind in set(found):
        if kind in _FILES and Path(source).is_file():
            kept = (inside / place).stat().st_size if (inside / place).is_file() else 0
            left[component(place)] += Path(source).stat().st_size - kept
    return left


def table(rows: list[tuple[str, int]], left: Mapping[str, int]) -> str:
    """For people: what each component takes, and what was cut of it."""
    whole = [*rows, *((name, 0) for name in sorted(left, key=left.__getitem__, reverse=True) if name not in dict(rows))]
    lines = [
        _row(count, left.get(name, 0), name) for name, count in whole if max(count, left.get(name, 0)) >= LEAST_SHOWN
    ]
    return "\n".join([*lines, _row(sum(count for _, count in rows), sum(left.values()), "together")])


def _row(count: int, less: int, name: str) -> str:
    told = f"{-less / 1e6:+8.1f}" if less >= LEAST_SHOWN else " " * 8
    return f"{count / 1e6:8.1f} MB {told}  {name}"


def check(built: Path, packages: list[Path]) -> None:
    """Raises BuildError where the folder or a package is larger than allowed."""
    unpacked = size_of(built)
    too_large = [f"{built.name}: {unpacked / 1e6:.1f} MB unpacked"] if unpacked > MOST_UNPACKED else []
    too_large += [f"{path.name}: {size_of(path) / 1e6:.1f} MB" for path in packages if size_of(path) > MOST_COMPRESSED]
    if too_large:
        limits = f"{MOST_UNPACKED / 1e6:.0f} MB unpacked, {MOST_COMPRESSED / 1e6:.0f} MB compressed"
        raise BuildError(f"Too large (allowed: {limits}): {'; '.join(too_large)}. See packaging/steps/contents.py.")
