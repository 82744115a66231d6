"""Chance that a test writes down beforehand."""


class ScriptedRandom:
    """A domain.ports.Random that gives these values in turn, then `then` for ever; without it, it fails."""

    def __init__(self, *values: float, then: float | None = None) -> None:
        self._values = list(values)
        self._then = then
        self.drawn = 0

    def random(self) -> float:
        self.drawn += 1
        if self._values:
            return self._values.pop(0)
        assert self._then is not None, f"nobody scripted draw number {self.drawn}"
        return self._then
