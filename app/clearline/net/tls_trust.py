"""Second opinions on a chain of certificates: the roots bundled with the program, and those in a target's own file."""

import datetime as dt
import functools
import ipaddress
import re
import ssl
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from clearline.net.certificate import UNREADABLE, load_certificate

_PEM_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def is_trusted_by_bundle(chain: tuple[bytes, ...], host: str, at_s: float) -> bool | None:
    """Would a program with the bundled roots (Mozilla's) alone trust this chain for this host, at a UTC time?

    None where there is no chain that can be read. Blocks for some milliseconds, the first time for tens.
    """
    try:
        own, *others = (load_certificate(der) for der in chain)
        at = dt.datetime.fromtimestamp(at_s, dt.UTC)
        builder = PolicyBuilder().store(_bundle()).time(at)
        verifier = builder.build_server_verifier(_subject(host))
        verifier.verify(own, others)
    except VerificationError:
        return False
    except UNREADABLE:
        return None
    return True


def is_anchored_in(chain: tuple[bytes, ...], ca_file: str) -> bool:
    """Does a chain that was verified already end at a certificate of this file?"""
    try:
        roots = _roots_in(ca_file, Path(ca_file).stat().st_mtime_ns)
        certificates = [load_certificate(der) for der in chain]
    except (*UNREADABLE, OSError):
        return False
    return any(root == one or _did_issue(root, one) for root in roots for one in certificates)


def _did_issue(root: x509.Certificate, other: x509.Certificate) -> bool:
    if root.subject != other.issuer:
        return False
    try:
        other.verify_directly_issued_by(root)
    except (*UNREADABLE, InvalidSignature):
        return False
    return True


@functools.lru_cache(maxsize=1)
def _bundle() -> Store:
    return Store(list(_in_file(certifi.where())))


@functools.lru_cache(maxsize=16)
def _roots_in(ca_file: str, changed_ns: int) -> tuple[x509.Certificate, ...]:
    return _in_file(ca_file)


def _in_file(path: str) -> tuple[x509.Certificate, ...]:
    blocks = _PEM_BLOCK.findall(Path(path).read_text("ascii", "replace"))
    found = []
    for block in blocks:
        try:
            found.append(load_certificate(ssl.PEM_cert_to_DER_cert(block)))
        except UNREADABLE:
            # One bad certificate in a file of many is skipped, as OpenSSL does.
            continue
    return tuple(found)


def _subject(host: str) -> x509.DNSName | x509.IPAddress:
    try:
        return x509.IPAddress(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        return x509.DNSName(host.rstrip("."))
