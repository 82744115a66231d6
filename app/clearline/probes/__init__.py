"""One file a kind of probe: how a target is tested."""
