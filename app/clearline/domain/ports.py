"""What the core asks of its surroundings: a clock, chance, and somewhere to put events."""

from collections.abc import Sequence
from typing import Protocol

from clearline.domain.event import Event


class Clock(Protocol):
    """Time for a session. Both figures may be compared with themselves only."""

    def now(self) -> float:
        """Seconds since the session began; never steps back."""
        ...

    def wall(self) -> float:
        """Seconds since 1970 UTC, as the machine believes; it may jump."""
        ...


class Random(Protocol):
    """A source of chance that tests replace with a script."""

    def random(self) -> float:
        """A float in [0, 1)."""
        ...


class EventSink(Protocol):
    """Somewhere events go: the recorder, the pipe to the window, a live view. Never blocks, never raises."""

    def emit(self, events: Sequence[Event]) -> None:
        """Take events, in order."""
        ...
