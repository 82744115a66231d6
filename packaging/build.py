#!/usr/bin/env python3
"""Builds the standalone executable and its packages from the lock file: `python3 packaging/dev.py build`."""

import argparse
import hashlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent))

from steps import archive, clean_venv, debian, freeze, inventory, notices, sbom, single_file, sizes
from steps.project import DIST, NAME, BuildError, folder, fresh, inside, libraries, size_of, stem, version

T = TypeVar("T")
PACKAGES: dict[str, dict[str, Callable[[Path], Path]]] = {
    "linux": {
        "Debian package": debian.build,
        "single file": single_file.build,
        "tarball": lambda into: archive.tar(folder(), into / f"{stem()}.tar.xz", name=f"{NAME}-{version()}"),
    },
    # An empty folder `data` beside the executable is what makes it portable.
    "win32": {
        "portable zip": lambda into: archive.pack_zip(
            folder(), into / f"{stem()}-portable.zip", name="Clearline", empty=("data",)
        ),
    },
}
"""What is made on each system; the installers of Windows and macOS are the next commands of their recipes."""


def main(arguments: list[str]) -> int:
    """Exit code 0: everything was built, within its limits."""
    parser = argparse.ArgumentParser(prog="dev.py build", description=__doc__)
    parser.add_argument("--fresh", action="store_true", help="make the build's environment anew")
    parser.add_argument("--only", choices=("freeze", "packages"), help="half of the work: signing comes between")
    given = parser.parse_args(arguments)
    try:
        if given.only != "packages":
            _step("environment from the lock file", lambda: clean_venv.make(is_fresh=given.fresh))
            _step("one folder", _freeze)
        packages = [] if given.only == "freeze" else _packages()
        print(sizes.table(sizes.components(folder()), sizes.cut(libraries(), inventory.listed("Analysis-00.toc"))))
        for path in packages:
            print(f"{size_of(path) / 1e6:8.1f} MB  {path.name}")
        sizes.check(folder(), packages)
    except BuildError as error:
        print(f"build: {error}", file=sys.stderr)
        return 3
    return 0


def _freeze() -> None:
    freeze.freeze()
    parts = inventory.inventory()
    place = "Contents/Frameworks/PySide6" if sys.platform == "darwin" else "_internal/PySide6"
    notices.write(parts, inside() / "licences", place=place)
    sbom.write(parts, inside())
    freeze.settle(folder())


def _packages() -> list[Path]:
    """What is handed out on this system, with a list of checksums."""
    fresh(DIST)
    packages = []
    for name, make in PACKAGES.get(sys.platform, {}).items():
        packages.append(_step(name, lambda make=make: make(DIST)))
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in packages]
    (DIST / "SHA256SUMS").write_text("".join(sorted(sums)), encoding="utf-8")
    return packages


def _step(name: str, work: Callable[[], T]) -> T:
    began = time.monotonic()
    print(f"…      {name}", flush=True)
    made = work()
    print(f"ok     {name} ({time.monotonic() - began:.0f} s)", flush=True)
    return made


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
