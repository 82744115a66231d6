"""A service that answers heartbeats: a line `PING …` with `PONG …`, until it is told to stop, lag or die; live."""

from clearline.lab.faults import LabFault
from clearline.lab.latency import LatencySource
from clearline.lab.wire import LiveConversation, Wire

_LONGEST_LINE = 4096


class BeatConversation(LiveConversation):
    """Lines in, lines out, on a connection that stays open for as long as the peer keeps it.

    `PING` and `PING 17` are answered with `PONG` and `PONG 17`, in order; other lines are not answered. A fault acts on
    connections that are open already, as a service that hangs does; the answers it counts begin anew with it.
    """

    def __init__(self, wire: Wire, greeting: bytes, latency: LatencySource, fault: LabFault | None = None) -> None:
        self._wire = wire
        self._greeting = greeting
        self._latency = latency
        self._fault = fault
        self._unread = bytearray()
        self._asked = 0

    def begun(self) -> None:
        """Greet, where there is a greeting."""
        self._wire.write(self._greeting)

    def received(self, data: bytes) -> None:
        """Answer every whole line."""
        self._unread += data
        *lines, rest = bytes(self._unread).split(b"\n")
        self._unread = bytearray(rest)
        for line in lines:
            word, _, tag = line.strip().partition(b" ")
            if word.upper() == b"PING":
                self._beat(tag)
        if len(self._unread) > _LONGEST_LINE:
            self._wire.reset()

    def ended(self) -> None:
        """Part."""
        self._wire.finish()

    def fault_changed(self, fault: LabFault | None) -> None:
        """From the next line on."""
        self._fault = fault
        self._asked = 0

    def _beat(self, tag: bytes) -> None:
        fault = self._fault
        self._asked += 1
        wait_s = self._latency.draw_s()
        word = b"PONG"
        match fault.kind if fault is not None else "":
            case "beat_stops":
                return
            case "beat_late" if fault is not None:
                wait_s += fault.option("delay_ms") / 1000
            case "beat_skips" if fault is not None and self._asked % int(fault.option("every")) == 0:
                return
            case "beat_wrong":
                word = b"PING"
            case "beat_fin" if fault is not None and self._asked > fault.option("after"):
                self._wire.finish()
                return
            case "beat_reset" if fault is not None and self._asked > fault.option("after"):
                self._wire.reset()
                return
            case "beat_silent" if fault is not None and self._asked > fault.option("after"):
                return
        line = b"%s %s\n" % (word, tag) if tag else word + b"\n"
        if wait_s > 0:
            self._wire.later(wait_s, lambda: self._wire.write(line))
        else:
            self._wire.write(line)
