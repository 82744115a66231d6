"""One file a probe: what is asked of a target, and which phases that takes."""
