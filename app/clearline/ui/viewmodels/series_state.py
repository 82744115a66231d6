"""What one check, or a stretch of them, shows in a lane or a cell, as small numbers that columns can hold."""

from enum import IntEnum

from clearline.domain.event import Result
from clearline.domain.fault import Layer

RESULTS = tuple(Result)
"""A check's result is kept as its place in here."""


class State(IntEnum):
    """What one check, or a stretch of them, shows in a lane; where several meet, the highest wins.

    Failing layers rank by how early the connection breaks: the earlier, the more it takes down.
    """

    NOTHING = 0
    PAUSED = 1
    VOID = 2
    UP = 3
    SLOW = 4
    ANSWER = 5
    TLS = 6
    PROXY = 7
    CONNECT = 8
    NAME = 9
    SELF = 10

    @property
    def layer(self) -> Layer | None:
        """The failing layer, None where nothing failed."""
        return Layer(self.name.lower()) if self >= State.ANSWER else None


STATE_OF: dict[Layer | None, int] = {None: 0, **{layer: State[layer.name].value for layer in Layer}}
