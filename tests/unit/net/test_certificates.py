"""What certificates say, and second opinions on them."""

import datetime as dt
from pathlib import Path

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from clearline.net import tls_trust
from clearline.net.certificate import describe_certificate, describe_chain, is_chain_short, load_certificate
from clearline.net.tls_trust import is_anchored_in, is_trusted_by_bundle
from support.tls_servers import make_authority, make_leaf

NOW_S = 1_795_500_000.0
URL = "http://ca.example/issuer.crt"


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def test_it_tells_nothing_of_what_is_no_certificate() -> None:
    assert describe_certificate(b"nonsense") == {}
    assert describe_chain(()) == {}


def test_it_reads_every_root_of_the_bundle_or_leaves_it_out() -> None:
    roots = tls_trust._in_file(certifi.where())

    assert len(roots) > 100
    assert all(describe_certificate(der(root))["key"].split()[0] in ("RSA", "EC") for root in roots)


@pytest.mark.parametrize("serial", [0, -5])
def test_it_refuses_a_serial_number_that_is_not_positive(serial: int) -> None:
    good = der(make_leaf(None).certificate)
    at = good.index(b"\x02", 8)
    while good[at : at + 2] != b"\x02\x14" and good[at : at + 2] != b"\x02\x13":
        at = good.index(b"\x02", at + 1)
    bad = good[: at + 2] + (b"\x80" if serial else good[at + 2 : at + 3]) + good[at + 3 :]

    if serial:
        with pytest.raises(ValueError, match="serial"):
            load_certificate(bad)
    else:
        assert load_certificate(bad).serial_number > 0


@pytest.mark.parametrize(
    ("sent", "is_short"),
    [
        ("leaf", True),
        ("leaf and issuer", False),
        ("leaf and another", True),
        ("nothing", False),
        ("self-signed", False),
    ],
)
def test_it_sees_that_the_issuer_was_left_out(sent: str, is_short: bool) -> None:
    root = make_authority()
    issuer, other = make_authority("Issuer", root), make_authority("Other", root)
    leaf = der(make_leaf(issuer, issuer_url=URL).certificate)
    chains = {
        "leaf": (leaf,),
        "leaf and issuer": (leaf, der(issuer.certificate)),
        "leaf and another": (leaf, der(other.certificate)),
        "nothing": (),
        "self-signed": (der(make_leaf(None, issuer_url=URL).certificate),),
    }

    assert is_chain_short(chains[sent]) is is_short


def test_it_knows_whose_roots_a_chain_ends_at(tmp_path: Path) -> None:
    root, stranger = make_authority(), make_authority()
    path = tmp_path / "ca.pem"
    path.write_bytes(root.pem)

    assert is_anchored_in((der(make_leaf(root).certificate),), str(path))
    assert not is_anchored_in((der(make_leaf(stranger).certificate),), str(path))
    assert not is_anchored_in((b"nonsense",), str(path))
    assert not is_anchored_in((), str(tmp_path / "missing.pem"))


def web_chain(name: str) -> tuple[x509.Certificate, x509.Certificate]:
    """A root and a certificate as the rules for public ones have them (CA/Browser Forum), which trustme's are not."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bundled root")])
    issued = dt.datetime.fromtimestamp(NOW_S, dt.UTC) - dt.timedelta(days=5)

    def begin(key: ec.EllipticCurvePrivateKey, subject: x509.Name) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder(root_name, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(issued)
            .not_valid_after(issued + dt.timedelta(days=90))
        )

    unused = "content_commitment key_encipherment data_encipherment key_agreement encipher_only decipher_only"
    usage = dict.fromkeys(unused.split(), False)
    root = (
        begin(root_key, root_name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    leaf = (
        begin(key, x509.Name([]))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    return root, leaf


def test_it_asks_the_bundled_roots(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    root, leaf = web_chain("www.example.test")
    path = tmp_path / "bundle.pem"
    path.write_bytes(root.public_bytes(Encoding.PEM))
    monkeypatch.setattr(certifi, "where", lambda: str(path))
    tls_trust._bundle.cache_clear()
    try:
        seen = [
            is_trusted_by_bundle(chain, host, at_s)
            for chain, host, at_s in [
                ((der(leaf),), "www.example.test", NOW_S),
                ((der(leaf),), "other.example.test", NOW_S),
                ((der(leaf),), "www.example.test", NOW_S + 1e9),
                ((der(make_leaf(None).certificate),), "www.example.test", NOW_S),
                ((), "www.example.test", NOW_S),
                ((b"nonsense",), "www.example.test", NOW_S),
            ]
        ]
    finally:
        tls_trust._bundle.cache_clear()

    assert seen == [True, False, False, False, None, None]
