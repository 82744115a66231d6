"""TLS without asyncio's: handshake and records through memory, so that every alert reaches the client."""

import ssl
from collections.abc import Callable

from clearline.lab.conversations import ALERT, FirstWords, Silence
from clearline.lab.faults import LabFault
from clearline.lab.wire import DRAIN_LIMIT_S, Conversation, Wire

_CHUNK = 65536
_NONSENSE = bytes((22, 3, 3, 0, 4, 99, 0, 0, 0))
"""A handshake record with a message of a type that does not exist."""


def broken_handshake(wire: Wire, fault: LabFault | None) -> Conversation | None:
    """The conversation of a server whose handshake breaks without any TLS library; None where the fault is another."""
    match fault.kind if fault is not None else "":
        case "tls_hang":
            return Silence(wire)
        case "tls_closed":
            return FirstWords(wire)
        case "tls_reset":
            return FirstWords(wire, is_reset=True)
        case "not_tls":
            return FirstWords(wire, b"HTTP/1.0 400 Bad Request\r\nConnection: close\r\n\r\nplain text lives here\n")
        case "tls_nonsense":
            return FirstWords(wire, _NONSENSE)
        case "tls_alert" if fault is not None:
            return FirstWords(wire, ALERT + bytes((int(fault.option("alert")),)))
    return None


class TlsConversation:
    """The server's side of TLS: a conversation towards the network, a wire towards what is said inside.

    asyncio's own TLS closes without sending the alert of a failed handshake (CPython 3.11 to 3.13), which would teach
    clients that they see a reset.
    """

    def __init__(
        self, wire: Wire, context: ssl.SSLContext, delay_s: float, inside: Callable[["TlsConversation"], Conversation]
    ) -> None:
        self._wire = wire
        self._delay_s = delay_s
        self._in = ssl.MemoryBIO()
        self._out = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)
        self._make_inside = inside
        self._inside: Conversation | None = None
        self._has_begun = False
        self._has_finished = False

    @property
    def alpn(self) -> str:
        """The protocol that client and server agreed on; empty without one."""
        return self._tls.selected_alpn_protocol() or ""

    def begun(self) -> None:
        """The client speaks first."""

    def received(self, data: bytes) -> None:
        """Records, whole or in parts."""
        self._in.write(data)
        if not self._has_begun:
            self._has_begun = True
            self._wire.later(self._delay_s, self._advance)
        else:
            self._advance()

    def ended(self) -> None:
        """FIN without close_notify: nothing more can come."""
        self._wire.finish()

    def write(self, data: bytes) -> None:
        """Send from inside."""
        if self._has_finished:
            return
        self._tls.write(data)
        self._flush()

    def finish(self, linger_s: float = DRAIN_LIMIT_S) -> None:
        """close_notify, then FIN."""
        if self._has_finished:
            return
        self._has_finished = True
        try:
            self._tls.unwrap()
        except ssl.SSLError:
            pass  # the peer's own close_notify is not awaited (RFC 8446 section 6.1 allows that)
        self._flush()
        self._wire.finish(linger_s)

    def reset(self) -> None:
        """RST."""
        self._wire.reset()

    def later(self, delay_s: float, act: Callable[[], None]) -> None:
        """Call after a while, unless the connection has ended by then."""
        self._wire.later(delay_s, act)

    def _advance(self) -> None:
        try:
            if self._inside is None:
                self._tls.do_handshake()
                self._flush()
                self._inside = self._make_inside(self)
                self._inside.begun()
            self._read(self._inside)
        except ssl.SSLWantReadError:
            self._flush()
        except ssl.SSLZeroReturnError:
            if self._inside is not None:
                self._inside.ended()
        except ssl.SSLError:
            # The alert that says why is in the outgoing memory.
            self._flush()
            self._wire.finish()

    def _read(self, inside: Conversation) -> None:
        while data := self._tls.read(_CHUNK):
            inside.received(data)
        inside.ended()

    def _flush(self) -> None:
        self._wire.write(self._out.read())
