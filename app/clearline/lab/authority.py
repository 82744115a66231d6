"""A throw-away certificate authority: made when the lab starts, good and bad certificates, keys never left on disk."""

import ipaddress
import shutil
import ssl
import tempfile
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

GOOD = "good"
VARIANTS = (
    GOOD,
    "expired",
    "expires_soon",
    "not_yet_valid",
    "wrong_name",
    "self_signed",
    "unknown_ca",
    "untrusted_root",
    "inspected",
    "incomplete_chain",
    "weak_key",
    "wrong_usage",
    "not_an_authority",
    "bad_signature",
    "revoked",
    "client_cert_required",
    "client_cert_required_1_2",
    "old_version",
    "no_common_cipher",
)
"""What a server may present; every one but the first is the fault of the same name."""

_Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
SOON_S = 60
"""How long a certificate that expires soon is still valid when it is first shown. Certificates know whole seconds."""
_PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
_DAY = timedelta(days=1)
_ISSUER_URL = "http://ca.practice.example/intermediate.cer"
"""Where the missing intermediate would be, which tells clients that one is missing. No such host exists (RFC 2606)."""


class _Issuer:
    """A certificate that may sign others, and its key."""

    def __init__(self, name: str, now: datetime, parent: "_Issuer | None" = None, *, is_ca: bool = True) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _name(name)
        signer = parent or self
        builder = _builder(self.name, signer.name, self.key.public_key(), now - _DAY, now + 400 * _DAY)
        builder = builder.add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        builder = builder.add_extension(_key_usage(is_ca=is_ca), critical=True)
        if parent is not None:
            builder = builder.add_extension(_signed_by(parent), critical=False)
        self.certificate = builder.sign(signer.key, hashes.SHA256())


