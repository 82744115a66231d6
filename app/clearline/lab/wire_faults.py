"""Wires that spoil what passes: byte by byte, late, or cut after so many bytes."""

from collections import deque
from collections.abc import Callable

from clearline.lab.wire import DRAIN_LIMIT_S, Wire

RESET_AFTER_S = 0.02
"""How long a client gets to read what came before a reset."""


class DripWire:
    """Sends one byte at a time, each `gap_s` after the one before."""

    def __init__(self, wire: Wire, gap_s: float) -> None:
        self._wire = wire
        self._gap_s = gap_s
        self._unsent: deque[int] = deque()
        self._is_dripping = False
        self._linger_s: float | None = None

    def write(self, data: bytes) -> None:
        """Send, in order."""
        if self._linger_s is not None:
            return
        self._unsent.extend(data)
        if self._unsent and not self._is_dripping:
            self._is_dripping = True
            self._drip()

    def finish(self, linger_s: float = DRAIN_LIMIT_S) -> None:
        """End politely, after the last drop."""
        self._linger_s = linger_s
        if not self._is_dripping:
            self._wire.finish(linger_s)

    def reset(self) -> None:
        """End with RST, at once."""
        self._wire.reset()

    def later(self, delay_s: float, act: Callable[[], None]) -> None:
        """Call after a while, unless the connection has ended by then."""
        self._wire.later(delay_s, act)

    def _drip(self) -> None:
        if self._unsent:
            self._wire.write(bytes((self._unsent.popleft(),)))
            self._wire.later(self._gap_s, self._drip)
            return
        self._is_dripping = False
        if self._linger_s is not None:
            self._wire.finish(self._linger_s)


class LateWire:
    """Holds everything back until `delay_s` after it was made, then passes all on in order."""

    def __init__(self, wire: Wire, delay_s: float) -> None:
        self._wire = wire
        self._held = bytearray()
        self._is_late = True
        self._linger_s: float | None = None
        wire.later(delay_s, self._let_go)

    def write(self, data: bytes) -> None:
        """Send, in order."""
        if self._linger_s is not None:
            return
        if self._is_late:
            self._held += data
        else:
            self._wire.write(data)

    def finish(self, linger_s: float = DRAIN_LIMIT_S) -> None:
        """End politely, after all that was written."""
        self._linger_s = linger_s
        if not self._is_late:
            self._wire.finish(linger_s)

    def reset(self) -> None:
        """End with RST, at once."""
        self._wire.reset()

    def later(self, delay_s: float, act: Callable[[], None]) -> None:
        """Call after a while, unless the connection has ended by then."""
        self._wire.later(delay_s, act)

    def _let_go(self) -> None:
        self._is_late = False
        self._wire.write(bytes(self._held))
        if self._linger_s is not None:
            self._wire.finish(self._linger_s)


class CutWire:
    """Lets so many bytes pass, then ends the connection with FIN or RST, as a crash or a middlebox does."""

    def __init__(self, wire: Wire, size: int, *, is_reset: bool) -> None:
        self._wire = wire
        self._left = size
        self._is_reset = is_reset
        self._is_cut = False

    def write(self, data: bytes) -> None:
        """Send what is left of the allowance."""
        if self._is_cut:
            return
        self._wire.write(data[: self._left])
        self._left -= min(self._left, len(data))
        if self._left:
            return
        self._is_cut = True
        if self._is_reset:
            # On loopback the RST would overtake what the client has not read yet.
            self._wire.later(RESET_AFTER_S, self._wire.reset)
        else:
            self._wire.finish()

    def finish(self, linger_s: float = DRAIN_LIMIT_S) -> None:
        """End politely: the answer was shorter than the allowance."""
        if not self._is_cut:
            self._wire.finish(linger_s)

    def reset(self) -> None:
        """End with RST, at once."""
        self._wire.reset()

    def later(self, delay_s: float, act: Callable[[], None]) -> None:
        """Call after a while, unless the connection has ended by then."""
        self._wire.later(delay_s, act)
