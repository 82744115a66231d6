"""Certificates of every bad kind, and TLS servers that show them; threads and blocking ssl, for the alert's sake."""

import datetime as dt
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from support.misbehaving import Handler, ThreadServer

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Authority:
    """An issuer of certificates."""

    certificate: x509.Certificate
    key: PrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


@dataclass(frozen=True)
class Leaf:
    """A server's certificate with its key and the issuers it shows."""

    certificate: x509.Certificate
    key: PrivateKey
    chain: tuple[x509.Certificate, ...] = ()

    def save(self, folder: Path) -> Path:
        """One PEM file with key and chain, as load_cert_chain wants it."""
        path = folder / f"{self.certificate.serial_number:x}.pem"
        parts = [
            self.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
            *(one.public_bytes(serialization.Encoding.PEM) for one in (self.certificate, *self.chain)),
        ]
        path.write_bytes(b"".join(parts))
        return path


def make_authority(name: str = "Test root", issuer: Authority | None = None) -> Authority:
    """A root, or an intermediate of another."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name)
    builder = _builder(subject, issuer.certificate.subject if issuer else subject, key)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    signer = issuer.key if issuer else key
    return Authority(builder.sign(signer, hashes.SHA256()), key)


def make_leaf(
    issuer: Authority | None,
    *names: str,
    starts_days: float = -30,
    ends_days: float = 90,
    is_for_clients: bool = False,
    is_weak: bool = False,
    issuer_url: str = "",
    chain: tuple[x509.Certificate, ...] = (),
) -> Leaf:
    """A server certificate; without an issuer it signs itself."""
    names = names or ("127.0.0.1", "localhost")
    key: PrivateKey = ec.generate_private_key(ec.SECP256R1())
    if is_weak:
        key = rsa.generate_private_key(public_exponent=65_537, key_size=1024)
    subject = _name(names[0])
    builder = _builder(
        subject, issuer.certificate.subject if issuer else subject, key, starts_days=starts_days, ends_days=ends_days
    )
    builder = builder.add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
    usage = ExtendedKeyUsageOID.CLIENT_AUTH if is_for_clients else ExtendedKeyUsageOID.SERVER_AUTH
    builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    if issuer_url:
        place = x509.AccessDescription(
            AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(issuer_url)
        )
        builder = builder.add_extension(x509.AuthorityInformationAccess([place]), critical=False)
    signer = issuer.key if issuer else key
    return Leaf(builder.sign(signer, hashes.SHA256()), key, chain)


def server_context(leaf: Leaf, folder: Path, *, alpn: tuple[str, ...] = ()) -> ssl.SSLContext:
    """A context that shows this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # Weak keys are to be served, not refused here.
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(leaf.save(folder))
    if alpn:
        context.set_alpn_protocols(list(alpn))
    return context


def over_tls(context: ssl.SSLContext, then: Handler | None = None) -> Handler:
    """Shake hands, then what `then` does with the decrypted stream; without it wait for the client to go."""

    def handle(connection: socket.socket, running: ThreadServer) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            if then is not None:
                then(secure, running)
            else:
                secure.recv(1)

    return handle


def alerting(number: int) -> Handler:
    """Answers the ClientHello with one fatal alert and waits for the client to go."""

    def handle(connection: socket.socket, _: ThreadServer) -> None:
        connection.recv(65_536)
        connection.sendall(bytes([21, 3, 3, 0, 2, 2, number]))
        while connection.recv(65_536):
            pass

    return handle


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: PrivateKey, *, starts_days: float = -30, ends_days: float = 90
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + dt.timedelta(days=starts_days))
        .not_valid_after(now + dt.timedelta(days=ends_days))
    )
