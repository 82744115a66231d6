"""Graphs: the only place that imports pyqtgraph."""
