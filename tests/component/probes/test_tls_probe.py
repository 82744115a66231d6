"""The TLS probe against certificates and servers of every bad kind."""

import socket
import ssl
import sys
import time
from pathlib import Path

import pytest

from clearline.domain.fault import Layer
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from support.misbehaving import Handler, ThreadServer, limits, probe, reached, reset, server, silent
from support.tls_servers import (
    Authority,
    Leaf,
    alerting,
    make_authority,
    make_leaf,
    over_tls,
    server_context,
)

SHAKEN = [Phase.CONNECT, Phase.TLS]
OWN_STORE = pytest.mark.skipif(sys.platform != "linux", reason="OpenSSL's verify codes; other systems have their own")


@pytest.fixture(scope="module")
def authority() -> Authority:
    return make_authority()


@pytest.fixture
def ca_file(authority: Authority, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    path.write_bytes(authority.pem)
    return str(path)


def look(leaf: Leaf, folder: Path, ca_file: str | None, **fields: object) -> Outcome:
    with server(over_tls(server_context(leaf, folder))) as running:
        return probe(f"tls://127.0.0.1:{running.port}", ca_file=ca_file, **fields)


def kind_of(outcome: Outcome) -> str:
    assert outcome.fault is not None
    assert outcome.fault.phase is Phase.TLS
    assert reached(outcome) == SHAKEN
    return outcome.fault.kind


def test_it_shakes_hands_and_reads_the_certificate(authority: Authority, ca_file: str, tmp_path: Path) -> None:
    outcome = look(make_leaf(authority), tmp_path, ca_file)

    assert outcome.ok
    assert reached(outcome) == SHAKEN
    told = outcome.detail["tls"]
    assert told["version"] == "TLSv1.3"
    assert told["issuer"] == "Test root"
    assert set(told["names"]) == {"127.0.0.1", "localhost"}
    assert told["expires_at"].endswith("Z")
    assert isinstance(told["expires_days"], int)
    assert told["is_verified"] is True


@OWN_STORE
@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"ends_days": -3}, "tls.cert.date_invalid.expired"),
        ({"starts_days": 3}, "tls.cert.date_invalid.not_yet_valid"),
        ({"is_for_clients": True}, "tls.cert.usage_invalid"),
        ({"is_weak": True}, "tls.cert.weak"),
    ],
)
def test_it_tells_a_bad_certificate(
    options: dict[str, object], kind: str, authority: Authority, ca_file: str, tmp_path: Path
) -> None:
    outcome = look(make_leaf(authority, **options), tmp_path, ca_file)

    assert kind_of(outcome) == kind


@OWN_STORE
def test_it_tells_a_certificate_for_another_name(authority: Authority, ca_file: str, tmp_path: Path) -> None:
    outcome = look(make_leaf(authority, "other.example"), tmp_path, ca_file)

    assert kind_of(outcome) == "tls.cert.name_invalid"
    assert outcome.fault is not None
    assert outcome.fault.evidence["tls"]["names"] == ["other.example"]


@OWN_STORE
def test_it_shows_when_a_rejected_certificate_expired(authority: Authority, ca_file: str, tmp_path: Path) -> None:
    leaf = make_leaf(authority, ends_days=-3)
    outcome = look(leaf, tmp_path, ca_file)

    assert outcome.fault is not None
    told = outcome.fault.evidence["tls"]
    assert told["expires_at"] == leaf.certificate.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert told["verify_code"] == 10


@OWN_STORE
def test_it_tells_issuers_apart_that_nobody_trusts(authority: Authority, tmp_path: Path) -> None:
    url = "http://ca.example/root.crt"
    with_root = make_leaf(authority, chain=(authority.certificate,))

    assert kind_of(look(make_leaf(None), tmp_path, None)) == "tls.cert.authority_invalid.self_signed"
    assert kind_of(look(with_root, tmp_path, None)) == "tls.cert.authority_invalid.untrusted_root"
    assert kind_of(look(make_leaf(authority), tmp_path, None)) == "tls.cert.authority_invalid.unknown_ca"
    assert (
        kind_of(look(make_leaf(authority, issuer_url=url), tmp_path, None))
        == "tls.cert.authority_invalid.incomplete_chain"
    )


def test_it_verifies_through_an_intermediate(authority: Authority, ca_file: str, tmp_path: Path) -> None:
    middle = make_authority("Test intermediate", authority)

    assert look(make_leaf(middle, chain=(middle.certificate,)), tmp_path, ca_file).ok


def test_it_accepts_anything_where_the_target_says_so_and_shows_it(tmp_path: Path) -> None:
    outcome = look(make_leaf(None, "other.example", ends_days=-3), tmp_path, None, verify=False)

    assert outcome.ok
    assert outcome.detail["tls"]["is_verified"] is False
    assert outcome.detail["tls"]["names"] == ["other.example"]
    assert outcome.detail["tls"]["expires_days"] < 0


