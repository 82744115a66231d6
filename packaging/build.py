#!/usr/bin/env python3
"""Builds the standalone executable and its packages from the lock file: `python3 packaging/dev.py build`."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from steps import clean_venv, freeze, sizes
from steps.project import DIST, BuildError, folder, size_of, stem


def main(arguments: list[str]) -> int:
    """Exit code 0: everything was built, within its limits."""
    parser = argparse.ArgumentParser(prog="dev.py build", description=__doc__)
    parser.add_argument("--fresh", action="store_true", help="make the build's environment anew")
    given = parser.parse_args(arguments)
    try:
        _step("environment from the lock file", lambda: clean_venv.make(is_fresh=given.fresh))
        _step("one folder", freeze.freeze)
        print(sizes.table(sizes.components(folder())))
        sizes.check(folder(), [])
    except BuildError as error:
        print(f"build: {error}", file=sys.stderr)
        return 3
    return 0


def _step(name: str, work: Callable[[], object]) -> None:
    began = time.monotonic()
    print(f"…      {name}", flush=True)
    work()
    print(f"ok     {name} ({time.monotonic() - began:.0f} s)", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
