"""Where the frozen executable begins."""

import os
import sys
from collections.abc import MutableMapping


def forget_own_libraries(environ: MutableMapping[str, str]) -> None:
    """PyInstaller's starter points the loader to our folder: other programs that we start must not look there.

    Our own children get it again from the starter.
    """
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        before = environ.pop(f"{name}_ORIG", None)
        if before is not None:
            environ[name] = before
        else:
            environ.pop(name, None)


if __name__ == "__main__":
    forget_own_libraries(os.environ)
    from clearline.__main__ import main

    sys.exit(main())
