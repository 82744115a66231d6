"""A throw-away certificate authority: made when the lab starts, good and bad certificates, keys never left on disk."""

import ipaddress
import shutil
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

GOOD = "good"
VARIANTS = (
    GOOD,
    "expired",
    "not_yet_valid",
    "wrong_name",
    "self_signed",
    "unknown_ca",
    "untrusted_root",
    "incomplete_chain",
    "client_cert_required",
)
"""What a server may present; every one but the first is the fault of the same name."""

_DAY = timedelta(days=1)
_ISSUER_URL = "http://ca.practice.example/intermediate.cer"
"""Where the missing intermediate would be, which tells clients that one is missing. No such host exists (RFC 2606)."""


class _Issuer:
    """A certificate that may sign others, and its key."""

    def __init__(self, name: str, now: datetime, parent: "_Issuer | None" = None) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _name(name)
        signer = parent or self
        builder = _builder(self.name, signer.name, self.key.public_key(), now - _DAY, now + 400 * _DAY)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        builder = builder.add_extension(_key_usage(is_ca=True), critical=True)
        if parent is not None:
            builder = builder.add_extension(_signed_by(parent), critical=False)
        self.certificate = builder.sign(signer.key, hashes.SHA256())


class Authority:
    """Makes server contexts on demand. `ca_file` holds the root that the lab's targets trust; `close` removes it."""

    def __init__(self) -> None:
        # Readable by this user only (mkdtemp makes it 0700).
        self._folder = Path(tempfile.mkdtemp(prefix="clearline-lab-"))
        self.ca_file = str(self._folder / "practice-lab-ca.pem")
        # EC P-256: a key takes well under a millisecond, RSA a tenth of a second and more.
        self._now = datetime.now(UTC)
        self._root = _Issuer("Clearline practice lab, trusted", self._now)
        self._contexts: dict[str, ssl.SSLContext] = {}
        Path(self.ca_file).write_bytes(_pem(self._root.certificate))

    def context(self, variant: str) -> ssl.SSLContext:
        """The server context that presents a variant. Raises ValueError for one that is not in VARIANTS."""
        if variant not in VARIANTS:
            raise ValueError(f"no certificate variant {variant!r}; there are {', '.join(VARIANTS)}")
        if variant not in self._contexts:
            self._contexts[variant] = self._make(variant)
        return self._contexts[variant]

    def close(self) -> None:
        """Remove every file."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _make(self, variant: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        key = ec.generate_private_key(ec.SECP256R1())
        chain = self._chain(variant, key)
        # Python loads a certificate from files only. This one lives for the length of one call.
        file = self._folder / f"{variant}.pem"
        file.touch(mode=0o600)
        try:
            file.write_bytes(_private_pem(key) + b"".join(_pem(certificate) for certificate in chain))
            context.load_cert_chain(file)
        finally:
            file.unlink()
        if variant == "client_cert_required":
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.ca_file)
        return context

    def _chain(self, variant: str, key: ec.EllipticCurvePrivateKey) -> list[x509.Certificate]:
        now = self._now
        match variant:
            case "expired":
                return [self._leaf(self._root, key, now - 90 * _DAY, now - 2 * _DAY)]
            case "not_yet_valid":
                return [self._leaf(self._root, key, now + 2 * _DAY, now + 90 * _DAY)]
            case "wrong_name":
                return [self._leaf(self._root, key, now - _DAY, now + 90 * _DAY, names=("other.practice.example",))]
            case "self_signed":
                return [self._leaf(None, key, now - _DAY, now + 90 * _DAY)]
            case "unknown_ca" | "untrusted_root":
                stranger = _Issuer("Clearline practice lab, trusted by nobody", now)
                leaf = self._leaf(stranger, key, now - _DAY, now + 90 * _DAY)
                return [leaf, stranger.certificate] if variant == "untrusted_root" else [leaf]
            case "incomplete_chain":
                between = _Issuer("Clearline practice lab, intermediate", now, self._root)
                return [self._leaf(between, key, now - _DAY, now + 90 * _DAY, issuer_url=_ISSUER_URL)]
        return [self._leaf(self._root, key, now - _DAY, now + 90 * _DAY)]

    def _leaf(
        self,
        issuer: _Issuer | None,
        key: ec.EllipticCurvePrivateKey,
        from_day: datetime,
        to_day: datetime,
        names: tuple[str, ...] = ("localhost",),
        issuer_url: str = "",
    ) -> x509.Certificate:
        """A server certificate for names and, unless the names are foreign, the loopback addresses."""
        subject = _name(names[0])
        builder = _builder(subject, issuer.name if issuer else subject, key.public_key(), from_day, to_day)
        places: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
        if "localhost" in names:
            places += [x509.IPAddress(ipaddress.ip_address(literal)) for literal in ("127.0.0.1", "::1")]
        builder = (
            builder.add_extension(x509.SubjectAlternativeName(places), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(is_ca=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        )
        if issuer is not None:
            builder = builder.add_extension(_signed_by(issuer), critical=False)
        if issuer_url:
            where = x509.UniformResourceIdentifier(issuer_url)
            access = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, where)
            builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
        return builder.sign(issuer.key if issuer else key, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, from_day: datetime, to_day: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(from_day)
        .not_valid_after(to_day)
        # Both identifiers are what OpenSSL's strict checking, Python's default from 3.13, asks for.
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _key_usage(*, is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        encipher_only=False,
        decipher_only=False,
    )


def _signed_by(issuer: _Issuer) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
