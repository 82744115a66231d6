"""What the TLS probe shows and can be told: chain, names, STARTTLS, client certificates, second opinions."""

import os
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from clearline.domain.phase import Phase
from support.misbehaving import Handler, ThreadServer, limits, probe, reached, server
from support.tls_servers import Authority, Leaf, make_authority, make_leaf, over_tls, server_context

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have trust stores of their own")


@pytest.fixture(scope="module")
def authority() -> Authority:
    return make_authority()


@pytest.fixture
def ca_file(authority: Authority, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    path.write_bytes(authority.pem)
    return str(path)


def test_it_shows_the_whole_chain(authority: Authority, ca_file: str, tmp_path: Path) -> None:
    middle = make_authority("Test intermediate", authority)
    leaf = make_leaf(middle, chain=(middle.certificate,))
    with server(over_tls(server_context(leaf, tmp_path, alpn=("h2",)))) as running:
        outcome = probe(f"tls://127.0.0.1:{running.port}", ca_file=ca_file)

    told = outcome.detail["tls"]
    assert [link["subject"] for link in told["chain"]] == ["127.0.0.1", "Test intermediate"]
    assert told["key"] == "EC secp256r1"
    assert told["signature"] == "sha256"
    assert len(told["sha256"]) == 64
    assert told["verified_by"] == "ca_file"
    assert len(told["flights_ms"]) == 1
    assert 0 < told["flights_ms"][0] <= (outcome.phases.tls or 0)


def test_it_shows_the_chain_of_a_rejected_certificate_and_what_others_think(
    authority: Authority, tmp_path: Path
) -> None:
    leaf = make_leaf(authority, chain=(authority.certificate,))
    with server(over_tls(server_context(leaf, tmp_path))) as running:
        outcome = probe(f"tls://127.0.0.1:{running.port}")

    assert outcome.fault is not None
    assert outcome.fault.kind == "tls.cert.authority_invalid.untrusted_root"
    told = outcome.fault.evidence["tls"]
    assert [link["subject"] for link in told["chain"]] == ["127.0.0.1", "Test root"]
    assert told["is_bundled_trusted"] is False


def test_it_tells_a_chain_file_of_another_issuer(authority: Authority, tmp_path: Path) -> None:
    middle, old = make_authority("New intermediate", authority), make_authority("Old intermediate", authority)
    leaf = make_leaf(middle, chain=(old.certificate,), issuer_url="http://ca.example/new.crt")
    with server(over_tls(server_context(leaf, tmp_path))) as running:
        outcome = probe(f"tls://127.0.0.1:{running.port}")

    assert outcome.fault is not None
    assert outcome.fault.kind == "tls.cert.authority_invalid.incomplete_chain"
    assert outcome.fault.evidence["tls"]["issuer_url"] == "http://ca.example/new.crt"


def test_it_asks_for_the_name_it_is_told(authority: Authority, ca_file: str, tmp_path: Path) -> None:
    names: list[str | None] = []
    context = server_context(make_leaf(authority, "shop.example"), tmp_path)
    context.sni_callback = lambda _tls, name, _context: names.append(name)
    with server(over_tls(context)) as running:
        outcome = probe(f"tls://127.0.0.1:{running.port}", ca_file=ca_file, sni="shop.example")

    assert outcome.ok
    assert names == ["shop.example"]


def client_checked(authority: Authority, ca_file: str, folder: Path, version: ssl.TLSVersion) -> ssl.SSLContext:
    context = server_context(make_leaf(authority), folder)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cafile=ca_file)
    context.minimum_version = context.maximum_version = version
    return context


VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.mark.parametrize("version", VERSIONS)
def test_it_shows_a_client_certificate(
    version: ssl.TLSVersion, authority: Authority, ca_file: str, tmp_path: Path
) -> None:
    own = make_leaf(authority, "me.example", is_for_clients=True).save(tmp_path)
    with server(over_tls(client_checked(authority, ca_file, tmp_path, version))) as running:
        outcome = probe(f"tls://127.0.0.1:{running.port}", ca_file=ca_file, client_cert=str(own))

    assert outcome.ok


@pytest.mark.parametrize("version", VERSIONS)
def test_it_tells_a_client_certificate_that_the_server_rejects(
    version: ssl.TLSVersion, authority: Authority, ca_file: str, tmp_path: Path
) -> None:
    own = make_leaf(make_authority("Stranger"), "me.example", is_for_clients=True).save(tmp_path)
    with server(over_tls(client_checked(authority, ca_file, tmp_path, version))) as running:
        outcome = probe(f"tls://127.0.0.1:{running.port}", ca_file=ca_file, client_cert=str(own))

    assert outcome.fault is not None
    assert outcome.fault.kind == "tls.bad_client_auth_cert"


def locked(leaf: Leaf, folder: Path) -> Path:
    path = folder / "locked.pem"
    key = leaf.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"geheim"),
    )
    path.write_bytes(key + leaf.certificate.public_bytes(serialization.Encoding.PEM))
    return path


