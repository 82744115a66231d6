"""Proxy auto-configuration: what systems say of it, what scripts may call, and what their answers mean."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clearline.domain.problem import InputError
from clearline.domain.proxy import check_proxy
from clearline.host import resources
from clearline.net.pac import MAX_NAMES, PacError, PacWorker, evaluate, parse_answer
from clearline.net.pac_settings import PacSetting, PacSettings, parse_gnome, parse_kde, parse_macos, parse_windows
from clearline.net.pac_worker import answer
from clearline.net.timing import limit_in

URL = "http://wpad.example.test/proxy.pac"
GNOME = """org.gnome.system.proxy autoconfig-url '{}'
org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8', '::1']
org.gnome.system.proxy mode '{}'
org.gnome.system.proxy.http host ''
"""
MACOS = """<dictionary> {{
  ExceptionsList : <array> {{
    0 : *.local
  }}
  ProxyAutoConfigEnable : {}
  ProxyAutoConfigURLString : {}
  ProxyAutoDiscoveryEnable : {}
}}
"""
WINDOWS = bytes.fromhex("460000002b000000") + b"%c" + bytes(20)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (parse_gnome(GNOME.format(URL, "auto")), PacSetting(URL)),
        (parse_gnome(GNOME.format("", "auto")), PacSetting("", is_search_on=True)),
        (parse_gnome(GNOME.format(URL, "manual")), PacSetting()),
        (parse_gnome("No such schema"), PacSetting()),
        (parse_kde(f"[Proxy Settings]\nProxyType=2\nProxy Config Script={URL}\n"), PacSetting(URL)),
        (parse_kde(f"[Proxy Settings]\nProxyType=3\nProxy Config Script={URL}\n"), PacSetting(is_search_on=True)),
        (parse_kde(f"[Proxy Settings]\nProxyType=1\nProxy Config Script={URL}\n"), PacSetting()),
        (parse_kde("not a settings file"), PacSetting()),
        (parse_macos(MACOS.format(1, URL, 0)), PacSetting(URL)),
        (parse_macos(MACOS.format(0, URL, 1)), PacSetting(is_search_on=True)),
        (parse_macos("<dictionary> {\n}\n"), PacSetting()),
        (parse_windows(URL, b""), PacSetting(URL)),
        (parse_windows(URL, WINDOWS % 0x05), PacSetting(URL)),
        (parse_windows(URL, WINDOWS % 0x01), PacSetting()),
        (parse_windows("", WINDOWS % 0x09), PacSetting(is_search_on=True)),
    ],
)
def test_it_reads_what_systems_are_set_to(seen: PacSetting, expected: PacSetting) -> None:
    assert seen == expected


def test_it_takes_the_environment_first() -> None:
    assert PacSettings().read({"auto_proxy": URL}) == PacSetting(URL)


def test_it_asks_the_desktop_only_now_and_then() -> None:
    settings = PacSettings()

    settings.read({})

    assert settings.is_fresh


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("DIRECT", ["straight"]),
        ("", ["straight"]),
        ("PROXY a.test:8080", ["http://a.test:8080"]),
        ("proxy a.test:8080;direct", ["http://a.test:8080", "straight"]),
        ("HTTPS a.test", ["https://a.test:443"]),
        (
            "SOCKS5 a.test:1; SOCKS b.test:2; SOCKS4 c.test:3; DIRECT",
            ["socks5h://a.test:1", "socks5h://b.test:2", "straight"],
        ),
        ("PROXY :; HTTP [2001:db8::1]:3128 ;; ", ["http://[2001:db8::1]:3128"]),
    ],
)
def test_it_reads_an_answer_in_order(given: str, expected: list[str]) -> None:
    assert [each.shown if each else "straight" for each in parse_answer(given)] == expected


@pytest.mark.parametrize("given", ["SOCKS4 a.test:1", "<html>", "PROXY"])
def test_it_uses_no_answer_that_makes_no_sense(given: str) -> None:
    with pytest.raises(PacError, match=given):
        parse_answer(given)


def run(body: str, known: dict[str, list[str]] | None = None, host: str = "www.example.test") -> dict[str, object]:
    script = body if "FindProxy" in body else f"function FindProxyForURL(url, host) {{ {body} }}"
    helpers = resources.path("pac_helpers.js").read_text("utf-8")
    url = f"https://{host}/"
    return answer(
        {"helpers": helpers, "script": script, "url": url, "host": host, "known": known or {}, "mine": ["192.0.2.7"]}
    )


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("isPlainHostName('intranet')", "true"),
        ("isPlainHostName(host)", "false"),
        ("dnsDomainIs(host, '.EXAMPLE.test')", "true"),
        ("dnsDomainIs(host, '.other.test')", "false"),
        ("localHostOrDomainIs('www', 'www.example.test')", "true"),
        ("localHostOrDomainIs('www.other.test', 'www.example.test')", "false"),
        ("dnsDomainLevels(host)", "2"),
        ("shExpMatch(url, 'https://*.test/*')", "true"),
        ("shExpMatch('a+b', 'a?b')", "true"),
        ("shExpMatch('aab', 'a+b')", "false"),
        ("isResolvable(host)", "true"),
        ("isResolvable('gone.test')", "false"),
        ("dnsResolve(host)", "10.1.2.3"),
        ("isInNet(host, '10.1.0.0', '255.255.0.0')", "true"),
        ("isInNet(host, '10.2.0.0', '255.255.0.0')", "false"),
        ("isInNet('192.168.7.9', '192.168.7.0', '255.255.255.0')", "true"),
        ("isInNet('gone.test', '0.0.0.0', '0.0.0.0')", "false"),
        ("isInNetEx(host, '10.0.0.0/8')", "true"),
        ("isInNetEx(host, '2001:db8::/32')", "true"),
        ("isInNetEx('2001:db9::1', '2001:db8::/32')", "false"),
        ("myIpAddress()", "192.0.2.7"),
        ("dnsResolveEx(host)", "2001:db8::5;10.1.2.3"),
        ("sortIpAddressList('10.1.2.3;2001:db8::5')", "2001:db8::5;10.1.2.3"),
        ("weekdayRange('SUN', 'SAT', 'GMT')", "true"),
        ("weekdayRange('MON', 'SUN')", "true"),
        ("dateRange(1, 31)", "true"),
        ("dateRange('JAN', 'DEC')", "true"),
        ("dateRange(1, 'JAN', 1990, 31, 'DEC', 1991)", "false"),
        ("timeRange(0, 24)", "true"),
        ("timeRange(0, 0, 0, 23, 59, 59)", "true"),
        ("[typeof std, typeof os, typeof require, typeof fetch].join()", "undefined,undefined,undefined,undefined"),
    ],
)
def test_it_gives_scripts_what_browsers_give_them(expression: str, value: str) -> None:
    known = {"www.example.test": ["2001:db8::5", "10.1.2.3"], "gone.test": []}

    assert run(f"return String({expression});", known) == {"result": value}


@pytest.mark.parametrize(
    "body", ["return isInNet(host, '10.0.0.0', '255.0.0.0')", "try { dnsResolve(host) } catch (e) {} return 'DIRECT'"]
)
def test_it_asks_for_names_outside(body: str) -> None:
    assert run(body) == {"needs": "www.example.test"}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("throw new Error('out of order')", "out of order"),
        ("nothing here FindProxy", "SyntaxError"),
        ("var FindProxy = 1", "FindProxyForURL"),
        ("return 5", "no text"),
        ("var f = () => f(); return f();", "stack"),
        ("var a = []; while (true) a.push('x'.repeat(100000) + a.length)", "memory"),
        ("while (true);", "interrupted"),
        ("while (true) { try { while (true); } catch (e) {} }", "interrupted"),
        ("return /(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab')", "interrupted"),
    ],
)
def test_it_ends_what_goes_wrong_in_a_script(body: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clearline.net.pac_worker.CPU_S", 0.05)

    assert told in str(run(body)["error"])


@pytest.fixture
def worker() -> Iterator[PacWorker]:
    worker = PacWorker()
    yield worker
    worker.close()


def asked(worker: PacWorker, body: str, wall_s: float) -> dict[str, object]:
    script = f"function FindProxyForURL(url, host) {{ {body} }}"
    return worker.ask({"helpers": "", "script": script, "url": "u", "host": "h", "known": {}, "mine": []}, wall_s)


def test_it_ends_the_process_of_a_call_that_never_looks_at_the_clock_and_starts_another(worker: PacWorker) -> None:
    with pytest.raises(PacError) as caught:
        asked(worker, "return Array(1e9).join('x')", 1.0)

    assert caught.value.problem == "time"
    assert asked(worker, "return 'DIRECT'", 20) == {"result": "DIRECT"}


@pytest.mark.parametrize("argv", [["/no/such/program"], [sys.executable, "-c", "raise SystemExit"]])
def test_it_says_that_no_engine_runs_here(argv: list[str]) -> None:
    worker = PacWorker(argv)

    with pytest.raises(PacError) as caught:
        asked(worker, "", 20)

    assert caught.value.problem == "engine"
    worker.close()


def test_it_looks_names_up_for_a_script_until_it_is_content() -> None:
    looked_up: list[str] = []

    async def run(request: dict[str, object], wall_s: float) -> dict[str, object]:
        known = request["known"]
        assert isinstance(known, dict)
        return {"result": str(known)} if len(known) == 2 else {"needs": f"name{len(known)}.test"}

    async def resolve(name: str) -> list[str]:
        looked_up.append(name)
        return ["192.0.2.1"]

    answered = asyncio.run(evaluate(run, resolve, {}, limit_in(5)))

    assert looked_up == ["name0.test", "name1.test"]
    assert answered == str({name: ["192.0.2.1"] for name in looked_up})


def test_it_stops_a_script_that_asks_for_ever_more_names() -> None:
    asked_for: list[str] = []

    async def run(request: dict[str, object], wall_s: float) -> dict[str, object]:
        return {"needs": f"name{len(asked_for)}.test"}

    async def resolve(name: str) -> list[str]:
        asked_for.append(name)
        return []

    with pytest.raises(PacError) as caught:
        asyncio.run(evaluate(run, resolve, {}, limit_in(5)))

    assert caught.value.problem == "names"
    assert len(asked_for) == MAX_NAMES + 1


@pytest.mark.parametrize(
    "text", ["system", "none", "proxy.test:3128", f"pac+{URL}", f"pac+{Path('/etc/a.pac').as_uri()}"]
)
def test_it_takes_a_script_for_a_proxy(text: str) -> None:
    check_proxy(text)


@pytest.mark.parametrize("text", ["pac+", "pac+ftp://a.test/x", "pac+file://", "pac+http:///x", "gopher://a"])
def test_it_refuses_what_is_neither(text: str) -> None:
    with pytest.raises(InputError):
        check_proxy(text)
