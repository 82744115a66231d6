"""A QUIC connection over our own datagram socket, so that ICMP messages and every moment stay in our hands.

The library does no I/O here: it is given datagrams and asked for datagrams. Importing this needs the extra `http3`.
"""

import logging
import ssl
import time
from dataclasses import replace

from aioquic.h3.connection import H3_ALPN
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.connection import QuicConnection
from aioquic.quic.events import ConnectionTerminated, HandshakeCompleted, QuicEvent
from cryptography.hazmat.primitives.serialization import Encoding

from clearline.net.evidence import Evidence, NetworkError, QuicEvidence, TlsEvidence
from clearline.net.network import Datagrams
from clearline.net.timing import Limit, limit_in
from clearline.net.tls_context import ClientCertificateError

_TLS_ALERTS = range(0x100, 0x200)
"""RFC 9001 section 4.8: a TLS alert as a QUIC error."""
_VERSIONS = {0x00000001: "1", 0x6B3343CF: "2"}
_IDLE_S = 3600.0
"""Our own limits end an attempt, not the library's idle timer."""

# It would tell every packet, in the middle of a measurement, and troubles that the fault tells already.
logging.getLogger("quic").setLevel(logging.ERROR)


class QuicLink:
    """One connection. Raises NetworkError for everything that ends it."""

    def __init__(self, datagrams: Datagrams, server_name: str, client_cert: str | None) -> None:
        configuration = QuicConfiguration(
            alpn_protocols=H3_ALPN, server_name=server_name, idle_timeout=_IDLE_S, verify_mode=ssl.CERT_NONE
        )
        if client_cert:
            try:
                # Named twice, as it finds a key in the first file only where that stands last.
                configuration.load_cert_chain(client_cert, client_cert)
            except (OSError, ValueError, TypeError) as error:
                raise ClientCertificateError(error) from error
        self.connection = QuicConnection(configuration=configuration)
        self.answered_at_ns = 0
        """When the first datagram came back, perf_counter nanoseconds."""
        self.read_at_ns = 0
        self.bytes_in = 0
        self.bytes_out = 0
        self.is_ready = False
        self.ready_at_ns = 0
        self._datagrams = datagrams
        # Makes keys and the first datagram, which is no time of the network (30 ms seen the first time).
        self.connection.connect(datagrams.address.sockaddr[:2], _now_s())

    async def begin_handshake(self, limit: Limit) -> None:
        """Send the first datagram and wait for whatever comes back."""
        while not self.answered_at_ns:
            await self._turn(limit)

    async def finish_handshake(self, limit: Limit) -> None:
        """The rest of the handshake. Nothing is verified yet: see `chain`."""
        while not self.is_ready:
            for event in self._events():
                self.is_ready |= isinstance(event, HandshakeCompleted)
            if not self.is_ready:
                await self._turn(limit)
        self.ready_at_ns = time.perf_counter_ns()

    async def events(self, limit: Limit) -> list[QuicEvent]:
        """What happened, at least one thing."""
        while not (found := self._events()):
            await self._turn(limit)
        return found

    def flush(self) -> None:
        """Send what the library has to send."""
        for data, _ in self.connection.datagrams_to_send(_now_s()):
            self._datagrams.send(data)
            self.bytes_out += len(data)

    def close(self) -> None:
        """Say good-bye, as far as that still works."""
        self.connection.close()
        try:
            self.flush()
        except NetworkError:
            # The peer learns it from its own timer.
            return

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The certificates that the peer showed, DER, its own first; its signature has been checked."""
        tls = self.connection.tls
        # WORKAROUND: the library has no public way to the chain (aioquic 1.7).
        own, others = tls._peer_certificate, tls._peer_certificate_chain  # noqa: SLF001
        return tuple(one.public_bytes(Encoding.DER) for one in (own, *others) if one is not None)

    @property
    def version(self) -> str:
        """QUIC version agreed on."""
        # WORKAROUND: as above.
        number = self.connection._version or 0  # noqa: SLF001
        return _VERSIONS.get(number, hex(number))

    @property
    def cipher(self) -> str:
        """TLS cipher agreed on."""
        schedule = self.connection.tls.key_schedule
        return schedule.cipher_suite.name if schedule is not None else ""

    def _events(self) -> list[QuicEvent]:
        found = []
        while (event := self.connection.next_event()) is not None:
            if not isinstance(event, ConnectionTerminated):
                found.append(event)
        # WORKAROUND: the library tells the end when its closing time is over, up to a second late (aioquic 1.7).
        end = self.connection._close_event  # noqa: SLF001
        if end is not None and not found:
            raise NetworkError(_ended(end, is_ready=self.is_ready))
        return found

    async def _turn(self, limit: Limit) -> None:
        """One datagram, or the library's timer: it repeats what was lost."""
        self.flush()
        timer_s = self.connection.get_timer()
        own = limit if timer_s is None else limit_in(max(0.0, timer_s - _now_s()), "timer")
        is_timer = own.until_ns < limit.until_ns
        try:
            data, at_ns = await self._datagrams.receive(own if is_timer else limit)
        except NetworkError as trouble:
            if trouble.evidence.deadline is None or trouble.evidence.icmp is not None or not is_timer:
                raise NetworkError(replace(trouble.evidence, quic=QuicEvidence(is_ready=self.is_ready))) from trouble
            self.connection.handle_timer(_now_s())
            return
        self.answered_at_ns = self.answered_at_ns or at_ns
        self.read_at_ns = at_ns
        self.bytes_in += len(data)
        self.connection.receive_datagram(data, self._datagrams.address.sockaddr[:2], _now_s())


def _ended(event: ConnectionTerminated, *, is_ready: bool) -> Evidence:
    seen = QuicEvidence(is_ready=is_ready, error=event.error_code, reason=event.reason_phrase[:200])
    # With a frame type the transport ended it; without one HTTP/3 did, whose codes begin at the same number.
    is_alert = event.frame_type is not None and event.error_code in _TLS_ALERTS
    tls = TlsEvidence(alert=event.error_code - _TLS_ALERTS.start, is_certificate_wanted=True) if is_alert else None
    return Evidence(quic=seen, tls=tls)


def _now_s() -> float:
    return time.perf_counter_ns() / 1e9
