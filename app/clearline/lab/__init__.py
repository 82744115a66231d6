"""The practice lab: servers on loopback that misbehave on request."""
