"""What one check, or a stretch of them, shows in a lane or a cell, as small numbers that columns can hold."""

from enum import IntEnum

from clearline.domain.event import Result
from clearline.domain.fault import Layer

RESULTS = tuple(Result)
"""A check's result is kept as its place in here."""
WAITED = len(RESULTS)
"""In the place of a result: the slot passed since the peer had asked to be left alone until later."""


class State(IntEnum):
    """What one check, or a stretch of them, shows in a lane; where several meet, the highest wins.

    Failing layers rank by how early the connection breaks: the earlier, the more it takes down. Below them rank the
    held ones: nothing was sent, by the breaker's or the peer's wish, so what failed before is taken to go on.
    """

    NOTHING = 0
    PAUSED = 1
    VOID = 2
    UP = 3
    SLOW = 4
    HELD_ANSWER = 5
    HELD_TLS = 6
    HELD_PROXY = 7
    HELD_CONNECT = 8
    HELD_NAME = 9
    HELD_SELF = 10
    ANSWER = 11
    TLS = 12
    PROXY = 13
    CONNECT = 14
    NAME = 15
    SELF = 16

    @property
    def layer(self) -> Layer | None:
        """The failing layer, None where nothing failed."""
        return Layer(self.name.removeprefix("HELD_").lower()) if self >= FAILING else None

    @property
    def is_held(self) -> bool:
        """Was nothing sent, while something was wrong?"""
        return FAILING <= self < State.ANSWER

    @property
    def held(self) -> "State":
        """This failing state with nothing sent."""
        return State(self - HELD) if self >= State.ANSWER else self

    @property
    def sent(self) -> "State":
        """This failing state as it was when something was sent last."""
        return State(self + HELD) if self.is_held else self


FAILING = State.HELD_ANSWER
"""From here on something is wrong."""
HELD = State.ANSWER - State.HELD_ANSWER


STATE_OF: dict[Layer | None, int] = {None: 0, **{layer: State[layer.name].value for layer in Layer}}
