"""A small HTTP/2 server that answers right, or ends the stream or the connection the way it is told. RFC 9113."""

from functools import partial

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions

from clearline.lab.faults import LabFault
from clearline.lab.latency import LatencySource
from clearline.lab.wire import Wire

FAULTS = frozenset(
    {"h2_goaway", "h2_reset", "h2_refused_stream", "h2_calm_down", "h2_silent", "h2_stops_halfway", "h2_nonsense"}
)
"""Faults that only HTTP/2 can have."""
SHARED_FAULTS = frozenset({"status", "slow_first_byte", "delay", "wrong_text"})
"""Faults of HTTP/1.1 that this server can make too."""
_NONSENSE = bytes((0, 0, 1, 1, 4, 0, 0, 0, 0, 255))
"""A HEADERS frame on stream 0, where none may be (RFC 9113 section 6.2)."""


class Http2Conversation:
    """Requests in, answers out, each after the server's latency."""

    def __init__(self, wire: Wire, body: bytes, latency: LatencySource, fault: LabFault | None = None) -> None:
        self._wire = wire
        self._body = body
        self._latency = latency
        self._fault = fault
        self._h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))

    def begun(self) -> None:
        """Settings come first, before any request."""
        self._h2.initiate_connection()
        self._flush()

    def received(self, data: bytes) -> None:
        """Take more of a request."""
        try:
            events = self._h2.receive_data(data)
        except h2.exceptions.ProtocolError:
            self._flush()  # GOAWAY says which rule was broken
            self._wire.finish()
            return
        for event in events:
            if isinstance(event, h2.events.StreamEnded):
                wait_s = self._latency.draw_s()
                if self._fault is not None and self._fault.kind in ("delay", "slow_first_byte"):
                    wait_s += self._fault.option("delay_ms") / 1000
                self._wire.later(wait_s, partial(self._answer, event.stream_id))
        self._flush()

    def ended(self) -> None:
        """Part."""
        self._wire.finish()

    def _answer(self, stream: int) -> None:
        try:
            self._speak(stream)
        except (h2.exceptions.ProtocolError, KeyError):
            return  # the client gave the stream or the connection up meanwhile
        self._flush()

    def _speak(self, stream: int) -> None:
        fault = self._fault
        codes = h2.errors.ErrorCodes
        match fault.kind if fault is not None else "":
            case "h2_silent":
                return
            case "h2_nonsense":
                self._wire.write(_NONSENSE)
            case "h2_goaway" if fault is not None:
                self._h2.close_connection(int(fault.option("code")), last_stream_id=0)
            case "h2_calm_down":
                self._h2.close_connection(codes.ENHANCE_YOUR_CALM, b"too_many_requests", last_stream_id=0)
            case "h2_reset" if fault is not None:
                self._h2.reset_stream(stream, int(fault.option("code")))
            case "h2_refused_stream":
                self._h2.reset_stream(stream, codes.REFUSED_STREAM)
            case "h2_stops_halfway":
                self._head(stream, 200, len(self._body) * 2)
                self._h2.send_data(stream, self._body)
            case "status" if fault is not None:
                status = int(fault.option("status"))
                self._whole(stream, status, f"{status}\n".encode(), int(fault.option("retry_after_s")))
            case "wrong_text":
                self._whole(stream, 200, b"<html><title>Please log in</title></html>\n")
            case _:
                self._whole(stream, 200, self._body)

    def _whole(self, stream: int, status: int, body: bytes, retry_after_s: int = 0) -> None:
        self._head(stream, status, len(body), retry_after_s)
        self._h2.send_data(stream, body[: self._h2.local_flow_control_window(stream)], end_stream=True)

    def _head(self, stream: int, status: int, length: int, retry_after_s: int = 0) -> None:
        headers = [
            (":status", str(status)),
            ("server", "clearline-lab"),
            ("content-type", "text/plain; charset=utf-8"),
            ("content-length", str(length)),
        ]
        if retry_after_s:
            headers.append(("retry-after", str(retry_after_s)))
        self._h2.send_headers(stream, headers)

    def _flush(self) -> None:
        self._wire.write(self._h2.data_to_send())
