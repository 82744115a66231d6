"""From what several probes saw to a verdict in plain words."""
