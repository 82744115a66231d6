"""What a certificate says, from its DER form; for people to read, never to decide trust."""

import datetime as dt
from typing import Any

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

_MAX_NAMES = 20


def describe_certificate(der: bytes) -> dict[str, Any]:
    """Subject, issuer, names, validity (UTC, ISO 8601); empty where it cannot be read."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        return {
            "subject": _shown(certificate.subject),
            "issuer": _shown(certificate.issuer),
            "names": _names(certificate),
            "starts_at": _iso(certificate.not_valid_before_utc),
            "expires_at": _iso(certificate.not_valid_after_utc),
            "is_self_signed": certificate.issuer == certificate.subject,
        }
    except (ValueError, TypeError):
        # A peer can send anything; a certificate that cannot be read is told by its verify code.
        return {}


def is_chain_short(chain: tuple[bytes, ...]) -> bool:
    """Did the peer send only its own certificate although that one names a place to fetch its issuer?"""
    if len(chain) != 1:
        return False
    try:
        certificate = x509.load_der_x509_certificate(chain[0])
        if certificate.issuer == certificate.subject:
            return False
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (ValueError, TypeError, x509.ExtensionNotFound):
        return False
    return any(entry.access_method == AuthorityInformationAccessOID.CA_ISSUERS for entry in access)


def _shown(name: x509.Name) -> str:
    common = name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(common[0].value) if common else name.rfc4514_string()


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    names = [*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress))]
    return names[:_MAX_NAMES]


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
