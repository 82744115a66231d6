"""Logins to proxies that speak NTLM, Negotiate, Digest and Basic, each as its server side is specified."""

import base64
import hashlib
import re
import socket
from pathlib import Path

import pytest
import spnego

from clearline.domain.outcome import Outcome
from support.misbehaving import Handler, ThreadServer, answering, probe, receive_request, server
from support.proxies import gated_proxy, spnego_gate

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
USER, PASSWORD = "LAB\\me", "geheim"


@pytest.fixture(autouse=True)
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "users"
    file.write_text(f"LAB:me:{PASSWORD}\n")
    monkeypatch.setenv("NTLM_USER_FILE", str(file))
    monkeypatch.setenv("KRB5CCNAME", str(tmp_path / "no-tickets"))


def greeting(connection: socket.socket, running: ThreadServer) -> None:
    connection.sendall(b"hello\r\n")


def through(proxy: Handler, login: str = "LAB%5Cme:geheim@", scheme: str = "http") -> Outcome:
    with server(greeting if scheme == "banner" else answering(OK)) as running, server(proxy) as at:
        return probe(f"{scheme}://127.0.0.1:{running.port}", proxy=f"http://{login}127.0.0.1:{at.port}")


@pytest.mark.parametrize("scheme", ["http", "banner"])
@pytest.mark.parametrize("hangs_up", [False, True])
@pytest.mark.parametrize("protocol", ["ntlm", "negotiate"])
def test_it_logs_in_with_a_domains_user(protocol: str, hangs_up: bool, scheme: str) -> None:
    seen: list[str] = []
    offer = ["NTLM"] if protocol == "ntlm" else ["Negotiate", 'Basic realm="x"']
    outcome = through(gated_proxy(offer, spnego_gate(protocol, seen), hangs_up=hangs_up), scheme=scheme)

    assert seen == [USER]
    assert outcome.detail["proxy"]["login"] == protocol
    assert outcome.ok, outcome.fault
    assert PASSWORD not in repr(outcome)


@pytest.mark.parametrize("protocol", ["ntlm", "negotiate"])
def test_it_says_that_the_password_is_wrong(protocol: str) -> None:
    label = "NTLM" if protocol == "ntlm" else "Negotiate"
    outcome = through(gated_proxy([label], spnego_gate(protocol, [])), login="LAB%5Cme:wrong@")

    assert outcome.fault.kind == "proxy.auth_required"
    assert outcome.fault.evidence["proxy"]["login"] == protocol


def test_it_says_why_nobody_can_log_in_without_a_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NTLM_USER_FILE")
    outcome = through(
        gated_proxy(['Basic realm="x"', "Negotiate"], spnego_gate("negotiate", [])), login="", scheme="banner"
    )

    assert outcome.fault.kind == "proxy.auth_required"
    told = outcome.fault.evidence["proxy"]
    assert "negotiate: " in told["login_problem"]
    assert "basic: no user" in told["login_problem"]
    assert "Negotiate" in told["authenticate"]


def test_it_never_sends_a_domains_password_in_the_clear_first() -> None:
    heads: list[str] = []

    def gate() -> object:
        def ask(authorization: str) -> str:
            heads.append(authorization)
            return ""

        return ask

    outcome = through(gated_proxy(["NTLM"], gate))  # type: ignore[arg-type]

    assert outcome.ok, outcome.fault
    assert heads[0].startswith("NTLM ")


def digest_gate(algorithm: str, name: str, seen: list[dict[str, str]]) -> object:
    """Checks the answer as RFC 7616 section 3.4.1 has it."""

    def digest(text: str) -> str:
        return hashlib.new(name, text.encode()).hexdigest()

    def ask(authorization: str) -> str:
        scheme, _, rest = authorization.partition(" ")
        told = {key: value.strip('"') for key, value in re.findall(r'(\w+)=("[^"]*"|[^,]*)', rest)}
        seen.append({"scheme": scheme, **told})
        if scheme != "Digest":
            return (
                f'Digest realm="NTLM, and more", nonce="abc", qop="auth,auth-int", opaque="xyz", algorithm={algorithm}'
            )
        secret = digest(f"me:NTLM, and more:{PASSWORD}")
        request = digest(f"CONNECT:{told['uri']}")
        return (
            "" if told["response"] == digest(f"{secret}:abc:{told['nc']}:{told['cnonce']}:auth:{request}") else "Digest"
        )

    return ask


@pytest.mark.parametrize(("algorithm", "name"), [("MD5", "md5"), ("SHA-256", "sha256")])
def test_it_logs_in_with_digest_where_basic_is_not_taken(algorithm: str, name: str) -> None:
    seen: list[dict[str, str]] = []
    outcome = through(
        gated_proxy([], lambda: digest_gate(algorithm, name, seen)),  # type: ignore[arg-type, return-value]
        login="me:geheim@",
        scheme="banner",
    )

    assert outcome.ok, outcome.fault
    assert [one["scheme"] for one in seen] == ["Basic", "Digest"]
    assert seen[1]["opaque"] == "xyz"
    assert outcome.detail["proxy"]["login"] == "digest"


def test_it_gives_up_on_a_proxy_that_asks_again_and_again() -> None:
    outcome = through(gated_proxy(["NTLM"], lambda: lambda _: "NTLM"))  # type: ignore[arg-type, return-value]

    assert outcome.fault.kind == "proxy.auth_required"


def test_it_gives_up_on_a_proxy_that_asks_anew_over_each_connection() -> None:
    heads: list[str] = []

    def handle(connection: socket.socket, running: ThreadServer) -> None:
        heads.append(receive_request(connection).decode("latin-1"))
        challenge = base64.b64encode(spnego.server(protocol="ntlm").step(_negotiate()) or b"").decode()
        connection.sendall(f"HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM {challenge}\r\n\r\n".encode())

    outcome = through(handle)

    assert outcome.fault.kind == "proxy.auth_required"
    assert 2 <= len(heads) <= 8


def _negotiate() -> bytes:
    return spnego.client(USER, PASSWORD, protocol="ntlm").step() or b""
