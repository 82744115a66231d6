"""Targets that go as an auto-configuration script says: fetched from a real server, run in a real process."""

import asyncio
from pathlib import Path

import pytest

from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from clearline.net.sockets import SystemNetwork
from clearline.probes.attempt import Attempt
from clearline.probes.place import Place
from clearline.probes.proxy_choice import Choices, proxy_choices
from support.misbehaving import SteadyClock, answering, free_port, limits, on_network, probe, server, target_at
from support.proxies import http_proxy

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def through(script: str, tmp_path: Path, **fields: object) -> tuple[Outcome, list[bytes]]:
    """A web server asked as this script says; `{proxy}` and `{closed}` in it are ports."""
    heads: list[bytes] = []
    with server(answering(OK)) as running, server(http_proxy(heads)) as proxy:
        text = script.replace("{proxy}", str(proxy.port)).replace("{closed}", str(free_port()))
        file = tmp_path / "proxy.pac"
        file.write_text(f"function FindProxyForURL(url, host) {{ {text} }}")
        outcome = probe(f"http://127.0.0.1:{running.port}/", proxy=f"pac+{file.as_uri()}", **fields)  # type: ignore[arg-type]
    return outcome, heads


def test_it_goes_through_the_proxy_that_the_script_names(tmp_path: Path) -> None:
    outcome, heads = through("return 'PROXY 127.0.0.1:{proxy}; DIRECT'", tmp_path)

    assert outcome.ok, outcome.fault
    assert heads[0].startswith(b"GET http://127.0.0.1:")
    told = outcome.detail["proxy"]
    assert told["answer"].startswith("PROXY 127.0.0.1:")
    assert told["address"].startswith("http://127.0.0.1:")
    assert told["script"].startswith("file://")
    assert "passed_over" not in told


def test_it_goes_straight_where_the_script_says_so(tmp_path: Path) -> None:
    outcome, heads = through("return isInNet(host, '127.0.0.0', '255.0.0.0') ? 'DIRECT' : 'PROXY x:1'", tmp_path)

    assert outcome.ok, outcome.fault
    assert not heads
    assert outcome.detail["proxy"]["answer"] == "DIRECT"


@pytest.mark.parametrize("then", ["PROXY 127.0.0.1:{proxy}", "DIRECT"])
def test_it_passes_over_a_proxy_that_is_down(tmp_path: Path, then: str) -> None:
    outcome, heads = through(f"return 'PROXY 127.0.0.1:{{closed}}; {then}'", tmp_path)

    assert outcome.ok, outcome.fault
    assert bool(heads) is (then != "DIRECT")
    (passed,) = outcome.detail["proxy"]["passed_over"]
    assert passed["kind"] == "proxy.connect_failed.refused"


def test_it_tells_of_the_last_where_none_is_reached(tmp_path: Path) -> None:
    outcome, _ = through("return 'PROXY 127.0.0.1:{closed}; PROXY 127.0.0.1:{closed}'", tmp_path)

    assert outcome.fault.kind == "proxy.connect_failed.refused"


@pytest.mark.parametrize(
    ("script", "kind", "told"),
    [
        ("throw new Error('out of order')", "proxy.pac_failed.script", "out of order"),
        ("return 'SOCKS4 a.test:1'", "proxy.pac_failed.script", "SOCKS4"),
        ("while (true);", "proxy.pac_failed.timed_out", ""),
        ("return Array(1e9).join('x')", "proxy.pac_failed.timed_out", ""),
    ],
)
def test_it_tells_what_is_wrong_with_a_script(
    tmp_path: Path, script: str, kind: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind.endswith("timed_out"):
        monkeypatch.setattr("clearline.net.pac.WALL_S", 0.5)
    outcome, _ = through(script, tmp_path)

    assert outcome.fault.kind == kind
    assert outcome.fault.phase is Phase.PROXY
    assert told in str(outcome.fault.evidence["chain"])
    assert outcome.fault.evidence["proxy"]["address"].startswith("file://")


def test_it_fetches_the_script_over_the_network_through_redirects() -> None:
    script = b"function FindProxyForURL(url, host) { return 'DIRECT'; }"
    body = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ns-proxy-autoconfig\r\n\r\n" + script
    with server(answering(OK)) as running, server(answering(body)) as holder:
        moved = f"HTTP/1.1 302 Moved\r\nLocation: http://127.0.0.1:{holder.port}/p.pac\r\nContent-Length: 0\r\n\r\n"
        with server(answering(moved.encode())) as first:
            outcome = probe(f"http://127.0.0.1:{running.port}/", proxy=f"pac+http://127.0.0.1:{first.port}/old.pac")

    assert outcome.ok, outcome.fault
    assert outcome.detail["proxy"]["answer"] == "DIRECT"


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "http"),
        (b"220 smtp.test ESMTP\r\n", "first_bytes"),
        (b"", "is_eof"),
    ],
)
def test_it_tells_that_the_script_is_not_there(answer: bytes, seen: str) -> None:
    with server(answering(answer)) as holder:
        outcome = probe("http://127.0.0.1:9/", proxy=f"pac+http://127.0.0.1:{holder.port}/p.pac")

    assert outcome.fault.kind == "proxy.pac_failed"
    assert seen in outcome.fault.evidence


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{closed}/p.pac", "file:///no/such/file.pac", "http://gone.invalid/p.pac"]
)
def test_it_tells_why_the_script_was_not_fetched(url: str) -> None:
    url = url.replace("{closed}", str(free_port()))
    outcome = probe("http://127.0.0.1:9/", proxy=f"pac+{url}", timeouts=limits(resolve_s=2))

    assert outcome.fault.kind == "proxy.pac_failed"
    assert outcome.fault.phase is Phase.PROXY


def test_it_asks_the_systems_script_for_web_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "proxy.pac"
    file.write_text("function FindProxyForURL(url, host) { return 'PROXY 127.0.0.1:1'; }")
    monkeypatch.setenv("auto_proxy", file.as_uri())

    outcome = probe("https://198.51.100.7/")

    assert outcome.fault.kind == "proxy.connect_failed.refused"
    assert outcome.detail["proxy"]["answer"] == "PROXY 127.0.0.1:1"


def test_it_goes_straight_where_the_systems_script_cannot_be_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clearline.net.pac.worker_argv", lambda: ["/no/such/program"])
    file = tmp_path / "proxy.pac"
    file.write_text("x")
    monkeypatch.setenv("auto_proxy", file.as_uri())
    clock = SteadyClock()

    async def choose(network: SystemNetwork) -> tuple[Attempt, Choices]:
        attempt = Attempt(target_at("https://www.example.test/"), limits(), clock.now() + 5, network, clock)
        return attempt, await proxy_choices(attempt, Place("https", "www.example.test", 443))

    attempt, choices = asyncio.run(on_network(choose))
    named = probe("http://127.0.0.1:1/", proxy=f"pac+{file.as_uri()}")

    assert choices == (None,)
    assert attempt.detail["proxy"]["is_not_run"]
    assert named.fault.kind == "local.part_missing"
    assert named.fault.evidence["missing_part"] == "pac"
