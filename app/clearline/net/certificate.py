"""What a certificate says, from its DER form; for people to read, never to decide trust."""

import datetime as dt
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID

_MAX_NAMES = 20
UNREADABLE = (
    ValueError, TypeError, OverflowError, UnsupportedAlgorithm,
    x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType,
)  # fmt: skip
"""What the library raises for certificates that break the format, when loading and when looking."""
_MAX_CHAIN = 10


def load_certificate(der: bytes) -> x509.Certificate:
    """The certificate. Raises ValueError for what is none, or has a serial number that is not positive.

    RFC 5280 section 4.1.2.2 forbids those; the library warns of each on the terminal and is going to refuse them.
    """
    if not _has_positive_serial(der):
        raise ValueError("no positive serial number")
    return x509.load_der_x509_certificate(der)


def _has_positive_serial(der: bytes) -> bool:
    """Certificate, TBSCertificate and version lie before it (X.690): headers to enter, enter and skip."""
    at = 0
    for is_entered in (True, True, False):
        if len(der) < at + 2 or der[at] not in (0x30, 0xA0):
            return False
        long = der[at + 1] & 0x7F if der[at + 1] & 0x80 else 0
        size = int.from_bytes(der[at + 2 : at + 2 + long], "big") if long else der[at + 1]
        at += 2 + long + (0 if is_entered else size)
    # A number that begins with a set bit is negative; 0 alone is 02 01 00.
    return len(der) > at + 2 and der[at] == 0x02 and der[at + 2] < 0x80 and der[at + 1 : at + 3] != b"\x01\x00"


def describe_certificate(der: bytes) -> dict[str, Any]:
    """Subject, issuer, names, validity (UTC, ISO 8601), key and signature; empty where it cannot be read."""
    try:
        certificate = load_certificate(der)
        told = {
            "subject": _shown(certificate.subject),
            "issuer": _shown(certificate.issuer),
            "names": _names(certificate),
            "starts_at": _iso(certificate.not_valid_before_utc),
            "expires_at": _iso(certificate.not_valid_after_utc),
            "is_self_signed": certificate.issuer == certificate.subject,
            "key": _key(certificate),
            "signature": _signature(certificate),
            "serial": f"{certificate.serial_number:x}",
            "sha256": certificate.fingerprint(hashes.SHA256()).hex(),
        }
        urls = _issuer_urls(certificate)
    except UNREADABLE:
        # A peer can send anything; a certificate that cannot be read is told by its verify code.
        return {}
    return told | ({"issuer_url": urls[0]} if urls else {})


def describe_chain(chain: tuple[bytes, ...]) -> dict[str, Any]:
    """The peer's own certificate, and in `chain` each that it sent, its own first; empty without any."""
    if not chain:
        return {}
    shown = ("subject", "issuer", "expires_at", "key")
    links = [
        {name: told[name] for name in shown if name in told} for told in map(describe_certificate, chain[:_MAX_CHAIN])
    ]
    return describe_certificate(chain[0]) | {"chain": links}


def is_chain_short(chain: tuple[bytes, ...]) -> bool:
    """Did the peer leave out its certificate's issuer although that one names a place to fetch it (RFC 5280 §4.2.2.1)?

    Also where it sent others, as with the file of an older certificate.
    """
    try:
        certificates = [load_certificate(der) for der in chain]
        own = certificates[0] if certificates else None
        if own is None or own.issuer == own.subject:
            return False
        is_issuer_there = any(other.subject == own.issuer for other in certificates[1:])
        return not is_issuer_there and bool(_issuer_urls(own))
    except UNREADABLE:
        return False


def _issuer_urls(certificate: x509.Certificate) -> list[str]:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return []
    return [
        str(entry.access_location.value)[:200]
        for entry in access
        if entry.access_method == AuthorityInformationAccessOID.CA_ISSUERS
    ]


def _shown(name: x509.Name) -> str:
    common = name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return (str(common[0].value) if common else name.rfc4514_string())[:200]


def _key(certificate: x509.Certificate) -> str:
    try:
        key = certificate.public_key()
    except Exception:  # noqa: BLE001 - cryptography raises several kinds for keys it does not know; it is only shown
        return ""
    if isinstance(key, rsa.RSAPublicKey | dsa.DSAPublicKey):
        return f"{'RSA' if isinstance(key, rsa.RSAPublicKey) else 'DSA'} {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}"
    return type(key).__name__.removesuffix("PublicKey").lstrip("_")


def _signature(certificate: x509.Certificate) -> str:
    try:
        hashed = certificate.signature_hash_algorithm
    except Exception:  # noqa: BLE001 - as with keys: an unknown algorithm is only shown
        return certificate.signature_algorithm_oid.dotted_string
    return hashed.name if hashed else certificate.signature_algorithm_oid.dotted_string


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    names = [*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress))]
    return names[:_MAX_NAMES]


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
