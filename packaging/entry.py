"""Where the frozen executable begins."""

import sys

from clearline.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