def missing(_: Leaf, folder: Path) -> Path:
    return folder / "missing.pem"


def garbled(_: Leaf, folder: Path) -> Path:
    path = folder / "garbled.pem"
    path.write_text("nonsense")
    return path


@pytest.mark.parametrize("make", [locked, missing, garbled])
def test_it_says_when_the_client_certificate_cannot_be_read(
    make: Callable[[Leaf, Path], Path], authority: Authority, tmp_path: Path
) -> None:
    own = make(make_leaf(authority, "me.example"), tmp_path)
    outcome = probe("tls://127.0.0.1:9", client_cert=str(own))

    assert outcome.fault is not None
    assert outcome.fault.kind == "tls.client_cert_unreadable"


def test_it_ends_in_time_where_a_file_of_roots_hangs(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.pem"
    os.mkfifo(pipe)
    try:
        outcome = probe("tls://127.0.0.1:9", ca_file=str(pipe), deadline_s=0.2)
    finally:
        # Let go of the thread that waits for a writer, or will once it gets its turn.
        threading.Thread(target=lambda: os.close(os.open(pipe, os.O_WRONLY)), daemon=True).start()

    assert outcome.fault is not None
    assert outcome.fault.kind == "local.stalled"
    assert outcome.fault.is_void


Script = list[tuple[bytes, bytes]]

SCRIPTS: dict[str, Script] = {
    "smtp": [
        (b"", b"220-mx.example\r\n220 ready\r\n"),
        (b"EHLO", b"250-mx.example\r\n250-SIZE 1000\r\n250 STARTTLS\r\n"),
        (b"STARTTLS", b"220 go ahead\r\n"),
    ],
    "imap": [(b"", b"* OK ready\r\n"), (b"a1 STARTTLS", b"* some news\r\na1 OK begin\r\n")],
    "pop": [(b"", b"+OK ready\r\n"), (b"STLS", b"+OK begin\r\n")],
    "ftp": [(b"", b"220 ready\r\n"), (b"AUTH TLS", b"234 begin\r\n")],
}


def playing(script: Script, then: Handler | None = None) -> Handler:
    """Says its lines, each after what it waits for."""

    def handle(connection: socket.socket, running: ThreadServer) -> None:
        for cue, line in script:
            while cue and not (heard := connection.recv(1000)).startswith(cue):
                if not heard:
                    return
            connection.sendall(line)
        if then is not None:
            then(connection, running)
        else:
            connection.recv(1000)

    return handle


@pytest.mark.parametrize("protocol", SCRIPTS)
def test_it_begins_in_plain_text_and_switches_to_tls(
    protocol: str, authority: Authority, ca_file: str, tmp_path: Path
) -> None:
    secure = over_tls(server_context(make_leaf(authority), tmp_path))
    with server(playing(SCRIPTS[protocol], secure)) as running:
        outcome = probe(f"tls://127.0.0.1:{running.port}?starttls={protocol}", ca_file=ca_file)

    assert outcome.ok
    assert reached(outcome) == [Phase.CONNECT, Phase.TLS]
    assert outcome.detail["starttls"]["protocol"] == protocol
    assert 0 < outcome.detail["starttls"]["ms"] < (outcome.phases.tls or 0)
    assert outcome.detail["tls"]["version"] == "TLSv1.3"


@pytest.mark.parametrize(
    ("protocol", "script", "kind"),
    [
        ("smtp", [(b"", b"220 ready\r\n"), (b"EHLO", b"250-mx\r\n250 XXXXXXXA\r\n")], "app.starttls_missing"),
        ("smtp", [*SCRIPTS["smtp"][:2], (b"STARTTLS", b"454 no TLS now\r\n")], "app.smtp.454"),
        ("smtp", [(b"", b"554 5.7.1 blocked\r\n")], "app.smtp.554"),
        ("smtp", [(b"", b"SSH-2.0-OpenSSH\r\n")], "app.banner_unexpected"),
        ("smtp", [(b"", b"")], "app.banner_missing"),
        ("imap", [(b"", b"* BYE too many\r\n")], "app.imap.bye"),
        ("imap", [(b"", b"* OK ready\r\n"), (b"a1", b"a1 BAD what\r\n")], "app.starttls_missing"),
        ("pop", [(b"", b"+OK ready\r\n"), (b"STLS", b"-ERR no\r\n")], "app.starttls_missing"),
        ("ftp", [(b"", b"220 ready\r\n"), (b"AUTH", b"500 what\r\n")], "app.starttls_missing"),
        ("ftp", [(b"", b"421 too many\r\n")], "app.banner_unexpected"),
    ],
)
def test_it_tells_why_there_is_no_encryption(protocol: str, script: Script, kind: str) -> None:
    with server(playing(script)) as running:
        outcome = probe(f"tls://127.0.0.1:{running.port}?starttls={protocol}", timeouts=limits(tls_s=0.5))

    assert outcome.fault is not None
    assert outcome.fault.kind == kind