class Authority:
    """Makes server contexts on demand. `ca_file` holds the root that the lab's targets trust and what it revoked."""

    def __init__(self) -> None:
        # Readable by this user only (mkdtemp makes it 0700).
        self._folder = Path(tempfile.mkdtemp(prefix="clearline-lab-"))
        self.ca_file = str(self._folder / "practice-lab-ca.pem")
        # EC P-256: a key takes well under a millisecond, RSA a tenth of a second and more.
        self._now = datetime.now(UTC)
        self._root = _Issuer("Clearline practice lab, trusted", self._now)
        self._contexts: dict[tuple[str, tuple[str, ...]], ssl.SSLContext] = {}
        self._revoked_serial = x509.random_serial_number()
        # Nothing is fetched to find it revoked: the list lies beside the root, as in the file a company hands out.
        Path(self.ca_file).write_bytes(_pem(self._root.certificate) + self._revocations())

    def context(self, variant: str, alpn: tuple[str, ...] = ("http/1.1",)) -> ssl.SSLContext:
        """The server context that presents a variant. Raises ValueError for one that is not in VARIANTS."""
        if variant not in VARIANTS:
            raise ValueError(f"no certificate variant {variant!r}; there are {', '.join(VARIANTS)}")
        if (variant, alpn) not in self._contexts:
            self._contexts[variant, alpn] = self._make(variant, alpn)
        return self._contexts[variant, alpn]

    def renew(self) -> None:
        """Let certificates that end soon begin their last minute again."""
        for key in [key for key in self._contexts if key[0] == "expires_soon"]:
            del self._contexts[key]

    def close(self) -> None:
        """Remove every file."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _make(self, variant: str, alpn: tuple[str, ...]) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(list(alpn))
        key: _Key = ec.generate_private_key(ec.SECP256R1())
        if variant == "weak_key":
            key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
            context.set_ciphers("DEFAULT:@SECLEVEL=0")  # or our own OpenSSL would refuse to show it
        chain = self._chain(variant, key)
        # Python loads a certificate from files only. This one lives for the length of one call.
        file = self._folder / f"{variant}.pem"
        file.touch(mode=0o600)
        try:
            file.write_bytes(_private_pem(key) + b"".join(_pem(certificate) for certificate in chain))
            context.load_cert_chain(file)
        finally:
            file.unlink()
        match variant:
            case "client_cert_required" | "client_cert_required_1_2":
                context.verify_mode = ssl.CERT_REQUIRED
                context.load_verify_locations(self.ca_file)
                if variant == "client_cert_required_1_2":
                    context.maximum_version = ssl.TLSVersion.TLSv1_2
            case "old_version":
                _speak_only_tls_1_0(context)
            case "no_common_cipher":
                # Key exchange with RSA, which this certificate cannot do: no client shares a cipher with this server.
                context.maximum_version = ssl.TLSVersion.TLSv1_2
                context.set_ciphers("AES256-SHA256")
        return context

    def _revocations(self) -> bytes:
        entry = x509.RevokedCertificateBuilder().serial_number(self._revoked_serial).revocation_date(self._now).build()
        builder = x509.CertificateRevocationListBuilder().issuer_name(self._root.name)
        builder = builder.last_update(self._now - _DAY).next_update(self._now + 30 * _DAY)
        made = builder.add_revoked_certificate(entry).sign(self._root.key, hashes.SHA256())
        return made.public_bytes(serialization.Encoding.PEM)

    def _chain(self, variant: str, key: _Key) -> list[x509.Certificate]:
        now = self._now
        match variant:
            case "expired":
                return [self._leaf(self._root, key, now - 90 * _DAY, now - 2 * _DAY)]
            case "expires_soon":
                return [self._leaf(self._root, key, now - 89 * _DAY, datetime.now(UTC) + timedelta(seconds=SOON_S))]
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
            case "inspected":
                company = _Issuer("Practice Company TLS inspection", now)
                return [self._leaf(company, key, now - _DAY, now + 90 * _DAY), company.certificate]
            case "revoked":
                return [self._leaf(self._root, key, now - _DAY, now + 90 * _DAY, serial=self._revoked_serial)]
            case "wrong_usage":
                return [self._leaf(self._root, key, now - _DAY, now + 90 * _DAY, usage=ExtendedKeyUsageOID.CLIENT_AUTH)]
            case "not_an_authority":
                mere = _Issuer("Clearline practice lab, a mere server", now, self._root, is_ca=False)
                return [self._leaf(mere, key, now - _DAY, now + 90 * _DAY), mere.certificate]
            case "bad_signature":
                # Right issuer and identifiers, signed with a key that is not the issuer's.
                stranger = _Issuer("Clearline practice lab, trusted by nobody", now)
                return [self._leaf(self._root, key, now - _DAY, now + 90 * _DAY, signer=stranger.key)]
            case "incomplete_chain":
                between = _Issuer("Clearline practice lab, intermediate", now, self._root)
                return [self._leaf(between, key, now - _DAY, now + 90 * _DAY, issuer_url=_ISSUER_URL)]
        return [self._leaf(self._root, key, now - _DAY, now + 90 * _DAY)]

    def _leaf(
        self,
        issuer: _Issuer | None,
        key: _Key,
        from_day: datetime,
        to_day: datetime,
        names: tuple[str, ...] = ("localhost",),
        issuer_url: str = "",
        usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
        signer: _Key | None = None,
        serial: int | None = None,
    ) -> x509.Certificate:
        """A server certificate for names and, unless the names are foreign, the loopback addresses."""
        subject = _name(names[0])
        builder = _builder(subject, issuer.name if issuer else subject, key.public_key(), from_day, to_day, serial)
        places: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
        if "localhost" in names:
            places += [x509.IPAddress(ipaddress.ip_address(literal)) for literal in ("127.0.0.1", "::1")]
        builder = (
            builder.add_extension(x509.SubjectAlternativeName(places), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(is_ca=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        )
        if issuer is not None:
            builder = builder.add_extension(_signed_by(issuer), critical=False)
        if issuer_url:
            where = x509.UniformResourceIdentifier(issuer_url)
            access = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, where)
            builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
        return builder.sign(signer or (issuer.key if issuer else key), hashes.SHA256())


def _speak_only_tls_1_0(context: ssl.SSLContext) -> None:
    """What appliances of twenty years ago speak. OpenSSL 3 does so only at security level 0."""
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that the version is old is the point
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    from_day: datetime,
    to_day: datetime,
    serial: int | None = None,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(serial or x509.random_serial_number())
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


def _private_pem(key: _Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