def test_it_says_when_its_own_roots_cannot_be_read(tmp_path: Path) -> None:
    with server(silent) as running:
        outcome = probe(f"tls://127.0.0.1:{running.port}", ca_file=str(tmp_path / "missing.pem"))

    assert outcome.fault is not None
    assert outcome.fault.kind == "tls.local_ca_missing"


def after_hello(act: Handler) -> Handler:
    def handle(connection: socket.socket, running: ThreadServer) -> None:
        connection.recv(65_536)
        act(connection, running)

    return handle


def hang_up(_: socket.socket, __: ThreadServer) -> None:
    """The caller closes."""


def slam(connection: socket.socket, _: ThreadServer) -> None:
    reset(connection)


def speak_http(connection: socket.socket, _: ThreadServer) -> None:
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def whisper(connection: socket.socket, running: ThreadServer) -> None:
    connection.sendall(b"22")
    running.stopping.wait(10)


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (hang_up, "tls.closed"),
        (slam, "tls.reset"),
        (silent, "tls.timed_out"),
        (speak_http, "tls.protocol.error.not_tls"),
        (whisper, "tls.protocol.error.not_tls"),
    ],
)
def test_it_tells_how_a_handshake_broke_off(act: Handler, kind: str) -> None:
    with server(after_hello(act)) as running:
        outcome = probe(f"tls://127.0.0.1:{running.port}", timeouts=limits(tls_s=0.3))

    assert kind_of(outcome) == kind


def test_it_shows_what_spoke_instead_of_tls() -> None:
    with server(after_hello(speak_http)) as running:
        outcome = probe(f"tls://127.0.0.1:{running.port}")

    assert outcome.fault is not None
    assert outcome.fault.evidence["first_bytes"].startswith("HTTP/1.1 400")


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (40, "tls.version_or_cipher_mismatch"),
        (70, "tls.version_or_cipher_mismatch"),
        (112, "tls.unrecognized_name_alert"),
        (48, "tls.bad_client_auth_cert"),
        (80, "tls.alert.internal_error"),
        (50, "tls.protocol.error"),
        (115, "tls.failed"),
        (120, "tls.version_or_cipher_mismatch"),
        (0, "tls.closed"),
    ],
)
def test_it_tells_alerts_also_those_python_has_no_name_for(number: int, kind: str) -> None:
    with server(alerting(number)) as running:
        outcome = probe(f"tls://127.0.0.1:{running.port}")

    assert kind_of(outcome) == kind
    assert outcome.fault is not None
    assert outcome.fault.evidence["tls"].get("alert", 0) == number


def test_it_tells_a_server_that_speaks_only_old_versions(authority: Authority, tmp_path: Path) -> None:
    context = server_context(make_leaf(authority), tmp_path)
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with server(over_tls(context)) as running:
        outcome = probe(f"tls://127.0.0.1:{running.port}")

    assert kind_of(outcome) == "tls.version_or_cipher_mismatch"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_it_tells_a_server_that_demands_a_client_certificate(
    version: ssl.TLSVersion, authority: Authority, ca_file: str, tmp_path: Path
) -> None:
    context = server_context(make_leaf(authority), tmp_path)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cafile=ca_file)
    context.minimum_version = context.maximum_version = version
    with server(over_tls(context)) as running:
        outcome = probe(f"tls://127.0.0.1:{running.port}", ca_file=ca_file)

    assert kind_of(outcome) == "tls.client_cert_required"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_it_tells_the_same_where_a_request_follows(
    version: ssl.TLSVersion, authority: Authority, ca_file: str, tmp_path: Path
) -> None:
    """In TLS 1.3 the refusal crosses the request, and a reset follows it."""
    context = server_context(make_leaf(authority), tmp_path)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cafile=ca_file)
    context.minimum_version = context.maximum_version = version
    with server(over_tls(context)) as running:
        outcome = probe(f"https://127.0.0.1:{running.port}/", ca_file=ca_file)

    assert outcome.fault is not None
    assert outcome.fault.kind == "tls.client_cert_required"
    assert outcome.fault.layer is Layer.TLS


def test_it_is_content_where_a_client_certificate_is_optional(
    authority: Authority, ca_file: str, tmp_path: Path
) -> None:
    context = server_context(make_leaf(authority), tmp_path)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(cafile=ca_file)
    with server(over_tls(context)) as running:
        began = time.perf_counter()
        outcome = probe(f"tls://127.0.0.1:{running.port}", ca_file=ca_file)
        took_ms = (time.perf_counter() - began) * 1000

    assert outcome.ok
    assert took_ms - outcome.phases.total_ms >= 50, "the wait for a late alert is no part of the figures"


def test_it_never_resumes_a_session(authority: Authority, ca_file: str, tmp_path: Path) -> None:
    context = server_context(make_leaf(authority), tmp_path)
    reused: list[bool | None] = []

    def note(secure: socket.socket, _: ThreadServer) -> None:
        assert isinstance(secure, ssl.SSLSocket)
        secure.recv(1)
        reused.append(secure.session_reused)

    with server(over_tls(context, note)) as running:
        for _ in range(3):
            assert probe(f"tls://127.0.0.1:{running.port}", ca_file=ca_file).ok

    assert reused == [False, False, False]
