"""The throw-away certificate authority."""

import ssl
from pathlib import Path

import pytest

from clearline.lab.authority import VARIANTS, Authority


def handshake(authority: Authority, variant: str, server_name: str = "localhost") -> None:
    """Client and server, talking through memory. Raises what the client sees."""
    client_in, client_out = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context(cafile=authority.ca_file)
    client = context.wrap_bio(client_in, client_out, server_hostname=server_name)
    server = authority.context(variant).wrap_bio(client_out, client_in, server_side=True)
    for side in (client, server, client):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            pass


def test_the_good_certificate_is_trusted_by_name_and_by_address() -> None:
    authority = Authority()
    try:
        for name in ("localhost", "127.0.0.1", "::1"):
            handshake(authority, "good", name)
    finally:
        authority.close()


@pytest.mark.parametrize(
    ("variant", "code"),
    [
        ("expired", 10),
        ("not_yet_valid", 9),
        ("wrong_name", 62),
        ("self_signed", 18),
        ("unknown_ca", 20),
        ("untrusted_root", 19),
        ("incomplete_chain", 20),
    ],
)
def test_each_bad_certificate_is_bad_in_its_own_way(variant: str, code: int) -> None:
    authority = Authority()
    try:
        with pytest.raises(ssl.SSLCertVerificationError) as caught:
            handshake(authority, variant)
    finally:
        authority.close()
    assert caught.value.verify_code == code


def test_no_private_key_stays_on_disk() -> None:
    authority = Authority()
    folder = Path(authority.ca_file).parent
    try:
        for variant in VARIANTS:
            authority.context(variant)
        assert folder.stat().st_mode & 0o777 == 0o700
        assert list(folder.iterdir()) == [Path(authority.ca_file)]
        assert b"PRIVATE" not in Path(authority.ca_file).read_bytes()
    finally:
        authority.close()
    assert not folder.exists()


def test_it_knows_only_its_variants() -> None:
    authority = Authority()
    try:
        with pytest.raises(ValueError, match="forged"):
            authority.context("forged")
    finally:
        authority.close()
