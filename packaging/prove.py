#!/usr/bin/env python3
"""Proves what was built, as a user would meet it: `python3 packaging/dev.py prove NAME`. Slow, Linux, run by hand."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from proofs import crash, managed, minimal_root, odd_places, start_times, twice
from steps.project import BuildError

PROOFS = {
    "minimal-root": minimal_root.prove,
    "odd-places": odd_places.prove,
    "start-times": start_times.prove,
    "crash": crash.prove,
    "managed": managed.prove,
    "twice": twice.prove,
}


def main(arguments: list[str]) -> int:
    """Exit code 0: everything that was asked for is proved."""
    if not arguments or arguments[0] not in PROOFS:
        print(__doc__)
        for name, proof in PROOFS.items():
            print(f"  {name:14}{(proof.__doc__ or '').splitlines()[0]}")
        return 2
    try:
        return PROOFS[arguments[0]](arguments[1:])
    except BuildError as error:
        print(f"prove: {error}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
