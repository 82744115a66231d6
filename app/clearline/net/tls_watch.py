"""Looks over OpenSSL's shoulder: the alert the peer sent and the certificates it showed, also in a failed handshake.

Python tells an alert only if it has a name for it, and forgets the peer's certificates when it rejects them; in TLS 1.3
both are encrypted, so the raw records do not tell either. `SSLContext._msg_callback` (CPython 3.8 and later, used by
its own tests) hands over every decrypted handshake message. It is no public interface: where it is missing the evidence
is thinner and everything else goes on.
"""

import ssl
from typing import Any

_INCOMING = "read"
_ALERT = 21
_HANDSHAKE = 22
_CERTIFICATE = 11
_CERTIFICATE_REQUEST = 13


class WatchedSslObject(ssl.SSLObject):
    """An SSLObject that remembers what the peer sent in the handshake."""

    peer_alert: int | None = None
    """The latest alert."""
    peer_chain: tuple[bytes, ...] = ()
    """Certificates as the peer sent them, DER, its own first; unverified."""
    is_certificate_wanted: bool = False
    """The peer asked for a client certificate."""

    @property
    def is_watched(self) -> bool:
        """Does this Python tell?"""
        return hasattr(ssl.SSLContext, "_msg_callback")


def watch(context: ssl.SSLContext) -> None:
    """Have the objects of a context remember. Does nothing where this Python does not tell."""
    if hasattr(ssl.SSLContext, "_msg_callback"):
        setattr(context, "_msg_callback", _note)  # noqa: B010 - the attribute is in no type stub


def _note(conn: Any, direction: str, version: int, content_type: int, msg_type: int, data: bytes) -> None:
    if direction != _INCOMING or not isinstance(conn, WatchedSslObject):
        return
    if content_type == _ALERT and len(data) == 2:
        conn.peer_alert = data[1]
    elif content_type == _HANDSHAKE and msg_type == _CERTIFICATE_REQUEST:
        conn.is_certificate_wanted = True
    elif content_type == _HANDSHAKE and msg_type == _CERTIFICATE:
        conn.peer_chain = parse_certificate_message(data)


def parse_certificate_message(message: bytes) -> tuple[bytes, ...]:
    """The certificates in a handshake message of type 11 (RFC 8446 section 4.4.2, RFC 5246 section 7.4.2).

    Never raises: a message cut short gives what is whole.
    """
    at = 4
    # TLS 1.2 has the list's length here and then nothing but the list; TLS 1.3 puts a context before it.
    is_1_3 = int.from_bytes(message[4:7], "big") != len(message) - 7
    if is_1_3:
        at += 1 + (message[at] if len(message) > at else 0)
    at += 3
    chain: list[bytes] = []
    while at + 3 <= len(message) and len(chain) < 16:
        size = int.from_bytes(message[at : at + 3], "big")
        der = message[at + 3 : at + 3 + size]
        if len(der) < size or not der:
            break
        chain.append(der)
        at += 3 + size
        if is_1_3:
            at += 2 + int.from_bytes(message[at : at + 2], "big")
    return tuple(chain)
