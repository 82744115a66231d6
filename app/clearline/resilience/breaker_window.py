"""The calls of the last so many seconds, counted in slices: bounded memory however many calls there are."""

SLICES = 10


class TimeWindow:
    """Calls, failures and slow calls of the last `span_s` seconds, exact to a tenth of it."""

    __slots__ = ("_slices", "span_s")

    def __init__(self, span_s: float) -> None:
        self.span_s = span_s
        self._slices: list[list[int]] = []
        """Each [number of the slice, calls, failed, slow], oldest first."""

    def add(self, now: float, *, has_failed: bool, is_slow: bool) -> None:
        """Count a call that ended now."""
        number = int(now * SLICES / self.span_s)
        slices = self._slices
        if not slices or slices[-1][0] != number:
            self._drop(number)
            slices.append([number, 0, 0, 0])
        latest = slices[-1]
        latest[1] += 1
        latest[2] += has_failed
        latest[3] += is_slow

    def counts(self, now: float) -> tuple[int, int, int]:
        """Calls, failed, slow."""
        self._drop(int(now * SLICES / self.span_s))
        calls = failed = slow = 0
        for _, some, bad, late in self._slices:
            calls += some
            failed += bad
            slow += late
        return calls, failed, slow

    def _drop(self, number: int) -> None:
        while self._slices and self._slices[0][0] <= number - SLICES:
            del self._slices[0]
