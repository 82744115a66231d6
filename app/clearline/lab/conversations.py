"""The short conversations that need no protocol: greetings, and every way to say nothing sensible."""

from clearline.lab.faults import LabFault
from clearline.lab.latency import LatencySource
from clearline.lab.wire import IDLE_LIMIT_S, Wire

ALERT = bytes((21, 3, 3, 0, 2, 2))
"""A TLS 1.2 record with a fatal alert, without the alert's number. RFC 8446 sections 5.1 and 6."""


class Greeting:
    """Says its greeting after a while, then listens until the peer leaves: what mail, SFTP and printers do."""

    def __init__(
        self,
        wire: Wire,
        greeting: bytes,
        latency: LatencySource,
        fault: LabFault | None = None,
        replies: dict[str, str] | None = None,
    ) -> None:
        self._wire = wire
        self._greeting = greeting
        self._delay_s = latency.draw_s()
        self._fault = fault
        self._replies = {word.upper().encode(): reply.encode() for word, reply in (replies or {}).items()}
        self._unread = b""

    def begun(self) -> None:
        """Greet."""
        fault = self._fault
        match fault.kind if fault is not None else "":
            case "banner_missing":
                return
            case "banner_wrong":
                self._say(b"RFB 003.008\n", self._delay_s)
            case "banner_refuses" if fault is not None:
                self._say(b"%d no service for you\r\n" % int(fault.option("code")), self._delay_s)
                self._wire.later(self._delay_s, self._wire.finish)
            case "banner_late" if fault is not None:
                self._say(self._greeting, self._delay_s + fault.option("delay_ms") / 1000)
            case _:
                self._say(self._greeting, self._delay_s)

    def received(self, data: bytes) -> None:
        """Answer the lines there is a reply to, by their first word."""
        *lines, self._unread = (self._unread + data).split(b"\n")
        self._unread = self._unread[-_LONGEST_LINE:]
        for line in lines:
            word = line.strip().partition(b" ")[0].upper()
            self._wire.write(self._replies.get(word, b""))

    def ended(self) -> None:
        """Part."""
        self._wire.finish()

    def _say(self, words: bytes, delay_s: float) -> None:
        if words:
            self._wire.later(delay_s, lambda: self._wire.write(words))


_LONGEST_LINE = 4096
_LEFT_BEHIND_S = 10.0
_MOMENT_S = 0.01


class Silence:
    """Accepts and never says a word, not even good-bye."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def begun(self) -> None:
        """Say nothing."""

    def received(self, data: bytes) -> None:
        """Say nothing."""

    def ended(self) -> None:
        """Stay silent for whoever closed one direction only, but not for ever."""
        self._wire.later(_LEFT_BEHIND_S, self._wire.reset)


class PoliteEnd:
    """Hangs up with FIN before anybody said anything, as a server with too many clients does."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def begun(self) -> None:
        """Hang up."""
        self._wire.finish()

    def received(self, data: bytes) -> None:
        """Too late."""

    def ended(self) -> None:
        """Both have hung up."""


class HalfClosed:
    """Ends its own direction at once and goes on listening, for as long as anybody talks."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def begun(self) -> None:
        """Say nothing, for good."""
        self._wire.finish(IDLE_LIMIT_S)

    def received(self, data: bytes) -> None:
        """Listen."""

    def ended(self) -> None:
        """Both have hung up."""


class SuddenEnd:
    """Resets a moment after it accepted, as a load balancer without servers does."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def begun(self) -> None:
        """Reset, but not before the client knows that it is connected: on loopback the RST would overtake that."""
        self._wire.later(_MOMENT_S, self._wire.reset)

    def received(self, data: bytes) -> None:
        """It is not read."""

    def ended(self) -> None:
        """The reset comes all the same."""


class FirstWords:
    """Waits for the peer's first bytes, then answers with fixed bytes or none, and FIN or RST."""

    def __init__(self, wire: Wire, answer: bytes = b"", *, is_reset: bool = False) -> None:
        self._wire = wire
        self._answer = answer
        self._is_reset = is_reset

    def begun(self) -> None:
        """The peer speaks first."""

    def received(self, data: bytes) -> None:
        """Answer once."""
        if self._is_reset:
            self._wire.reset()
            return
        self._wire.write(self._answer)
        self._wire.finish()

    def ended(self) -> None:
        """Part."""
        self._wire.finish()
