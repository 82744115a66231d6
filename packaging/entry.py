"""Where the frozen executable begins."""

import os
import sys
from collections.abc import MutableMapping


def forget_own_libraries(environ: MutableMapping[str, str]) -> None:
    """PyInstaller's starter points the loader to our folder: other programs that we start must not look there.

    Our own children get it again from their starter, which otherwise takes over what its parent's has set.
    """
    environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
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
