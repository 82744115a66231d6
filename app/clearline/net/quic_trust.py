"""Does anybody here trust a chain of certificates shown over QUIC? OpenSSL's own verdict, in its own codes.

The QUIC library verifies too, but tells only "bad certificate" and knows the bundled roots alone. Importing this needs
the extra `http3`.
"""

import functools
import ipaddress
import os
import ssl
import sys

import certifi
import service_identity
from cryptography import x509
from OpenSSL import crypto
from service_identity.cryptography import verify_certificate_hostname, verify_certificate_ip_address

from clearline.net.certificate import UNREADABLE, load_certificate
from clearline.net.tls_context import has_system_roots

_OTHER = 1
"""X509_V_ERR_UNSPECIFIED: what cannot be read is trusted by nobody."""
_HOST_MISMATCH, _IP_MISMATCH = 62, 64


def verify_chain(chain: tuple[bytes, ...], host: str, ca_file: str | None) -> int | None:
    """None where the chain, the peer's own certificate first, is trusted for this host; else the verify code.

    Roots are the system's, on macOS the bundled ones, and those in `ca_file`. Blocks for some milliseconds. Raises
    OSError where `ca_file` cannot be read.
    """
    try:
        own, *others = (load_certificate(der) for der in chain)
    except UNREADABLE:
        return _OTHER
    store = _store(ca_file, os.stat(ca_file).st_mtime_ns if ca_file else 0)  # noqa: PTH116 - one line
    try:
        crypto.X509StoreContext(
            store, crypto.X509.from_cryptography(own), [crypto.X509.from_cryptography(one) for one in others]
        ).verify_certificate()
    except crypto.X509StoreContextError as error:
        return int(error.errors[0])
    return _name_verdict(own, host)


def _name_verdict(own: x509.Certificate, host: str) -> int | None:
    is_ip = _is_numeric(host)
    try:
        if is_ip:
            verify_certificate_ip_address(own, host)
        else:
            verify_certificate_hostname(own, host.rstrip("."))
    except (service_identity.VerificationError, service_identity.CertificateError, *UNREADABLE):
        return _IP_MISMATCH if is_ip else _HOST_MISMATCH
    return None


def _is_numeric(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@functools.lru_cache(maxsize=8)
def _store(ca_file: str | None, changed_ns: int) -> crypto.X509Store:
    store = crypto.X509Store()
    if sys.platform == "win32":
        for der, _, _ in ssl.enum_certificates("ROOT"):
            store.add_cert(crypto.load_certificate(crypto.FILETYPE_ASN1, der))
    elif sys.platform == "darwin" or not has_system_roots():
        store.load_locations(certifi.where())
    else:
        paths = ssl.get_default_verify_paths()
        store.load_locations(paths.cafile, paths.capath)
    if ca_file:
        store.load_locations(ca_file)
    return store
