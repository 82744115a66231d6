"""A server as a URL names it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes."""

    scheme: str
    host: str
    port: int
    is_own: bool = True
    """The target's own, and no other that it led to: `via` counts."""
