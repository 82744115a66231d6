"""The steps of a build are imported as build.py does it."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[3] / "packaging"))
