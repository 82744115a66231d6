"""TLS over our own stream: OpenSSL in memory, so that every byte passes through our hands and keeps its stamp."""

import ssl
import sys
import time
from dataclasses import replace
from typing import Any

from clearline.net.certificate import describe_chain, is_chain_short
from clearline.net.evidence import Evidence, NetworkError, TlsEvidence, exception_chain
from clearline.net.network import Stream
from clearline.net.timing import Limit

_RECORD_TYPES = range(20, 25)
_READ_BYTES = 65_536
_STORES = {"win32": "windows", "darwin": "macos"}


class TlsStream:
    """Implements Stream with decrypted bytes. The counters are those of the wire."""

    def __init__(self, raw: Stream, context: ssl.SSLContext, host: str, *, has_own_certificate: bool = False) -> None:
        self._raw = raw
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host.rstrip("."))
        self.done_at_ns = 0
        """When the handshake was complete, perf_counter nanoseconds."""
        self._began_at_ns = 0
        self._flights_ns: list[int] = []
        self._has_spoken = False
        self._has_own_certificate = has_own_certificate
        self._store = _STORES.get(sys.platform, "openssl") if type(context) is not ssl.SSLContext else "openssl"

    @property
    def bytes_in(self) -> int:
        """Bytes read from the wire."""
        return self._raw.bytes_in

    @property
    def bytes_out(self) -> int:
        """Bytes given to the wire."""
        return self._raw.bytes_out

    @property
    def read_at_ns(self) -> int:
        """When the bytes of the latest read came in. Session tickets move nothing: they end no read."""
        return self._raw.read_at_ns

    @property
    def first_bytes(self) -> bytes:
        """The beginning of what the peer sent, still encrypted."""
        return self._raw.first_bytes

    @property
    def alpn(self) -> str:
        """The protocol both sides agreed on; empty without one."""
        return self._tls.selected_alpn_protocol() or ""

    @property
    def is_certificate_wanted(self) -> bool:
        """Did the peer ask for a client certificate? True as well where this Python does not tell."""
        return bool(getattr(self._tls, "is_certificate_wanted", True))

    @property
    def is_alert_after_handshake_possible(self) -> bool:
        """In TLS 1.3 a server refuses a client without a certificate after the handshake (RFC 8446 section 4.4.2.4)."""
        return self._tls.version() == "TLSv1.3" and self.is_certificate_wanted

    async def handshake(self, limit: Limit) -> None:
        """Raises NetworkError with everything the peer told."""
        self._began_at_ns = time.perf_counter_ns()
        while True:
            try:
                self._tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                await self._flush(limit)
                await self._feed(limit)
            except (ssl.SSLError, ssl.CertificateError) as error:
                # Our own alert tells the peer why; that it may not get through changes nothing.
                try:
                    await self._flush(limit)
                except NetworkError:
                    pass
                raise self._trouble(error) from error
        await self._flush(limit)
        self.done_at_ns = time.perf_counter_ns()

    async def read(self, limit: Limit) -> bytes:
        """Decrypted bytes; nothing once the peer closed its side, with or without close_notify."""
        while True:
            try:
                return self._tls.read(_READ_BYTES)
            except ssl.SSLWantReadError:
                await self._flush(limit)
                await self._feed(limit)
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""
            except ssl.SSLError as error:
                raise self._trouble(error) from error

    async def write(self, data: bytes, limit: Limit) -> None:
        """Encrypt and send all of it."""
        left = memoryview(data)
        while left:
            try:
                left = left[self._tls.write(left) :]
            except ssl.SSLError as error:
                raise self._trouble(error) from error
        await self._flush(limit)

    def close(self) -> None:
        """Let go of the connection at once."""
        self._raw.close()

    def describe(self) -> dict[str, Any]:
        """Version, cipher, agreed protocol and the peer's certificate, for people."""
        cipher = self._tls.cipher()
        told: dict[str, Any] = {
            "version": self._tls.version(),
            "cipher": cipher[0] if cipher else "",
            "alpn": self.alpn,
            "flights_ms": [round((at_ns - self._began_at_ns) / 1e6, 3) for at_ns in self._flights_ns],
        }
        return told | describe_chain(self.peer_chain)

    @property
    def peer_chain(self) -> tuple[bytes, ...]:
        """Certificates as the peer sent them, DER, its own first; also after a failed handshake on most systems."""
        if watched := getattr(self._tls, "peer_chain", ()):
            return tuple(watched)
        try:
            # Public since Python 3.13 (gh-109109).
            chain: list[bytes] = getattr(self._tls, "get_unverified_chain", list)()
            own = self._tls.getpeercert(binary_form=True)
        except (ssl.SSLError, ValueError):
            return ()
        return tuple(chain) or ((own,) if own else ())

    async def _flush(self, limit: Limit) -> None:
        if self._outgoing.pending:
            self._has_spoken = True
            await self._raw.write(self._outgoing.read(), limit)

    async def _feed(self, limit: Limit) -> None:
        try:
            data = await self._raw.read(limit)
        except NetworkError as trouble:
            if self._is_plain:
                raise NetworkError(self._evidence()) from trouble
            raise
        if data:
            if self._has_spoken and not self.done_at_ns:
                self._has_spoken = False
                self._flights_ns.append(self._raw.read_at_ns)
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    @property
    def _is_plain(self) -> bool:
        first = self._raw.first_bytes
        return bool(first) and first[0] not in _RECORD_TYPES

    def _evidence(self, **told: Any) -> Evidence:
        is_plain = self._is_plain
        chain = self.peer_chain
        is_wanted = bool(getattr(self._tls, "is_certificate_wanted", False))
        return Evidence(
            tls=TlsEvidence(
                alert=getattr(self._tls, "peer_alert", None),
                is_plain=is_plain,
                is_certificate_wanted=is_wanted and not self._has_own_certificate,
                is_chain_short=is_chain_short(chain),
                certificate=describe_chain(chain),
                store=self._store,
                **told,
            ),
            first_bytes=self._raw.first_bytes if is_plain else b"",
        )

    def _trouble(self, error: ssl.SSLError | ssl.CertificateError) -> NetworkError:
        told: dict[str, Any] = {"reason": getattr(error, "reason", None) or ""}
        if isinstance(error, ssl.SSLCertVerificationError):
            told["verify_code"] = getattr(error, "verify_code", 1)
        is_eof = isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError)
        return NetworkError(replace(self._evidence(**told), is_eof=is_eof, chain=exception_chain(error)))
