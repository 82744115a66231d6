"""TLS client contexts: the system's roots are read once, and no session is ever resumed.

OpenSSL resumes on the client only what the caller hands back (`session=`), which nobody does here; so one context
serves any number of probes and each handshake is a full one. Tests hold this against a server.
"""

import functools
import os
import ssl
import sys
import threading
from pathlib import Path

import certifi
import truststore

from clearline.net.tls_watch import WatchedSslObject, watch

_MAX_CONTEXTS = 64
_Key = tuple[bool, tuple[object, ...], tuple[object, ...], tuple[str, ...]]


class ClientCertificateError(Exception):
    """The client certificate, or its key, cannot be read or does not fit."""


class ContextCache:
    """Contexts by what they were made from, a changed CA file included."""

    def __init__(self) -> None:
        self._contexts: dict[_Key, ssl.SSLContext] = {}
        self._loading: dict[_Key, threading.Lock] = {}

    def known(
        self, verify: bool, ca_file: str | None, alpn: tuple[str, ...], client_cert: str | None = None
    ) -> ssl.SSLContext | None:
        """The context, if it was loaded before and its files are still the same.

        Raises OSError without the CA file, ClientCertificateError without the certificate.
        """
        return self._contexts.get(_key(verify, ca_file, alpn, client_cert))

    def load(
        self, verify: bool, ca_file: str | None, alpn: tuple[str, ...], client_cert: str | None = None
    ) -> ssl.SSLContext:
        """Make the context. Takes tens of milliseconds; safe in any thread.

        Raises OSError, ssl.SSLError included, and ClientCertificateError.
        """
        key = _key(verify, ca_file, alpn, client_cert)
        # Many targets begin at once: each waits for the one that loads instead of loading the same again. A file on a
        # drive that hangs holds up nobody but those who need it.
        with self._loading.setdefault(key, threading.Lock()):
            if known := self._contexts.get(key):
                return known
            context = make_context(verify=verify, ca_file=ca_file, alpn=alpn)
            if client_cert:
                _show_certificate(context, client_cert)
            while len(self._contexts) >= _MAX_CONTEXTS:
                self._contexts.pop(next(iter(self._contexts)), None)
            self._contexts[key] = context
            self._loading.pop(key, None)
            return context


def _key(verify: bool, ca_file: str | None, alpn: tuple[str, ...], client_cert: str | None) -> _Key:
    try:
        own = _state_of(client_cert)
    except OSError as error:
        raise ClientCertificateError(error) from error
    return verify, _state_of(ca_file), own, alpn


def _state_of(path: str | None) -> tuple[object, ...]:
    if not path:
        return ()
    found = Path(path).stat()
    return path, found.st_mtime_ns, found.st_size


def _show_certificate(context: ssl.SSLContext, path: str) -> None:
    try:
        # With no password given OpenSSL would ask for one at the terminal.
        context.load_cert_chain(path, password="")
    except OSError as error:
        raise ClientCertificateError(error) from error


_CRL = b"-----BEGIN X509 CRL-----"


def make_context(*, verify: bool, ca_file: str | None, alpn: tuple[str, ...]) -> ssl.SSLContext:
    """A client context. Corporate roots live in the system's store, so that one is used on every system.

    VERIFY_X509_STRICT stays off, also where Python >= 3.13 would set it: one answer on every Python. Where `ca_file`
    holds revocation lists too (X509 CRL, RFC 5280), a server's certificate must not stand in its issuer's; nothing is
    fetched for that.
    """
    if not verify:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif sys.platform in ("win32", "darwin"):
        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if ca_file:
            context.load_verify_locations(cafile=ca_file)
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_default_certs()
        if not has_system_roots():
            context.load_verify_locations(cafile=certifi.where())
        if ca_file:
            context.load_verify_locations(cafile=ca_file)
    if verify and ca_file and _CRL in Path(ca_file).read_bytes():
        context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
    if alpn:
        context.set_alpn_protocols(list(alpn))
    if type(context) is ssl.SSLContext:
        context.sslobject_class = WatchedSslObject
        watch(context)
    return context


@functools.lru_cache(maxsize=1)
def has_system_roots() -> bool:
    """Does this system have trusted roots of its own? Without any those bundled with the program are used."""
    if sys.platform in ("win32", "darwin"):
        return True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    return bool(context.cert_store_stats()["x509_ca"]) or _has_root_folder()


def _has_root_folder() -> bool:
    """Folders of roots are read when a certificate asks for them, so an empty store may be none."""
    folder = ssl.get_default_verify_paths().capath
    return bool(folder and os.path.isdir(folder) and any(name.endswith(".0") for name in os.listdir(folder)))  # noqa: PTH112, PTH208
