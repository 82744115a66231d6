"""The one place that imports and sets up pyqtgraph; every graph takes `pg` from here."""

from typing import Any

import numpy.ma  # noqa: F401 percentiles import it when first asked for, which would hold up a click by 60 ms
import pyqtgraph

pg: Any = pyqtgraph
"""pyqtgraph, which has no types."""

# Antialiased or wide live lines cost 10 to 100 times as much. The clean-up at exit closes windows it does not own.
pg.setConfigOptions(antialias=False, segmentedLineMode="on", imageAxisOrder="row-major", exitCleanup=False)
